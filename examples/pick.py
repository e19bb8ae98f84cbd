#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pick the object that a command means: a gripper goes to its position, closes and lifts it.

python3 examples/pick.py 'the yellow cylinder'                    the gripper of ris_camera
python3 examples/pick.py 'the yellow cylinder' --moveit --group panda_arm --link panda_link8 \
    --gripper /panda_hand_controller/gripper_cmd                  an arm under MoveIt
"""
import argparse
import sys

from common import find, run
from geometry_msgs.msg import PoseStamped
import numpy as np
import rclpy

from ris_ros.client import GroundingClient
from ris_ros.msg import Grounding

# The grasp point lies on the side that the camera sees, but fingers close around the object.
DEEPER_M = .02


def grasp_pose(answer: Grounding, deeper: float = DEEPER_M) -> PoseStamped:
    """Return where to close the gripper, in the camera's optical frame.

    Its axes are the camera's: fingers close along x, to the picture's right, and the tool points
    along z, away from the camera.
    """
    grasp = answer.grasp_position
    point = np.array([grasp.x, grasp.y, grasp.z])
    point *= 1 + deeper / np.linalg.norm(point)
    pose = PoseStamped(header=answer.header)
    pose.pose.position.x, pose.pose.position.y, pose.pose.position.z = point.tolist()
    return pose


def arguments() -> argparse.Namespace:
    """Read the command line without the arguments for ROS."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('text', help="command in plain words, e.g. 'pick up the red mug'")
    parser.add_argument('--moveit', action='store_true', help='drive an arm by move_group')
    parser.add_argument('--group', default='manipulator', help='planning group [%(default)s]')
    parser.add_argument('--link', default='tool0', help='link of the tool [%(default)s]')
    parser.add_argument('--gripper', default='/gripper_controller/gripper_cmd',
                        help='GripperCommand action [%(default)s]')
    return parser.parse_args(rclpy.utilities.remove_ros_args(sys.argv)[1:])


def pick(client: GroundingClient, args: argparse.Namespace) -> None:
    """Find, grasp and lift the object; raise RisError when the gripper does not hold it."""
    answer = find(client, args.text)
    print(answer.message)
    if args.moveit:
        from moveit_arm import MoveItArm
        arm = MoveItArm(client, args.group, args.link, args.gripper)
    else:
        from plain_gripper import PlainGripper
        arm = PlainGripper(client)
    arm.open()
    arm.reach(grasp_pose(answer))
    print(f'Holding {arm.close()}.')
    arm.lift()


def main() -> int:
    """Pick; exit status 0 when the gripper holds the object."""
    args = arguments()
    return run('ris_pick', lambda client: pick(client, args))


if __name__ == '__main__':
    sys.exit(main())
