# SPDX-License-Identifier: Apache-2.0
"""Transforms between frames at the time of an image, from TF where tf2_ros is installed."""
from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from builtin_interfaces.msg import Time as Stamp
import numpy as np
from rclpy.clock import JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.time import Time
from scipy.spatial.transform import Rotation

from ris_ros.errors import RisError

if TYPE_CHECKING:
    from tf2_ros import Buffer

# TF is usually less than this behind the camera; an answer waits no longer for it.
_PATIENCE_S = 0.1


class TransformError(RisError):
    """There is no transform between two frames at a time; the text says why."""


@dataclass(frozen=True, eq=False)
class Transform:
    """A rigid motion from one frame into another.

    Attributes:
        rotation: (3, 3) matrix.
        translation: (3,), metres.
    """

    rotation: np.ndarray
    translation: np.ndarray

    def point(self, point: np.ndarray) -> np.ndarray:
        """Map a (3,) point from the one frame into the other."""
        return self.rotation @ point + self.translation


class Transforms:
    """Looks transforms up in TF; subscribes to it when `listen` is first called."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._buffer: Buffer | None = None
        # The time that TF did not reach when it was last waited for in vain, for each two frames.
        self._missed: dict[tuple[str, str], int] = {}

    def listen(self) -> bool:
        """Subscribe to TF, if tf2_ros is installed; if it is not, `lookup` says so.

        Returns:
            Whether it is listened to from now on, so that nothing has come yet.
        """
        if self._buffer is not None:
            return False
        try:
            import tf2_ros
        except ImportError:
            return False
        self._buffer = buffer = tf2_ros.Buffer()
        self._listener = tf2_ros.TransformListener(buffer, self._node)
        # tf2_ros does this in C++ alone.
        self._jumps = self._node.get_clock().create_jump_callback(
            JumpThreshold(min_forward=None, min_backward=Duration(nanoseconds=-1)),
            post_callback=partial(self._forget, buffer))
        return True

    def lookup(self, target: str, source: str, stamp: Stamp) -> Transform:
        """Look up the transform of points from one frame into another.

        This waits a little for a transform that is on its way, so it must not be called in a
        callback that keeps TF's own messages waiting.  After it has waited in vain it does not
        wait again until TF goes on.

        Args:
            target: The frame into which points are to be transformed.
            source: The frame in which they are.
            stamp: The time at which the transform is to hold.

        Raises:
            TransformError: TF does not know the transform at that time, or tf2_ros is missing.
        """
        if (buffer := self._buffer) is None:
            raise TransformError(
                f'A transform from {source!r} to {target!r} is wanted, but the Python package '
                'tf2_ros is not installed: install ros-$ROS_DISTRO-tf2-ros-py, or leave the '
                'parameter target_frame empty.')
        import tf2_ros
        if stamp.sec < 0:
            raise TransformError(f'The stamp of the image is {stamp.sec} s, but TF knows no time '
                                 'before 0. Does the camera go by a clock?')
        time = Time.from_msg(stamp)
        try:
            found = buffer.lookup_transform(
                target, source, time, timeout=self._patience(buffer, target, source, time))
        except tf2_ros.ExtrapolationException as error:
            self._missed[target, source] = time.nanoseconds
            raise TransformError(
                f'TF does not reach the time of the image, from {source!r} to {target!r}: {error} '
                f'{_lag(buffer, target, source, time)}'
                'Is it still published, and by the same clock?'
            ) from error
        except tf2_ros.TransformException as error:
            self._missed[target, source] = time.nanoseconds
            raise TransformError(
                f'TF has no way from {source!r} to {target!r}: {error} '
                "Is the robot's description published?") from error
        self._missed.pop((target, source), None)
        q, t = found.transform.rotation, found.transform.translation
        values = np.array([q.x, q.y, q.z, q.w, t.x, t.y, t.z])
        if not (np.isfinite(values).all() and 0 < np.linalg.norm(values[:4]) < np.inf):
            raise TransformError(
                f'The transform from {source!r} to {target!r} in TF is none: its quaternion is '
                f'{values[:4].tolist()} and its translation {values[4:].tolist()}.')
        return Transform(Rotation.from_quat(values[:4]).as_matrix(), values[4:])

    def _forget(self, buffer: Buffer, jump: TimeJump) -> None:
        """Forget what was before the clock jumped back: a recording began anew, or a simulation.

        TF would refuse all that is new as old, or mix the two times; its static frames stay.
        """
        buffer.clear()
        self._missed.clear()

    def _patience(self, buffer: Buffer, target: str, source: str, time: Time) -> Duration:
        """Return how long to wait for a transform."""
        import tf2_ros
        missed = self._missed.get((target, source))
        if missed is None:
            return Duration(seconds=_PATIENCE_S)
        try:
            latest = buffer.lookup_transform(target, source, Time(), timeout=Duration())
        except tf2_ros.TransformException:
            return Duration()
        reached = latest.header.stamp.sec * 10**9 + latest.header.stamp.nanosec
        is_going_on = missed <= reached < time.nanoseconds
        return Duration(seconds=_PATIENCE_S if is_going_on else 0.0)


def _lag(buffer: Buffer, target: str, source: str, time: Time) -> str:
    """Say in a sentence how far the newest transform is from a time; '' where TF cannot."""
    import tf2_ros
    try:
        latest = buffer.lookup_transform(target, source, Time(), timeout=Duration())
    except tf2_ros.TransformException:
        return ''
    wanted = time.nanoseconds * 1e-9
    newest = Time.from_msg(latest.header.stamp).nanoseconds * 1e-9
    side = 'behind' if newest < wanted else 'ahead of'
    return (f'The newest transform is {abs(wanted - newest):.3f} s {side} the image '
            f'({newest:.1f} and {wanted:.1f} s). ')
