# SPDX-License-Identifier: Apache-2.0
"""Objects by shape: what stands out of the table plane, cut where the depth jumps."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.frame import CameraModel
from ris_ros.geometry.lens import back_project
from ris_ros.proposals.filtering import MIN_SHARE, components, touched_sides
from ris_ros.proposals.plane import Plane, find_planes, flattest

# How high a pixel of an object is, where the camera's noise allows it; in multiples of that
# noise otherwise.
_MIN_HEIGHT_M = 0.004
_MIN_HEIGHT_SIGMAS = 3.0
_MAX_HEIGHT_M = 0.5

# The floor of a plate or a pan is lower. The mean over a window shows it from this share of that
# height, and it belongs to a cluster that has its share of higher pixels.
_MEAN_SHARE = 0.5
_OWN_SHARE = 0.25
_MEAN_WINDOW = (7, 7)
_MIN_HIGH_SHARE = 0.15

# Noise is removed by medians over windows of this size.
_MEDIAN = 5

# Depth cameras measure nothing nearer.
_NEAREST_M = 0.1

# Between neighbouring pixels of one object the depth jumps less than this at one metre.
_JUMP_M = 0.015

# A wall that rises behind the table shows in corners of the picture: it is flat but for noise, in
# metres at one metre, and steep.
_WALL_BORDERS = 2
_FLAT_M = 0.002
_STEEP_COSINE = 0.5

# How far a cut piece is grown back over the pixels of the cut.
_REGROW = np.ones((3, 3), np.uint8)


def find_surfaces(depth: np.ndarray, camera: CameraModel) -> tuple[Plane, ...]:
    """Find the table, floor or walls in a whole picture's depth; there may be none.

    Args:
        depth: (H, W) float32 metres; 0, NaN and infinite pixels are holes.
        camera: Intrinsics of the depth image.
    """
    return find_planes(cv2.medianBlur(_cleaned(depth), _MEDIAN), camera)


@dataclass(frozen=True, eq=False)
class Standing:
    """What stands out of the surfaces in view.

    Attributes:
        clusters: (H, W) bool each, the largest first.
        pieces: (H, W) bool each, the pieces of the clusters between depth jumps. An object that
            stands alone is a cluster and a piece.
        above: (H, W) bool, all clusters.
    """

    clusters: list[np.ndarray]
    pieces: list[np.ndarray]
    above: np.ndarray


def find_standing(depth: np.ndarray, camera: CameraModel, surfaces: tuple[Plane, ...],
                  pixels: int) -> Standing:
    """Find what stands out of the surfaces.

    Args:
        depth: (H, W) float32 metres; 0, NaN and infinite pixels are holes.
        camera: Intrinsics of the depth image.
        surfaces: From `find_surfaces`, one at least.
        pixels: Number of pixels of the whole picture, of which this may be a part.
    """
    depth = _cleaned(depth)
    high, low = _foreground(depth, surfaces, camera)
    smallest = MIN_SHARE * pixels
    clusters = [
        cluster for cluster in components(high | low, smallest)
        if np.count_nonzero(cluster & high) > _MIN_HIGH_SHARE * np.count_nonzero(cluster)
        and not _is_wall(cluster, depth, camera, surfaces)]
    above = np.logical_or.reduce(clusters) if clusters else np.zeros(depth.shape, bool)
    pieces = [
        cv2.dilate(piece.view(np.uint8), _REGROW).astype(bool) & above
        for piece in components(above & ~_jumps(cv2.medianBlur(depth, _MEDIAN)), smallest)]
    return Standing(clusters, pieces, above)


def _cleaned(depth: np.ndarray) -> np.ndarray:
    """Return the depth with 0 in holes and in pixels that are too near to be true."""
    return np.where(np.isfinite(depth) & (depth > _NEAREST_M), depth, np.float32(0))


def _foreground(
    depth: np.ndarray, planes: tuple[Plane, ...], camera: CameraModel,
) -> tuple[np.ndarray, np.ndarray]:
    """Return two (H, W) bool: surely higher than all planes, and higher in the local mean."""
    high = np.ones(depth.shape, bool)
    low = high.copy()
    near = np.zeros(depth.shape, bool)
    for plane in planes:
        # Heights, not depths, are smoothed: across the slope of a table seen from aside, the
        # median of depths beside an object is that of higher ground.
        height = cv2.medianBlur(
            np.where(depth > 0, plane.heights(depth, camera), np.float32(0)), _MEDIAN)
        threshold = max(_MIN_HEIGHT_M, _MIN_HEIGHT_SIGMAS * plane.noise)
        high &= height > threshold
        # Clipped, and with a look at the pixel itself, the mean of a high object does not
        # spread over its surroundings and join it to what is behind.
        mean = cv2.blur(np.clip(height, -threshold, threshold), _MEAN_WINDOW)
        low &= (mean > _MEAN_SHARE * threshold) & (height > _OWN_SHARE * threshold)
        near |= height < _MAX_HEIGHT_M
    return _open(high & near), _open(low & near)


def _is_wall(cluster: np.ndarray, depth: np.ndarray, camera: CameraModel,
             surfaces: tuple[Plane, ...]) -> bool:
    """Tell whether a (H, W) bool mask is a wall that is too small in view to be a surface."""
    if sum(touched_sides(cluster)) < _WALL_BORDERS:
        return False
    rows, columns = np.nonzero(cluster & (depth > 0))
    points = back_project(columns, rows, depth[rows, columns].astype(float), camera)
    centre, normal = flattest(points)
    noise = np.median(np.abs((points - centre) @ normal) / np.maximum(points[:, 2], 1.0) ** 2)
    return bool(noise < _FLAT_M and all(
        abs(normal @ surface.normal) < _STEEP_COSINE for surface in surfaces))


def _open(mask: np.ndarray) -> np.ndarray:
    """Remove what is less than three pixels wide."""
    kernel = np.ones((3, 3), np.uint8)
    return cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_OPEN, kernel).astype(bool)


def _jumps(depth: np.ndarray) -> np.ndarray:
    """Return (H, W) bool where the depth differs much from the left or upper neighbour."""
    step = np.zeros_like(depth)
    step[:, 1:] = np.abs(np.diff(depth, axis=1))
    step[1:] = np.maximum(step[1:], np.abs(np.diff(depth, axis=0)))
    return step > _JUMP_M * np.maximum(depth, 1.0)
