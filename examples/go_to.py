#!/usr/bin/env python3
"""Go to what is meant: the object's position becomes a goal before it, facing it.

python3 examples/go_to.py 'the yellow cylinder' [--stop-before .7]

The goal goes to goal_pose, which Nav2's bt_navigator follows, and so does ris_camera's simulated
robot. It is stated in the camera's optical frame at the image's stamp; Nav2 transforms it by TF.
"""
import argparse
import sys

from asking import find, run, wait
from geometry_msgs.msg import PoseStamped
import numpy as np
import rclpy
from rclpy.node import Node

from ris_ros.msg import Grounding


def goal_before(answer: Grounding, distance: float) -> PoseStamped:
    """Return the goal that far before an object, its x axis towards it, in the answer's frame.

    distance: metres along the line from the camera to the object. An object that is nearer than
    that gives a goal behind the camera.
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


def arguments() -> argparse.Namespace:
    """Read the command line; what ROS wants of it is left alone."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('text', help="command in plain words, e.g. 'go to the red mug'")
    parser.add_argument('--stop-before', type=float, default=.7, metavar='M',
                        help='metres before the object [%(default)s]')
    return parser.parse_args(rclpy.utilities.remove_ros_args(sys.argv)[1:])


def go_to(node: Node, args: argparse.Namespace) -> None:
    """Find it and send the goal."""
    goals = node.create_publisher(PoseStamped, 'goal_pose', 10)
    answer = find(node, args.text)
    print(answer.message)
    wait(node, goals.get_subscription_count, 'somebody who follows goal_pose')
    goals.publish(goal_before(answer, args.stop_before))
    goals.wait_for_all_acked(rclpy.duration.Duration(seconds=5))


def main() -> int:
    """Go there; exit status 0 when the goal is sent."""
    args = arguments()
    return run('ris_go_to', lambda node: go_to(node, args))


if __name__ == '__main__':
    sys.exit(main())
