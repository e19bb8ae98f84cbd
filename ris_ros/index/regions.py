# SPDX-License-Identifier: Apache-2.0
"""The parts of a picture that must be indexed again, in blocks and in windows of pixels."""
from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ris_ros.proposals import Window

_AROUND = np.ones((3, 3), np.uint8)


def spread(blocks: np.ndarray) -> np.ndarray:
    """Add the neighbours to (h, w) bool blocks, because a change is hardly seen at its rim."""
    return cv2.dilate(blocks.view(np.uint8), _AROUND).astype(bool)


def blocks_of(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Find the (h, w) bool blocks that a (H, W) bool mask reaches into."""
    blocks = np.zeros(size, bool)
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(mask).view(np.uint8))
    rows, columns = np.nonzero(mask[y:y + height, x:x + width])
    blocks[(rows + y) * size[0] // mask.shape[0], (columns + x) * size[1] // mask.shape[1]] = True
    return blocks


def reach_of(masks: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Find the (N, h, w) bool blocks that each of (N, H, W) bool masks reaches into."""
    return np.array([blocks_of(mask, size) for mask in masks], bool).reshape(-1, *size)


def windows(blocks: np.ndarray, size: tuple[int, int],
            widen: Callable[[Window, tuple[int, int]], Window]) -> list[Window]:
    """Find windows of a picture that hold blocks and do not overlap.

    Args:
        blocks: (h, w) bool.
        size: (H, W) of the picture.
        widen: Returns a window that also holds the surroundings that the proposer needs.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats(blocks.view(np.uint8))
    down, across = size[0] / blocks.shape[0], size[1] / blocks.shape[1]
    found: list[Window] = []
    for x, y, width, height, _ in stats[1:]:
        left, top = int(x * across), int(y * down)
        right = min(size[1], int(np.ceil((x + width) * across)))
        bottom = min(size[0], int(np.ceil((y + height) * down)))
        window = widen(Window(left, top, right - left, bottom - top), size)
        while other := next((w for w in found if _overlap(w, window)), None):
            found.remove(other)
            window = _around(window, other)
        found.append(window)
    return found


def _overlap(one: Window, other: Window) -> bool:
    """Return whether two windows share pixels."""
    return (one.x < other.x + other.width and other.x < one.x + one.width
            and one.y < other.y + other.height and other.y < one.y + one.height)


def _around(one: Window, other: Window) -> Window:
    """Return the smallest window that holds two."""
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Window(x, y, max(one.x + one.width, other.x + other.width) - x,
                  max(one.y + one.height, other.y + other.height) - y)
