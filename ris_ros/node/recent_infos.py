# SPDX-License-Identifier: Apache-2.0
"""What the last camera infos of a camera say, each at its time."""
from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from ris_ros.node.depth_views import Alternation
from ris_ros.node.frame_matching import nearest
from ris_ros.node.intrinsics import ArrivedInfo, Intrinsics

# At 30 Hz, those of the last 0.4 s.
_KEPT = 12


class RecentInfos:
    """What the last camera infos say, each at its time.

    A camera that zooms, or reads another part of its sensor, has other intrinsics from one image to
    the next.
    """

    def __init__(self) -> None:
        self._infos: deque[ArrivedInfo] = deque(maxlen=_KEPT)
        self._all: Alternation[Intrinsics] = Alternation()
        self._number = 0

    @property
    def last(self) -> Sequence[ArrivedInfo]:
        """The last ones, the newest last."""
        return self._infos

    @property
    def newest(self) -> Intrinsics | None:
        """What the last one says; None without one."""
        return self._infos[-1].intrinsics if self._infos else None

    def add(self, intrinsics: Intrinsics, stamp: float) -> bool:
        """Take note of a camera info; return whether it says something new.

        Args:
            intrinsics: What it says.
            stamp: Its time, seconds.
        """
        is_new = intrinsics != self.newest
        self._number += is_new
        self._all.add(intrinsics)
        self._infos.append(ArrivedInfo(stamp, self._number, intrinsics))
        return is_new

    def at(self, stamp: float) -> ArrivedInfo:
        """Return the camera info of an image, by its time in seconds."""
        if not self._infos:
            return ArrivedInfo(stamp, 0, Intrinsics())
        return nearest(self._infos, stamp)

    def clear(self) -> None:
        """Forget all camera infos."""
        self._infos.clear()
        self._all.clear()

    @property
    def alternation(self) -> str:
        """What goes to and fro in them, in a sentence; '' where nothing does."""
        if (pair := self._all.pair) is None:
            return ''
        one, other = sorted(map(str, pair))
        return (f'The camera info alternates between {one} and {other}. Does more than one '
                'node publish on the topic camera_info?')
