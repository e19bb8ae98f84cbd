# SPDX-License-Identifier: Apache-2.0
"""Stands for tf2_ros, which PyPI does not have: the same calls and errors, for a single hop.

Its listener takes geometry_msgs/TransformStamped on /tf and /tf_static, because tf2_msgs is not to
be had either.
"""
from geometry_msgs.msg import TransformStamped
from rclpy.duration import Duration
from rclpy.time import Time


class TransformException(Exception):
    """As in tf2."""


class LookupException(TransformException):
    """As in tf2: a frame is not known."""


class ExtrapolationException(TransformException):
    """As in tf2: the time is not within what is known."""


class Buffer:
    """Keeps the transforms of each pair of frames."""

    def __init__(self):
        self._known = {}
        self._static = set()
        self.timeouts = []

    def set_transform(self, transform, authority):
        """Store a transform."""
        key = transform.header.frame_id, transform.child_frame_id
        self._known.setdefault(key, []).append(transform)

    def set_transform_static(self, transform, authority):
        """Store a transform that stays."""
        self._static.add((transform.header.frame_id, transform.child_frame_id))
        self.set_transform(transform, authority)

    def clear(self):
        """Forget all but what is static."""
        for key in self._known.keys() - self._static:
            del self._known[key]

    def lookup_transform(self, target_frame, source_frame, time, timeout=None):
        """Return the newest transform at or before a time that lies within what is known."""
        assert isinstance(time, Time)
        assert isinstance(timeout, Duration)
        assert not (target_frame + source_frame).startswith('/')
        if time.nanoseconds:
            self.timeouts.append(timeout.nanoseconds)
        known = self._known.get((target_frame, source_frame))
        if not known:
            raise LookupException(f'"{target_frame}" passed to lookupTransform does not exist.')
        if time.nanoseconds == 0:
            return max(known, key=lambda item: Time.from_msg(item.header.stamp).nanoseconds)
        stamps = [Time.from_msg(item.header.stamp).nanoseconds for item in known]
        if not min(stamps) <= time.nanoseconds <= max(stamps):
            raise ExtrapolationException(
                f'Lookup would require extrapolation: time {time.nanoseconds} ns.')
        return max((stamp, item) for stamp, item in zip(stamps, known, strict=True)
                   if stamp <= time.nanoseconds)[1]


class TransformListener:
    """Fills a buffer from /tf and /tf_static."""

    def __init__(self, buffer, node):
        self._subscriptions = [node.create_subscription(
            TransformStamped, topic, lambda item, store=store: store(item, ''), 100)
            for topic, store in (('/tf', buffer.set_transform),
                                 ('/tf_static', buffer.set_transform_static))]
