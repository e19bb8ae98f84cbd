"""What the node publishes of an answer."""
from __future__ import annotations

from geometry_msgs.msg import PointStamped, PoseStamped
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.qos_overriding_options import QoSOverridingOptions
from sensor_msgs.msg import Image, PointCloud2

from ris_ros.geometry.points import object_cloud
from ris_ros.msg import Grounding, Target
from ris_ros.node.command import Answer
from ris_ros.node.conversions import from_pixels
from ris_ros.node.detections import Detection2DArray, to_detections
from ris_ros.node.messages import TargetMessages, to_cloud, to_grounding, to_point_stamped
from ris_ros.overlay import draw_overlay
from ris_ros.status import Status

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
        self._pose = _managed(node, PoseStamped, '~/pose')
        self._target = _managed(node, Target, '~/target')
        self._cloud = _managed(node, PointCloud2, '~/cloud')
        self._overlay = _managed(node, Image, '~/overlay')
        self._detections = (None if Detection2DArray is None
                            else _managed(node, Detection2DArray, '~/detections'))

    def publish(self, answer: Answer) -> None:
        """Publish the answer, and of an object that was found its mask and place."""
        message = to_grounding(answer)
        self._grounding.publish(message)
        if answer.grounding.status is Status.FOUND:
            self._publish_object(answer, message)
        if answer.matched is None:
            return
        if self._detections is not None:
            self._detections.publish(to_detections(answer))
        if self._overlay.get_subscription_count():
            picture = draw_overlay(
                answer.matched.frame.image, answer.grounding, answer.command.text)
            self._overlay.publish(from_pixels(picture, 'rgb8', message.header))

    def publish_target(self, messages: TargetMessages) -> None:
        """Publish where a tracked object is in one frame."""
        self._target.publish(messages.target)
        if messages.mask is not None:
            self._mask.publish(messages.mask)
        if messages.centroid is not None:
            self._centroid.publish(messages.centroid)
        if messages.pose is not None:
            self._pose.publish(messages.pose)

    def _publish_object(self, answer: Answer, message: Grounding) -> None:
        """Publish what each of the object's own topics says."""
        self._mask.publish(message.mask)
        if (position := answer.grounding.position) is not None:
            self._centroid.publish(to_point_stamped(position, message.header))
        if message.position_status == Grounding.FOUND:
            self._pose.publish(message.pose)
        if self._cloud.get_subscription_count():
            points, colours = object_cloud(answer.grounding.mask, answer.matched.frame)
            self._cloud.publish(to_cloud(points, colours, message.header))


def _managed(node: LifecycleNode, kind: type, topic: str) -> object:
    """Create a reliable publisher that is silent while the node is not active."""
    return node.create_lifecycle_publisher(
        kind, topic, QoSProfile(depth=_RESULTS),
        qos_overriding_options=QoSOverridingOptions.with_default_policies())
