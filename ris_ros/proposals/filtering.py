# SPDX-License-Identifier: Apache-2.0
"""Filters of masks: specks, background and duplicates are no proposals."""
from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from ris_ros.geometry.masks import intersection_over_union

# Least and greatest share of the picture's pixels that an object has.
MIN_SHARE = 0.0006
MAX_SHARE = 0.25

# A mask that is this large and runs along several borders is wall or floor, not an object.
_LARGE_SHARE = 0.05

# Overlaps are compared on every third pixel, of which a speck of the smallest size keeps 20.
_STRIDE = 3


def is_object_sized(mask: np.ndarray, max_borders: int = 1, pixels: int | None = None) -> bool:
    """Tell whether a mask may be an object by its size and place.

    Args:
        mask: (H, W) bool.
        max_borders: Number of sides that a large mask may touch.
        pixels: Number of pixels of the whole picture if the mask is of a part of it.
    """
    share = float(np.count_nonzero(mask) / (pixels or mask.size))
    if not _LARGE_SHARE <= share <= MAX_SHARE:
        return is_object_like(share, 0)  # the borders matter to large masks only
    return is_object_like(share, sum(touched_sides(mask)), max_borders)


def is_object_like(share: float, borders: int, max_borders: int = 1) -> bool:
    """Tell whether a mask with this share of the picture that touches some borders may be one."""
    return MIN_SHARE <= share <= MAX_SHARE and (borders <= max_borders or share < _LARGE_SHARE)


def touched_sides(mask: np.ndarray) -> tuple[bool, ...]:
    """Tell whether a (H, W) bool mask reaches the top, bottom, left and right of its picture."""
    return tuple(bool(side.any()) for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))


def drop_duplicates(masks: Iterable[np.ndarray], max_iou: float = 0.85) -> list[np.ndarray]:
    """Drop masks whose IoU with an earlier one is above a limit.

    Args:
        masks: (H, W) bool each, of one size.
        max_iou: The limit.
    """
    kept: list[np.ndarray] = []
    seen: list[np.ndarray] = []
    for mask in masks:
        small = np.ascontiguousarray(mask[::_STRIDE, ::_STRIDE])
        if all(intersection_over_union(small, other) <= max_iou for other in seen):
            kept.append(mask)
            seen.append(small)
    return kept


def components(mask: np.ndarray, min_pixels: float) -> list[np.ndarray]:
    """Find the 4-connected components of a mask.

    Args:
        mask: (H, W) bool.
        min_pixels: Smaller components are left out.

    Returns:
        (H, W) bool masks, the largest first.
    """
    mask = np.ascontiguousarray(mask).view(np.uint8)
    x, y, width, height = cv2.boundingRect(mask)
    if not width:
        return []
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(mask[y:y + height, x:x + width]), connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    found = []
    for label in sorted(range(1, count), key=lambda label: -areas[label]):
        if areas[label] < min_pixels:
            break
        left, top, columns, rows = stats[label, :4].tolist()
        part = labels[top:top + rows, left:left + columns] == label
        found.append(placed(part, np.s_[y + top:y + top + rows, x + left:x + left + columns],
                            mask.shape))
    return found


def placed(crop: np.ndarray, window: tuple[slice, slice], size: tuple[int, int]) -> np.ndarray:
    """Place a crop in an empty mask.

    Args:
        crop: (h, w) bool.
        window: Rows and columns of the crop in the mask.
        size: (H, W) of the mask.
    """
    mask = np.zeros(size, bool)
    mask[window] = crop
    return mask
