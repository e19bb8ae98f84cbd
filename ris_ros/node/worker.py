"""One thread that answers commands, one at a time, so that callbacks only store."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum
import threading

from ris_ros.grounding.result import Grounding
from ris_ros.node.command import Answer, Command
from ris_ros.status import Status

# Longer than publishing an answer takes.
_DELIVERY_S = 1.0


class Source(Enum):
    """Where a command came from."""

    TOPIC = 'topic'
    SERVICE = 'service'
    ACTION = 'action'


def _no_feedback(stage: str, progress: float) -> None:
    """Ignore the progress of a job that nobody watches."""


class Job:
    """A command on its way through the worker."""

    def __init__(self, command: Command, source: Source,
                 on_stage: Callable[[str, float], None] = _no_feedback) -> None:
        self.command = command
        self.source = source
        self.on_stage = on_stage
        self._cancel_reason = ''
        self._committed = False
        self._lock = threading.Lock()
        self._answer: Answer | None = None
        self._claim = threading.Lock()
        self._done = threading.Event()

    @property
    def cancel_reason(self) -> str:
        """Why the job is to end without a verdict; '' while it is wanted."""
        return self._cancel_reason

    def cancel(self, reason: str) -> bool:
        """Ask that the job ends without a verdict, and say why; the first reason stays.

        Returns False where the verdict is already on its way out, and nothing changes any more.
        """
        with self._lock:
            if not self._committed:
                self._cancel_reason = self._cancel_reason or reason
            return not self._committed

    def commit(self) -> str:
        """Make the verdict final; return why there must be none, or ''.

        After this no cancel comes through, and before it none is overlooked: a verdict is never
        published of a command that had been replaced or cancelled by then.
        """
        with self._lock:
            self._committed = not self._cancel_reason
            return self._cancel_reason

    def claim(self) -> bool:
        """Return whether the caller is the first, who alone may deliver an answer."""
        return self._claim.acquire(blocking=False)

    def finish(self, answer: Answer | None) -> None:
        """Hand in the answer, or None where none could be made."""
        self._answer = answer
        self._done.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end of the job; return whether it has ended."""
        return self._done.wait(timeout)

    @property
    def answer(self) -> Answer | None:
        """The answer of a job that has ended."""
        return self._answer


class Worker:
    """Answers jobs in their order, each exactly once.

    A newer command of the same source replaces those before it: the one in hand ends before its
    next stage, the waiting ones when their turn comes, all without a verdict and with the reason.
    Service calls are not replaced, because each has a caller that waits for its own.
    """

    def __init__(self, answer: Callable[[Job], Answer], deliver: Callable[[Answer], None],
                 report: Callable[[Exception], None]) -> None:
        self._answer = answer
        self._deliver = deliver
        self._report = report
        self._waiting: deque[Job] = deque()
        self._in_hand: Job | None = None
        self._stopped = False
        self._changed = threading.Condition()
        # A daemon, because a model call that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name='ris_worker', daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job."""
        with self._changed:
            if self._stopped:
                job.finish(None)
                return
            if job.source is not Source.SERVICE:
                for older in (self._in_hand, *self._waiting):
                    if older is not None and older.source is job.source:
                        older.cancel(f'Replaced by the newer command {job.command.id!r}.')
            self._waiting.append(job)
            self._changed.notify()

    def interrupt(self, reason: str) -> None:
        """End the job in hand and those that wait, at once, without a verdict and with the reason.

        The models may still be busy with the one in hand; what comes of it is dropped.  A verdict
        that is already on its way out comes first.
        """
        with self._changed:
            jobs = [self._in_hand, *self._waiting]
            self._waiting.clear()
        for job in filter(None, jobs):
            if job.cancel(reason):
                self._close(job, Answer(
                    job.command, Grounding(Status.UNKNOWN, job.cancel_reason)))
            else:
                job.wait(_DELIVERY_S)

    def stop(self, timeout: float = 5.0) -> None:
        """End the thread after the job in hand; jobs that still wait end without an answer.

        So does the job in hand when it takes longer than ``timeout`` seconds.
        """
        with self._changed:
            self._stopped = True
            abandoned = list(self._waiting)
            self._waiting.clear()
            self._changed.notify()
        for job in abandoned:
            job.finish(None)
        self._thread.join(timeout)
        if self._thread.is_alive() and self._in_hand is not None:
            self._in_hand.finish(None)

    def _run(self) -> None:
        """Answer jobs until stopped."""
        while (job := self._next()) is not None:
            answer = None
            try:
                answer = self._answer(job)
                if reason := job.commit():
                    answer = Answer(job.command, Grounding(Status.UNKNOWN, reason))
            except Exception as error:
                # Whatever happens to one command, the next one is to be answered.
                self._report(error)
            self._close(job, answer)

    def _close(self, job: Job, answer: Answer | None) -> None:
        """Deliver the answer of a job that has none yet, and end the job."""
        if not job.claim():
            return
        try:
            if answer is not None:
                self._deliver(answer)
        except Exception as error:
            self._report(error)
        finally:
            job.finish(answer)

    def _next(self) -> Job | None:
        """Wait for a job and take it; None once stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._waiting)
            self._in_hand = None if self._stopped else self._waiting.popleft()
            return self._in_hand
