# SPDX-License-Identifier: Apache-2.0
"""A camera frame: one image with its depth, intrinsics and stamp."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ris_ros.errors import FrameError

# Longer side over shorter side.  Beyond it, nothing is left of the shorter one at the size at which
# proposals are looked for.
_MOST_ELONGATED = 640
# No camera's intrinsics are beyond these, in pixels; positions by them would overflow.
_LEAST_FOCAL, _MOST_PIXELS = 0.01, 1e9
# Distortion models of ROS and of calibration tools whose K describes no pinhole camera.
FISHEYE_MODELS = frozenset({'equidistant', 'fisheye', 'kannala_brandt', 'kannala_brandt4',
                            'omnidirectional', 'omni', 'mei', 'double_sphere', 'fov'})


@dataclass(frozen=True)
class CameraModel:
    """Intrinsics of an image: of a pinhole, as a rectified image has, or of a lens that distorts.

    They are ``P`` or ``K`` of sensor_msgs/CameraInfo, and ``D`` of an image that is not rectified.

    Attributes:
        fx: Focal length across, in pixels.
        fy: Focal length down, in pixels.
        cx: Principal point across, in pixels from the left.
        cy: Principal point down, in pixels from the top.
        width: Of the image, in pixels.
        height: Of the image, in pixels.
        distortion: The 4, 5 or 8 coefficients of OpenCV's model (plumb_bob, rational_polynomial);
            empty for a rectified image.

    Raises:
        FrameError: The numbers are no intrinsics of a camera.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    width: int
    height: int
    distortion: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not (0 < self.fx < np.inf and 0 < self.fy < np.inf):
            raise FrameError(
                f'The camera model has focal lengths fx={self.fx}, fy={self.fy}; '
                'both must be positive and finite. Is the camera calibrated?')
        if not np.isfinite([self.cx, self.cy]).all():
            raise FrameError(
                f'The camera model has the principal point cx={self.cx}, cy={self.cy}; '
                'both must be finite. Is the camera calibrated?')
        values = (self.fx, self.fy, self.cx, self.cy)
        if min(self.fx, self.fy) < _LEAST_FOCAL or max(map(abs, values)) > _MOST_PIXELS:
            raise FrameError(
                f'The camera model has fx={self.fx:g}, fy={self.fy:g}, cx={self.cx:g}, '
                f'cy={self.cy:g} pixels; expected focal lengths from {_LEAST_FOCAL:g} and nothing '
                f'beyond {_MOST_PIXELS:g}. Is the camera calibrated?')


def doubt_calibration(camera: CameraModel, distortion_model: str) -> str:
    """Return what is doubtful about a camera's calibration, in sentences; '' where nothing is.

    Args:
        camera: Its intrinsics, of the whole picture.
        distortion_model: The name of its distortion model.
    """
    doubts = []
    if distortion_model.lower() in FISHEYE_MODELS:
        doubts.append(f'The calibration has the fisheye model {distortion_model!r}. Its P is used, '
                      'which is right for the rectified picture only.')
    if not (0 <= camera.cx <= camera.width and 0 <= camera.cy <= camera.height):
        doubts.append(f'The principal point ({camera.cx:g}, {camera.cy:g}) lies outside the '
                      f'picture of {camera.width} x {camera.height} pixels. Is the calibration '
                      'that of this camera and size?')
    return ' '.join(doubts)


def choose_intrinsics(k: Sequence[float], p: Sequence[float], distortion_model: str
                      ) -> tuple[float, float, float, float]:
    """Choose the pinhole intrinsics of a ROS calibration.

    They are those of P, the camera of the rectified image, or of K where P has no focal lengths.

    Args:
        k: The 9 numbers of K, row by row.
        p: The 12 numbers of P, row by row; all 0 where there is none.
        distortion_model: Its name, such as 'plumb_bob' or 'equidistant'.

    Returns:
        fx, fy, cx and cy in pixels.

    Raises:
        FrameError: There is no P, and K is that of a fisheye lens.
    """
    if p[0] != 0 or p[5] != 0:
        return float(p[0]), float(p[5]), float(p[2]), float(p[6])
    if distortion_model.lower() in FISHEYE_MODELS:
        raise FrameError(f'The calibration has the fisheye model {distortion_model!r} and no P, '
                         'so that it is none of a rectified picture; rectify the picture, and '
                         'give the P of the rectified one.')
    return float(k[0]), float(k[4]), float(k[2]), float(k[5])


@dataclass(frozen=True, eq=False)
class Frame:
    """One camera frame.

    Attributes:
        image: (H, W, 3) uint8, RGB.
        depth: (H, W) float32 in metres along the optical axis, 0 or NaN where invalid, or None.
        camera: Intrinsics of that image, or None; without it there is no 3-D position.
        stamp: Time at which the image was taken, in seconds.
        position_note: Why depth or intrinsics are missing, or what is doubtful about them, if that
            is known. It becomes the note of each location in this frame.

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
        for name, array in (('image', image), ('depth image', self.depth)):
            if not isinstance(array, np.ndarray) and (array is not None or name == 'image'):
                raise FrameError(f'The {name} is of type {type(array).__name__}; expected a NumPy '
                                 'array.')
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise FrameError(
                f'The image has shape {image.shape} and type {image.dtype}; '
                'expected (H, W, 3) uint8 in RGB order.')
        height, width = self.size
        if height == 0 or width == 0:
            raise FrameError(f'The image is empty: it has {width} x {height} pixels.')
        if max(self.size) > _MOST_ELONGATED * min(self.size):
            raise FrameError(
                f'The image has {width} x {height} pixels; expected a picture whose longer side '
                f'is at most {_MOST_ELONGATED} times the shorter one.')
        if self.depth is not None and self.depth.dtype != np.float32:
            raise FrameError(
                f'The depth image has type {self.depth.dtype}; expected float32 in metres. '
                f'{depth_conversion(self.depth.dtype)}')
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


def depth_conversion(dtype: np.dtype) -> str:
    """Return the sentence that tells how depth of another type becomes float32 metres."""
    if dtype.kind == 'f':
        return 'Convert metres with depth.astype(numpy.float32).'
    if dtype.kind in 'iu':
        return 'Convert millimetres with depth.astype(numpy.float32) / 1000.'
    return 'Give one number for each pixel.'


def square_frame() -> Frame:
    """Return a picture of one thing, a red square on grey."""
    image = np.full((240, 320, 3), 200, np.uint8)
    image[80:160, 120:200] = 180, 40, 40
    return Frame(image)
