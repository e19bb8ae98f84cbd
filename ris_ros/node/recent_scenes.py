# SPDX-License-Identifier: Apache-2.0
"""What the last pictures showed, so that a click in one of them means something in the present."""
from __future__ import annotations

from collections import deque
from dataclasses import dataclass
import threading

import numpy as np

from ris_ros.errors import CommandError
from ris_ros.index.past_scene import PastScene
from ris_ros.node.index_session import IndexedFrame

# A picture is known for this long, and four of a second are enough of a scene that changes.
_KEPT_S, _APART_S = 30.0, 0.25
# A picture that was not indexed shows what one that is no farther from it in time showed.
_NEAR_S = 0.5


@dataclass(eq=False)
class _Stretch:
    """A scene that has not changed from a first to a last picture, whose times are in seconds."""

    first: float
    last: float
    past: PastScene

    def distance(self, stamp: float) -> float:
        """Return by how many seconds a time lies outside it."""
        return max(self.first - stamp, stamp - self.last, 0.0)


class RecentScenes:
    """Keeps the outlines and looks of the objects of the last pictures; any thread may call it."""

    def __init__(self) -> None:
        self._stretches: deque[_Stretch] = deque()
        self._newest: np.ndarray | None = None  # the masks of the last stretch
        self._has_other_models = False  # of the indexes
        self._lock = threading.Lock()

    def add(self, indexed: IndexedFrame) -> None:
        """Take note of an index."""
        stamp, masks = indexed.matched.frame.stamp, indexed.scene.masks
        with self._lock:
            was_set_back = self._stretches and stamp < self._stretches[-1].last - _NEAR_S
            if was_set_back or indexed.has_other_models is not self._has_other_models:
                self._stretches.clear()  # their times, or their features, compare with none
                self._newest, self._has_other_models = None, indexed.has_other_models
            if masks is self._newest:
                self._stretches[-1].last = max(stamp, self._stretches[-1].last)
            else:
                self._begin(stamp, PastScene.of(indexed.scene))
                self._newest = masks
            while self._stretches[0].last < stamp - _KEPT_S:
                self._stretches.popleft()

    def _begin(self, stamp: float, past: PastScene) -> None:
        """Begin a stretch; one that follows another closely takes the place of that one."""
        if len(self._stretches) > 1 and (
                self._stretches[-1].last - self._stretches[-2].last < _APART_S):
            self._stretches.pop()
        self._stretches.append(_Stretch(stamp, stamp, past))

    def at(self, stamp: float, present: IndexedFrame) -> PastScene | None:
        """Return what a picture showed; None for what the present one shows.

        Args:
            stamp: Of the picture, seconds; 0 for the present one.
            present: The index of the present picture.

        Raises:
            CommandError: The picture is too old, or was not indexed, or is none of this camera's.
        """
        age = present.matched.frame.stamp - stamp
        if stamp == 0 or 0 >= age >= -_NEAR_S:
            return None
        if age < 0:
            raise CommandError(f'The picture that was pointed at is {-age:.1f} s newer than the '
                               'newest one; give the stamp of a picture of this camera.')
        with self._lock:
            if self._stretches:
                known = min(self._stretches, key=lambda one: one.distance(stamp))
                if known.distance(stamp) <= _NEAR_S:
                    is_present = (known is self._stretches[-1]
                                  and self._newest is present.scene.masks)
                    return None if is_present else known.past
        if age <= _NEAR_S:
            return None
        raise CommandError(
            f'The picture that was pointed at is {age:.1f} s older than the newest one, and what '
            f'it showed is not known any more: pictures are kept for {_KEPT_S:.0f} s, and with '
            'index_policy on_command only those of commands. Point in a newer one.')
