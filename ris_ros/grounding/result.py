# SPDX-License-Identifier: Apache-2.0
"""The answer to a command: a status and ranked candidates."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.geometry.location import Location
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.questions import QuestionKind
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
        proposal: Its number in the scene index.
        name: What it looks like ('red mug'), where a question made the answer name it; else ''.
        feature: (D,) its visual feature, by which it can be found again; None where it has none.
        object_id: Its id in the memory of the scene, from 1; 0 where it has none.
    """

    mask: np.ndarray
    box: tuple[int, int, int, int]
    score: float
    location: Location
    confidence: float = 0.0
    proposal: int = -1
    name: str = ''
    feature: np.ndarray | None = None
    object_id: int = 0

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
    """The answer to a command.

    Attributes:
        status: How the command ended.
        message: One sentence for a person.
        expression: The referring expression in the command ('the mug next to the bowl'), or None.
        target: Its noun phrase without relations ('the mug'), or None.
        margin: Lead of the best candidate's score over the next one's; infinite without one.
        candidates: The objects that may be meant, best first.
        count: Number of candidates that are the answer, which are the first ones: 1 for one
            object, all of "all the mugs", the ones that a person must choose from when the status
            is AMBIGUOUS, the ones that a question is about, and 0 without an answer.
        confidence: Probability that the status and the objects are right, 0 to 1.
        calibrated: Whether the profile's probabilities were fitted on data.
        question: What was asked where the status is ANSWERED; None for a command.
        recalled: Id of the remembered thing that the message tells of and that is not seen now; 0
            for none.
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
    question: QuestionKind | None = None
    recalled: int = 0

    @property
    def objects(self) -> tuple[Candidate, ...]:
        """The candidates that are the answer, best first."""
        return self.candidates[:self.count]

    @property
    def best(self) -> Candidate | None:
        """The best candidate of a FOUND or AMBIGUOUS answer, else None.

        An answer to a question has none, because nothing is to be done with its objects.
        """
        is_target = self.count and self.status is not Status.ANSWERED
        return self.candidates[0] if is_target else None

    @property
    def object_id(self) -> int:
        """Id of the best candidate in the memory of the scene, or of what is recalled; else 0."""
        return self.recalled if self.best is None else self.best.object_id

    @property
    def mask(self) -> np.ndarray | None:
        """(H, W) bool of all objects that were found or asked about, or of the best candidate."""
        if self.count and (self.status is Status.ANSWERED
                           or (self.status is Status.FOUND and self.count > 1)):
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


def make_candidate(scene: SceneIndex, proposal: int, score: float, confidence: float,
                   is_answer: bool) -> Candidate:
    """Make a candidate of a proposal and locate it where the frame has depth.

    Args:
        scene: The scene index.
        proposal: Number of the proposal in it.
        score: Of its appearance.
        confidence: Probability that it is meant.
        is_answer: Whether it must be located in this very frame. For a runner-up its location at
            the time when the index was built will do, because nothing has changed since.
    """
    location = scene.location(proposal) if is_answer else scene.earlier_location(proposal)
    x, y, width, height = scene.boxes[proposal].tolist()
    return Candidate(scene.masks[proposal], (x, y, width, height), score, location, confidence,
                     proposal, feature=scene.features[proposal])
