"""Mask and depth become a position in the camera's optical frame."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.frame import CameraModel
from ris_ros.grounding.result import Position

MIN_PIXELS = 20
MIN_VALID_RATIO = 0.2

# Depth at a silhouette mixes object and background, so the mask is eroded by this many pixels,
# but never to less than the share: a thin object must not vanish. More takes away handles and
# rims, and with them moves the mean.
_EROSION = 1
_MIN_ERODED_SHARE = 0.5

# A pixel counts as background when its depth is this many robust standard deviations from the
# plane through the object; the floor keeps the parts of an object that is not flat.
_OUTLIER_SIGMAS = 3.5
_OUTLIER_FLOOR_M = 0.05
_MAD_TO_SIGMA = 1.4826
_PLANE_FITS = 5

# What no averaging takes away: a depth camera's calibration error.
_SENSOR_BIAS_M = 0.002
_SENSOR_BIAS_PER_M = 0.002


def locate(
    mask: np.ndarray, depth: np.ndarray | None, camera: CameraModel | None,
) -> tuple[Position | None, str]:
    """Return where the masked object is, or None and a sentence that says why not.

    mask: (H, W) bool.  depth: (H, W) float32 metres along the optical axis; 0, negative, NaN
    and infinite pixels are holes.  camera: pinhole intrinsics of that image.

    The point is the mean of the object's visible surface: of the back-projected pixels of the
    eroded mask, without outliers of depth. The median says where the object is, a plane fitted
    from there how it leans (a long tool spans more depth than any fixed limit), and the median
    absolute deviation from that plane what is too far off. The ray of a hole is known and only
    its depth is not, so a hole counts with the plane's depth.
    The covariance is that of this mean: the scatter of the points over their number, what the
    holes may hide, and the sensor's own bias. The sentence is '' where there is a position.
    """
    if depth is None or camera is None:
        missing = 'depth image' if depth is None else 'camera model'
        return None, f'There is no position because the frame has no {missing}.'
    x, y, crop = _crop(mask)
    kept = _erode(crop)
    z = depth[y:y + crop.shape[0], x:x + crop.shape[1]]
    valid = kept & np.isfinite(z) & (z > 0)
    count, total = int(valid.sum()), int(kept.sum())
    if count < MIN_PIXELS or count < MIN_VALID_RATIO * total:
        return None, (
            f'There is no position because only {count} of the {total} pixels inside the mask '
            f'have depth; at least {MIN_PIXELS} and {MIN_VALID_RATIO:.0%} are needed.')
    rows, columns = np.nonzero(kept)
    depths, seen = z[rows, columns].astype(float), valid[rows, columns]
    near, plane = _near_plane(rows, columns, depths, seen)
    used = near | ~seen
    points = back_project(columns[used] + x, rows[used] + y,
                          np.where(near, depths, plane)[used], camera)
    ratio = count / total
    point = points.mean(0)
    return Position(tuple(point.tolist()), _covariance(points, ratio), ratio), ''


def back_project(
    u: np.ndarray, v: np.ndarray, depth: np.ndarray, camera: CameraModel,
) -> np.ndarray:
    """Return the (..., 3) points x, y, z in metres of pixels (u, v) at these depths."""
    x = (u - camera.cx) / camera.fx * depth
    y = (v - camera.cy) / camera.fy * depth
    return np.stack([x, y, depth], -1)


def _crop(mask: np.ndarray) -> tuple[int, int, np.ndarray]:
    """Return x, y and the mask cut to its box, with the room around it that erosion needs."""
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(mask).view(np.uint8))
    left, top = max(x - _EROSION, 0), max(y - _EROSION, 0)
    crop = mask[top:y + height + _EROSION, left:x + width + _EROSION]
    return left, top, np.ascontiguousarray(crop).view(np.uint8)


def _erode(mask: np.ndarray) -> np.ndarray:
    """Erode a uint8 mask as far as the limits allow; return it as bool.

    OpenCV takes what is outside for set, which is right: at the image's border the mask is cut
    off, not at a silhouette.
    """
    kept = mask
    for _ in range(_EROSION):
        smaller = cv2.erode(kept, np.ones((3, 3), np.uint8))
        if smaller.sum() < _MIN_ERODED_SHARE * mask.sum():
            break
        kept = smaller
    return kept.astype(bool)


def _near_plane(
    rows: np.ndarray, columns: np.ndarray, depths: np.ndarray, seen: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return which seen depths lie near the object's plane, and the plane's depth everywhere.

    All are (N,), a pixel each. The first plane is level with the median; each next one is fitted
    to the pixels near the one before, so that it follows an object that leans away.
    """
    design = np.stack([np.ones(len(rows)), rows - rows.mean(), columns - columns.mean()], 1)
    plane = np.full(len(rows), np.median(depths[seen]))
    near = seen & _near_zero(depths - plane, seen)
    for _ in range(_PLANE_FITS):
        plane = design @ np.linalg.lstsq(design[near], depths[near], rcond=None)[0]
        before, near = near, seen & _near_zero(depths - plane, seen)
        if (near == before).all():
            break
    # Far from what was seen, a plane can run away; no hole is nearer or farther than the object.
    return near, np.clip(plane, depths[near].min(), depths[near].max())


def _near_zero(residuals: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return which residuals are small, measured by the median absolute deviation of those seen."""
    distance = np.abs(residuals)
    sigma = _MAD_TO_SIGMA * np.median(distance[seen])
    return distance <= max(_OUTLIER_SIGMAS * sigma, _OUTLIER_FLOOR_M)


def _covariance(points: np.ndarray, valid_ratio: float) -> np.ndarray:
    """Return the (3, 3) covariance of the mean of these points, in square metres."""
    scatter = np.cov(points, rowvar=False)
    unseen = (1.0 - valid_ratio) ** 2
    bias = _SENSOR_BIAS_M + _SENSOR_BIAS_PER_M * points[:, 2].mean()
    return scatter * (1.0 / len(points) + unseen) + np.eye(3) * bias ** 2
