# SPDX-License-Identifier: Apache-2.0
"""What the indexer keeps while the node is active, and what it hands to commands."""
from __future__ import annotations

from collections import deque
from dataclasses import dataclass
import time
from typing import TYPE_CHECKING

from ris_ros.chunks import Pause
from ris_ros.index.scene_index import SceneIndex
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.node.loading import use_threads
from ris_ros.node.parameters import IndexPolicy

if TYPE_CHECKING:
    from ris_ros.index.updater import IndexUpdate, Updater
    from ris_ros.pool.remote_index import PoolUpdater

# The rate is that of this many indexes.
_COUNTED = 20


class IndexingStopped(Exception):
    """The node is being deactivated, or the command that waits was cancelled."""


@dataclass(frozen=True, eq=False)
class IndexedFrame:
    """A frame with its index.

    Attributes:
        matched: The frame.
        scene: Its index.
        reused: Share of the features kept from earlier frames, 0 to 1.
        seconds: Wall-clock time of the build, without the pauses in which it gave way.
        fallback: As in IndexUpdate.
        note: As in IndexUpdate, for the answer.
        has_other_models: As in IndexUpdate.
    """

    matched: MatchedFrame
    scene: SceneIndex
    reused: float
    seconds: float
    fallback: str = ''
    note: str = ''
    has_other_models: bool = False


@dataclass(frozen=True)
class IndexHealth:
    """What the diagnostics tell of the index.

    Attributes:
        stamp: Of the last index's image, seconds; None without an index.
        rate: Indexes per second, of the last ones.
        seconds: As in IndexedFrame, of the last index.
        reused: As in IndexedFrame, of the last index.
        longest_chunk: The longest that a build has kept a command waiting, wall-clock seconds.
        pool_fault: Why the pool does not index; '' where it does, and without a pool.
        fault: Why the last picture could not be indexed; '' where it could.
    """

    stamp: float | None = None
    rate: float = 0.0
    seconds: float = 0.0
    reused: float = 0.0
    longest_chunk: float = 0.0
    pool_fault: str = ''
    fault: str = ''


@dataclass(eq=False)
class IndexRequest:
    """A command that waits for an index.

    Attributes:
        matched: The frame to index for it.
        oldest: The index of another frame will do where its stamp is not below this, seconds.
        indexed: The result, once it is there.
        error: Why there will be no result.
    """

    matched: MatchedFrame
    oldest: float
    indexed: IndexedFrame | None = None
    error: Exception | None = None

    @property
    def is_open(self) -> bool:
        """Whether the command still waits."""
        return self.indexed is None and self.error is None

    def accepts(self, matched: MatchedFrame) -> bool:
        """Return whether the index of a frame is what the command waits for.

        A frame that came earlier but has a later stamp is of a time before the clock jumped back.
        """
        if matched.key == self.matched.key:
            return True
        own = self.matched
        is_of_before = (matched.number < own.number and matched.frame.stamp > own.frame.stamp)
        return matched.frame.stamp >= self.oldest and not is_of_before


class BuildClock:
    """Measures builds, chunk by chunk, without the pauses; the thread that builds runs it.

    Attributes:
        longest: The longest chunk of all builds, wall-clock seconds.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self._begun = self._chunk_begun = self._paused = 0.0

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
        """Wall-clock seconds of the build until now, without its pauses."""
        return time.perf_counter() - self._begun - self._paused


class IndexSession:
    """What belongs to the time from one start of the indexer to its next stop.

    A stop puts the whole session away, so that nothing old can leak into the next one.  The
    indexer guards all that changes with its condition; only its thread builds.

    Attributes:
        last: The last good index, or None.
        clock: Measures the builds.
    """

    def __init__(self, updater: Updater | PoolUpdater, threads: int) -> None:
        """Begin without an index.

        Args:
            updater: Makes the indexes.
            threads: CPU threads of torch that it takes.
        """
        self._updater = updater
        self._threads = threads
        self.last: IndexedFrame | None = None
        self.clock = BuildClock()
        self._arrived = True
        self._not_before = 0.0
        self._built: deque[float] = deque(maxlen=_COUNTED)

    @property
    def health(self) -> IndexHealth:
        """What the diagnostics tell."""
        built, last = self._built, self.last
        rate = len(built) / max(time.monotonic() - built[0], 1e-3) if built else 0.0
        if last is None:
            return IndexHealth(rate=rate, longest_chunk=self.clock.longest,
                               pool_fault=self._updater.pool_fault)
        return IndexHealth(
            last.matched.frame.stamp, rate, last.seconds, last.reused, self.clock.longest,
            self._updater.pool_fault)

    def build(self, matched: MatchedFrame, policy: IndexPolicy, command_waits: bool,
              give_way: Pause) -> IndexedFrame:
        """Build the index of a frame in chunks.

        Args:
            matched: The frame.
            policy: Tells whether to start from nothing or from the last index.
            command_waits: Whether a command waits for this index.
            give_way: Is called between two chunks; what it raises ends the build.

        Raises:
            IndexDelay: No command waits, and a pool wants to get a frame later.
        """
        use_threads(self._threads)
        self.clock.begin()
        if policy.indexes_whole_frame(self._updater.is_due, command_waits):
            update = self._updater.renew(matched.frame, give_way, command_waits)
        else:
            update = self._updater.update(matched.frame, give_way, command_waits)
        self.clock.end_chunk()
        return _indexed(matched, update, self.clock.seconds)

    def unchanged(self, matched: MatchedFrame) -> IndexedFrame | None:
        """Return the index of a frame that shows what the last one did, else None."""
        start = time.perf_counter()
        update = self._updater.unchanged(matched.frame)
        if update is None:
            return None
        return _indexed(matched, update, time.perf_counter() - start)

    def note_arrival(self) -> None:
        """Take note that there is a new image."""
        self._arrived = True

    def look_again(self, seconds: float) -> None:
        """Look at the newest frame once more after a while, even if no image arrives."""
        self._arrived = True
        self._not_before = time.monotonic() + seconds

    def seconds_until_due(self, policy: IndexPolicy) -> float | None:
        """Return when to look at a new frame unasked, or None until another image arrives."""
        if not self._arrived or not policy.indexes_unasked:
            return None
        return max(0.0, self._not_before - time.monotonic())

    def take_frame(self, rate: float) -> None:
        """Take note that the newest frame is looked at now, at most ``rate`` times a second."""
        self._arrived = False
        self._not_before = time.monotonic() + 1 / rate

    def succeed(self, indexed: IndexedFrame) -> None:
        """Take over a new index."""
        self.last = indexed
        self._built.append(time.monotonic())

    def rest(self, seconds: float) -> None:
        """Look at no frame unasked for some seconds, after a failure."""
        self._not_before = time.monotonic() + seconds


def _indexed(matched: MatchedFrame, update: IndexUpdate, seconds: float) -> IndexedFrame:
    """Return an index with the frame that it is of, and the seconds that it took."""
    return IndexedFrame(matched, update.scene, update.reused, seconds, update.fallback,
                        update.note, update.has_other_models)
