# SPDX-License-Identifier: Apache-2.0
"""Thumbnails of frames, and the blocks in which two thumbnails differ."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ris_ros.frame import Frame

# Blocks along the picture's width: 8 pixels of a 640 x 480 picture each.
COLUMNS = 80

# A block has changed if its mean in one colour channel (0 to 255) has changed by more than this.
# The noise of a cheap camera, 5 levels a pixel, changes it by up to 4 in thousands of blocks, and
# JPEG of quality 85 by up to 6. The smallest proposal fills at least two thirds of a block.
_LEVELS = 6

# The depth of a block has changed if it lies outside the depths of the blocks around it by more
# than this, at one metre. At the edge of an object, and where it shines, the mean depth of a block
# differs from frame to frame. So depth shows only changes of some centimetres; colour shows others.
_DEPTH_M = 0.02
_AROUND = np.ones((3, 3), np.uint8)
# Least share of a block's depth that must be valid, of 255.
_MIN_VALID = 0.6 * 255
# Invalid depth lies outside of these.
_NEAREST_M, _FARTHEST_M = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A frame in blocks.

    Attributes:
        colour: (h, w, 3) uint8.
        depth: (h, w) float32 metres, 0 where hardly any pixel of a block has depth.
    """

    colour: np.ndarray
    depth: np.ndarray

    @cached_property
    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """(h, w) float32 twice: the least and the largest depth of an unchanged block."""
        nearest, farthest = cv2.erode(self.depth, _AROUND), cv2.dilate(self.depth, _AROUND)
        tolerance = _DEPTH_M * np.maximum(farthest, 1) ** 2
        return nearest - tolerance, farthest + tolerance


def thumbnail(frame: Frame) -> Thumbnail:
    """Make the thumbnail of a frame; a picture of 4:3 has 80 x 60 blocks."""
    height, width = frame.size
    size = min(COLUMNS, width), min(max(1, round(COLUMNS * height / width)), height)
    colour = _shrunk(frame.image, size)
    if frame.depth is None:
        return Thumbnail(colour, np.zeros(size[::-1], np.float32))
    # These pixels of a block tell its mean as well as all of them.
    step = max(1, round(width / 160))
    depth = np.float32(frame.depth[step // 2::step, step // 2::step])
    # OpenCV takes half of NumPy's time, and this is done for each frame, even of a still camera.
    valid = cv2.inRange(depth, _NEAREST_M, _FARTHEST_M)
    share = cv2.resize(np.float32(valid), size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(cv2.copyTo(depth, valid), size, interpolation=cv2.INTER_AREA)
    mean = cv2.divide(total, cv2.max(share, _MIN_VALID), scale=255)
    return Thumbnail(colour, cv2.copyTo(mean, cv2.inRange(share, _MIN_VALID, 255)))


def _shrunk(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Shrink an image to (width, height); it is halved first, which is much faster."""
    while image.shape[1] >= 2 * size[0] and image.shape[0] >= 2 * size[1]:
        half = image.shape[1] // 2, image.shape[0] // 2
        image = cv2.resize(image, half, interpolation=cv2.INTER_AREA)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def changed_blocks(now: Thumbnail, then: Thumbnail) -> np.ndarray:
    """Find the (h, w) bool blocks in which two thumbnails of one size differ by more than noise."""
    alike = cv2.inRange(cv2.absdiff(now.colour, then.colour), (0, 0, 0), (_LEVELS,) * 3) > 0
    # Beside a hole, the depths between which a block's depth may jump are not known.
    known = cv2.erode(cv2.min(now.depth, then.depth), _AROUND) > 0
    fits = cv2.inRange(now.depth, *then.limits) & cv2.inRange(then.depth, *now.limits) > 0
    return ~alike | known & ~fits


def combined(now: Thumbnail, then: Thumbnail, where: np.ndarray) -> Thumbnail:
    """Combine the new thumbnail in some (h, w) bool blocks with the old one in all others.

    A slow change of the light adds up in this way until it counts as a change.
    """
    return Thumbnail(np.where(where[..., None], now.colour, then.colour),
                     np.where(where, now.depth, then.depth))
