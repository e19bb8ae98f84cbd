# SPDX-License-Identifier: Apache-2.0
"""Windows of a picture at its own size, at the working size and at that of the network's maps."""
from __future__ import annotations

import numpy as np

from ris_ros.proposals import Window
from ris_ros.proposals.filtering import touched_sides
from ris_ros.proposals.learned import scale_of

# Longer side in pixels of the working size: objects are about as large in it whatever the camera.
_SIDE = 640


def step_of(size: tuple[int, int]) -> int:
    """Return how many pixels of a picture become one of the working size, along a side."""
    return max(1, round(max(size) / _SIDE))


def working_size(size: tuple[int, int], step: int) -> tuple[int, int]:
    """Return the (H, W) of a picture of which every ``step``-th pixel is taken."""
    height, width = (len(range(step // 2, length, step)) for length in size)
    return height, width


def widened(window: Window, size: tuple[int, int], grid: int, room: int) -> Window:
    """Return the window with room around it and its edges on a grid; both in pixels of the maps."""
    step = step_of(size)
    pixel = step / scale_of(working_size(size, step))
    grid, room = max(1, round(grid * pixel)), round(room * pixel)
    x, y = (max(0, (start - room) // grid * grid) for start in window[:2])
    right, bottom = (
        min(limit, -(-(start + length + room) // grid) * grid)
        for start, length, limit in zip(window[:2], window[2:], size[::-1], strict=True))
    return Window(x, y, right - x, bottom - y)


def spans_of(window: Window, scale: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return first and end of a window's rows and of its columns in the maps."""
    (top, left), (height, width) = (
        [round(scale * length) for length in lengths]
        for lengths in ((window.y, window.x), (window.height, window.width)))
    return (top, top + max(1, height)), (left, left + max(1, width))


def inner_sides(window: Window, size: tuple[int, int]) -> tuple[bool, ...]:
    """Return whether the picture goes on beyond a window's top, bottom, left and right."""
    return (window.y > 0, window.y + window.height < size[0],
            window.x > 0, window.x + window.width < size[1])


def enlarged_blocks(blocks: np.ndarray, size: tuple[int, int], window: Window) -> np.ndarray:
    """Return (h, w) bool blocks at a picture's (H, W), within a window of it."""
    rows, columns = (
        np.arange(part.start, part.stop) * number // length
        for part, length, number in zip(window.slices, size, blocks.shape, strict=True))
    return blocks[rows[:, None], columns]


def touches(mask: np.ndarray, sides: tuple[bool, ...]) -> bool:
    """Return whether a (H, W) mask reaches one of some sides: top, bottom, left, right."""
    return any(side and there for side, there in zip(sides, touched_sides(mask), strict=True))
