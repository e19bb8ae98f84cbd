"""What the node publishes of an answer."""
from __future__ import annotations

from geometry_msgs.msg import PointStamped
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.qos_overriding_options import QoSOverridingOptions
from sensor_msgs.msg import Image

from ris_ros.grounding.result import Status
from ris_ros.msg import Grounding
from ris_ros.node.answer import Answer
from ris_ros.node.conversions import from_pixels
from ris_ros.node.messages import to_grounding, to_point_stamped
from ris_ros.overlay import draw_overlay

# Answers that follow each other closely, as of replaced commands, must all get through.
_RESULTS = 10


class Outputs:
    """The publishers of the answers; the object's own topics speak only while active."""

    def __init__(self, node: LifecycleNode) -> None:
        latched = QoSProfile(depth=_RESULTS, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        # Not managed: a command is answered in every state of the node.
        self._grounding = node.create_publisher(
            Grounding, '~/grounding', latched,
            qos_overriding_options=QoSOverridingOptions.with_default_policies())
        self._mask = _managed(node, Image, '~/mask')
        self._centroid = _managed(node, PointStamped, '~/centroid')
        self._overlay = _managed(node, Image, '~/overlay')

    def publish(self, answer: Answer) -> None:
        """Publish the answer, and of an object that was found its mask and position."""
        message = to_grounding(answer)
        self._grounding.publish(message)
        if answer.grounding.status is Status.FOUND:
            self._mask.publish(message.mask)
            if (position := answer.grounding.position) is not None:
                self._centroid.publish(to_point_stamped(position, message.header))
        if answer.matched is not None and self._overlay.get_subscription_count():
            picture = draw_overlay(
                answer.matched.frame.image, answer.grounding, answer.command.text)
            self._overlay.publish(from_pixels(picture, 'rgb8', message.header))


def _managed(node: LifecycleNode, kind: type, topic: str) -> object:
    """Create a reliable publisher that is silent while the node is not active."""
    return node.create_lifecycle_publisher(
        kind, topic, QoSProfile(depth=_RESULTS),
        qos_overriding_options=QoSOverridingOptions.with_default_policies())
