"""The things about a held object that look like it: where each of them stood."""
from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ris_ros.geometry.masks import intersection_over_union
from ris_ros.tracking import verdict
from ris_ros.tracking.keyframe import Keyframe
from ris_ros.tracking.view import View

# What overlaps so much with where another one was seen is that one, IoU.
_SAME = .5
# So many are remembered, because a camera that moves sees each of them at ever new places.
_MOST = 16


class Others:
    """Like ones as they were seen, for a camera that rests: none can be taken for the object.

    exist: whether there ever was one; it may be hidden now, or out of the picture.
    """

    def __init__(self) -> None:
        self.exist = False
        self._seen: list[Keyframe] = []
        self._forgot = False

    def see(self, view: View, masks: Iterable[np.ndarray]) -> None:
        """Remember the (h, w) bool masks of a view; what was seen before may be hidden in it."""
        for mask in filter(np.any, masks):
            self.exist = True
            self._seen = [key for key in self._seen
                          if intersection_over_union(key.mask, mask) < _SAME]
            self._seen.append(Keyframe(view, mask))
        self._forgot |= len(self._seen) > _MOST
        self._seen = self._seen[-_MOST:]

    def all_stand(self, view: View, room: np.ndarray | None) -> bool:
        """Return whether a view shows each where it stood, so that what is new is none of them.

        room: (3, 3) motion of the room since the object was seen, None where it is not known.
        Only of a camera that rests it can be said, and where each of them is known.
        """
        if room is None or not np.array_equal(room, np.eye(3)):
            return False
        return bool(self._seen) and not self._forgot and all(
            verdict.is_there(key.agreement(view, room)) for key in self._seen)

    def are_at(self, mask: np.ndarray) -> bool:
        """Return whether one of them stood in an (h, w) bool mask."""
        return any((key.mask & mask).any() for key in self._seen)
