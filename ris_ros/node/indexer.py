# SPDX-License-Identifier: Apache-2.0
"""The background index: built from the newest frame, while commands are answered from the last."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
import threading
from typing import TYPE_CHECKING

from ris_ros.chunks import IndexDelay
from ris_ros.errors import FrameError
from ris_ros.node.command import Job
from ris_ros.node.fault_log import FaultLog
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.node.index_session import (
    IndexedFrame,
    IndexHealth,
    IndexingStopped,
    IndexRequest,
    IndexSession,
)
from ris_ros.node.parameters import LiveSettings, Settings

if TYPE_CHECKING:
    from ris_ros.index.updater import Updater
    from ris_ros.pool.remote_index import PoolUpdater

# How soon a waiting command notices that it was cancelled.
_POLL_S = 0.02
# How soon depth or a camera info that is due is looked for again.
_FRAME_POLL_S = 0.02
# After a failure nothing is built for this long unless a command asks for it.
_RECOVERY_S = 1.0


class _Abandoned(Exception):
    """Ends a build that is no longer wanted."""


class Indexer:
    """Keeps an index of a recent frame ready; a thread of its own builds it.

    What the thread does:

                start()             a frame is due, or a command waits
        STOPPED ──────► WAITING ──────────────────────────────────────► BUILDING ◄────┐ goes on
           ▲             │   ▲                                             │  │       │
           │             │   └─────────────────────────────────────────────┘  ▼       │
           │             │      done; failed; a command needs a newer one   PAUSED ───┘
           └─────────────┴────────────────────────────────────────────────────┘
             stop(), from every state                 between two chunks, while a command is
                                                      being answered (giving_way)

    STOPPED is ``_session`` None; `IndexSession` holds all that a stop puts away, and a build
    whose session is not the present one is abandoned at its next pause.  ``_changed`` is the only
    lock and guards ``_session``, ``_request``, ``_answering`` and ``_closed``; it is never held
    while models compute.  All methods may be called from any thread, and none waits for a chunk.

    What is indexed when is up to the parameter index_policy (`IndexPolicy`).
    """

    def __init__(self, frames: FrameBuffer, settings: LiveSettings[Settings],
                 report: Callable[[Exception], None]) -> None:
        """Start the thread.

        Args:
            frames: Where frames come from.
            settings: The node's; index_policy and index_rate are of use here.
            report: Is told of failures that no command hears of.
        """
        self._frames = frames
        self._settings = settings
        self._report = report
        self._listeners: list[tuple[Callable[[IndexedFrame], None], FaultLog]] = []
        self._faults = FaultLog(report)  # of the builds
        self._changed = threading.Condition()
        self._session: IndexSession | None = None
        self._request: IndexRequest | None = None
        self._answering = 0
        self._closed = False
        frames.listen(self._note_arrival)
        # A daemon, because a model call that hangs must not keep the process from ending.
        threading.Thread(target=self._run, name='ris_indexer', daemon=True).start()

    def listen(self, listener: Callable[[IndexedFrame], None]) -> None:
        """Have a function told of every index, in the thread that builds it."""
        self._listeners.append((listener, FaultLog(self._report)))

    @property
    def last(self) -> IndexedFrame | None:
        """The last good index, or None."""
        session = self._session
        return None if session is None else session.last

    @property
    def health(self) -> IndexHealth:
        """What the diagnostics tell."""
        with self._changed:
            health = self._session.health if self._session else IndexHealth()
            return replace(health, fault=self._faults.last)

    @property
    def is_awaited(self) -> bool:
        """Whether a command waits for an index."""
        return self._request is not None

    def start(self, updater: Updater | PoolUpdater, threads: int) -> None:
        """Index from now on, with a number of CPU threads of torch."""
        self._restart(IndexSession(updater, threads))

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

        Returns:
            None where something has changed, and with policies that build every frame.
        """
        session = self._session
        if session is None or session.last is None:
            return None
        if not self._settings.value.index_policy.answers_from_unchanged:
            return None
        return session.unchanged(matched)

    def await_index(self, matched: MatchedFrame, oldest: float, job: Job) -> IndexedFrame:
        """Have a frame indexed before all others, and wait for the index.

        Args:
            matched: The frame.
            oldest: The index of another frame will do where its stamp is not below this, seconds.
            job: The command that waits.

        Raises:
            IndexingStopped: The indexer stops, or the job is cancelled.
            Exception: Whatever the models raise.
        """
        with self._changed:
            if (last := self.last) is not None and last.matched.key == matched.key:
                return last
            if self._session is None:
                raise IndexingStopped
            request = self._request = IndexRequest(matched, oldest)
            self._changed.notify_all()
            while request.is_open and not job.cancel_reason:
                self._changed.wait(_POLL_S)
            if self._request is request:
                self._request = None
            if request.indexed is not None:
                return request.indexed
            raise request.error or IndexingStopped

    def seconds_until_due(self) -> float | None:
        """Return how long the thread sleeps unless it is woken; None: for ever."""
        if self._session is None:
            return None
        return self._session.seconds_until_due(self._settings.value.index_policy)

    def _restart(self, session: IndexSession | None) -> None:
        """Put away the session and go on with another one, or none."""
        with self._changed:
            self._session = session
            self._faults.clear()
            if self._request is not None:
                self._request.error, self._request = IndexingStopped(), None
            self._changed.notify_all()

    def _note_arrival(self) -> None:
        """Take note that there is a new image."""
        with self._changed:
            if self._session is not None:
                self._session.note_arrival()
                self._changed.notify_all()

    def _run(self) -> None:
        """Build one index after the other until closed."""
        while (task := self._next_task()) is not None:
            try:
                self._work(*task)
            except Exception as error:
                # Without this thread no command would be answered any more.
                self._fail(task[0], error)

    def _next_task(self) -> tuple[IndexSession, IndexRequest | None] | None:
        """Wait for something to do; None once closed."""
        with self._changed:
            while not self._closed:
                session, wait = self._session, self.seconds_until_due()
                if session is not None and (self._request or wait == 0):
                    session.take_frame(self._settings.value.index_rate)
                    return session, self._request
                self._changed.wait(wait)
            return None

    def _work(self, session: IndexSession, request: IndexRequest | None) -> None:
        """Index the frame that a command waits for, or the newest."""
        try:
            matched = request.matched if request else self._frames.newest_placed()
        except FrameError:
            return  # a command hears of it; there is nothing to build
        except Exception as error:
            # A converter that fails for a reason of its own must not end the thread.
            self._fail(session, error)
            return
        if matched is None:
            # Commands would be answered from it without a position.
            with self._changed:
                session.look_again(_FRAME_POLL_S)
            return
        if session.last is not None and session.last.matched.key == matched.key:
            return
        try:
            indexed = session.build(
                matched, self._settings.value.index_policy, command_waits=request is not None,
                give_way=partial(self._give_way, session, matched))
        except _Abandoned:
            return
        except IndexDelay as delay:
            with self._changed:
                session.look_again(delay.seconds)
        except Exception as error:
            # Models raise exceptions of every kind; the thread must survive them.
            self._fail(session, error)
        else:
            self._finish(session, indexed)

    def _give_way(self, session: IndexSession, matched: MatchedFrame) -> None:
        """Pause while a command is being answered; raise _Abandoned where the build is in vain."""
        session.clock.end_chunk()
        with self._changed:
            while self._answering and self._session is session:
                self._changed.wait()
            if self._session is not session:
                raise _Abandoned
            if self._request and not self._request.accepts(matched):
                raise _Abandoned
        session.clock.go_on()

    def _finish(self, session: IndexSession, indexed: IndexedFrame) -> None:
        """Take over an index and hand it to the command that waits for it."""
        with self._changed:
            if self._session is not session:
                return
            session.succeed(indexed)
            self._faults.clear()
            if self._request is not None and self._request.accepts(indexed.matched):
                self._request.indexed, self._request = indexed, None
            self._changed.notify_all()
        for listener, faults in self._listeners:
            try:
                listener(indexed)
                faults.clear()
            except Exception as error:
                faults.add(error)

    def _fail(self, session: IndexSession, error: Exception) -> None:
        """Hand an error to the command that waits, else report it once; then rest a little."""
        with self._changed:
            if self._session is not session:
                return
            session.rest(_RECOVERY_S)
            is_told = self._request is not None
            if self._request is not None:
                self._request.error, self._request = error, None
            self._changed.notify_all()
        self._faults.add(error, is_told)
