# SPDX-License-Identifier: Apache-2.0
"""What is remembered of the things that were seen, and what a picture shows of them."""
from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property, partial

import numpy as np

from ris_ros.frame import Frame
from ris_ros.index.outlines import are_alike
from ris_ros.index.scene_index import SceneIndex

# Two masks are outlines of one thing if their intersection over union is more than this.
ALIKE = 0.5
# A stay this short may be a flaw of one picture, seconds.
_PASSING_S = 0.5


class Presence(IntEnum):
    """Whether a thing is seen, or why not; the numbers are those of SceneObject.msg.

    HIDDEN: its place is in the picture, and something is in front of it, or depth does not tell.
    OUT_OF_VIEW: its place is outside the picture. GONE: its place is in view, and free.
    """

    VISIBLE = 1
    HIDDEN = 2
    OUT_OF_VIEW = 3
    GONE = 4


@dataclass(frozen=True, eq=False)
class CameraPose:
    """How the camera stands in a frame.

    Attributes:
        frame: Name of the frame; '' for the optical one.
        rotation: (3, 3), turns vectors of the optical frame into that frame.
        translation: (3,) metres.
    """

    frame: str
    rotation: np.ndarray
    translation: np.ndarray

    def out(self, points: np.ndarray) -> np.ndarray:
        """Take (N, 3) points from the optical frame into that frame."""
        return points @ self.rotation.T + self.translation

    def into(self, point: np.ndarray) -> np.ndarray:
        """Take a (3,) point from that frame into the optical one."""
        return self.rotation.T @ (point - self.translation)


OPTICAL = CameraPose('', np.eye(3), np.zeros(3))


@dataclass(frozen=True, eq=False)
class SceneSighting:
    """One picture with all that may be an object in it.

    Attributes:
        scene: Its index.
        pose: The frame in which positions are remembered; None where it is not known now.
    """

    scene: SceneIndex
    pose: CameraPose | None = OPTICAL

    @property
    def frame(self) -> Frame:
        """The picture."""
        return self.scene.frame

    @cached_property
    def features(self) -> np.ndarray:
        """(N, D) visual features of unit length."""
        return unit(self.scene.features)

    @cached_property
    def outlines(self) -> np.ndarray:
        """(N, N) bool, which proposals are outlines of one thing, and not one thing in another."""
        return are_alike(self.scene.overlaps, self.scene.layout.areas, ALIKE)

    @cached_property
    def points(self) -> np.ndarray:
        """(N, 3) middles of the visible surfaces, metres, in the frame of the pose; else NaN."""
        count = len(self.scene.masks)
        if self.pose is None:
            return np.full((count, 3), np.nan)
        middles = [np.median(surface, axis=0) if known else np.full(3, np.nan)
                   for surface, known in zip(self.scene.layout.surfaces, np.isfinite(
                       self.scene.layout.points).all(axis=1), strict=True)]
        return self.pose.out(np.array(middles).reshape(count, 3))


@dataclass(frozen=True, eq=False)
class KnownObject:
    """A thing that was seen.

    Attributes:
        id: From 1; no other thing ever gets it.
        feature: (D,) its visual feature of unit length, where it was last seen.
        prime: (D,) the same where most of it was seen.
        area: Pixels of its mask there.
        box: (4,) x, y, width and height in the picture where it was last seen.
        size: Height and width of that picture.
        first_seen: Stamp of the first picture that showed it, seconds.
        last_seen: Stamp of the last one.
        point: (3,) metres, its place; None where it is not known.
        frame: The frame of the point; '' for the optical one.
        drift: (2,) pixels by which the picture has moved since it was last seen.
        presence: Whether the last picture shows it.
        name: What it looks like, '' where no name is likely enough.
        namings: How often a name was looked for.
        sightings: Pictures that were looked at and showed it.
        answered: Whether an answer was about it.
    """

    id: int
    feature: np.ndarray
    prime: np.ndarray
    area: float
    box: np.ndarray
    size: tuple[int, int]
    first_seen: float
    last_seen: float
    point: np.ndarray | None = None
    frame: str = ''
    drift: np.ndarray = field(default_factory=partial(np.zeros, 2))
    presence: Presence = Presence.VISIBLE
    name: str = ''
    namings: int = 0
    sightings: int = 1
    answered: bool = False

    @property
    def is_visible(self) -> bool:
        """Whether the last picture shows it."""
        return self.presence is Presence.VISIBLE

    @property
    def is_passing(self) -> bool:
        """Whether it may have been a flaw of one picture."""
        return (self.sightings < 2 and not self.answered
                and self.last_seen - self.first_seen < _PASSING_S)

    @property
    def middle(self) -> np.ndarray:
        """(2,) the pixel that shows its place in the present picture, without depth."""
        return self.box[:2] + self.box[2:] / 2 + self.drift


def unit(features: np.ndarray) -> np.ndarray:
    """Return features (..., D) of unit length."""
    return features / np.maximum(np.linalg.norm(features, axis=-1, keepdims=True), 1e-9)
