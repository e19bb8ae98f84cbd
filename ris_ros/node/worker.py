# SPDX-License-Identifier: Apache-2.0
"""The threads that answer commands, one at a time and in time, so that callbacks only store."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable
import threading

from ris_ros.grounding.result import Grounding
from ris_ros.language.dialogue import Act, Turn
from ris_ros.node.answerer import Answerer
from ris_ros.node.command import Answer, Job, Source, failure
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.status import Status

# Longer than publishing an answer takes.
_DELIVERY_S = 1.0
# How late a job that takes too long may be noticed.
_WATCH_S = 0.1
# What a job does in each stage.
_BUSY = {
    'waiting': 'it still waits for an earlier command, or for the models to be loaded',
    'indexing': 'the models still look at the image',
    'grounding': 'the models still look for the object',
    'answering': 'its answer is still being made',
}


class Worker:
    """Answers jobs in their order, each exactly once, whatever fails on the way.

    A newer command of the same source replaces those before it: the one in hand ends before its
    next stage, the waiting ones when their turn comes, all without a verdict and with the reason.
    Service calls are not replaced, because each has a caller that waits for its own.

    A job that takes longer than the parameter answer_timeout is answered by a second thread, which
    no model can hold up; so none is lost and no caller waits for ever where a model hangs.

    ``_changed`` is the only lock and guards the queue ``_waiting``, ``_in_hand`` and ``_stopped``;
    it is never held while a job is answered or delivered.
    """

    def __init__(self, answerer: Answerer, settings: LiveSettings[Settings],
                 deliver: Callable[[Answer], Answer],
                 report: Callable[[Exception], None]) -> None:
        """Start the threads.

        Args:
            answerer: Answers each job.
            settings: The node's; answer_timeout is of use here.
            deliver: Publishes each answer, and returns it as it was published.
            report: Is told of every exception of the two.
        """
        self._answerer = answerer
        self._settings = settings
        self._deliver = deliver
        self._report = report
        self._waiting: deque[Job] = deque()
        self._in_hand: Job | None = None
        self._stopped = False
        self._changed = threading.Condition()
        # A daemon, because a model call that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name='ris_worker', daemon=True)
        self._thread.start()
        threading.Thread(target=self._watch, name='ris_watch', daemon=True).start()

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
            self._changed.notify_all()

    def answer_interruption(self, job: Job, turn: Turn) -> None:
        """Answer 'stop' or 'start over' at once, in the calling thread.

        Everything under way ends; a tracked object is let go when the answer STOPPED is delivered.
        """
        self.end_all(f'Stopped by the command {job.command.id!r}.')
        self._interrupt(turn.act)
        self._close(job, Answer(job.command, Grounding(Status.STOPPED, turn.message)))

    def answer_refusal(self, job: Job, status: Status, reason: str) -> None:
        """Answer a job that cannot be taken up with a status and the reason."""
        self._close(job, Answer(job.command, Grounding(status, reason)))

    def answer_failure(self, job: Job, error: Exception) -> None:
        """Answer a job that something in the node has failed with."""
        self._report(error)
        self._close(job, failure(job.command, error))

    def end_all(self, reason: str) -> None:
        """End the job in hand and those that wait, at once, without a verdict and with the reason.

        The models may still be busy with the one in hand; its result is dropped.  A verdict that is
        already on its way out comes first.
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

    def pause(self, reason: str) -> None:
        """End all jobs, because the node answers no more; what they said is not remembered."""
        self.end_all(reason)
        self._interrupt(Act.STOP)

    def end(self) -> None:
        """Let the threads end after the job in hand; jobs that still wait end without an answer."""
        with self._changed:
            self._stopped = True
            abandoned = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        for job in abandoned:
            job.finish(None)

    def stop(self, timeout: float = 5.0) -> None:
        """End, and wait for that.

        The job in hand ends without an answer when it takes longer than ``timeout`` seconds.
        """
        self.end()
        self._thread.join(timeout)
        if self._thread.is_alive() and self._in_hand is not None:
            self._in_hand.finish(None)

    def _interrupt(self, act: Act) -> None:
        """Tell the conversation; whatever it remembers, commands end."""
        try:
            self._answerer.interrupt(act)
        except Exception as error:
            self._report(error)

    def _watch(self) -> None:
        """Answer jobs that take too long, until stopped."""
        while (job := self._overdue_job()) is not None:
            self._give_up(job)

    def _overdue_job(self) -> Job | None:
        """Wait for a job that takes too long and take it out of the queue; None once stopped."""
        with self._changed:
            while not self._stopped:
                if (job := self._first_overdue()) is not None:
                    if job in self._waiting:
                        self._waiting.remove(job)
                    return job
                is_busy = self._in_hand is not None and not self._in_hand.is_claimed
                self._changed.wait(_WATCH_S if is_busy or self._waiting else None)
            return None

    def _first_overdue(self) -> Job | None:
        """Return a job that takes too long; None without.

        It keeps no job: their answers, with masks, are to be freed when they have been given.
        """
        limit = self._settings.value.answer_timeout
        for job in (self._in_hand, *self._waiting):
            if job is not None and not job.is_claimed and limit and job.seconds > limit:
                return job
        return None

    def _give_up(self, job: Job) -> None:
        """Answer a job that takes too long; what the models may still say of it is dropped."""
        reason = (f'The command was not answered within {self._settings.value.answer_timeout:g} s '
                  f'(parameter answer_timeout): {_BUSY[job.stage]}. A model may hang, or be too '
                  'slow for this computer.')
        if not job.cancel(reason):
            return  # its verdict is on its way out
        if job is self._in_hand:
            # What it makes of the command is not to be remembered.
            self._interrupt(Act.STOP)
        is_new = job.cancel_reason == reason
        self._close(job, Answer(job.command, Grounding(
            Status.MODEL_ERROR if is_new else Status.UNKNOWN, job.cancel_reason)))

    def _run(self) -> None:
        """Answer jobs until stopped."""
        while (job := self._next_job()) is not None:
            try:
                answer = self._answerer.answer(job)
            except Exception as error:
                # Whoever commands waits for an answer, and so do those whose turn is next.
                self._report(error)
                answer = failure(job.command, error)
            if reason := job.commit():
                answer = Answer(job.command, Grounding(Status.UNKNOWN, reason))
            self._close(job, answer)

    def _close(self, job: Job, answer: Answer) -> None:
        """Deliver the answer of a job that has none yet, and end the job."""
        if job.claim():
            try:
                answer = self._deliver(answer)
            except Exception as error:
                self._report(error)
                answer = failure(job.command, error)
            job.finish(answer)

    def _next_job(self) -> Job | None:
        """Wait for a job and take it; None once stopped."""
        with self._changed:
            while not self._stopped and not self._waiting:
                self._changed.wait()
            self._in_hand = None if self._stopped else self._waiting.popleft()
            return self._in_hand
