# SPDX-License-Identifier: Apache-2.0
"""The gripper of the built-in simulator (ris_camera): a target in, three services."""
from common import PATIENCE_S
from geometry_msgs.msg import PoseStamped
import numpy as np
from std_srvs.srv import Trigger

from ris_ros.client import GroundingClient
from ris_ros.errors import RisError

THERE_M = .002


class PlainGripper:
    """Commands the simulated gripper and waits for the end of each motion."""

    def __init__(self, client: GroundingClient) -> None:
        self._client = client
        self._poses: list[np.ndarray] = []
        self._target = client.node.create_publisher(PoseStamped, 'gripper/target', 10)
        client.node.create_subscription(PoseStamped, 'gripper/pose', self._keep, 10)

    def open(self) -> None:
        """Open the fingers."""
        self._trigger('open')

    def reach(self, pose: PoseStamped) -> None:
        """Go to a pose from above."""
        goal = _position(pose)
        self._client.wait(self._target.get_subscription_count, PATIENCE_S, 'the gripper')
        self._target.publish(pose)
        self._client.wait(
            lambda: self._poses and np.linalg.norm(self._poses[-1] - goal) < THERE_M,
            PATIENCE_S, 'the gripper to arrive')

    def close(self) -> str:
        """Close the fingers and name the object between them; raise RisError when there is none."""
        return self._trigger('close')

    def lift(self) -> None:
        """Go straight up, and wait until the gripper stands still."""
        self._trigger('raise')
        self._poses.clear()
        self._client.wait(lambda: len(self._poses) > 2 and np.linalg.norm(
            self._poses[-1] - self._poses[-2]) < THERE_M, PATIENCE_S, 'the gripper to be up')

    def _trigger(self, name: str) -> str:
        response = self._client.call(
            Trigger, f'gripper/{name}', Trigger.Request(), PATIENCE_S)
        if not response.success:
            raise RisError(response.message)
        return response.message

    def _keep(self, message: PoseStamped) -> None:
        self._poses.append(_position(message))


def _position(message: PoseStamped) -> np.ndarray:
    """Return the position of a pose as (3,) metres."""
    point = message.pose.position
    return np.array([point.x, point.y, point.z])
