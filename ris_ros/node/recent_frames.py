# SPDX-License-Identifier: Apache-2.0
"""The frames with which a tracker catches up from the image of an answer, which took a while."""
from __future__ import annotations

from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.tracking.scaled_frame import ScaledFrame

# Of this many frames, the newest are all kept and the others thinned out: a tracker that has to
# catch up with more looks at one in three of them anyway, and a frame takes megabytes.
_SPAN, _ALL, _ONE_IN = 45, 10, 3


class RecentFrames:
    """The last frames; one thread at a time may call it.

    The newest is kept whole and those before at the tracker's resolution, because 20 pictures of
    3840 x 2160 pixels with depth would take more than a gigabyte.

    Attributes:
        newest: The frame that was added last; None without one.
    """

    def __init__(self) -> None:
        self.newest: MatchedFrame | None = None
        self._numbered: list[tuple[int, ScaledFrame]] = []
        self._count = 0

    @property
    def earlier(self) -> list[ScaledFrame]:
        """Those before the newest, oldest first."""
        return [frame for _, frame in self._numbered]

    def add(self, matched: MatchedFrame) -> None:
        """Keep a frame, and drop those that are not needed any more."""
        if self.newest is not None:
            self._numbered.append((self._count, ScaledFrame.of(self.newest.frame)))
        self._count += 1
        self.newest = matched
        self._numbered = [
            (number, one) for number, one in self._numbered
            if (age := self._count - number) < _ALL or (
                age < _SPAN and number % _ONE_IN == 0)]

    def clear(self) -> None:
        """Forget all frames."""
        self._numbered.clear()
        self.newest = None
