"""Rotations as matrices and as the quaternions of messages."""
from __future__ import annotations

import numpy as np


def to_matrix(quaternion: np.ndarray) -> np.ndarray:
    """Return the (3, 3) rotation of a quaternion x, y, z, w, which need not have unit length."""
    x, y, z, w = quaternion / np.linalg.norm(quaternion)
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]])


def to_quaternion(rotation: np.ndarray) -> np.ndarray:
    """Return a (3, 3) rotation as a unit quaternion x, y, z, w with w >= 0.

    The eigenvector method of Bar-Itzhack, 'New method for extracting the quaternion from a
    rotation matrix', 2000: exact for every rotation, and the best fit to an inexact one.
    """
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = rotation
    form = np.array([[xx - yy - zz, yx + xy, zx + xz, zy - yz],
                     [yx + xy, yy - xx - zz, zy + yz, xz - zx],
                     [zx + xz, zy + yz, zz - xx - yy, yx - xy],
                     [zy - yz, xz - zx, yx - xy, xx + yy + zz]])
    quaternion = np.linalg.eigh(form)[1][:, -1]
    return quaternion if quaternion[3] >= 0 else -quaternion
