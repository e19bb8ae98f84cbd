"""The index of a frame as the node knows it, and a command's demand for one."""
from __future__ import annotations

from dataclasses import dataclass

from ris_ros.index.scene_index import SceneIndex
from ris_ros.node.frame_buffer import MatchedFrame


class IndexingStopped(Exception):
    """The node is being deactivated, or the command that waits is not wanted any more."""


@dataclass(frozen=True, eq=False)
class Indexed:
    """A frame with its index.

    reused: share of the features kept from earlier frames, 0 to 1.  seconds: wall-clock time of
    the build, without the time in which it gave way.
    """

    matched: MatchedFrame
    scene: SceneIndex
    reused: float
    seconds: float


@dataclass(frozen=True)
class IndexHealth:
    """What the diagnostics tell of the index; stamp is None without one.

    stamp: of its image, seconds.  rate: indexes a second of late.  seconds, reused: as in
    Indexed.  longest_chunk: wall-clock seconds, the longest that a build kept a command waiting.
    """

    stamp: float | None
    rate: float
    seconds: float
    reused: float
    longest_chunk: float


@dataclass(eq=False)
class Demand:
    """A command that waits for the index of a frame, or of one not older than ``oldest``."""

    matched: MatchedFrame
    oldest: float
    indexed: Indexed | None = None
    error: Exception | None = None

    def takes(self, matched: MatchedFrame) -> bool:
        """Return whether the index of a frame is what the command waits for."""
        return matched.key == self.matched.key or matched.frame.stamp >= self.oldest
