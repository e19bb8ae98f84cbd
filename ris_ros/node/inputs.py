"""What the node listens to: the camera."""
from __future__ import annotations

from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy


def sensor_qos() -> QoSProfile:
    """Return SensorDataQoS with depth 1: only the newest frame counts, a lost one is no loss.

    A new one each time, because QoS overrides of a topic are written into it.
    """
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
