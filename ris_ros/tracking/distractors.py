# SPDX-License-Identifier: Apache-2.0
"""Objects near the target that look like it, and where each of them stood."""
from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ris_ros.geometry.masks import intersection_over_union
from ris_ros.tracking.criteria import CRITERIA
from ris_ros.tracking.keyframe import Keyframe
from ris_ros.tracking.scaled_frame import ScaledFrame

# A mask that overlaps a remembered one by this IoU replaces it.
_SAME = .5
# A moving camera sees each distractor at ever new places, so their number must be bounded.
_MOST = 16


class Distractors:
    """Look-alikes as they were last seen; none of them may be taken for the target.

    Their places hold only while the camera rests.

    Attributes:
        exist: whether there ever was one; it may be hidden now, or outside the image.
    """

    def __init__(self) -> None:
        self.exist = False
        self._seen: list[Keyframe] = []
        self._forgot = False

    def add(self, frame: ScaledFrame, masks: Iterable[np.ndarray]) -> None:
        """Remember the (h, w) bool masks of a frame, and keep earlier ones, which may be hidden."""
        for mask in filter(np.any, masks):
            self.exist = True
            self._seen = [key for key in self._seen
                          if intersection_over_union(key.mask, mask) < _SAME]
            self._seen.append(Keyframe(frame, mask))
        self._forgot |= len(self._seen) > _MOST
        self._seen = self._seen[-_MOST:]

    def all_stand(self, frame: ScaledFrame, room: np.ndarray | None) -> bool:
        """Tell whether each distractor is visible where it stood, so that a new object is none.

        Args:
            frame: to look at.
            room: (3, 3) motion of the room since the object was seen, or None when unknown.

        Returns:
            False also when the camera has moved, or when a distractor was forgotten.
        """
        if room is None or not np.array_equal(room, np.eye(3)):
            return False
        return bool(self._seen) and not self._forgot and all(
            CRITERIA.is_there(key.agreement(frame, room)) for key in self._seen)

    def are_at(self, mask: np.ndarray) -> bool:
        """Tell whether any distractor stood in an (h, w) bool mask."""
        return any((key.mask & mask).any() for key in self._seen)
