# SPDX-License-Identifier: Apache-2.0
"""Commanding a running ris_node from Python; importing this package imports rclpy."""
from ris_ros.client.connection import (
    Connection,
    NodeNotActiveError,
    NodeNotFoundError,
    WaitTimeoutError,
)
from ris_ros.client.goal import GroundingGoal
from ris_ros.client.grounding_client import GroundingClient

__all__ = ['Connection', 'GroundingClient', 'GroundingGoal', 'NodeNotActiveError',
           'NodeNotFoundError', 'WaitTimeoutError']
