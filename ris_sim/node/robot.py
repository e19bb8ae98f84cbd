# SPDX-License-Identifier: Apache-2.0
"""A minimal robot for the built-in simulated camera: a gripper, and wheels under the camera.

gripper/target (PoseStamped in the camera's optical frame) sends the gripper to a pose: up, over and
down; its fingers close along the pose's x axis. gripper/close, gripper/open and gripper/raise are
services (Trigger), and gripper/pose publishes where the gripper is. goal_pose (PoseStamped in the
same frame, as for Nav2) drives the camera to a pose; it then faces along the pose's x axis.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from geometry_msgs.msg import Point, Pose, PoseStamped
import numpy as np
from rclpy.node import Node
from std_msgs.msg import Header
from std_srvs.srv import Trigger

from ris_ros.errors import RisError
from ris_sim import gripper as hand
from ris_sim.gripper import Gripper
from ris_sim.scene import Camera, Scene

GRIPPER_SPEED_M_S = .4
WHEEL_SPEED_M_S = .3
TURN_RAD_S = .8
RAISED_M = .38  # height above the table at which the gripper travels


class SimulatedRobot:
    """Moves the gripper, its object and the camera of a scene; the node that owns it renders."""

    def __init__(self, node: Node, frame_id: str, scene: Callable[[], Scene],
                 change: Callable[[Scene], None]) -> None:
        """Offer the robot's topics and services.

        Args:
            node: to offer them on.
            frame_id: frame of all poses, the camera's optical frame.
            scene: returns the scene as it is.
            change: is called with the scene after each movement.
        """
        self._node, self._frame_id, self._scene, self._change = node, frame_id, scene, change
        self._gripper: Gripper | None = None
        self._way: list[np.ndarray] = []
        self._goal: tuple[np.ndarray, float] | None = None
        node.create_subscription(PoseStamped, 'gripper/target', self._aim, 10)
        node.create_subscription(PoseStamped, 'goal_pose', self._drive_to, 10)
        self._pose = node.create_publisher(PoseStamped, 'gripper/pose', 10)
        for name, act in (('close', self._close), ('open', self._open), ('raise', self._raise)):
            node.create_service(Trigger, f'gripper/{name}', act)

    def stop(self) -> None:
        """Forget all commands and the gripper, because the world has changed."""
        self._gripper, self._way, self._goal = None, [], None

    def step(self, seconds: float) -> None:
        """Continue the commanded movement for some seconds."""
        scene = self._scene()
        if self._goal is not None:
            camera = driven(scene.camera, *self._goal, seconds)
            if camera == scene.camera:
                self._goal = None
            else:
                self._change(replace(scene, camera=camera))
        elif self._way:
            self._move(seconds)

    def shown(self, scene: Scene) -> Scene:
        """Add the gripper to a scene, once it was commanded."""
        return scene if self._gripper is None else hand.with_gripper(scene, self._gripper)

    def publish(self, header: Header) -> None:
        """Publish the gripper's pose, once it was commanded."""
        if self._gripper is not None:
            x, y, z = self._scene().camera.to_optical(np.array([self._gripper.tip]))[0].tolist()
            self._pose.publish(PoseStamped(
                header=header, pose=Pose(position=Point(x=x, y=y, z=z))))

    def _move(self, seconds: float) -> None:
        """Move the gripper along its way for some seconds."""
        tip, reach = np.array(self._gripper.tip), GRIPPER_SPEED_M_S * seconds
        while self._way and reach > 0:
            way = self._way[0] - tip
            length = float(np.linalg.norm(way))
            if length <= reach:
                tip = self._way.pop(0)
            else:
                tip = tip + way * (reach / length)
            reach -= length
        self._gripper, scene = hand.moved(
            self._gripper, self._scene(), tuple(float(x) for x in tip))
        self._change(scene)

    def _aim(self, message: PoseStamped) -> None:
        """Plan the gripper's way to a target: up, over and down."""
        if (placed := self._placed(message)) is None:
            return
        (x, y, z), axis = placed
        yaw = float(np.arctan2(axis[1], axis[0]))
        if self._gripper is None:
            self._gripper = Gripper((float(x), float(y), RAISED_M), yaw)
        elif not self._gripper.held:
            self._gripper = replace(self._gripper, yaw=yaw)
        here = self._gripper.tip
        self._way = [np.array(point) for point in (
            (here[0], here[1], RAISED_M), (x, y, RAISED_M), (x, y, z))]

    def _drive_to(self, message: PoseStamped) -> None:
        """Set the goal of the wheels."""
        if (placed := self._placed(message)) is not None:
            place, axis = placed
            self._goal = place[:2], float(np.arctan2(axis[1], axis[0]))

    def _placed(self, message: PoseStamped) -> tuple[np.ndarray, np.ndarray] | None:
        """Return a pose's position and x axis in the world; warn and return None for a bad one."""
        p, q = message.pose.position, message.pose.orientation
        numbers = np.array([p.x, p.y, p.z, q.x, q.y, q.z, q.w])
        if message.header.frame_id != self._frame_id or not np.isfinite(numbers).all():
            self._node.get_logger().warning(
                f'A pose in the frame {message.header.frame_id!r} is not followed; expected finite '
                f'numbers in {self._frame_id!r}.')
            return None
        camera: Camera = self._scene().camera
        axis = np.array([1 - 2 * (q.y * q.y + q.z * q.z), 2 * (q.x * q.y + q.w * q.z),
                         2 * (q.x * q.z - q.w * q.y)])
        return camera.rotation @ numbers[:3] + camera.position, camera.rotation @ axis

    def _close(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """Close the fingers where they are."""
        return self._act(response, _close_on_object)

    def _open(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """Open the fingers; a gripper that was never commanded is open."""
        if self._gripper is None:
            response.success = True
            return response
        return self._act(response, hand.opened)

    def _raise(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """Lift the gripper straight up."""
        return self._act(response, self._plan_raise)

    def _plan_raise(self, gripper: Gripper, scene: Scene) -> tuple[Gripper, Scene]:
        """Plan the gripper's way up; nothing moves yet."""
        self._way = [np.array([*gripper.tip[:2], RAISED_M])]
        return gripper, scene

    def _act(self, response: Trigger.Response,
             action: Callable[[Gripper, Scene], tuple[Gripper, Scene]]) -> Trigger.Response:
        """Do something with the gripper, and report how it went."""
        try:
            if self._gripper is None:
                raise RisError('The gripper has no target yet: publish gripper/target first.')
            self._gripper, scene = action(self._gripper, self._scene())
        except RisError as error:
            response.message = str(error)
            return response
        self._change(scene)
        response.success, response.message = True, self._gripper.held
        return response


def _close_on_object(gripper: Gripper, scene: Scene) -> tuple[Gripper, Scene]:
    """Close the fingers; the scene stays as it is."""
    return hand.closed(gripper, scene), scene


def driven(camera: Camera, place: np.ndarray, yaw: float, seconds: float) -> Camera:
    """Drive a camera towards a goal for some seconds.

    Args:
        camera: as it is.
        place: (2,) x and y of the goal, metres.
        yaw: heading at the goal, radians.
        seconds: to drive.

    Returns:
        The camera, with its height and tilt; the same camera when it has arrived.
    """
    here = np.array(camera.position[:2])
    way = np.subtract(place, here)
    length = np.linalg.norm(way)
    reach = WHEEL_SPEED_M_S * seconds
    step = way if length <= reach else way * (reach / length)
    turn = (yaw - camera.yaw + np.pi) % (2 * np.pi) - np.pi
    limit = TURN_RAD_S * seconds
    x, y = here + step
    return replace(camera, position=(float(x), float(y), camera.position[2]),
                   yaw=float(camera.yaw + np.clip(turn, -limit, limit)))
