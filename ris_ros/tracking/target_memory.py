# SPDX-License-Identifier: Apache-2.0
"""What scene indexes have told about the target: its identity and its look-alikes."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.index.scene_index import SceneIndex
from ris_ros.tracking.distractors import Distractors
from ris_ros.tracking.recognition import SAME, Identity, find_lost
from ris_ros.tracking.scaled_frame import ScaledFrame


@dataclass(frozen=True)
class TargetMatch:
    """A proposal compared with the target.

    Attributes:
        is_target: whether it could be the target.
        lookalikes: numbers of other proposals that could be the target.
    """

    is_target: bool
    lookalikes: list[int]


class TargetMemory:
    """The target's identity, from its first index on, and the look-alikes near it."""

    def __init__(self) -> None:
        self._identity: Identity | None = None
        self._distractors = Distractors()

    def compare(self, scene: SceneIndex, number: int) -> TargetMatch:
        """Compare a proposal at the target's place with the target.

        The first proposal that is compared is the target by definition.
        """
        if self._identity is None:
            self._identity = Identity.of(scene, number)
        is_target = self._identity.matches(scene, number)
        return TargetMatch(is_target, [other for other in self._identity.lookalikes(scene)
                                      if scene.overlaps[number, other] < SAME])

    def add_distractors(self, scene: SceneIndex, numbers: list[int]) -> None:
        """Remember proposals that look like the target and are not."""
        if numbers:
            frame = ScaledFrame.of(scene.frame)
            self._distractors.add(frame, map(frame.downscale, scene.masks[numbers]))

    def find_lost(self, scene: SceneIndex, place: np.ndarray | None, seconds: float) -> int | None:
        """Return the number of the proposal that is the lost target, or None when uncertain.

        Args:
            scene: the index.
            place: pixel (x, y) where it should be, or None when unknown.
            seconds: since it was lost.
        """
        if self._identity is None:
            return None
        return find_lost(scene, self._identity, place, seconds, self._distractors.exist)

    def allows_guess(self, frame: ScaledFrame, room: np.ndarray | None) -> bool:
        """Tell whether an object elsewhere in a frame may be the target.

        There must have been an index, because only an index tells of look-alikes; and every
        look-alike must stand where it stood.

        Args:
            frame: to look at.
            room: (3, 3) motion of the room since the target was seen, or None when unknown.
        """
        return self._identity is not None and (
            not self._distractors.exist or self._distractors.all_stand(frame, room))

    def has_distractor_at(self, mask: np.ndarray) -> bool:
        """Tell whether a look-alike stood in an (h, w) bool mask."""
        return self._distractors.are_at(mask)
