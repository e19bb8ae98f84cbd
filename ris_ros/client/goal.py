# SPDX-License-Identifier: Apache-2.0
"""A goal of ris_node's action, as its client sees it."""
from __future__ import annotations

from action_msgs.msg import GoalStatus
from rclpy.action.client import ClientGoalHandle

from ris_ros.client.connection import Connection
from ris_ros.msg import Grounding

_OUTCOMES = {GoalStatus.STATUS_SUCCEEDED: 'succeeded', GoalStatus.STATUS_ABORTED: 'aborted',
             GoalStatus.STATUS_CANCELED: 'canceled'}


class GroundingGoal:
    """A command that ris_node works on as a goal of its action."""

    def __init__(self, connection: Connection, handle: ClientGoalHandle, text: str) -> None:
        self._connection, self._handle, self._text = connection, handle, text
        self._response = handle.get_result_async()

    @property
    def outcome(self) -> str | None:
        """``'succeeded'``, ``'aborted'`` or ``'canceled'``; None while the goal is under way."""
        return _OUTCOMES[self._response.result().status] if self._response.done() else None

    def result(self, timeout: float = 30.0) -> Grounding:
        """Wait for the end of the goal and return its answer.

        A goal that was cancelled, or replaced by a newer one, has the status UNKNOWN.

        Raises:
            WaitTimeoutError: The goal has not ended in time; it goes on, and can be asked again.
        """
        return self._connection.result(
            self._response, timeout, f'the end of the goal {self._text!r}').result.grounding

    def cancel(self, timeout: float = 10.0) -> bool:
        """Ask ris_node to give the goal up.

        Returns:
            Whether it does; False where the answer was already on its way.

        Raises:
            WaitTimeoutError: ris_node does not react in time.
        """
        response = self._connection.result(
            self._handle.cancel_goal_async(), timeout, f'the goal {self._text!r} to be cancelled')
        return bool(response.goals_canceling)
