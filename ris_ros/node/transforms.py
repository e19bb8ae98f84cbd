"""Where the camera is in another frame, by TF at the image's stamp, where tf2_ros is installed."""
from __future__ import annotations

from dataclasses import dataclass

from builtin_interfaces.msg import Time as Stamp
import numpy as np
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.time import Time

from ris_ros.errors import RisError
from ris_ros.geometry.rotation import to_matrix

# Longer than TF is usually behind the camera; an answer waits for it no longer.
_PATIENCE_S = 0.1


class TransformError(RisError):
    """There is no transform; the text says why."""


@dataclass(frozen=True, eq=False)
class Transform:
    """A rigid motion from one frame into another: rotation (3, 3), translation (3,) metres."""

    rotation: np.ndarray
    translation: np.ndarray

    def point(self, point: np.ndarray) -> np.ndarray:
        """Map a (3,) point."""
        return self.rotation @ point + self.translation


class Transforms:
    """Listens to TF from the first time that it is asked to."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._buffer = None

    def listen(self) -> None:
        """Subscribe to TF; without tf2_ros, lookup says so."""
        if self._buffer is None:
            try:
                import tf2_ros
            except ImportError:
                return
            self._buffer = tf2_ros.Buffer()
            self._listener = tf2_ros.TransformListener(self._buffer, self._node)

    def lookup(self, target: str, source: str, stamp: Stamp) -> Transform:
        """Return what takes points from the source frame into the target frame at a time.

        Waits a little for a transform that is on its way, so never call it in a callback that
        TF's own messages wait for.  Raises TransformError with the reason.
        """
        if self._buffer is None:
            raise TransformError(
                f'The parameter target_frame is {target!r}, but the Python package tf2_ros is not '
                'installed: install ros-$ROS_DISTRO-tf2-ros-py, or leave target_frame empty.')
        import tf2_ros
        try:
            found = self._buffer.lookup_transform(
                target, source, Time.from_msg(stamp), timeout=Duration(seconds=_PATIENCE_S))
        except tf2_ros.ExtrapolationException as error:
            raise TransformError(
                f'TF does not reach the time of the image, from {source!r} to {target!r}: {error} '
                'Is it still published, and by the same clock?') from error
        except tf2_ros.TransformException as error:
            raise TransformError(
                f'TF has no way from {source!r} to {target!r}: {error} '
                "Is the robot's description published?") from error
        q, t = found.transform.rotation, found.transform.translation
        return Transform(to_matrix(np.array([q.x, q.y, q.z, q.w])), np.array([t.x, t.y, t.z]))
