# SPDX-License-Identifier: Apache-2.0
"""The topic of the camera's images, and what is wrong with it where none come."""
from __future__ import annotations

from dataclasses import dataclass
import re

from rclpy.node import Node
from rclpy.qos import QoSCompatibility, QoSProfile, qos_check_compatible
from rclpy.topic_endpoint_info import TopicEndpointInfo

from ris_ros.node.parameters import ImageGeometry


@dataclass(frozen=True, eq=False)
class ImageTopic:
    """The topic that colour images are expected on.

    Attributes:
        own_name: Its name within the node, before remapping.
        name: Its full name in the graph.
        kind: The message class.
        qos: The quality of service that the node asks for.
    """

    own_name: str
    name: str
    kind: type
    qos: QoSProfile

    @property
    def geometry(self) -> ImageGeometry:
        """What the topic's name tells by the custom of ROS, as image_raw and image_rect do."""
        words = re.split('[/_]', self.name)  # not parts of words: /drawer/image is not raw
        if 'rect' in words or 'rectified' in words:
            return ImageGeometry.RECTIFIED  # also image_rect_raw, as of infrared cameras
        return ImageGeometry.RAW if 'raw' in words else ImageGeometry.AUTO

    def explain_silence(self, node: Node) -> str:
        """Say what seems to be wrong where no image has come, from what the graph knows."""
        publishers = node.get_publishers_info_by_topic(self.name)
        if not publishers:
            return (f'nobody publishes on {self.name}. Start the camera, or name its topic: '
                    'image_topic:=... where ris.launch.py starts the node, '
                    f'--ros-args -r {self.own_name}:=... where it runs alone.')
        faults = [self._fault(publisher) for publisher in publishers]
        if '' in faults:
            return f'{self.name} has a publisher, but its first image is still to come.'
        return faults[0]

    def _fault(self, publisher: TopicEndpointInfo) -> str:
        """Return why a publisher's images cannot be received; '' where they can."""
        expected = f'{self.kind.__module__.partition(".")[0]}/msg/{self.kind.__name__}'
        if publisher.topic_type != expected:
            return (f'{self.name} carries {publisher.topic_type}, but the node expects {expected} '
                    'there (parameter image_transport).')
        fit, reason = qos_check_compatible(publisher.qos_profile, self.qos)
        if fit == QoSCompatibility.ERROR:
            return (f'on {self.name}, the quality of service of the publisher and that of the node '
                    f'do not fit: {reason.rstrip("; ")}. Change one of them (qos_overrides in '
                    'config/ris.yaml).')
        return ''
