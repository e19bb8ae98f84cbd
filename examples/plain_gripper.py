"""The gripper of the built-in simulator (ris_camera): a target in, three services."""
from asking import Failure, call, wait
from geometry_msgs.msg import PoseStamped
import numpy as np
from rclpy.node import Node
from std_srvs.srv import Trigger

THERE_M = .002


class PlainGripper:
    """Commands the simulated gripper and waits until it has done so."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._poses: list[np.ndarray] = []
        self._target = node.create_publisher(PoseStamped, 'gripper/target', 10)
        node.create_subscription(PoseStamped, 'gripper/pose', self._keep, 10)

    def open(self) -> None:
        """Open the fingers."""
        self._trigger('open')

    def reach(self, pose: PoseStamped) -> None:
        """Go to a pose from above."""
        goal = _position(pose)
        wait(self._node, self._target.get_subscription_count, 'the gripper')
        self._target.publish(pose)
        wait(self._node, lambda: self._poses and np.linalg.norm(self._poses[-1] - goal) < THERE_M,
             'the gripper to arrive')

    def close(self) -> str:
        """Close the fingers and return what they hold; raise Failure when that is nothing."""
        return self._trigger('close')

    def lift(self) -> None:
        """Go straight up, and wait until the gripper stands still."""
        self._trigger('raise')
        self._poses.clear()
        wait(self._node, lambda: len(self._poses) > 2 and np.linalg.norm(
            self._poses[-1] - self._poses[-2]) < THERE_M, 'the gripper to be up')

    def _trigger(self, name: str) -> str:
        response = call(self._node, Trigger, f'gripper/{name}', Trigger.Request())
        if not response.success:
            raise Failure(response.message)
        return response.message

    def _keep(self, message: PoseStamped) -> None:
        self._poses.append(_position(message))


def _position(message: PoseStamped) -> np.ndarray:
    """Return the position of a pose as (3,) metres."""
    point = message.pose.position
    return np.array([point.x, point.y, point.z])
