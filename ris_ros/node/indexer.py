"""The background index: built from the newest frame, while commands are answered from the last."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
import threading
import time
from typing import TYPE_CHECKING

from ris_ros.errors import FrameError
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.node.index_session import (
    BuildClock,
    Demand,
    IndexedFrame,
    IndexHealth,
    IndexingStopped,
)
from ris_ros.node.parameters import LiveSettings, Settings

if TYPE_CHECKING:
    from ris_ros.index.updater import Updater

# How soon a waiting command notices that it is not wanted any more.
_POLL_S = 0.02
# How soon depth that is due is looked for again.
_DEPTH_POLL_S = 0.02
# After a failure nothing is built for this long unless a command asks for it.
_RECOVERY_S = 1.0
# The rate is told of so many indexes.
_COUNTED = 20


class _Abandoned(Exception):
    """Ends a build that nobody wants any more."""


class Indexer:
    """Keeps an index of a recent frame ready; a thread of its own builds it.

    ``last`` is the last good index and costs nothing; ``await_index`` has a frame indexed before
    all others.  With the policy continuous each index is built from nothing; with the others the
    `Updater` keeps what has not changed; a frame without changes is ``unchanged`` even while a
    build is under way.  A build is made of chunks of bounded work: between two
    of them it waits while a command is being answered (``giving_way``), and ends early when the
    node stops or a command needs a newer frame.  All methods may be called from any thread, and
    none waits for a chunk.
    """

    def __init__(self, frames: FrameBuffer, settings: LiveSettings[Settings],
                 report: Callable[[Exception], None]) -> None:
        self._frames = frames
        self._settings = settings
        self._report = report
        self._changed = threading.Condition()
        self._updater: Updater | None = None
        self._threads = 1
        self._epoch = 0  # counts starts and stops: what was begun before is not wanted any more
        self._closed = self._arrived = False
        self._answering = 0
        self._not_before = 0.0
        self._last: IndexedFrame | None = None
        self._demand: Demand | None = None
        self._complaint = ''
        self._built: deque[float] = deque(maxlen=_COUNTED)
        self._clock = BuildClock()
        frames.listen(self._note_arrival)
        # A daemon, because a model call that hangs must not keep the process from ending.
        threading.Thread(target=self._run, name='ris_indexer', daemon=True).start()

    @property
    def last(self) -> IndexedFrame | None:
        """The last good index, or None."""
        return self._last

    @property
    def health(self) -> IndexHealth:
        """What the diagnostics tell."""
        with self._changed:
            last, built = self._last, list(self._built)
        rate = len(built) / max(time.monotonic() - built[0], 1e-3) if built else 0.0
        if last is None:
            return IndexHealth(None, rate, 0.0, 0.0, self._clock.longest)
        return IndexHealth(
            last.matched.frame.stamp, rate, last.seconds, last.reused, self._clock.longest)

    def start(self, updater: Updater, threads: int) -> None:
        """Index from now on, with so many CPU threads of torch."""
        self._threads = threads
        self._restart(updater)

    def stop(self) -> None:
        """Index no more, forget the last index, and let the command that waits go."""
        self._restart(None)

    def close(self) -> None:
        """End the thread after the chunk in hand."""
        self._closed = True
        self.stop()

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """Let builds pause after the chunk in hand, as long as a command is being answered."""
        with self._changed:
            self._answering += 1
        try:
            yield
        finally:
            with self._changed:
                self._answering -= 1
                self._changed.notify_all()

    def unchanged(self, matched: MatchedFrame) -> IndexedFrame | None:
        """Return the index of a frame that shows what the last one did; waits for no build.

        None where something has changed, and with policies for which every frame is to be built.
        """
        with self._changed:
            updater, ready = self._updater, self._last is not None
        policy = self._settings.value.index_policy
        if updater is None or not ready or not policy.answers_from_unchanged:
            return None
        start = time.perf_counter()
        update = updater.unchanged(matched.frame)
        if update is None:
            return None
        return IndexedFrame(matched, update.scene, update.reused, time.perf_counter() - start)

    def await_index(self, matched: MatchedFrame, oldest: float,
                    is_wanted: Callable[[], bool]) -> IndexedFrame:
        """Return the index of a frame, or of another whose stamp is not below ``oldest``.

        Raises IndexingStopped when the indexer stops or the command is not wanted any more, and
        what the models raise.
        """
        with self._changed:
            if self._last is not None and self._last.matched.key == matched.key:
                return self._last
            if self._updater is None:
                raise IndexingStopped
            demand = self._demand = Demand(matched, oldest)
            self._changed.notify_all()
            while demand.indexed is None and demand.error is None and is_wanted():
                self._changed.wait(_POLL_S)
            if self._demand is demand:
                self._demand = None
            if demand.indexed is not None:
                return demand.indexed
            raise demand.error or IndexingStopped

    def _restart(self, updater: Updater | None) -> None:
        """Forget all that was and go on with these models, or none."""
        with self._changed:
            self._updater = updater
            self._epoch += 1
            self._last = None
            self._built.clear()
            self._clock.reset()
            self._arrived = True
            self._not_before = 0.0
            self._complaint = ''
            if self._demand is not None:
                self._demand.error, self._demand = IndexingStopped(), None
            self._changed.notify_all()

    def _note_arrival(self) -> None:
        """Take note that there is a new image."""
        with self._changed:
            self._arrived = True
            self._changed.notify_all()

    def _run(self) -> None:
        """Build one index after the other until closed."""
        while (task := self._next()) is not None:
            self._work(*task)

    def _next(self) -> tuple[int, Updater, Demand | None] | None:
        """Wait for something to do; None once closed."""
        with self._changed:
            while not self._closed:
                wait = self._until_due()
                if self._demand or wait == 0:
                    self._arrived = False
                    self._not_before = time.monotonic() + 1 / self._settings.value.index_rate
                    return self._epoch, self._updater, self._demand
                self._changed.wait(wait)
            return None

    def _until_due(self) -> float | None:
        """Return the seconds until a new frame may be looked at unasked, None where none may."""
        if (self._updater is None or not self._arrived
                or not self._settings.value.index_policy.indexes_unasked):
            return None
        return max(0.0, self._not_before - time.monotonic())

    def _work(self, epoch: int, updater: Updater, demand: Demand | None) -> None:
        """Index the frame that a command waits for, or the newest."""
        try:
            matched = demand.matched if demand else self._frames.newest_placed()
        except FrameError:
            return  # a command hears of it; there is nothing to build
        if matched is None:
            # Commands would be answered from it without a position.
            self._look_again(_DEPTH_POLL_S)
            return
        if self._last is not None and self._last.matched.key == matched.key:
            return
        try:
            indexed = self._build(epoch, updater, matched, self._from_nothing(updater, demand))
        except _Abandoned:
            return
        except Exception as error:
            # A model raises what it likes; the thread is to live on.
            self._fail(epoch, error)
        else:
            self._finish(epoch, indexed)

    def _look_again(self, seconds: float) -> None:
        """Look at the newest frame once more after a while, if no message wakes this thread."""
        with self._changed:
            self._arrived = True
            self._not_before = time.monotonic() + seconds

    def _from_nothing(self, updater: Updater, demand: Demand | None) -> bool:
        """Return whether to keep nothing; a command does not wait for that where it need not."""
        return self._settings.value.index_policy.indexes_whole_frame(
            updater.is_due, command_waits=demand is not None)

    def _build(self, epoch: int, updater: Updater, matched: MatchedFrame,
               from_nothing: bool) -> IndexedFrame:
        """Build the index of a frame in chunks."""
        use_threads(self._threads)
        self._clock.begin()
        work = updater.renew if from_nothing else updater.update
        update = work(matched.frame, lambda: self._give_way(epoch, matched))
        self._clock.end_chunk()
        return IndexedFrame(matched, update.scene, update.reused, self._clock.seconds)

    def _give_way(self, epoch: int, matched: MatchedFrame) -> None:
        """Pause while a command is being answered; raise _Abandoned where the build is in vain."""
        self._clock.end_chunk()
        with self._changed:
            self._changed.wait_for(lambda: self._answering == 0 or self._epoch != epoch)
            if self._epoch != epoch or (self._demand and not self._demand.takes(matched)):
                raise _Abandoned
        self._clock.go_on()

    def _finish(self, epoch: int, indexed: IndexedFrame) -> None:
        """Take over an index and hand it to the command that waits for it."""
        with self._changed:
            if self._epoch != epoch:
                return
            self._last = indexed
            self._complaint = ''
            self._built.append(time.monotonic())
            if self._demand is not None and self._demand.takes(indexed.matched):
                self._demand.indexed, self._demand = indexed, None
            self._changed.notify_all()

    def _fail(self, epoch: int, error: Exception) -> None:
        """Hand an error to the command that waits, else report it once; then rest a little."""
        with self._changed:
            if self._epoch != epoch:
                return
            self._not_before = time.monotonic() + _RECOVERY_S
            complaint, news = f'{type(error).__name__}: {error}', False
            if self._demand is not None:
                self._demand.error, self._demand = error, None
            else:
                news = complaint != self._complaint
            self._complaint = complaint
            self._changed.notify_all()
        if news:
            self._report(error)


def use_threads(count: int) -> None:
    """Let torch take so many CPU threads in the thread that calls; each one has its own count."""
    import torch  # loaded with the models, not with the node
    # To set it, even to what it is, makes torch forget what it has prepared for convolutions.
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)
