"""A camera frame: one image with its depth, intrinsics and stamp."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.errors import FrameError


@dataclass(frozen=True)
class CameraModel:
    """Pinhole intrinsics of a rectified image, in pixels (``K`` of sensor_msgs/CameraInfo)."""

    fx: float
    fy: float
    cx: float
    cy: float
    width: int
    height: int

    def __post_init__(self) -> None:
        if not (0 < self.fx < np.inf and 0 < self.fy < np.inf):
            raise FrameError(
                f'The camera model has focal lengths fx={self.fx}, fy={self.fy}; '
                'both must be positive and finite. Is the camera calibrated?')
        if not np.isfinite([self.cx, self.cy]).all():
            raise FrameError(
                f'The camera model has the principal point cx={self.cx}, cy={self.cy}; '
                'both must be finite. Is the camera calibrated?')


@dataclass(frozen=True, eq=False)
class Frame:
    """One camera frame.

    Attributes:
        image: (H, W, 3) uint8, RGB.
        depth: (H, W) float32 in metres along the optical axis, 0 or NaN where invalid, or None.
        camera: Intrinsics of that image, or None; without it there is no 3-D position.
        stamp: Time at which the image was taken, in seconds.
        position_note: Why depth or intrinsics are missing, if that is known. It becomes the note
            of each location in this frame.

    Raises:
        FrameError: If shapes or types do not fit.
    """

    image: np.ndarray
    depth: np.ndarray | None = None
    camera: CameraModel | None = None
    stamp: float = 0.0
    position_note: str = ''

    def __post_init__(self) -> None:
        image = self.image
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise FrameError(
                f'The image has shape {image.shape} and type {image.dtype}; '
                'expected (H, W, 3) uint8 in RGB order.')
        height, width = self.size
        if height == 0 or width == 0:
            raise FrameError(f'The image is empty: it has {width} x {height} pixels.')
        if self.depth is not None and self.depth.shape != (height, width):
            raise FrameError(
                f'The depth image has shape {self.depth.shape} but the colour image is '
                f'{height} x {width}; register the depth to the colour camera.')
        if self.camera is not None and (self.camera.height, self.camera.width) != (height, width):
            raise FrameError(
                f'The camera model is for {self.camera.width} x {self.camera.height} pixels but '
                f'the image has {width} x {height}; use the CameraInfo of this image.')

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.image.shape[0], self.image.shape[1]

    @property
    def has_points(self) -> bool:
        """Whether there are depth and intrinsics, and so 3-D positions."""
        return self.depth is not None and self.camera is not None
