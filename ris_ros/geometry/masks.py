# SPDX-License-Identifier: Apache-2.0
"""Masks in the image: their boxes, centroids, overlaps, and a pixel that is well inside."""
from __future__ import annotations

import math

import cv2
import numpy as np

# The pixels of a long object that are deepest inside form a ridge; among those that are nearly as
# deep as the deepest one, the one in the middle is the best to grasp.
_RIDGE = 0.95
# About how many pixels of the image the overlaps of masks are measured on.
_COMPARED = 80_000


def bounding_boxes(masks: np.ndarray) -> np.ndarray:
    """Return the (N, 4) int32 boxes x, y, width, height of (N, H, W) bool masks.

    The box holds all set pixels; an empty mask has width and height 0.
    """
    boxes = [cv2.boundingRect(as_bytes(mask)) for mask in masks]
    return np.array(boxes, np.int32).reshape(-1, 4)


def overlaps(masks: np.ndarray, boxes: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Measure how much of the smaller of two masks lies in the other one.

    Large images are measured on a grid of pixels; a mask that the grid misses overlaps nothing.

    Args:
        masks: (N, H, W) bool, none of them empty.
        boxes: (N, 4) int, their boxes.
        known: (K, K) float32, the result for the first K masks.

    Returns:
        (N, N) float32, 0 to 1.
    """
    height, width = masks.shape[1:]
    step = max(1, round(np.sqrt(height * width / _COMPARED)))
    both = np.zeros((len(masks), len(masks)), np.float32)
    for number, (x, y, across, down) in enumerate(boxes.tolist()):
        # What others share with this one lies in its box.
        box = np.s_[-(-y // step) * step:y + down:step, -(-x // step) * step:x + across:step]
        if number < len(known):
            both[number, number] = np.count_nonzero(masks[number][box])
            continue
        parts = masks[:, box[0], box[1]].reshape(len(masks), -1).astype(np.float32)
        both[number] = both[:, number] = parts @ parts[number]
    areas = both.diagonal()
    shares = both / np.maximum(np.minimum(areas[:, None], areas), 1)
    shares[:len(known), :len(known)] = known
    return shares


def centroid(mask: np.ndarray) -> tuple[float, float]:
    """Return the mean pixel (u, v) of a non-empty (H, W) bool mask; it may lie in a hole."""
    x, y, width, height = cv2.boundingRect(as_bytes(mask))
    part = mask[y:y + height, x:x + width]
    columns, rows = part.sum(0), part.sum(1)
    count = columns.sum()
    return (float(columns @ np.arange(width) / count) + x,
            float(rows @ np.arange(height) / count) + y)


def grasp_pixel(mask: np.ndarray) -> tuple[int, int]:
    """Find the pixel (u, v) of a non-empty (H, W) bool mask that is farthest from its edge.

    This is the pole of inaccessibility by the distance transform. Unlike the centroid, it never
    lies in the hole of a ring. The border of the image counts as an edge. Of several pixels that
    are about equally far from the edge, the one nearest to the centroid is taken.
    """
    x, y, width, height = cv2.boundingRect(as_bytes(mask))
    crop = as_bytes(mask[y:y + height, x:x + width])
    padded = cv2.copyMakeBorder(crop, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    inside = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    rows, columns = np.nonzero(inside >= _RIDGE * inside.max())
    across, down = centroid(crop.view(bool))
    nearest = np.argmin((columns - across) ** 2 + (rows - down) ** 2)
    return int(columns[nearest] + x), int(rows[nearest] + y)


def intersection_over_union(one: np.ndarray, other: np.ndarray) -> float:
    """Return the IoU of two (H, W) bool masks, 0 where both are empty."""
    both = int(np.count_nonzero(one & other))
    either = int(np.count_nonzero(one | other))
    return both / max(either, 1)


def window_around(mask: np.ndarray, margin: int) -> tuple[slice, slice]:
    """Return the rows and columns of a (H, W) bool mask, with a margin in pixels around it."""
    x, y, width, height = cv2.boundingRect(as_bytes(mask))
    return (slice(max(y - margin, 0), y + height + margin),
            slice(max(x - margin, 0), x + width + margin))


def as_bytes(mask: np.ndarray) -> np.ndarray:
    """View a bool mask as the uint8 that OpenCV takes."""
    return np.ascontiguousarray(mask).view(np.uint8)


def ious(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the (K, N) intersections over unions of (K, H, W) and (N, H, W) bool masks.

    None of the masks is empty; K or N may be 0.
    """
    first, second = (masks.reshape(len(masks), math.prod(masks.shape[1:])).astype(np.float32)
                     for masks in (first, second))
    both = first @ second.T
    return both / (first.sum(axis=1)[:, None] + second.sum(axis=1) - both)
