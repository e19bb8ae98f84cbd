# SPDX-License-Identifier: Apache-2.0
"""A camera frame at the tracker's resolution, with the gray images that optical flow needs."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ris_ros.frame import Frame

# Larger images are read in every second, third … row and column.
_LONGEST_SIDE = 640


@dataclass(frozen=True, eq=False)
class ScaledFrame:
    """A frame of at most about 640 pixels a side; it keeps nothing of a larger one alive.

    Attributes:
        image: (h, w, 3) uint8 RGB.
        depth: (h, w) float32 metres, or None.
        matrix: (3, 3) camera matrix for these pixels, or None without intrinsics.
        step: rows and columns of the original frame for each row and column here.
        stamp: acquisition time in seconds.
    """

    image: np.ndarray
    depth: np.ndarray | None
    matrix: np.ndarray | None
    step: int
    stamp: float

    @classmethod
    def of(cls, frame: Frame) -> ScaledFrame:
        """Scale a frame down."""
        step = max(1, round(max(frame.size) / _LONGEST_SIDE))
        image = np.ascontiguousarray(frame.image[::step, ::step])
        depth = (None if frame.depth is None
                 else np.ascontiguousarray(frame.depth[::step, ::step]))
        camera, matrix = frame.camera, None
        if camera is not None:
            matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy],
                               [0, 0, step]]) / step
        return cls(image, depth, matrix, step, frame.stamp)

    @cached_property
    def gray(self) -> np.ndarray:
        """(h, w) uint8."""
        return cv2.cvtColor(self.image, cv2.COLOR_RGB2GRAY)

    @cached_property
    def half(self) -> np.ndarray:
        """(h / 2, w / 2) uint8, gray at half the size."""
        return cv2.resize(self.gray, None, fx=.5, fy=.5, interpolation=cv2.INTER_AREA)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels of this scale."""
        return self.image.shape[:2]

    def downscale(self, mask: np.ndarray) -> np.ndarray:
        """Bring an (H, W) bool mask of the original frame to this scale."""
        return np.ascontiguousarray(mask[::self.step, ::self.step])

    def upscale(self, mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Bring an (h, w) bool mask to the original frame's size (height, width)."""
        if self.step == 1:
            return mask
        large = mask.repeat(self.step, axis=0).repeat(self.step, axis=1)
        return large[:size[0], :size[1]]
