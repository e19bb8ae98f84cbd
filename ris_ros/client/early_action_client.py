# SPDX-License-Identifier: Apache-2.0
"""An action client for a node that another thread spins."""
from __future__ import annotations

import threading
from typing import Any

from rclpy.action import ActionClient
from rclpy.action.client import ClientGoalHandle
from rclpy.task import Future


class EarlyActionClient(ActionClient):
    """An action client whose responses come as early as they like.

    rclpy shows it to the thread that spins the node before it gives it its lock, and that thread
    would end with an AttributeError. rclpy also sends a request before it keeps the future of its
    response (in Jazzy always, in Kilted that of a goal), and forgets a response that comes between
    the two. So none is taken in while a request is being sent.
    """

    _lock = threading.Lock()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Make the client; the arguments are those of rclpy."""
        self._sending = threading.Lock()
        super().__init__(*args, **options)

    def take_data(self) -> dict[str, object]:
        """Take in what has come."""
        with self._sending:
            return super().take_data()

    def send_goal_async(self, *args: Any, **options: Any) -> Future:
        """Send a goal and return the future of its handle; the arguments are those of rclpy."""
        with self._sending:
            kept = set(self._futures)
            sent = super().send_goal_async(*args, **options)
            # Kilted's rclpy keeps two futures of a goal, of which one is never done.
            for future in set(self._futures) - kept - {sent}:
                self.remove_future(future)
        return sent

    def stop_feedback(self, goal_handle: ClientGoalHandle) -> None:
        """Forget who hears the feedback of a goal; rclpy does so only when its result comes."""
        self._feedback_callbacks.pop(bytes(goal_handle.goal_id.uuid), None)

    def _cancel_goal_async(self, goal_handle: ClientGoalHandle) -> Future:
        with self._sending:
            return super()._cancel_goal_async(goal_handle)

    def _get_result_async(self, goal_handle: ClientGoalHandle) -> Future:
        with self._sending:
            return super()._get_result_async(goal_handle)
