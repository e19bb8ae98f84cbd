# SPDX-License-Identifier: Apache-2.0
"""Cut objects that stand together: along boundaries, and along creases of the depth."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.proposals.filtering import placed

# Creases are looked for across these steps (x, y) in pixels.
_REACH = ((4, 0), (0, 4), (3, 3), (3, -3))

# A crease begins where the middle lies this deep below both sides, at one metre, and deeper than
# this multiple of the noise; it is sure where it is twice as deep.
_DEEP_M, _DEEP_SIGMAS = 0.006, 4.0
_NEAREST_M = 0.3

# The watershed needs some of the outside around an object.
_MARGIN = 2

_MEDIAN = 5
_RIM = np.ones((3, 3), np.uint8)


def cut(boundary: np.ndarray, inside: np.ndarray, most: float, width: int,
        min_pixels: int) -> list[np.ndarray]:
    """Cut a mask along boundaries; the parts then grow over the boundaries until they meet.

    Source: Meyer, Color image segmentation, 1992, for the watershed.

    Args:
        boundary: (H, W) float32, likelihood of a boundary.
        inside: (H, W) bool, the mask.
        most: A boundary separates if it is at least this likely.
        width: Gaps in a boundary of up to twice this many pixels are closed.
        min_pixels: Smaller parts are left out.

    Returns:
        (H, W) bool, the parts.
    """
    # Those at the sides of the window are outside.
    window = window_around(inside, _MARGIN)
    parts = _cut_all(
        np.ascontiguousarray(boundary[window]), np.ascontiguousarray(inside[window]), most, width,
        min_pixels)
    return [placed(part, window, inside.shape) for part in parts]


def _cut_all(boundary: np.ndarray, inside: np.ndarray, most: float, width: int,
             min_pixels: int) -> list[np.ndarray]:
    """Do what `cut` does, in all of the picture."""
    grown, kept = _grown(boundary, inside, most, width, min_pixels)
    parts = []
    for number in kept:
        alone = cv2.inRange(grown, number, number)
        window = window_around(alone, 1)
        # The watershed leaves lines between the parts.
        part = (cv2.dilate(alone[window], _RIM) > 0) & inside[window]
        if np.count_nonzero(part) >= min_pixels:
            parts.append(placed(part, window, inside.shape))
    return parts


def partition(boundary: np.ndarray, inside: np.ndarray, most: float, width: int,
              min_pixels: int) -> np.ndarray:
    """Cut a mask as `cut` does, and number the parts.

    Args:
        boundary: As for `cut`.
        inside: As for `cut`; its border is outside.
        most: As for `cut`.
        width: As for `cut`.
        min_pixels: As for `cut`.

    Returns:
        (H, W) int32, from 1; 0 outside.
    """
    grown, kept = _grown(boundary, inside, most, width, min_pixels)
    table = np.zeros(int(grown.max(initial=0)) + 2, np.float32)
    table[kept] = kept
    parts = table[grown]
    lines = inside & (parts == 0)
    parts[lines] = cv2.dilate(parts, _RIM)[lines]
    return parts.astype(np.int32)


def _grown(boundary: np.ndarray, inside: np.ndarray, most: float, width: int,
           min_pixels: int) -> tuple[np.ndarray, list[int]]:
    """Return the watershed's (H, W) int32 numbers, -1 on lines, and those that are parts."""
    core = (inside & (boundary < most)).view(np.uint8)
    if width:
        core = cv2.erode(core, cv2.getStructuringElement(
            cv2.MORPH_ELLIPSE, (2 * width + 1, 2 * width + 1)))
    count, seeds, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    kept = stats[:, cv2.CC_STAT_AREA] >= max(4, min_pixels // (1 + width))
    kept[0] = False
    seeds = np.where(kept[seeds], seeds, 0)
    seeds[~inside] = count + 1
    relief = (255 * boundary).astype(np.uint8)
    grown = cv2.watershed(cv2.merge([relief, relief, relief]), seeds)
    return grown, np.flatnonzero(kept).tolist()


def creases(depth: np.ndarray, size: tuple[int, int], noise: float = 0.0) -> np.ndarray:
    """Find concave creases and the far sides of steps.

    They are where a thing stands on, leans on or lies in another one: on the way from one to the
    other the depth goes back.

    Args:
        depth: float32 metres, 0 in holes.
        size: (H, W) of the result.
        noise: Standard deviation of the depth, in metres.

    Returns:
        (H, W) float32 likelihoods.
    """
    smooth = cv2.resize(cv2.medianBlur(depth, _MEDIAN), size[::-1],
                        interpolation=cv2.INTER_NEAREST)
    smooth = cv2.medianBlur(smooth, _MEDIAN)
    room = max(max(abs(step) for step in steps) for steps in _REACH)
    wide = cv2.copyMakeBorder(smooth, room, room, room, room, cv2.BORDER_CONSTANT, value=0)
    rows, columns = size
    deepest = np.zeros(size, np.float32)
    for x, y in _REACH:
        one, other = (
            wide[room + sign * y:room + sign * y + rows, room + sign * x:room + sign * x + columns]
            for sign in (1, -1))
        known = (one > 0) & (other > 0) & (smooth > 0)
        deepest = np.maximum(deepest, np.where(known, 2 * smooth - one - other, 0))
    least = max(_DEEP_M, _DEEP_SIGMAS * noise)
    return np.clip(deepest / (least * np.maximum(smooth, _NEAREST_M)) - 1, 0, 1)
