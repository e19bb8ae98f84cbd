"""One frame as the tracker looks at it: not larger than it needs, and gray."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.frame import Frame

# Larger pictures are looked at in every second, third … row and column.
_SIDE = 640


@dataclass(frozen=True, eq=False)
class View:
    """image (h, w, 3) RGB, gray (h, w), half (h / 2, w / 2) gray, depth (h, w) metres or None.

    matrix: (3, 3) of the camera for its own pixels, None where it is not known.
    step: how many rows and columns of the frame one of them stands for.  stamp: seconds.
    """

    image: np.ndarray
    gray: np.ndarray
    half: np.ndarray
    depth: np.ndarray | None
    matrix: np.ndarray | None
    step: int
    stamp: float

    @classmethod
    def of(cls, frame: Frame) -> View:
        """Look at a frame."""
        step = max(1, round(max(frame.size) / _SIDE))
        image = np.ascontiguousarray(frame.image[::step, ::step])
        gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        half = cv2.resize(gray, None, fx=.5, fy=.5, interpolation=cv2.INTER_AREA)
        depth = None if frame.depth is None else frame.depth[::step, ::step]
        camera, matrix = frame.camera, None
        if camera is not None:
            matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy],
                               [0, 0, step]]) / step
        return cls(image, gray, half, depth, matrix, step, frame.stamp)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in its own pixels."""
        return self.gray.shape

    def shrunk(self, mask: np.ndarray) -> np.ndarray:
        """Return an (H, W) bool mask of the frame as (h, w)."""
        return np.ascontiguousarray(mask[::self.step, ::self.step])

    def grown(self, mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Return an (h, w) bool mask at the frame's size (height, width)."""
        if self.step == 1:
            return mask
        large = mask.repeat(self.step, axis=0).repeat(self.step, axis=1)
        return large[:size[0], :size[1]]
