"""The action ~/ground: one goal at a time, with feedback; a new goal aborts the old one."""
from __future__ import annotations

from collections.abc import Callable
import threading
import time

from rclpy.action import ActionServer, CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from ris_ros.action import Ground
from ris_ros.grounding.result import Grounding
from ris_ros.node.answerer import STAGES
from ris_ros.node.command import Answer
from ris_ros.node.messages import to_grounding
from ris_ros.node.worker import Job
from ris_ros.status import Status

_POLL_S = 0.05
_CANCELLING_S = 2.0
_CANCELLED = 'Cancelled by its client.'
_REPLACED = 'Replaced by a newer goal.'
_VERDICTS = (Status.FOUND, Status.AMBIGUOUS, Status.NOT_FOUND, Status.STOPPED)


class GroundAction:
    """Serves the action.

    start: takes text, command id and a feedback function, and returns the running job.
    A goal succeeds when a verdict was reached (FOUND, AMBIGUOUS, NOT_FOUND, or STOPPED for a goal
    that says 'stop'); every other status aborts it, and the result says why.  A goal that is
    cancelled or aborted takes its job with it at once, so that the node says the same on
    ~/grounding: never a verdict of such a goal.
    """

    def __init__(self, node: Node, start: Callable[..., Job]) -> None:
        self._start = start
        self._current: ServerGoalHandle | None = None
        self._jobs: dict[bytes, Job] = {}
        # A goal ends by its answer, a cancel request or a newer goal: only one of them may win.
        self._ending = threading.Lock()
        self._server = ActionServer(
            node, Ground, '~/ground', execute_callback=self._execute,
            handle_accepted_callback=self._accept, cancel_callback=self._cancel,
            callback_group=ReentrantCallbackGroup())

    def destroy(self) -> None:
        """Close the server."""
        self._server.destroy()

    def _accept(self, goal: ServerGoalHandle) -> None:
        """Abort the goal under way and execute the new one.

        Its job starts here, not in a thread that may begin late, so that a 'stop' that comes after
        the goal ends it.
        """
        def feed_back(stage: str, progress: float) -> None:
            if goal.is_active:
                goal.publish_feedback(Ground.Feedback(stage=stage, progress=progress))

        with self._ending:
            old = self._current
            # One whose verdict is on its way out ends by itself.
            if old is not None and old.is_active and self._withdraw(old, _REPLACED):
                old.abort()
            self._current = goal
            feed_back(STAGES[0], 0.0)
            self._jobs[_key(goal)] = self._start(
                goal.request.text, goal.request.command_id, feed_back)
            # Still under the lock: a goal that has not begun could not be aborted by the next.
            goal.execute()

    def _cancel(self, goal: ServerGoalHandle) -> CancelResponse:
        """Cancel a goal, unless its verdict is already on its way out."""
        with self._ending:
            wanted = self._withdraw(goal, _CANCELLED)
        return CancelResponse.ACCEPT if wanted else CancelResponse.REJECT

    def _withdraw(self, goal: ServerGoalHandle, reason: str) -> bool:
        """Take a goal's job back; return whether that is still possible."""
        job = self._jobs.get(_key(goal))
        return job is None or job.cancel(reason)

    def _execute(self, goal: ServerGoalHandle) -> Ground.Result:
        """Run a goal to its end and return its result."""
        job = self._jobs[_key(goal)]
        while not job.wait(_POLL_S) and goal.is_active and not goal.is_cancel_requested:
            pass
        if job.cancel_reason == _CANCELLED:
            _await_cancelling(goal)
        with self._ending:
            del self._jobs[_key(goal)]
            return Ground.Result(grounding=to_grounding(_end(goal, job)))


def _key(goal: ServerGoalHandle) -> bytes:
    """Return what tells a goal from others."""
    return bytes(goal.goal_id.uuid)


def _await_cancelling(goal: ServerGoalHandle) -> None:
    """Wait for the goal's own state, which follows its cancel callback in another thread."""
    deadline = time.monotonic() + _CANCELLING_S
    while goal.is_active and not goal.is_cancel_requested and time.monotonic() < deadline:
        time.sleep(_POLL_S / 10)


def _end(goal: ServerGoalHandle, job: Job) -> Answer:
    """Bring the goal into its final state and return what is to be said of it."""
    if not goal.is_active:
        return Answer(job.command, Grounding(Status.UNKNOWN, _REPLACED))
    if goal.is_cancel_requested:
        goal.canceled()
        return Answer(job.command, Grounding(Status.UNKNOWN, _CANCELLED))
    answer = job.answer or Answer(
        job.command, Grounding(Status.UNKNOWN, 'The node is shutting down.'))
    if answer.grounding.status in _VERDICTS:
        goal.succeed()
    else:
        goal.abort()
    return answer
