"""Mask and depth become a position in the camera's optical frame."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.frame import CameraModel
from ris_ros.geometry.points import ENOUGH, find_points

# What no averaging takes away: a depth camera's calibration error.
_SENSOR_BIAS_M = 0.002
_SENSOR_BIAS_PER_M = 0.002


@dataclass(frozen=True, eq=False)
class Position:
    """Where an object is, in the camera's optical frame (x right, y down, z forward).

    point: (x, y, z) in metres.
    covariance: (3, 3) float64 in square metres.
    valid_ratio: share of the mask's eroded pixels that had valid depth, 0 to 1.
    """

    point: tuple[float, float, float]
    covariance: np.ndarray
    valid_ratio: float


def locate(
    mask: np.ndarray, depth: np.ndarray | None, camera: CameraModel | None,
) -> tuple[Position | None, str]:
    """Return where the masked object is, or None and a sentence that says why not.

    mask: (H, W) bool.  depth: (H, W) float32 metres along the optical axis; 0, negative, NaN
    and infinite pixels are holes.  camera: pinhole intrinsics of that image.

    The point is the mean of the object's visible surface, as points.find_points sees it.
    The covariance is that of this mean: the scatter of the points over their number, what the
    holes may hide, and the sensor's own bias. The sentence is '' where there is a position.
    """
    if depth is None or camera is None:
        missing = 'depth image' if depth is None else 'camera model'
        return None, f'There is no position because the frame has no {missing}.'
    found = find_points(mask, depth, camera, ENOUGH)
    if isinstance(found, str):
        return None, found
    point = found.points.mean(0)
    covariance = _covariance(found.points - point, point[2], found.valid_ratio)
    return Position(tuple(point.tolist()), covariance, found.valid_ratio), ''


def _covariance(centred: np.ndarray, distance: float, valid_ratio: float) -> np.ndarray:
    """Return the (3, 3) covariance, in square metres, of the mean of (N, 3) points around it."""
    scatter = centred.T @ centred / (len(centred) - 1)
    unseen = (1.0 - valid_ratio) ** 2
    bias = _SENSOR_BIAS_M + _SENSOR_BIAS_PER_M * distance
    return scatter * (1.0 / len(centred) + unseen) + np.eye(3) * bias ** 2
