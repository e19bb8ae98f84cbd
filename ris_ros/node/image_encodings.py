# SPDX-License-Identifier: Apache-2.0
"""The table of the pixel encodings of sensor_msgs/Image that the node reads."""
from __future__ import annotations

from dataclasses import dataclass

import cv2

from ris_ros.errors import FrameError


@dataclass(frozen=True)
class ImageEncoding:
    """How pixels lie in memory.

    Attributes:
        kind: NumPy type code of one sample without byte order ('u1', 'u2', 'f4').
        channels: Samples per pixel in a row of data; YUV 4:2:2 has two, luma and one chroma.
        to_rgb: OpenCV's code for the conversion to RGB; None for RGB itself and for depth.
        semi_planar: True for YUV 4:2:0: rows of luma, then half as many rows in which the two
            chromas of 2 x 2 pixels alternate (as V4L2 defines NV12 and NV21).
    """

    kind: str
    channels: int
    to_rgb: int | None = None
    semi_planar: bool = False

    @property
    def bytes_per_pixel(self) -> int:
        """Size of one pixel in a row of data, in bytes."""
        return int(self.kind[1]) * self.channels

    def rows(self, height: int) -> int:
        """Return the number of rows of data of an image with this height."""
        return height * 3 // 2 if self.semi_planar else height


# ROS names a Bayer pattern by its first four pixels, OpenCV by the second row's second and third:
# bayer_rggb8 is OpenCV's BG.
_BAYER = {
    'rggb': cv2.COLOR_BayerBG2RGB,
    'bggr': cv2.COLOR_BayerRG2RGB,
    'gbrg': cv2.COLOR_BayerGR2RGB,
    'grbg': cv2.COLOR_BayerGB2RGB,
}

COLOUR = {
    'rgb8': ImageEncoding('u1', 3),
    'bgr8': ImageEncoding('u1', 3, cv2.COLOR_BGR2RGB),
    'rgba8': ImageEncoding('u1', 4, cv2.COLOR_RGBA2RGB),
    'bgra8': ImageEncoding('u1', 4, cv2.COLOR_BGRA2RGB),
    'mono8': ImageEncoding('u1', 1, cv2.COLOR_GRAY2RGB),
    'rgb16': ImageEncoding('u2', 3),
    'bgr16': ImageEncoding('u2', 3, cv2.COLOR_BGR2RGB),
    'mono16': ImageEncoding('u2', 1, cv2.COLOR_GRAY2RGB),
    'yuv422': ImageEncoding('u1', 2, cv2.COLOR_YUV2RGB_UYVY),
    'uyvy': ImageEncoding('u1', 2, cv2.COLOR_YUV2RGB_UYVY),
    'yuv422_yuy2': ImageEncoding('u1', 2, cv2.COLOR_YUV2RGB_YUY2),
    'yuyv': ImageEncoding('u1', 2, cv2.COLOR_YUV2RGB_YUY2),
    'nv12': ImageEncoding('u1', 1, cv2.COLOR_YUV2RGB_NV12, semi_planar=True),
    'nv21': ImageEncoding('u1', 1, cv2.COLOR_YUV2RGB_NV21, semi_planar=True),
    # These name no colours. cv_bridge gives them to images of OpenCV, whose order is BGR, where
    # the sender names no encoding.
    '8UC1': ImageEncoding('u1', 1, cv2.COLOR_GRAY2RGB),
    '8UC3': ImageEncoding('u1', 3, cv2.COLOR_BGR2RGB),
    **{f'bayer_{pattern}8': ImageEncoding('u1', 1, code) for pattern, code in _BAYER.items()},
    **{f'bayer_{pattern}16': ImageEncoding('u2', 1, code) for pattern, code in _BAYER.items()},
}

# REP 118: integers are millimetres with 0 invalid, floats are metres with NaN invalid.
DEPTH = {
    '16UC1': ImageEncoding('u2', 1),
    'mono16': ImageEncoding('u2', 1),
    '32FC1': ImageEncoding('f4', 1),
}


def find_encoding(name: str, known: dict[str, ImageEncoding], what: str) -> ImageEncoding:
    """Look an encoding up by its name.

    Args:
        name: The field ``encoding`` of an image message.
        known: The table to look in, `COLOUR` or `DEPTH`.
        what: What the message is called in the error.

    Raises:
        FrameError: The encoding is not in the table; the text lists those that are.
    """
    if name not in known:
        raise FrameError(f'The {what} has the unknown encoding {name!r}; '
                         f'expected one of {", ".join(known)}.')
    return known[name]
