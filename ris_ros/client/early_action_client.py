# SPDX-License-Identifier: Apache-2.0
"""An action client for a node that another thread spins."""
from __future__ import annotations

import threading

from rclpy.action import ActionClient


class EarlyActionClient(ActionClient):
    """An action client that an executor may look at before it is wholly made.

    rclpy shows it to the thread that spins the node before it gives it its lock, and that thread
    would end with an AttributeError.
    """

    _lock = threading.Lock()
