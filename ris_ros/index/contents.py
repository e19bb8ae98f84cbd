# SPDX-License-Identifier: Apache-2.0
"""Finds the part of an object that nothing else hides, so that what lies in it is not grasped."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.geometry.masks import as_bytes
from ris_ros.index.outlines import SAME_OBJECT

# What lies in an object is smaller than this share of it; more of it is the object's own outline.
_MOST_SHARE = 0.6
# Metres by which it is nearer to the camera than the object around it. A print is not nearer.
_LEAST_STEP_M = 0.01
_RING_PIXELS = 9
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
    near, far = depth[inner & valid], depth[around & valid]
    return bool(near.size and far.size and np.median(far) - np.median(near) > _LEAST_STEP_M)
