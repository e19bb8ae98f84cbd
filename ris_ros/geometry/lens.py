# SPDX-License-Identifier: Apache-2.0
"""From pixels to rays and back, through a pinhole or through a lens that distorts."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.frame import CameraModel

# OpenCV's model has one of these numbers of coefficients.
_COEFFICIENTS = (0, 4, 5, 8)
# There and back again, a pixel is off by no more, in pixels.
_EXACT_PX = 0.5


def back_project(
    u: np.ndarray | float, v: np.ndarray | float, depth: np.ndarray | float, camera: CameraModel,
) -> np.ndarray:
    """Return the (..., 3) points x, y, z in metres of pixels (u, v) at these depths."""
    if camera.distortion:
        pixels = np.stack(np.broadcast_arrays(u, v), -1).astype(float)
        rays = cv2.undistortPoints(
            pixels.reshape(-1, 1, 2), _matrix(camera),
            np.array(camera.distortion)) if pixels.size else pixels
        across, down = np.moveaxis(rays.reshape(pixels.shape), -1, 0)
    else:
        across, down = (u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy
    return np.stack([across * depth, down * depth, depth], -1)


def project(point: np.ndarray, camera: CameraModel) -> tuple[float, float]:
    """Return the pixel (u, v) at which a (3,) point before the camera is seen."""
    x, y, z = point
    if camera.distortion:
        pixels, _ = cv2.projectPoints(np.array([[x / z, y / z, 1.0]]), np.zeros(3), np.zeros(3),
                                      _matrix(camera), np.array(camera.distortion))
        u, v = pixels.ravel().tolist()
        return u, v
    return camera.fx * x / z + camera.cx, camera.fy * y / z + camera.cy


def is_invertible(camera: CameraModel) -> bool:
    """Tell whether each pixel of a picture has a ray: at its corners, a lens may fold it.

    Coefficients that are no numbers, or of another number than OpenCV takes, are not invertible.
    """
    if len(camera.distortion) not in _COEFFICIENTS or not np.isfinite(camera.distortion).all():
        return False
    across, down = np.meshgrid(np.linspace(0, camera.width - 1, 3),
                               np.linspace(0, camera.height - 1, 3))
    return all(
        np.allclose(project(point, camera), (u, v), rtol=0, atol=_EXACT_PX)
        for u, v, point in zip(across.ravel(), down.ravel(),
                               back_project(across.ravel(), down.ravel(), np.ones(9), camera),
                               strict=True))


def _matrix(camera: CameraModel) -> np.ndarray:
    """Return the (3, 3) matrix of the intrinsics."""
    return np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
