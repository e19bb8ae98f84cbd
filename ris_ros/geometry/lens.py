# SPDX-License-Identifier: Apache-2.0
"""From pixels to rays and back, through a pinhole or through a lens that distorts."""
from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from ris_ros.frame import CameraModel

# OpenCV's model has one of these numbers of coefficients, or none.
_COEFFICIENTS = (4, 5, 8)
# There and back again, a pixel is off by no more, in pixels.
_EXACT_PX = 0.01
# The check of a lens tries 9 pixels across and 9 down, each in 128 steps from the axis.
_TRIED, _STEPS = 9, 128
# Newton's method ends when rays are right to 1e-8, or after 40 steps. No step is longer than 0.25.
_EXACT_RAY, _MOST_STEPS, _LONGEST_STEP = 1e-8, 40, 0.25


def back_project(
    u: np.ndarray | float, v: np.ndarray | float, depth: np.ndarray | float, camera: CameraModel,
) -> np.ndarray:
    """Return the (..., 3) points x, y, z in metres of pixels (u, v) at these depths."""
    if camera.distortion:
        pixels = np.stack(np.broadcast_arrays(u, v), -1).astype(float)
        rays = _undistort(pixels.reshape(-1, 2), camera) if pixels.size else pixels
        across, down = np.moveaxis(rays.reshape(pixels.shape), -1, 0)
    else:
        across, down = (u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy
    return np.stack([across * depth, down * depth, depth], -1)


def project(point: np.ndarray, camera: CameraModel) -> tuple[float, float]:
    """Return the pixel (u, v) at which a (3,) point before the camera is seen."""
    x, y, z = point
    if camera.distortion:
        u, v = _distort(np.array([[x / z, y / z]]), camera)[0].tolist()
        return u, v
    return camera.fx * x / z + camera.cx, camera.fy * y / z + camera.cy


@lru_cache(maxsize=16)  # a camera says the same with each image
def is_invertible(camera: CameraModel) -> bool:
    """Tell whether each pixel of a picture has one ray: towards its corners, a lens may fold it.

    Coefficients that are no numbers, or of another number than OpenCV takes, are not invertible.

    Args:
        camera: The intrinsics, with the distortion.
    """
    if not camera.distortion:
        return True
    if len(camera.distortion) not in _COEFFICIENTS or not np.isfinite(camera.distortion).all():
        return False
    pixels = np.stack(np.meshgrid(np.linspace(0, camera.width - 1, _TRIED),
                                  np.linspace(0, camera.height - 1, _TRIED)), -1).reshape(-1, 2)
    with np.errstate(all='ignore'):
        rays = _undistort(pixels, camera)
        if not np.allclose(_distort(rays, camera), pixels, rtol=0, atol=_EXACT_PX):
            return False
        # A ray farther from the axis is seen farther from it, unless the lens folds on the way.
        on_the_way = np.linspace(0, 1, _STEPS + 1)[:, None, None] * rays
        seen = _distort(on_the_way.reshape(-1, 2), camera).reshape(on_the_way.shape)
        outwards = np.linalg.norm(seen - (camera.cx, camera.cy), axis=-1)
        return bool((np.diff(outwards, axis=0) >= 0).all())


def _undistort(pixels: np.ndarray, camera: CameraModel) -> np.ndarray:
    """Return the (N, 2) rays x / z, y / z of (N, 2) pixels, of which there is at least one.

    cv2.undistortPoints would end far from the ray where a wide lens bends most, whatever its number
    of steps, so the distortion's own slopes lead to it.
    """
    k1, k2, p1, p2, k3, k4, k5, k6 = np.pad(camera.distortion, (0, 8 - len(camera.distortion)))
    goal_x, goal_y = ((pixels - (camera.cx, camera.cy)) / (camera.fx, camera.fy)).T
    x, y = np.zeros((2, len(pixels)))  # from the axis outwards, so as to end before any fold
    for _ in range(_MOST_STEPS):
        xx, xy, yy = x * x, x * y, y * y
        r2 = xx + yy
        below = 1 + r2 * (k4 + r2 * (k5 + r2 * k6))
        radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / below
        off_x = goal_x - x * radial - 2 * p1 * xy - p2 * (r2 + 2 * xx)
        off_y = goal_y - y * radial - p1 * (r2 + 2 * yy) - 2 * p2 * xy
        if max(np.abs(off_x).max(), np.abs(off_y).max()) < _EXACT_RAY:
            break
        bend = 2 / below * (k1 + r2 * (2 * k2 + r2 * 3 * k3)
                            - radial * (k4 + r2 * (2 * k5 + r2 * 3 * k6)))
        across = radial + bend * xx + 2 * p1 * y + 6 * p2 * x
        down = radial + bend * yy + 6 * p1 * y + 2 * p2 * x
        both = bend * xy + 2 * p1 * x + 2 * p2 * y
        area = across * down - both * both
        step_x = (down * off_x - both * off_y) / area
        step_y = (across * off_y - both * off_x) / area
        shorter = _LONGEST_STEP / np.maximum(np.hypot(step_x, step_y), _LONGEST_STEP)
        x += shorter * step_x
        y += shorter * step_y
    return np.stack([x, y], -1)


def _distort(rays: np.ndarray, camera: CameraModel) -> np.ndarray:
    """Return the (N, 2) pixels at which (N, 2) rays x / z, y / z are seen."""
    points = np.column_stack([rays, np.ones(len(rays))])
    pixels, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), _matrix(camera),
                                  np.array(camera.distortion))
    return pixels[:, 0]


def _matrix(camera: CameraModel) -> np.ndarray:
    """Return the (3, 3) matrix of the intrinsics."""
    return np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
