#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Follow the object that a command means with Nav2, until it is lost or Ctrl-C.

python3 examples/nav2_follow.py 'follow the yellow ball'

ris_node needs the parameter target_frame (map or odom), and bt_navigator the parameter
goal_updater_topic: /ris_node/pose. The behaviour tree is nav2_follow.xml beside this file.
"""
import argparse
from pathlib import Path
import sys

from common import PATIENCE_S, catch_signals, find, run
import rclpy
from rclpy.action import ActionClient

from ris_ros.client import GroundingClient
from ris_ros.errors import RisError
from ris_ros.msg import Grounding, Target

try:
    from action_msgs.msg import GoalStatus
    from nav2_msgs.action import NavigateToPose
except ImportError as error:
    sys.exit(f'{error}: install ros-$ROS_DISTRO-nav2-msgs.')

TREE = Path(__file__).with_name('nav2_follow.xml')
LOOK_S = .1
LOST_S = 10.0  # without the object for this long, the robot stops


class Follower:
    """Gives Nav2 the goal, and takes it back when the object is lost."""

    def __init__(self, client: GroundingClient) -> None:
        self._client = client
        self._nav2 = ActionClient(client.node, NavigateToPose, 'navigate_to_pose')
        self._command_id, self._seen_at = '', self._now()
        client.on_target(self._note)

    def follow(self, text: str) -> None:
        """Follow an object; return when Nav2 ends, or on Ctrl-C.

        Raises:
            RisError: The object is not found or was lost, or Nav2 refuses or fails.
        """
        client, signals = self._client, catch_signals()
        client.set_parameter('ris_node', 'mode', 'track')
        answer = find(client, text)
        print(answer.message)
        self._command_id = answer.command_id
        client.wait(self._nav2.server_is_ready, PATIENCE_S, 'Nav2')
        goal = NavigateToPose.Goal(pose=answer.pose, behavior_tree=str(TREE))
        handle = client.result(self._nav2.send_goal_async(goal), PATIENCE_S, 'Nav2 to accept')
        if not handle.accepted:
            raise RisError('Nav2 refused the goal.')
        ended = handle.get_result_async()
        self._seen_at = self._now()
        while not (ended.done() or self._is_lost() or signals):
            client.spin_for(LOOK_S)
        if not ended.done():
            client.result(handle.cancel_goal_async(), PATIENCE_S, 'Nav2 to stop')
            if not signals:
                raise RisError(f'It was not seen for {LOST_S:.0f} s; the robot stops.')
        elif ended.result().status != GoalStatus.STATUS_SUCCEEDED:
            raise RisError(f'Nav2 failed: {ended.result().result.error_msg}')

    def _note(self, target: Target) -> None:
        """Take note that the object is seen."""
        if target.command_id == self._command_id and target.status == Grounding.FOUND:
            self._seen_at = self._now()

    def _is_lost(self) -> bool:
        """Return whether the object has not been seen for long."""
        return self._now() - self._seen_at > LOST_S

    def _now(self) -> float:
        """Return the node's time in seconds."""
        return self._client.node.get_clock().now().nanoseconds * 1e-9


def main() -> int:
    """Follow; exit status 0 when Nav2 has arrived, or after Ctrl-C."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('text', help="command in plain words, e.g. 'follow the yellow ball'")
    args = parser.parse_args(rclpy.utilities.remove_ros_args(sys.argv)[1:])
    return run('ris_follow', lambda client: Follower(client).follow(args.text))


if __name__ == '__main__':
    sys.exit(main())
