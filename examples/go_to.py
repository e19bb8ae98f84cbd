#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drive to the object that a command means: publish a goal in front of it, facing it.

python3 examples/go_to.py 'the yellow cylinder' [--stop-before .7]

The goal goes to goal_pose, which Nav2's bt_navigator follows, and so does ris_camera's simulated
robot. It is stated in the camera's optical frame at the image's stamp; Nav2 transforms it by TF.
"""
import argparse
import sys

from common import PATIENCE_S, drive_arguments, find, run
from geometry_msgs.msg import PoseStamped
import numpy as np
import rclpy

from ris_ros.client import GroundingClient
from ris_ros.msg import Grounding


def goal_before(answer: Grounding, distance: float) -> PoseStamped:
    """Return a goal in front of an object, facing it.

    Args:
        answer: Where the object is.
        distance: Metres between goal and object on the line from the camera. The goal lies behind
            the camera where the object is nearer than that.

    Returns:
        The goal in the answer's frame; its x axis points to the object.
    """
    position = answer.position
    point = np.array([position.x, position.y, position.z])
    length = np.linalg.norm(point)
    x, y, z = point / length
    # The shortest turn that takes the x axis there; the camera looks along z, never along -x.
    turn = np.array([0, -z, y, 1 + x])
    turn /= np.linalg.norm(turn)
    goal = PoseStamped(header=answer.header)
    goal.pose.position.x, goal.pose.position.y, goal.pose.position.z = (
        point * (1 - distance / length)).tolist()
    o = goal.pose.orientation
    o.x, o.y, o.z, o.w = turn.tolist()
    return goal


def go_to(client: GroundingClient, args: argparse.Namespace) -> None:
    """Find the object and publish the goal."""
    goals = client.node.create_publisher(PoseStamped, 'goal_pose', 10)
    answer = find(client, args.text)
    print(answer.message)
    client.wait(goals.get_subscription_count, PATIENCE_S, 'a listener to goal_pose')
    goals.publish(goal_before(answer, args.stop_before))
    goals.wait_for_all_acked(rclpy.duration.Duration(seconds=5))


def main() -> int:
    """Publish the goal; exit status 0 when that is done."""
    args = drive_arguments(__doc__)
    return run('ris_go_to', lambda client: go_to(client, args))


if __name__ == '__main__':
    sys.exit(main())
