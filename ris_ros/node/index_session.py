"""The index of a frame as the node knows it, and a command's demand for one."""
from __future__ import annotations

from dataclasses import dataclass
import time

from ris_ros.index.scene_index import SceneIndex
from ris_ros.node.frame_matching import MatchedFrame


class IndexingStopped(Exception):
    """The node is being deactivated, or the command that waits is not wanted any more."""


@dataclass(frozen=True, eq=False)
class IndexedFrame:
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
    IndexedFrame.  longest_chunk: wall-clock seconds that a build kept a command waiting at most.
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
    indexed: IndexedFrame | None = None
    error: Exception | None = None

    def takes(self, matched: MatchedFrame) -> bool:
        """Return whether the index of a frame is what the command waits for."""
        return matched.key == self.matched.key or matched.frame.stamp >= self.oldest


class BuildClock:
    """Wall-clock seconds of one build after the other; the thread that builds runs it.

    longest: the longest chunk of all builds since the last reset.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self._begun = self._chunk_begun = self._paused = 0.0

    def reset(self) -> None:
        """Forget the longest chunk."""
        self.longest = 0.0

    def begin(self) -> None:
        """Begin a build with its first chunk."""
        self._begun = self._chunk_begun = time.perf_counter()
        self._paused = 0.0

    def end_chunk(self) -> None:
        """End the chunk in hand; what follows is a pause."""
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._chunk_begun)
        self._chunk_begun = now

    def go_on(self) -> None:
        """End the pause with a new chunk."""
        now = time.perf_counter()
        self._paused += now - self._chunk_begun
        self._chunk_begun = now

    @property
    def seconds(self) -> float:
        """Of the build until now, without its pauses."""
        return time.perf_counter() - self._begun - self._paused
