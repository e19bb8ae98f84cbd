# SPDX-License-Identifier: Apache-2.0
"""The action ~/ground: one goal at a time, with feedback; a new goal aborts the old one."""
from __future__ import annotations

from dataclasses import dataclass
from functools import partial
import threading
import time
from typing import TYPE_CHECKING

from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from ris_ros.action import Ground
from ris_ros.grounding.result import Grounding
from ris_ros.node.command import STAGES, Answer, Job, Source, sentence
from ris_ros.node.messages import response_to
from ris_ros.node.pointing import pointing_of
from ris_ros.service_qos import ACTION_QOS
from ris_ros.status import Status

if TYPE_CHECKING:
    from ris_ros.node.command_inputs import CommandInputs

_POLL_S = 0.05
_CANCELLING_S = 2.0
# Longer than rclpy takes from the response to a goal to the callback that accepts it.
_ACCEPTING_S = 1.0
_CANCELLED = 'Cancelled by its client.'
_REPLACED = 'Replaced by a newer goal.'
_VERDICTS = (Status.FOUND, Status.AMBIGUOUS, Status.NOT_FOUND, Status.ANSWERED, Status.STOPPED)


@dataclass(frozen=True, eq=False)
class _Goal:
    """A goal and the job of its command.

    Attributes:
        handle: The goal.
        job: The job.
    """

    handle: ServerGoalHandle
    job: Job

    def wait(self) -> None:
        """Wait until the answer is there or the goal has ended otherwise."""
        handle = self.handle
        while not self.job.wait(_POLL_S) and handle.is_active and not handle.is_cancel_requested:
            pass
        if self.job.cancel_reason == _CANCELLED:
            # The handle's own state follows its cancel callback, in another thread.
            deadline = time.monotonic() + _CANCELLING_S
            while (handle.is_active and not handle.is_cancel_requested
                   and time.monotonic() < deadline):
                time.sleep(_POLL_S / 10)

    def end(self) -> Answer:
        """Bring the goal into its final state and return the answer for its client."""
        if not self.handle.is_active:
            return Answer(self.job.command, Grounding(Status.UNKNOWN, _REPLACED))
        if self.handle.is_cancel_requested:
            self.handle.canceled()
            return Answer(self.job.command, Grounding(Status.UNKNOWN, _CANCELLED))
        answer = self.job.final_answer
        if answer.grounding.status in _VERDICTS:
            self.handle.succeed()
        else:
            self.handle.abort()
        return answer


class GroundAction:
    """Serves the action.

    A goal succeeds when a verdict was reached (FOUND, AMBIGUOUS, NOT_FOUND, ANSWERED, or STOPPED
    for a goal that says 'stop'); every other status aborts it, and the result says why.  A goal
    that is cancelled or aborted takes its job with it at once, so that the node says the same on
    ~/grounding: never a verdict for such a goal.
    """

    def __init__(self, node: Node, commands: CommandInputs) -> None:
        """Serve from now on; the goals' commands go to ``commands``."""
        self._node = node
        self._commands = commands
        self._current: _Goal | None = None
        self._goals: dict[bytes, _Goal] = {}
        # The identities of requests whose goals are not accepted yet, in their order.
        self._requests: list[int] = []
        # A goal ends by its answer, a cancel request or a newer goal: only one of them may win.
        self._ending = threading.Condition()
        self._server = ActionServer(
            node, Ground, '~/ground', execute_callback=self._execute, goal_callback=self._receive,
            handle_accepted_callback=self._accept, cancel_callback=self._cancel,
            callback_group=ReentrantCallbackGroup(), **ACTION_QOS)

    def destroy(self) -> None:
        """Close the server."""
        self._server.destroy()

    def _receive(self, request: Ground.Goal) -> GoalResponse:
        """Note when a goal came; rclpy calls this before it tells the client anything."""
        with self._ending:
            self._requests.append(id(request))
        return GoalResponse.ACCEPT

    def _await_turn(self, request: Ground.Goal) -> None:
        """Wait until the goals that came before are accepted.

        rclpy answers the client first, and the callbacks of its next goal may overtake in another
        thread. Where a goal is never accepted, because its response could not be sent, the wait
        ends by itself.
        """
        key, deadline = id(request), time.monotonic() + _ACCEPTING_S
        while (key in self._requests[1:]
               and self._ending.wait(deadline - time.monotonic())):
            pass
        if key in self._requests:
            del self._requests[:self._requests.index(key) + 1]
        self._ending.notify_all()

    def _accept(self, handle: ServerGoalHandle) -> None:
        """Abort the goal under way and execute the new one.

        Its job starts here, not in a thread that may begin late, so that a 'stop' that comes after
        the goal ends it.
        """
        with self._ending:
            self._await_turn(handle.request)
            old = self._current
            # One whose verdict is on its way out ends by itself.
            if old is not None and old.handle.is_active and self._withdraw(old.handle, _REPLACED):
                old.handle.abort()
            self._current = self._goals[_key(handle)] = _Goal(handle, self._start(handle))
            # Still under the lock: a goal that has not begun could not be aborted by the next.
            handle.execute()

    def _start(self, handle: ServerGoalHandle) -> Job:
        """Have the command of a goal answered."""
        feed_back = partial(self._feed_back, handle)
        feed_back(STAGES[0], 0.0)
        request = handle.request
        return self._commands.start(request.text, request.command_id, Source.ACTION, feed_back,
                                    pointing_of(request))

    def _feed_back(self, handle: ServerGoalHandle, stage: str, progress: float) -> None:
        """Tell the client of a goal which stage has begun."""
        if handle.is_active:
            try:
                handle.publish_feedback(Ground.Feedback(stage=stage, progress=progress))
            except Exception as error:
                # The answer is worth more than the news of it.
                self._node.get_logger().error(f'Feedback: {sentence(error)}')

    def _cancel(self, handle: ServerGoalHandle) -> CancelResponse:
        """Cancel a goal, unless its verdict is already on its way out."""
        with self._ending:
            wanted = self._withdraw(handle, _CANCELLED)
        return CancelResponse.ACCEPT if wanted else CancelResponse.REJECT

    def _withdraw(self, handle: ServerGoalHandle, reason: str) -> bool:
        """Take a goal's job back; return whether that is still possible."""
        goal = self._goals.get(_key(handle))
        return goal is None or goal.job.cancel(reason)

    def _execute(self, handle: ServerGoalHandle) -> Ground.Result:
        """Run a goal to its end and return its result."""
        goal = self._goals[_key(handle)]
        goal.wait()
        with self._ending:
            del self._goals[_key(handle)]
            return Ground.Result(grounding=response_to(handle.request, goal.end()))


def _key(handle: ServerGoalHandle) -> bytes:
    """Return the id of a goal."""
    return bytes(handle.goal_id.uuid)
