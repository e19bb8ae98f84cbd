# SPDX-License-Identifier: Apache-2.0
"""Finds the part of an object that nothing else hides, so that what lies in it is not grasped."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.geometry.masks import as_bytes
from ris_ros.index.outlines import SAME_OBJECT

# What lies in an object is smaller than this share of it; more of it is the object's own outline.
_MOST_SHARE = 0.6
# Metres by which it is nearer to the camera than the object around it. A print is not nearer,
# unless a flat object leans towards the camera; then its plane is taken off.
_LEAST_STEP_M = 0.01
_RING_PIXELS = 9
# A thing is flat if half of its pixels are this near to a plane, in metres. With fewer pixels than
# the second number, that cannot be told.
_FLAT_M, _LEAST_PIXELS = 0.01, 20
# The plane is fitted to about 2000 pixels, five times. Each time, pixels that were off by more than
# five times the median are left out.
_PLANE_PIXELS, _PLANE_FITS, _OUTLIERS = 2000, 5, 5.0
# If less than this share of the object is bare, as of a full plate, all of it may be grasped.
_LEAST_BARE = 0.25


def bare_part(index: int, masks: np.ndarray, boxes: np.ndarray, overlaps: np.ndarray,
              depth: np.ndarray) -> np.ndarray:
    """Find the part of an object's mask that shows nothing that lies on or in it.

    Args:
        index: Number of the object's mask.
        masks: (N, H, W) bool, none of them empty.
        boxes: (N, 4) int, their x, y, width and height.
        overlaps: (N, N), the share of the smaller of two masks that lies in the other.
        depth: (H, W) float32 metres; 0, NaN and infinity are holes.

    Returns:
        (h, w) bool, the object's box.
    """
    x, y, width, height = boxes[index].tolist()
    window = np.s_[y:y + height, x:x + width]
    whole = masks[index][window]
    area = np.count_nonzero(whole)
    bare = whole.copy()
    for other in np.flatnonzero(overlaps[index] > SAME_OBJECT).tolist():
        inner = masks[other][window]
        is_smaller = 0 < np.count_nonzero(inner) < _MOST_SHARE * area
        if other != index and is_smaller and _is_nearer(inner, whole, depth[window]):
            bare &= ~inner
    return bare if np.count_nonzero(bare) >= _LEAST_BARE * area else whole


def _is_nearer(inner: np.ndarray, whole: np.ndarray, depth: np.ndarray) -> bool:
    """Tell whether (h, w) pixels in an object are nearer to the camera than those around them."""
    kernel = np.ones((_RING_PIXELS, _RING_PIXELS), np.uint8)
    around = cv2.dilate(as_bytes(inner), kernel).view(bool) & whole & ~inner
    valid = np.isfinite(depth) & (depth > 0)
    beyond = _behind_the_plane(depth, whole & ~inner & valid)
    near, far = beyond[inner & valid], beyond[around & valid]
    return bool(near.size and far.size and np.median(far) - np.median(near) > _LEAST_STEP_M)


def _behind_the_plane(depth: np.ndarray, surface: np.ndarray) -> np.ndarray:
    """Return how far pixels lie behind the plane of a surface; their depth where it is not flat.

    A print at the near edge of a box or a book that leans is nearer than what is around it, but in
    the same plane.

    Args:
        depth: (h, w) float32 metres.
        surface: (h, w) bool, the pixels of the surface, all of them with depth.
    """
    rows, columns = np.nonzero(surface)
    if len(rows) < _LEAST_PIXELS:
        return depth
    step = 1 + len(rows) // _PLANE_PIXELS
    rows, columns = rows[::step], columns[::step]
    measured = depth[rows, columns].astype(float)
    places = np.stack([np.ones(len(rows)), rows, columns], 1)
    used = np.ones(len(rows), bool)
    for _ in range(_PLANE_FITS):  # in a picture, a plane is linear in 1 / depth
        plane = np.linalg.lstsq(places[used], 1 / measured[used], rcond=None)[0]
        off = np.abs(1 / measured - places @ plane)
        used = off <= _OUTLIERS * np.median(off)
    across, down = plane[2] * np.arange(depth.shape[1]), plane[1] * np.arange(depth.shape[0])
    of_plane = 1 / np.maximum(plane[0] + down[:, None] + across, 1e-3)
    is_flat = np.median(np.abs(measured - of_plane[rows, columns])) < _FLAT_M
    return depth - of_plane if is_flat else depth
