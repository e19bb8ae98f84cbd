# SPDX-License-Identifier: Apache-2.0
"""The frames with which a tracker catches up from the image of an answer, which took a while."""
from __future__ import annotations

from ris_ros.node.frame_matching import MatchedFrame

# Of this many frames, the newest are all kept and the others thinned out: a tracker that has to
# catch up with more looks at one in three of them anyway, and a frame takes megabytes.
_SPAN, _ALL, _ONE_IN = 45, 10, 3


class RecentFrames:
    """The last frames, oldest first; one thread at a time may call it."""

    def __init__(self) -> None:
        self._numbered: list[tuple[int, MatchedFrame]] = []
        self._count = 0

    @property
    def newest(self) -> MatchedFrame | None:
        """The frame that was added last; None without one."""
        return self._numbered[-1][1] if self._numbered else None

    def __iter__(self):
        return (matched for _, matched in self._numbered)

    def add(self, matched: MatchedFrame) -> None:
        """Keep a frame, and drop those that are not needed any more."""
        self._count += 1
        self._numbered.append((self._count, matched))
        self._numbered = [
            (number, one) for number, one in self._numbered
            if (age := self._count - number) < _ALL or (
                age < _SPAN and number % _ONE_IN == 0)]

    def clear(self) -> None:
        """Forget all frames."""
        self._numbered.clear()
