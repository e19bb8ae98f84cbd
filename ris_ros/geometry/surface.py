"""How the visible surface of an object lies and how large it is, and where to grasp it."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.frame import Frame
from ris_ros.geometry.points import ENOUGH, Points, back_project, find_points

# Percentiles between which the size is measured: a few stray points must not stretch it.
_ENDS = (0.5, 99.5)
# So many of the nearest pixels give the depth at the grasp.
_NEAREST = 9


@dataclass(frozen=True, eq=False)
class Surface:
    """What an arm must know of an object, in the camera's optical frame, metres.

    centre: (3,) mean of the visible surface.  axes: (3, 3), the columns are unit vectors of a
    right-handed frame: x along the longest side, z along the shortest, towards the camera.
    size: (3,) along them, longest first.  grasp: (3,) the point of the grasp pixel.
    """

    centre: np.ndarray
    axes: np.ndarray
    size: np.ndarray
    grasp: np.ndarray


def measure(mask: np.ndarray, grasp: tuple[int, int], frame: Frame) -> Surface | None:
    """Return the visible surface of a masked object, or None where it has no position.

    mask: (H, W) bool.  grasp: its pixel (u, v) to be grasped at.
    """
    if not frame.has_points:
        return None
    found = find_points(mask, frame.depth, frame.camera, ENOUGH)
    if isinstance(found, str):
        return None
    centre = found.points.mean(0)
    axes, size = principal_axes(found.points - centre)
    # What lies across the line of sight is wider than the pixels between its outer points.
    size = size + found.lost * centre[2] / frame.camera.fx * np.hypot(axes[0], axes[1])
    depth = _depth_near(found, grasp)
    return Surface(centre, axes, size, back_project(*np.array(grasp, float), depth, frame.camera))


def principal_axes(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (3, 3) axes as columns and the (3,) size along them of centred (N, 3) points.

    The signs are fixed so that the same object gives the same axes: z looks to the camera, x to
    the right of the picture (or down, where it is upright), y completes them.
    """
    axes = np.linalg.eigh(points.T @ points)[1]
    size = np.subtract(*np.percentile(points @ axes, _ENDS[::-1], axis=0))
    order = np.argsort(-size, kind='stable')
    axes, size = axes[:, order], size[order]
    x, z = axes[:, 0], axes[:, 2]
    x = x * np.sign(x[np.argmax(np.abs(x[:2]))] or 1.0)
    z = z * -np.sign(z[2] or 1.0)
    return np.stack([x, np.cross(z, x), z], 1), size


def object_cloud(mask: np.ndarray, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Return the measured points of a masked object and their colours.

    (N, 3) float32 metres in the optical frame and (N, 3) uint8 RGB; N is 0 without depth there.
    """
    found = find_points(mask, frame.depth, frame.camera) if frame.has_points else ''
    if isinstance(found, str):
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.uint8)
    u, v = found.pixels[found.measured].T
    return found.points[found.measured].astype(np.float32), frame.image[v, u]


def _depth_near(found: Points, pixel: tuple[int, int]) -> float:
    """Return the median depth of the pixels nearest to one."""
    apart = ((found.pixels - pixel) ** 2).sum(1)
    count = min(_NEAREST, len(apart))
    return float(np.median(found.points[np.argpartition(apart, count - 1)[:count], 2]))
