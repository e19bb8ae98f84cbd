# SPDX-License-Identifier: Apache-2.0
"""A camera for benchmarks: it renders its pictures first and then sends them at an even rate.

It publishes image, camera_info and, unless depth is false, depth, as a driver does. An image's
frame_id is its number, so that a listener can tell how many it has missed.
"""
from __future__ import annotations

import itertools
from typing import NoReturn

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from ris_ros.frame import Frame
from ris_ros.node.conversions import from_pixels
from ris_ros.node.spinning import make_room_for_images, run_node
from ris_sim.node.camera_messages import to_camera_info, to_depth_image
from ris_sim.rendering.renderer import Renderer
from ris_sim.streams import make_stream


class BenchmarkCamera(Node):
    """Sends a rendered stream of a simulated scene forth and back, so that objects never jump.

    Its parameter pictures is the length of the stream, at least two.
    """

    def __init__(self, name: str = 'ris_benchmark_camera') -> None:
        super().__init__(name)
        fixed = ParameterDescriptor(read_only=True)
        values = {key: self.declare_parameter(key, default, fixed).value for key, default in (
            ('width', 640), ('height', 480), ('rate', 30.0), ('depth', True), ('prefix', ''),
            ('kind', 'still'), ('seed', 1), ('pictures', 12))}
        stream = make_stream(values['kind'], values['seed'], count=values['pictures'])
        shots = list(stream.shots(Renderer(values['width'], values['height'])))
        pictures = [self._messages(shot.frame, values['depth']) for shot in shots]
        self._pictures = enumerate(itertools.cycle([*pictures, *pictures[-2:0:-1]]))
        self._outputs = {
            topic: self.create_publisher(
                type(message), values['prefix'] + topic, qos_profile_sensor_data)
            for topic, message in pictures[0].items()}
        self.create_timer(1 / values['rate'], self._publish)

    @staticmethod
    def _messages(frame: Frame, depth: bool) -> dict[str, Image | CameraInfo]:
        """Return the messages of a picture by topic; their headers are filled in later."""
        messages = {'image': from_pixels(frame.image, 'rgb8', Header()),
                    'camera_info': to_camera_info(frame.camera, Header())}
        if depth:
            messages['depth'] = to_depth_image(frame.depth, '16UC1', Header())
        return messages

    def _publish(self) -> None:
        """Send the next picture."""
        number, messages = next(self._pictures)
        stamp = self.get_clock().now().to_msg()
        for topic, message in messages.items():
            # Only images are counted. The other messages share one frame_id, because the node
            # refuses depth in another frame than its camera_info.
            frame_id = str(number) if topic == 'image' else ''
            message.header = Header(stamp=stamp, frame_id=frame_id)
            self._outputs[topic].publish(message)


def main(args: list[str] | None = None) -> NoReturn:
    """Run the camera until it is interrupted."""
    make_room_for_images()
    run_node(BenchmarkCamera, 'ris_benchmark_camera', args)


if __name__ == '__main__':
    main()
