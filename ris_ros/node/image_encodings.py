"""The pixel encodings of sensor_msgs/Image that are understood, and what each one means."""
from __future__ import annotations

from dataclasses import dataclass

import cv2

from ris_ros.errors import FrameError


@dataclass(frozen=True)
class Encoding:
    """How pixels lie in memory.

    kind: NumPy type code of one sample without byte order ('u1', 'u2', 'f4').
    channels: samples per pixel; the two of YUV 4:2:2 are luma and one of the chromas.
    to_rgb: OpenCV's code for the conversion to RGB, None where it is RGB (or depth) already.
    """

    kind: str
    channels: int
    to_rgb: int | None = None

    @property
    def bytes_per_pixel(self) -> int:
        """Size of one pixel in bytes."""
        return int(self.kind[1]) * self.channels


# OpenCV names a Bayer pattern by the second row's second and third pixel, ROS by the first
# row's first two: bayer_rggb8 is OpenCV's BG.
_BAYER = {
    'rggb': cv2.COLOR_BayerBG2RGB,
    'bggr': cv2.COLOR_BayerRG2RGB,
    'gbrg': cv2.COLOR_BayerGR2RGB,
    'grbg': cv2.COLOR_BayerGB2RGB,
}

COLOUR = {
    'rgb8': Encoding('u1', 3),
    'bgr8': Encoding('u1', 3, cv2.COLOR_BGR2RGB),
    'rgba8': Encoding('u1', 4, cv2.COLOR_RGBA2RGB),
    'bgra8': Encoding('u1', 4, cv2.COLOR_BGRA2RGB),
    'mono8': Encoding('u1', 1, cv2.COLOR_GRAY2RGB),
    'rgb16': Encoding('u2', 3),
    'bgr16': Encoding('u2', 3, cv2.COLOR_BGR2RGB),
    'mono16': Encoding('u2', 1, cv2.COLOR_GRAY2RGB),
    'yuv422': Encoding('u1', 2, cv2.COLOR_YUV2RGB_UYVY),
    'uyvy': Encoding('u1', 2, cv2.COLOR_YUV2RGB_UYVY),
    'yuv422_yuy2': Encoding('u1', 2, cv2.COLOR_YUV2RGB_YUY2),
    'yuyv': Encoding('u1', 2, cv2.COLOR_YUV2RGB_YUY2),
    **{f'bayer_{pattern}8': Encoding('u1', 1, code) for pattern, code in _BAYER.items()},
    **{f'bayer_{pattern}16': Encoding('u2', 1, code) for pattern, code in _BAYER.items()},
}

# REP 118: integers are millimetres with 0 invalid, floats are metres with NaN invalid.
DEPTH = {
    '16UC1': Encoding('u2', 1),
    'mono16': Encoding('u2', 1),
    '32FC1': Encoding('f4', 1),
}


def find_encoding(name: str, known: dict[str, Encoding], what: str) -> Encoding:
    """Return a known encoding; raise FrameError that lists the known ones."""
    if name not in known:
        raise FrameError(f'The {what} has the unknown encoding {name!r}; '
                         f'expected one of {", ".join(known)}.')
    return known[name]
