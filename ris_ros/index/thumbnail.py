"""A small picture of a frame, and which of its blocks show something else than before."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ris_ros.frame import Frame

# Blocks along the picture's width: 8 pixels of a 640 x 480 picture each.
COLUMNS = 80

# Of the mean of a block in one colour channel, 0 to 255. The noise of a cheap camera, 5 levels a
# pixel, moves it by up to 4 in thousands of blocks, JPEG of quality 85 by 6; the smallest proposal
# fills two thirds of a block at least.
_LEVELS = 6

# Depth is compared beyond this at one metre, and beyond the depths around the block: at the edge
# of an object, and where it shines, the mean of a block differs from frame to frame. So depth
# tells only of things of some centimetres; the others are told by their colour.
_DEPTH_M = 0.02
_AROUND = np.ones((3, 3), np.uint8)
# Share of a block's depth that is to be valid, of 255.
_MIN_VALID = 0.6 * 255
# What is no depth lies beyond these.
_NEAREST_M, _FARTHEST_M = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """What a frame looks like in blocks.

    colour: (h, w, 3) uint8.  depth: (h, w) float32 metres, 0 where hardly any pixel has depth.
    """

    colour: np.ndarray
    depth: np.ndarray

    @cached_property
    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """(h, w) float32 twice: between these depths a block shows what it and those beside it do.

        At the edge of an object, and where it shines, a block's mean differs from frame to frame.
        """
        nearest, farthest = cv2.erode(self.depth, _AROUND), cv2.dilate(self.depth, _AROUND)
        tolerance = _DEPTH_M * np.maximum(farthest, 1) ** 2
        return nearest - tolerance, farthest + tolerance


def thumbnail(frame: Frame) -> Thumbnail:
    """Return a frame in blocks: 80 x 60 of them for a picture of 4:3."""
    height, width = frame.size
    size = min(COLUMNS, width), min(max(1, round(COLUMNS * height / width)), height)
    colour = _shrunk(frame.image, size)
    if frame.depth is None:
        return Thumbnail(colour, np.zeros(size[::-1], np.float32))
    # So many pixels of a block tell its mean as well as all of them.
    step = max(1, round(width / 160))
    depth = np.float32(frame.depth[step // 2::step, step // 2::step])
    # By OpenCV, which takes half of NumPy's time: a still camera costs this for each frame.
    valid = cv2.inRange(depth, _NEAREST_M, _FARTHEST_M)
    share = cv2.resize(np.float32(valid), size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(cv2.copyTo(depth, valid), size, interpolation=cv2.INTER_AREA)
    mean = cv2.divide(total, cv2.max(share, _MIN_VALID), scale=255)
    return Thumbnail(colour, cv2.copyTo(mean, cv2.inRange(share, _MIN_VALID, 255)))


def _shrunk(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return an image at a smaller (width, height); halving first is much faster."""
    while image.shape[1] >= 2 * size[0] and image.shape[0] >= 2 * size[1]:
        half = image.shape[1] // 2, image.shape[0] // 2
        image = cv2.resize(image, half, interpolation=cv2.INTER_AREA)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def changed_blocks(now: Thumbnail, then: Thumbnail) -> np.ndarray:
    """Return (h, w) bool, where two thumbnails of one size differ by more than noise."""
    alike = cv2.inRange(cv2.absdiff(now.colour, then.colour), (0, 0, 0), (_LEVELS,) * 3) > 0
    # Beside a hole one cannot tell between which depths a block's may jump.
    known = cv2.erode(cv2.min(now.depth, then.depth), _AROUND) > 0
    fits = cv2.inRange(now.depth, *then.limits) & cv2.inRange(then.depth, *now.limits) > 0
    return ~alike | known & ~fits


def combined(now: Thumbnail, then: Thumbnail, where: np.ndarray) -> Thumbnail:
    """Return the thumbnail that is new at some (h, w) bool blocks and the old one elsewhere.

    A slow change of the light so adds up until it counts.
    """
    return Thumbnail(np.where(where[..., None], now.colour, then.colour),
                     np.where(where, now.depth, then.depth))
