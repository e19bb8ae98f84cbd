# SPDX-License-Identifier: Apache-2.0
"""An arm under MoveIt: each motion is a goal of move_group, the gripper a GripperCommand.

Poses go to MoveIt in the camera's optical frame; it transforms them by TF. It was run with MoveIt's
messages and a stand-in of move_group: docs/examples.md.
"""
from copy import deepcopy

from common import PATIENCE_S
from geometry_msgs.msg import PoseStamped
from rclpy.action import ActionClient

from ris_ros.client import GroundingClient
from ris_ros.errors import RisError

try:
    from control_msgs.action import GripperCommand
    from moveit_msgs.action import MoveGroup
    from moveit_msgs.msg import (
        BoundingVolume,
        Constraints,
        MoveItErrorCodes,
        OrientationConstraint,
        PositionConstraint,
    )
    from shape_msgs.msg import SolidPrimitive
except ImportError as error:
    raise RisError(f'{error}: install ros-$ROS_DISTRO-moveit and ros-$ROS_DISTRO-control-msgs, or '
                  'leave out --moveit.') from error

BEFORE_M = .12  # from where the tool approaches, along its own z
POSITION_TOLERANCE_M = .005
ANGLE_TOLERANCE_RAD = .1
OPEN_M, CLOSED_M, EFFORT_N = .04, 0.0, 20.0
SPEED = .2


def motion(pose: PoseStamped, group: str, link: str) -> MoveGroup.Goal:
    """Return the goal that brings a link to a pose."""
    region = BoundingVolume(
        primitives=[SolidPrimitive(type=SolidPrimitive.SPHERE, dimensions=[POSITION_TOLERANCE_M])],
        primitive_poses=[pose.pose])
    constraints = Constraints(
        position_constraints=[PositionConstraint(
            header=pose.header, link_name=link, constraint_region=region, weight=1.0)],
        orientation_constraints=[OrientationConstraint(
            header=pose.header, link_name=link, orientation=pose.pose.orientation,
            absolute_x_axis_tolerance=ANGLE_TOLERANCE_RAD,
            absolute_y_axis_tolerance=ANGLE_TOLERANCE_RAD,
            absolute_z_axis_tolerance=ANGLE_TOLERANCE_RAD, weight=1.0)])
    goal = MoveGroup.Goal()
    goal.request.group_name = group
    goal.request.goal_constraints = [constraints]
    goal.request.num_planning_attempts = 5
    goal.request.allowed_planning_time = 5.0
    goal.request.max_velocity_scaling_factor = SPEED
    goal.request.max_acceleration_scaling_factor = SPEED
    return goal


def before(pose: PoseStamped) -> PoseStamped:
    """Return the pose from which the tool approaches; its z axis is the frame's."""
    start = deepcopy(pose)
    start.pose.position.z -= BEFORE_M
    return start


class MoveItArm:
    """Plans and executes by move_group, and waits for the end of every motion."""

    def __init__(self, client: GroundingClient, group: str, link: str, gripper: str) -> None:
        self._client, self._group, self._link = client, group, link
        self._arm = ActionClient(client.node, MoveGroup, 'move_action')
        self._fingers = ActionClient(client.node, GripperCommand, gripper)
        self._start: PoseStamped | None = None

    def open(self) -> None:
        """Open the fingers."""
        self._grip(OPEN_M)

    def reach(self, pose: PoseStamped) -> None:
        """Go to a pose along the tool's axis."""
        self._start = before(pose)
        self._go(self._start)
        self._go(pose)

    def close(self) -> str:
        """Close the fingers; raise RisError when they met nothing."""
        if not self._grip(CLOSED_M).stalled:
            raise RisError('The fingers met nothing.')
        return 'something'

    def lift(self) -> None:
        """Go back to where the approach began."""
        self._go(self._start)

    def _go(self, pose: PoseStamped) -> None:
        code = self._result(self._arm, motion(pose, self._group, self._link), 'move_group')
        if code.error_code.val != MoveItErrorCodes.SUCCESS:
            raise RisError(f'MoveIt failed with error code {code.error_code.val}.')

    def _grip(self, position: float) -> GripperCommand.Result:
        goal = GripperCommand.Goal()
        goal.command.position, goal.command.max_effort = position, EFFORT_N
        return self._result(self._fingers, goal, 'the gripper')

    def _result(self, action: ActionClient, goal: object, what: str) -> object:
        """Send a goal and return its result."""
        self._client.wait(action.server_is_ready, PATIENCE_S, what)
        handle = self._client.result(
            action.send_goal_async(goal), PATIENCE_S, f'{what} to accept')
        if not handle.accepted:
            raise RisError(f'A goal was refused by {what}.')
        return self._client.result(
            handle.get_result_async(), PATIENCE_S, f'{what} to finish').result
