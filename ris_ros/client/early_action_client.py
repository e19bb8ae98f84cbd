# SPDX-License-Identifier: Apache-2.0
"""An action client for a node that another thread spins."""
from __future__ import annotations

from contextlib import suppress
import threading

from rclpy.action import ActionClient
from rclpy.task import Future


class EarlyActionClient(ActionClient):
    """An action client that an executor may look at before it is wholly made.

    rclpy shows it to the thread that spins the node before it gives it its lock, and that thread
    would end with an AttributeError.
    """

    _lock = threading.Lock()

    def remove_future(self, future: Future) -> None:
        """Forget a future, also one that has ended before rclpy took note of it.

        rclpy sends a request before it keeps its future, so that an answer may come first.
        """
        with suppress(ValueError):
            super().remove_future(future)
