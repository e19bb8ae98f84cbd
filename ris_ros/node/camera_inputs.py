# SPDX-License-Identifier: Apache-2.0
"""What the node listens to: the camera."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import threading

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock, ClockType
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.qos import (
    DurabilityPolicy,
    HistoryPolicy,
    QoSCompatibility,
    QoSProfile,
    ReliabilityPolicy,
    qos_check_compatible,
)
from rclpy.subscription import Subscription
from rclpy.timer import Timer
from rclpy.topic_endpoint_info import TopicEndpointInfo
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.parameters import ImageTransport
from ris_ros.node.qos_overrides import overridable

# How soon a latched camera info is noticed.
_LATCHED_PERIOD_S = 0.2


def sensor_qos() -> QoSProfile:
    """Return SensorDataQoS with depth 1: only the newest frame counts, a lost one is no loss.

    A new one each time, because QoS overrides of a topic are written into it.
    """
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)


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


class CameraSubscriptions:
    """Subscribes to a camera and hands its messages to a frame buffer."""

    def __init__(self, node: Node, frames: FrameBuffer,
                 show: Callable[[Image | CompressedImage], None]) -> None:
        """Subscribe to nothing yet; let the buffer know whom to ask why it is empty.

        Args:
            node: The node that listens.
            frames: Stores the messages.
            show: Is given every colour image after it was stored.
        """
        self._node = node
        self._frames = frames
        self._show = show
        self._group = MutuallyExclusiveCallbackGroup()
        self._subscriptions: list[Subscription] = []
        self._image_topic: ImageTopic | None = None
        self._latched_timer: Timer | None = None
        # Guards the timer and the subscriptions, which a transition closes in another thread.
        self._lock = threading.Lock()
        frames.source = self

    def open(self, transport: ImageTransport) -> None:
        """Subscribe to the colour images, their depth and their camera info."""
        kind, name = ((CompressedImage, 'image/compressed')
                      if transport is ImageTransport.COMPRESSED else (Image, 'image'))
        colour = self._subscribe(kind, name, self._add_colour)
        self._image_topic = ImageTopic(name, colour.topic_name, kind, colour.qos_profile)
        self._subscribe(Image, 'depth', self._add_depth)
        self._subscribe(CameraInfo, 'camera_info', self._frames.add_camera)
        # Not by the node's clock, which may stand still.
        self._latched_timer = self._node.create_timer(
            _LATCHED_PERIOD_S, self._hear_latched, callback_group=self._group,
            clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """Close the subscriptions and forget what came in."""
        self._image_topic = None
        with self._lock:
            self._stop_looking()
            while self._subscriptions:
                self._node.destroy_subscription(self._subscriptions.pop())
        self._frames.clear()

    def explain_silence(self) -> str:
        """Say that no image has come, where one is expected, and what seems to be wrong."""
        topic = self._image_topic
        if topic is None:
            return 'No image has been received yet.'
        return f'No image has been received yet: {topic.explain_silence(self._node)}'

    def _subscribe(self, kind: type, topic: str, callback: Callable) -> Subscription:
        """Subscribe to a sensor topic."""
        subscription = self._node.create_subscription(
            kind, topic, callback, sensor_qos(), callback_group=self._group,
            qos_overriding_options=overridable(self._node, 'subscription', topic))
        self._subscriptions.append(subscription)
        return subscription

    def _hear_latched(self) -> None:
        """Subscribe to a latched camera info too, once there is one, unless another has come.

        Only a subscription that is transient local itself gets what was sent before it was there;
        but that would not fit other publishers, and every driver would warn of it.
        """
        name = self._node.resolve_topic_name('camera_info')
        is_latched = any(publisher.qos_profile.durability is DurabilityPolicy.TRANSIENT_LOCAL
                         for publisher in self._node.get_publishers_info_by_topic(name))
        if not is_latched and not self._frames.has_camera_info:
            return
        with self._lock:
            if self._latched_timer is None:
                return
            self._stop_looking()
            if not is_latched:
                return
            self._subscriptions.append(self._node.create_subscription(
                CameraInfo, 'camera_info', self._frames.add_camera,
                QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL),
                callback_group=self._group,
                event_callbacks=SubscriptionEventCallbacks(use_default_callbacks=False)))

    def _stop_looking(self) -> None:
        """Look for a latched camera info no more; the lock is held."""
        if self._latched_timer is not None:
            self._node.destroy_timer(self._latched_timer)
            self._latched_timer = None

    def _add_colour(self, message: Image | CompressedImage) -> None:
        """Store a colour image."""
        self._frames.add_colour(message, self._now())
        self._show(message)

    def _add_depth(self, message: Image) -> None:
        """Store a depth image."""
        self._frames.add_depth(message, self._now())

    def _now(self) -> float:
        """Return the node's time in seconds."""
        return self._node.get_clock().now().nanoseconds * 1e-9
