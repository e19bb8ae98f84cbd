"""The action ~/ground: one goal at a time, with feedback; a new goal aborts the old one."""
from __future__ import annotations

from collections.abc import Callable
import threading

from rclpy.action import ActionServer, CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from ris_ros.action import Ground
from ris_ros.grounding.result import Grounding, Status
from ris_ros.node.answer import Answer
from ris_ros.node.answering import STAGES
from ris_ros.node.messages import to_grounding
from ris_ros.node.worker import Job

_POLL_S = 0.05
_CANCELLED = 'Cancelled by its client.'
_REPLACED = 'Replaced by a newer goal.'
_VERDICTS = (Status.FOUND, Status.AMBIGUOUS, Status.NOT_FOUND)


class GroundAction:
    """Serves the action.

    start: takes text, command id and a feedback function, and returns the running job.
    A goal succeeds when a verdict was reached (FOUND, AMBIGUOUS, NOT_FOUND); every other status
    aborts it, and the result says why.
    """

    def __init__(self, node: Node, start: Callable[..., Job]) -> None:
        self._start = start
        self._current: ServerGoalHandle | None = None
        # A goal ends by its answer, a cancel request or a newer goal: only one of them may win.
        self._ending = threading.Lock()
        self._server = ActionServer(
            node, Ground, '~/ground', execute_callback=self._execute,
            handle_accepted_callback=self._accept,
            cancel_callback=lambda goal: CancelResponse.ACCEPT,
            callback_group=ReentrantCallbackGroup())

    def destroy(self) -> None:
        """Close the server."""
        self._server.destroy()

    def _accept(self, goal: ServerGoalHandle) -> None:
        """Abort the goal under way and execute the new one."""
        with self._ending:
            if self._current is not None and self._current.is_active:
                self._current.abort()
            self._current = goal
            # Still under the lock: a goal that has not begun could not be aborted by the next.
            goal.execute()

    def _execute(self, goal: ServerGoalHandle) -> Ground.Result:
        """Run a goal to its end and return its result."""
        def feed_back(stage: str, progress: float) -> None:
            goal.publish_feedback(Ground.Feedback(stage=stage, progress=progress))

        feed_back(STAGES[0], 0.0)
        job = self._start(goal.request.text, goal.request.command_id, feed_back)
        while not job.wait(_POLL_S):
            if goal.is_cancel_requested or not goal.is_active:
                job.cancel(_CANCELLED if goal.is_active else _REPLACED)
                break
        with self._ending:
            return Ground.Result(grounding=to_grounding(_end(goal, job)))


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
