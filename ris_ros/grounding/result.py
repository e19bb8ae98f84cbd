"""The answer to a command: a status and ranked candidates."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.geometry.location import Location
from ris_ros.status import Status


@dataclass(frozen=True, eq=False)
class Candidate:
    """One proposal that may be the object.

    Attributes:
        mask: (H, W) bool.
        box: x, y, width and height in pixels.
        score: How well it looks like the words, on the profile's scale (100 x cosine).
        location: Where it is, or why its position is not known.
        confidence: Probability that it is what the words name, 0 to 1.
    """

    mask: np.ndarray
    box: tuple[int, int, int, int]
    score: float
    location: Location
    confidence: float = 0.0

    @property
    def centroid(self) -> tuple[float, float]:
        """Mean pixel (u, v) of the mask."""
        return self.location.centroid

    @property
    def grasp(self) -> tuple[int, int]:
        """A pixel (u, v) well inside the mask."""
        return self.location.grasp

    @property
    def position(self) -> tuple[float, float, float] | None:
        """(x, y, z) in metres in the optical frame, or None."""
        return self.location.position

    @property
    def position_note(self) -> str:
        """Why there is no position; '' where there is one."""
        return self.location.note


@dataclass(frozen=True, eq=False)
class Grounding:
    """The answer: status, a sentence, what was understood, and candidates best first.

    count: how many of the candidates, the first ones, are the answer: 1 for one object, all of
        "all the mugs", those that a person is to choose from when AMBIGUOUS; 0 without an answer.
    confidence: probability that the status and the objects are right, 0 to 1.
    calibrated: whether the profile's probabilities were fitted on data.
    """

    status: Status
    message: str
    expression: str | None = None
    target: str | None = None
    margin: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    count: int = 0
    confidence: float = 0.0
    calibrated: bool = False

    @property
    def objects(self) -> tuple[Candidate, ...]:
        """The candidates that are the answer, best first."""
        return self.candidates[:self.count]

    @property
    def best(self) -> Candidate | None:
        """The best candidate of a FOUND or AMBIGUOUS answer, else None."""
        return self.candidates[0] if self.count else None

    @property
    def mask(self) -> np.ndarray | None:
        """(H, W) bool of all objects that were found, or of the best candidate, or None."""
        if self.status is Status.FOUND and self.count > 1:
            return np.logical_or.reduce([thing.mask for thing in self.objects])
        return None if self.best is None else self.best.mask

    @property
    def score(self) -> float:
        """Score of the best candidate, 0 without one."""
        return 0.0 if self.best is None else self.best.score

    @property
    def centroid(self) -> tuple[float, float] | None:
        """Pixel (u, v) of the best candidate, or None."""
        return None if self.best is None else self.best.centroid

    @property
    def position(self) -> tuple[float, float, float] | None:
        """(x, y, z) in metres of the best candidate in the optical frame, or None."""
        return None if self.best is None else self.best.position
