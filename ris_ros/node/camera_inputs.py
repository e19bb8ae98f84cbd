# SPDX-License-Identifier: Apache-2.0
"""What the node listens to: the camera."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
import threading
from typing import TYPE_CHECKING

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock, ClockType
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from rclpy.timer import Timer
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.image_topic import ImageTopic
from ris_ros.node.parameters import ImageGeometry, ImageTransport
from ris_ros.node.publisher_watch import PublisherWatch
from ris_ros.node.qos_overrides import overridable

if TYPE_CHECKING:
    from rclpy.subscription import MessageInfo

# How soon a latched camera info is noticed.
_LATCHED_PERIOD_S = 0.2


def sensor_qos() -> QoSProfile:
    """Return SensorDataQoS with depth 1: only the newest frame counts, a lost one is no loss.

    A new one each time, because QoS overrides of a topic are written into it.
    """
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)


class CameraSubscriptions:
    """Subscribes to a camera and hands its messages to a frame buffer.

    A callback may still be under way when its subscription is closed. It belongs to one opening,
    and what is not of the present opening is dropped.
    """

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
        self._watches: tuple[PublisherWatch, ...] = ()
        self._latched_timer: Timer | None = None
        self._opening = 0  # its number, which grows with each opening and each closing
        # Guards the timer, the subscriptions and the number; held while a message is stored.
        self._lock = threading.Lock()
        frames.source = self

    def open(self, transport: ImageTransport,
             geometry: ImageGeometry = ImageGeometry.AUTO) -> None:
        """Subscribe to the colour images, their depth and their camera info.

        Args:
            transport: How the colour images come in.
            geometry: Whether they are rectified; AUTO: what the name of their topic tells.
        """
        kind, name = ((CompressedImage, 'image/compressed')
                      if transport is ImageTransport.COMPRESSED else (Image, 'image'))
        colours, depths = (PublisherWatch(self._node, self._node.resolve_topic_name(topic))
                           for topic in (name, 'depth'))
        opening = self._opening
        colour = self._subscribe(kind, name, partial(self._add_colour, opening, colours))
        self._image_topic = ImageTopic(name, colour.topic_name, kind, colour.qos_profile)
        self._frames.geometry = (self._image_topic.geometry if geometry is ImageGeometry.AUTO
                                 else geometry)
        self._subscribe(Image, 'depth', partial(self._add_depth, opening, depths))
        self._subscribe(CameraInfo, 'camera_info', partial(self._add_camera, opening))
        self._watches = colours, depths
        # Not by the node's clock, which may stand still.
        self._latched_timer = self._node.create_timer(
            _LATCHED_PERIOD_S, self._hear_latched, callback_group=self._group,
            clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """Close the subscriptions and forget what came in."""
        self._image_topic = None
        self._watches = ()
        with self._lock:
            self._opening += 1
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

    @property
    def mixture(self) -> str:
        """What is wrong where images or depth come from several publishers; '' where not."""
        return next((fault for watch in self._watches if (fault := watch.fault)), '')

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
                CameraInfo, 'camera_info', partial(self._add_camera, self._opening),
                QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL),
                callback_group=self._group,
                event_callbacks=SubscriptionEventCallbacks(use_default_callbacks=False)))

    def _stop_looking(self) -> None:
        """Look for a latched camera info no more; the lock is held."""
        if self._latched_timer is not None:
            self._node.destroy_timer(self._latched_timer)
            self._latched_timer = None

    def _add_colour(self, opening: int, watch: PublisherWatch, message: Image | CompressedImage,
                    about: MessageInfo) -> None:
        """Store a colour image."""
        with self._lock:
            if opening != self._opening:
                return
            watch.add(about)
            self._frames.add_colour(message, self._now())
        self._show(message)

    def _add_depth(self, opening: int, watch: PublisherWatch, message: Image,
                   about: MessageInfo) -> None:
        """Store a depth image."""
        with self._lock:
            if opening == self._opening:
                watch.add(about)
                self._frames.add_depth(message, self._now())

    def _add_camera(self, opening: int, message: CameraInfo) -> None:
        """Store a camera info."""
        with self._lock:
            if opening == self._opening:
                self._frames.add_camera(message, self._now())

    def _now(self) -> float:
        """Return the node's time in seconds."""
        return self._node.get_clock().now().nanoseconds * 1e-9
