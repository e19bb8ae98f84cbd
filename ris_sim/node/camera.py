# SPDX-License-Identifier: Apache-2.0
"""The built-in simulated RGB-D camera, which publishes like a driver, and publishes the truth too.

image, camera_info and depth have the same stamp and the optical frame. truth/labels (mono8, 0 is
background) and truth/objects (JSON, see camera_messages.truth_json) are latched; they hold for each
image from their stamp on, until the next ones. The objects and the camera move as the simulated
robot is commanded (see robot).
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

import numpy as np
from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header, String

from ris_ros.errors import RisError
from ris_ros.node.command_line import take_no_arguments
from ris_ros.node.conversions import from_pixels
from ris_ros.node.parameter_service import NodeParameterService
from ris_ros.node.spinning import make_room_for_images, run_node
from ris_sim.node.camera_messages import (
    DEPTH_ENCODINGS,
    to_camera_info,
    to_depth_image,
    truth_json,
)
from ris_sim.node.robot import SimulatedRobot
from ris_sim.rendering.depth_effects import StereoView
from ris_sim.rendering.renderer import Renderer, Rendering
from ris_sim.sampling.scenes import sample_scene
from ris_sim.scene import Scene
from ris_sim.worlds.sdf_reader import read_world

_LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@dataclass(frozen=True, eq=False)
class Picture:
    """A rendered world.

    Attributes:
        world: its name.
        scene: what it contains.
        shown: the scene with the gripper.
        rendering: of the shown scene.
    """

    world: str
    scene: Scene
    shown: Scene
    rendering: Rendering

    @cached_property
    def stereo(self) -> StereoView:
        """What a stereo camera makes of its depth."""
        return StereoView.of(self.rendering.depth, self.rendering.shiny)


class SimulatedCamera(Node):
    """Renders a world when it changes, and publishes it at a rate, each time with new noise."""

    def __init__(self, name: str = 'ris_camera') -> None:
        super().__init__(name, start_parameter_services=False)
        NodeParameterService(self)
        self._renderer = Renderer(
            self._declare('width', 640, 'Image width, pixels.', pixels=(16, 4096)),
            self._declare('height', 480, 'Image height, pixels.', pixels=(16, 4096)))
        self._frame_id = self._declare('frame_id', 'camera_color_optical_frame',
                                       'Optical frame of all images.')
        self._depth_encoding = self._declare('depth_encoding', DEPTH_ENCODINGS[0],
                                             f'One of {", ".join(DEPTH_ENCODINGS)}.')
        if self._depth_encoding not in DEPTH_ENCODINGS:
            raise RisError(f'The parameter depth_encoding is {self._depth_encoding!r}; '
                           f'expected one of {", ".join(DEPTH_ENCODINGS)}.')
        self._noisy = self._declare('depth_noise', True, 'Noise and holes as a real camera has.')
        rate = self.declare_parameter('rate', 10.0, ParameterDescriptor(
            description='Frames a second.', read_only=True,
            floating_point_range=[FloatingPointRange(from_value=0.1, to_value=60.0)])).value
        world = self.declare_parameter('world', '', ParameterDescriptor(
            description='SDF world file; empty: a world drawn from seed. Changes live.')).value
        seed = self.declare_parameter('seed', 0, ParameterDescriptor(
            description='Of the drawn world, where no file is given. Changes live.',
            integer_range=[IntegerRange(from_value=0, to_value=2**31 - 1, step=1)])).value
        self._noise = np.random.default_rng(seed)
        self._period = 1.0 / rate
        # The first picture takes long where the machine is busy.
        self.get_logger().info('Started; the first picture is rendered now.')
        self._picture = self._take(world, seed)
        self._next: Picture | None = None
        self._announced = False
        self._robot = SimulatedRobot(self, self._frame_id, self._scene, self._show)
        self._image = self.create_publisher(Image, 'image', qos_profile_sensor_data)
        self._camera_info = self.create_publisher(
            CameraInfo, 'camera_info', qos_profile_sensor_data)
        self._depth = self.create_publisher(Image, 'depth', qos_profile_sensor_data)
        self._labels = self.create_publisher(Image, 'truth/labels', _LATCHED)
        self._objects = self.create_publisher(String, 'truth/objects', _LATCHED)
        self.add_on_set_parameters_callback(self._prepare)
        self.add_post_set_parameters_callback(self._change)
        self.create_timer(self._period, self._publish)
        self.get_logger().info(f'Ready: {self._picture.world} is shown, {rate:g} times a second.')

    def _declare(self, name: str, default: object, description: str,
                 pixels: tuple[int, int] | None = None) -> object:
        """Declare a parameter that cannot change while the camera runs."""
        ranges = [IntegerRange(from_value=pixels[0], to_value=pixels[1], step=1)] if pixels else []
        return self.declare_parameter(name, default, ParameterDescriptor(
            description=description, read_only=True, integer_range=ranges)).value

    def _take(self, world: str, seed: int) -> Picture:
        """Render a world file, or else the world of a seed; raise RisError for a bad file."""
        if world:
            scene = read_world(world)
        else:
            scene = sample_scene(np.random.default_rng(seed), 'test')
        return Picture(world or f'seed {seed}', scene, scene, self._renderer.render(scene))

    def _scene(self) -> Scene:
        """Return the scene without the gripper."""
        return self._picture.scene

    def _show(self, scene: Scene) -> None:
        """Show the same world with its objects moved, from the next frame on."""
        shown = self._robot.shown(scene)
        self._picture = Picture(self._picture.world, scene, shown, self._renderer.render(shown))
        self._announced = False

    def _prepare(self, changes: list[Parameter]) -> SetParametersResult:
        """Render the new world, so that a bad one is refused and the old one stays."""
        # A world that another callback refused after it was rendered must not be shown.
        self._next = None
        values = {change.name: change.value for change in changes}
        if not values.keys() & {'world', 'seed'}:
            return SetParametersResult(successful=True)
        try:
            self._next = self._take(values.get('world', self.get_parameter('world').value),
                                    values.get('seed', self.get_parameter('seed').value))
        except RisError as error:
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _change(self, changes: list[Parameter]) -> None:
        """Show the new world from the next frame on."""
        if self._next is not None:
            self._picture, self._next, self._announced = self._next, None, False
            self._robot.stop()
            self.get_logger().info(f'{self._picture.world} is shown now.')

    def _publish(self) -> None:
        """Publish one frame, and first the truth if the world has changed."""
        self._robot.step(self._period)
        header = Header(stamp=self.get_clock().now().to_msg(), frame_id=self._frame_id)
        picture = self._picture
        rendering = picture.rendering
        if not self._announced:
            self._labels.publish(from_pixels(rendering.labels, 'mono8', header))
            self._objects.publish(String(
                data=truth_json(picture.shown, rendering, header, picture.world)))
            self._announced = True
        depth = rendering.depth
        if self._noisy:
            depth = picture.stereo.measure(self._noise)
        # Another world may have another camera, so its camera info comes before its image.
        self._camera_info.publish(to_camera_info(rendering.camera, header))
        self._image.publish(from_pixels(rendering.image, 'rgb8', header))
        self._depth.publish(to_depth_image(depth, self._depth_encoding, header))
        self._robot.publish(header)


_USAGE = """
Usage: ris_camera [--ros-args ...]

Publishes the pictures, the depth and the camera info of a simulated table.
"""


def main(args: list[str] | None = None) -> NoReturn:
    """Run the camera until it is interrupted."""
    take_no_arguments(args, 'ris_camera', _USAGE)
    make_room_for_images()
    run_node(SimulatedCamera, 'ris_camera', args)


if __name__ == '__main__':
    main()
