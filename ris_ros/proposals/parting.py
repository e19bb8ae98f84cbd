"""Cut what stands together into parts: along boundaries, and along creases of the depth."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.proposals.filtering import placed

# Creases are looked for across so many pixels in four directions (x, y).
_REACH = ((4, 0), (0, 4), (3, 3), (3, -3))

# A crease is sure where the middle lies this deep below both sides, at one metre.
_DEEP_M = 0.012
_NEAREST_M = 0.3

# The watershed has to see what is outside around what it parts.
_MARGIN = 2

_MEDIAN = 5
_RIM = np.ones((3, 3), np.uint8)


def cut(boundary: np.ndarray, inside: np.ndarray, most: float, width: int,
        min_pixels: int) -> list[np.ndarray]:
    """Return the (H, W) bool parts that boundaries leave of what is inside.

    boundary: (H, W) float32 in 0..1.  inside: (H, W) bool.  most: likelihood of a boundary from
    which it separates.  width: gaps in a boundary up to twice this many pixels are closed.
    Parts grow back over the boundaries until they meet (watershed, Meyer 1992).
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
    parts = []
    for number in np.flatnonzero(kept).tolist():
        alone = cv2.inRange(grown, number, number)
        window = window_around(alone, 1)
        # The watershed leaves lines between the parts.
        part = (cv2.dilate(alone[window], _RIM) > 0) & inside[window]
        if np.count_nonzero(part) >= min_pixels:
            parts.append(placed(part, window, inside.shape))
    return parts


def creases(depth: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return (H, W) float32 likelihoods of a concave crease or the far side of a step.

    depth: float32 metres, 0 is a hole.  size: (H, W) of the answer.  Where a thing stands on,
    leans on or lies in another, the depth goes back on the way from one to the other.
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
    return np.clip(deepest / (_DEEP_M * np.maximum(smooth, _NEAREST_M)), 0, 1)
