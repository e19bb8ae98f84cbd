# SPDX-License-Identifier: Apache-2.0
"""A listener for benchmarks: it counts the pictures of `node_camera` that arrive."""
from __future__ import annotations

from functools import partial
import json
from typing import NoReturn

from rclpy.node import Node
from sensor_msgs.msg import Image
from std_msgs.msg import String

from ris_ros.node.camera_inputs import sensor_qos
from ris_ros.node.spinning import make_room_for_images, run_node

TOPICS = ('image', 'large/image')


class BenchmarkListener(Node):
    """Publishes once a second, on ~/counts, how many pictures were sent and received.

    The message is JSON: [sent, received] since the first picture for each topic.
    """

    def __init__(self, name: str = 'ris_benchmark_listener') -> None:
        super().__init__(name)
        self._counts: dict[str, tuple[int, int, int]] = {}
        for topic in TOPICS:
            self.create_subscription(
                Image, topic, partial(self._count, topic), sensor_qos())
        self._publisher = self.create_publisher(String, '~/counts', 10)
        self.create_timer(1.0, self._publish)

    def _count(self, topic: str, image: Image) -> None:
        """Count a picture; its number tells how many were sent."""
        number = int(image.header.frame_id)
        first, _, received = self._counts.get(topic, (number, number, 0))
        self._counts[topic] = first, number, received + 1

    def _publish(self) -> None:
        """Publish the counts so far."""
        counts = {topic: [last - first + 1, received]
                  for topic, (first, last, received) in self._counts.items()}
        self._publisher.publish(String(data=json.dumps(counts)))


def main(args: list[str] | None = None) -> NoReturn:
    """Run the listener until it is interrupted."""
    make_room_for_images()
    run_node(BenchmarkListener, 'ris_benchmark_listener', args)


if __name__ == '__main__':
    main()
