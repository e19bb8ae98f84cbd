# SPDX-License-Identifier: Apache-2.0
"""Mask edges, holes and notches by the picture's colours."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around

# The edge may move by this many pixels; colours are compared with means over the window.
_BAND = 2
_WINDOW = 11

# If object and background differ less than this in colour, the edge stays.
_MIN_CONTRAST = 12.0

# A notch is filled like a hole if it is narrower than twice this share of the mask's size.
_NOTCH = 0.06

# A median colour is taken of about this many pixels.
_SAMPLE = 300

# Holes of fewer pixels are noise.
_MIN_HOLE = 12

# Shadows change lightness more than hue, so it counts less.
_WEIGHTS = np.array([0.5, 1.0, 1.0], np.float32)
_WEIGHTED = (np.arange(256, dtype=np.float32)[:, None] * _WEIGHTS)[None]


def colour_space(image: np.ndarray) -> np.ndarray:
    """Return the (H, W, 3) float32 weighted Lab of an RGB image, its fine texture smoothed."""
    smooth = cv2.medianBlur(image, 3)
    return cv2.LUT(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB), _WEIGHTED)


def refine(mask: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Fill a mask's own holes and move its edge to colour edges.

    Args:
        mask: (H, W) bool, not empty.
        colours: (H, W, 3) float32, from `colour_space`.

    Returns:
        (H, W) bool, not empty.
    """
    window = window_around(mask, _BAND + _WINDOW // 2)
    crop = np.ascontiguousarray(mask[window]).view(np.uint8)
    refined = np.zeros_like(mask)
    refined[window] = _move_edge(_fill_holes(crop, colours[window]), colours[window])
    return refined if refined.any() else mask


def _fill_holes(mask: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Fill the holes and notches that look more like the mask than like the table around it.

    The floor of a plate is almost as low as the table and therefore missing in its shape. The
    table that is seen through a ring is rightly missing.
    """
    outline = _outline(mask)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(outline - mask, connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    filled = mask | (areas < _MIN_HOLE)[labels] & outline
    if areas[1:].max(initial=0) < _MIN_HOLE:
        return filled
    around = cv2.dilate(outline, np.ones((9, 9), np.uint8)) - outline
    object_colour = _median(colours, mask)
    table_colour = _median(colours, around) if around.any() else object_colour
    for label in range(1, count):
        if areas[label] < _MIN_HOLE:
            continue
        hole = labels == label
        colour = _median(colours, hole)
        if np.linalg.norm(colour - object_colour) < np.linalg.norm(colour - table_colour):
            filled[hole] = 1
    return filled


def _median(colours: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Return the median colour of some pixels, or of a few hundred of them."""
    places = np.flatnonzero(of)
    sample = colours.reshape(-1, 3)[places[::max(1, len(places) // _SAMPLE)]]
    # As np.median does it, whose checks take longer than the work.
    high = len(sample) // 2
    low = high if len(sample) % 2 else high - 1
    return np.partition(sample, (low, high), 0)[low:high + 1].mean(0)


def _outline(mask: np.ndarray) -> np.ndarray:
    """Return the mask with its holes and narrow notches filled, also at the border of the crop."""
    gap = 2 * round(_NOTCH * np.sqrt(np.count_nonzero(mask))) + 3
    closed = cv2.morphologyEx(
        mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap)))
    for edge in (closed[0], closed[-1], closed[:, 0], closed[:, -1]):
        touching = np.flatnonzero(edge)
        if len(touching):
            edge[touching[0]:touching[-1] + 1] = 1
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(closed, contours, -1, 1, -1)


def _move_edge(mask: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Give each pixel near the edge to the side whose mean colour near it is more like its own."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _BAND + 1, 2 * _BAND + 1))
    inner = cv2.erode(mask, kernel)
    if 4 * np.count_nonzero(inner) < np.count_nonzero(mask):
        inner = cv2.erode(mask, np.ones((3, 3), np.uint8))
    outer = 1 - cv2.dilate(mask, kernel)
    near = np.flatnonzero(inner + outer == 0)
    inside, near_inside = _local_mean(colours, inner, near)
    outside, near_outside = _local_mean(colours, outer, near)
    own = colours.reshape(-1, 3)[near]
    open_pixels = near_inside & near_outside & (
        _square(inside - outside) > _MIN_CONTRAST ** 2)
    closer = _square(own - inside) < _square(own - outside)
    moved = (mask > 0).astype(np.uint8)
    moved.ravel()[near[open_pixels]] = closer[open_pixels]
    return cv2.medianBlur(moved, 3) > 0


def _local_mean(colours: np.ndarray, of: np.ndarray,
                at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean colour of the pixels ``of`` around the pixels ``at``, and where any are."""
    size = (_WINDOW, _WINDOW)
    weights = of.astype(np.float32)
    total = cv2.blur(cv2.bitwise_and(colours, colours, mask=of), size,
                     borderType=cv2.BORDER_CONSTANT).reshape(-1, 3)[at]
    count = cv2.blur(weights, size, borderType=cv2.BORDER_CONSTANT).ravel()[at]
    return total / np.maximum(count, 1e-6)[:, None], count > 1e-3


def _square(vectors: np.ndarray) -> np.ndarray:
    """Return the squared length of each of (N, 3) vectors."""
    return np.einsum('ij,ij->i', vectors, vectors)
