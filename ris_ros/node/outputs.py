# SPDX-License-Identifier: Apache-2.0
"""Publishes the answers of the node."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from geometry_msgs.msg import PointStamped, PoseStamped
from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import CompressedImage, Image, PointCloud2

from ris_ros.errors import FrameError
from ris_ros.geometry.points import object_cloud
from ris_ros.msg import Grounding, Scene, Target
from ris_ros.node.command import Answer, failure
from ris_ros.node.conversions import compressed_to_rgb, from_pixels
from ris_ros.node.detections import Detection2DArray, to_detections
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.node.messages import TargetMessages, to_cloud, to_grounding, to_point_stamped
from ris_ros.node.qos_overrides import overridable
from ris_ros.overlay import draw_overlay
from ris_ros.status import Status

# Answers may follow each other closely, as when commands are replaced, and all must get through.
_RESULTS = 10


@dataclass(frozen=True, eq=False)
class _ShownAnswer:
    """A published answer that was given from a frame, so that there is something to show.

    Attributes:
        answer: The answer.
        message: What was published of it.
        matched: The frame.
    """

    answer: Answer
    message: Grounding
    matched: MatchedFrame


class Outputs:
    """The publishers of the answers; the topics about the object are silent unless active."""

    def __init__(self, node: LifecycleNode, report: Callable[[Exception], None]) -> None:
        """Make the publishers.

        Args:
            node: The node that publishes.
            report: Is told of every exception of a message or publisher.
        """
        self._report = report
        latched = QoSProfile(depth=_RESULTS, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        # This one is not managed, because a command is answered in every state of the node.
        self._grounding = node.create_publisher(
            Grounding, '~/grounding', latched,
            qos_overriding_options=overridable(node, 'publisher', '~/grounding'))
        # Nor is this one: what was seen is remembered in every state.
        self._scene = node.create_publisher(
            Scene, '~/scene', QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL),
            qos_overriding_options=overridable(node, 'publisher', '~/scene'))
        self._mask = _managed(node, Image, '~/mask')
        self._centroid = _managed(node, PointStamped, '~/centroid')
        self._pose = _managed(node, PoseStamped, '~/pose')
        self._target = _managed(node, Target, '~/target')
        self._cloud = _managed(node, PointCloud2, '~/cloud')
        self._overlay = _managed(node, Image, '~/overlay')
        self._view = _managed(node, Image, '~/view')
        self._detections = (None if Detection2DArray is None
                            else _managed(node, Detection2DArray, '~/detections'))

    def publish(self, answer: Answer) -> Answer:
        """Publish an answer on ~/grounding; return it as it was published.

        An answer that no message can be made of is replaced by the answer that this failed.
        """
        try:
            return self._tell(answer)
        except Exception as error:
            self._report(error)
            return self._tell(failure(answer.command, error))

    def illustrate(self, answer: Answer) -> None:
        """Publish a published answer's object on its own topics, those that do not fail."""
        if answer.matched is None:
            return
        shown = _ShownAnswer(answer, to_grounding(answer), answer.matched)
        topics = [self._publish_detections, self._publish_overlay]
        if answer.grounding.status is Status.FOUND:
            topics = [self._publish_mask, self._publish_centroid, self._publish_pose,
                      self._publish_cloud, *topics]
        for publish in topics:
            try:
                publish(shown)
            except Exception as error:
                self._report(error)

    def show(self, message: Image | CompressedImage) -> None:
        """Publish what the camera sees, where someone listens.

        A screen shows it with any camera by the name of this topic, in RViz and Foxglove alike.
        """
        try:
            if self._view.get_subscription_count():
                if isinstance(message, CompressedImage):
                    message = from_pixels(compressed_to_rgb(message), 'rgb8', message.header)
                self._view.publish(message)
        except FrameError:
            pass  # the answers and diagnostics tell of an image that cannot be read
        except Exception as error:
            self._report(error)

    def publish_scene(self, scene: Scene) -> None:
        """Publish what is remembered of the scene."""
        self._scene.publish(scene)

    def publish_target(self, messages: TargetMessages) -> None:
        """Publish where a tracked object is in one frame."""
        self._target.publish(messages.target)
        if messages.mask is not None:
            self._mask.publish(messages.mask)
        if messages.centroid is not None:
            self._centroid.publish(messages.centroid)
        if messages.pose is not None:
            self._pose.publish(messages.pose)

    def _tell(self, answer: Answer) -> Answer:
        """Publish an answer on ~/grounding and return it with its message."""
        message = to_grounding(answer)
        self._grounding.publish(message)
        return replace(answer, message=message)

    def _publish_mask(self, shown: _ShownAnswer) -> None:
        """Publish the pixels of the object, or of all that a plural means."""
        self._mask.publish(shown.message.mask)

    def _publish_centroid(self, shown: _ShownAnswer) -> None:
        """Publish where the object is in the optical frame."""
        if (position := shown.answer.grounding.position) is not None:
            self._centroid.publish(to_point_stamped(position, shown.matched.header))

    def _publish_pose(self, shown: _ShownAnswer) -> None:
        """Publish the object's pose in the target frame."""
        if shown.message.position_status == Grounding.FOUND:
            self._pose.publish(shown.message.pose)

    def _publish_cloud(self, shown: _ShownAnswer) -> None:
        """Publish the object's points, where someone listens."""
        if self._cloud.get_subscription_count():
            points, colours = object_cloud(shown.answer.grounding.mask, shown.matched.frame)
            self._cloud.publish(to_cloud(points, colours, shown.matched.header))

    def _publish_detections(self, shown: _ShownAnswer) -> None:
        """Publish all candidates for other packages."""
        if self._detections is not None:
            self._detections.publish(to_detections(shown.answer, shown.matched.header))

    def _publish_overlay(self, shown: _ShownAnswer) -> None:
        """Publish the answer as a picture, where someone listens."""
        if self._overlay.get_subscription_count():
            answer = shown.answer
            picture = draw_overlay(
                shown.matched.frame.image, answer.grounding, answer.command.text)
            self._overlay.publish(from_pixels(picture, 'rgb8', shown.matched.header))


def _managed(node: LifecycleNode, kind: type, topic: str) -> LifecyclePublisher:
    """Create a reliable publisher that is silent while the node is not active."""
    return node.create_lifecycle_publisher(
        kind, topic, QoSProfile(depth=_RESULTS),
        qos_overriding_options=overridable(node, 'publisher', topic))
