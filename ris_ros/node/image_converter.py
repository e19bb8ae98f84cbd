# SPDX-License-Identifier: Apache-2.0
"""The choice between cv_bridge and this package's own conversion of raw images.

Compressed images are not part of it: cv_bridge decodes them with the same function of OpenCV as
`compressed_to_rgb`, but does not look at the order of colours that their format names.
"""
from __future__ import annotations

import functools
import importlib.util
import subprocess
import sys

import numpy as np
from sensor_msgs.msg import Image

from ris_ros.errors import FrameError
from ris_ros.node.conversions import to_depth, to_metres, to_rgb
from ris_ros.node.image_encodings import ImageEncoding

# Colour encodings that cv_bridge converts to rgb8; depth is only reinterpreted, in all encodings.
CV_BRIDGE_COLOUR = frozenset([
    'rgb8', 'bgr8', 'rgba8', 'bgra8', 'mono8', 'rgb16', 'bgr16', 'mono16', 'yuv422', 'yuv422_yuy2',
    *(f'bayer_{pattern}{bits}' for pattern in ('rggb', 'bggr', 'gbrg', 'grbg') for bits in (8, 16)),
])

# Importing cv_bridge proves little: its package imports although its compiled module does not, and
# one that was built for NumPy 1 ends the process under NumPy 2 at the first conversion.
_PROBE = """
import resource, sys, types
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
sys.path[:] = {path!r}
from cv_bridge import CvBridge
image = types.SimpleNamespace(height=1, width=2, step=6, encoding='bgr8', is_bigendian=0,
                              data=bytes([1, 2, 3, 4, 5, 6]))
print(CvBridge().imgmsg_to_cv2(image, 'rgb8').tolist())
"""
_PROBE_OUTPUT = b'[[[3, 2, 1], [6, 5, 4]]]'
_PROBE_LIMIT_S = 30.0


class ImageConverter:
    """Converts raw images with this package's own code.

    Attributes:
        reason: Why this converter is in use, for the log.
    """

    def __init__(self, reason: str = 'Raw images are converted without cv_bridge.') -> None:
        self.reason = reason

    def to_rgb(self, message: Image, encoding: ImageEncoding) -> np.ndarray:
        """Convert a colour image that `check_colour` has passed to (H, W, 3) uint8 RGB."""
        return to_rgb(message, encoding)

    def to_depth(self, message: Image, encoding: ImageEncoding) -> np.ndarray:
        """Convert a depth image that `check_depth` has passed to (H, W) float32 metres."""
        return to_depth(message, encoding)


class CvBridgeConverter(ImageConverter):
    """Converts raw images with cv_bridge, and those that it cannot read as the base class does."""

    def __init__(self) -> None:
        from cv_bridge import CvBridge, CvBridgeError
        super().__init__('Raw images are converted by cv_bridge.')
        self._bridge = CvBridge()
        self._error = CvBridgeError
        # cv_bridge loads its compiled module at the first conversion.
        self._bridge.imgmsg_to_cv2(
            Image(height=1, width=2, step=6, encoding='bgr8', data=bytes(6)), 'rgb8')

    def to_rgb(self, message: Image, encoding: ImageEncoding) -> np.ndarray:
        """Convert a colour image that `check_colour` has passed to (H, W, 3) uint8 RGB.

        Raises:
            FrameError: cv_bridge refuses the image.
        """
        if message.encoding not in CV_BRIDGE_COLOUR or not _is_plain(message, encoding):
            return super().to_rgb(message, encoding)
        # For rgb8 itself, 'rgb8' would copy all pixels.
        wanted = 'passthrough' if message.encoding == 'rgb8' else 'rgb8'
        return self._convert(message, wanted)

    def to_depth(self, message: Image, encoding: ImageEncoding) -> np.ndarray:
        """Convert a depth image that `check_depth` has passed to (H, W) float32 metres.

        Raises:
            FrameError: cv_bridge refuses the image.
        """
        if not _is_plain(message, encoding):
            return super().to_depth(message, encoding)
        return to_metres(self._convert(message, 'passthrough'))

    def _convert(self, message: Image, wanted: str) -> np.ndarray:
        """Convert to the wanted encoding; raise FrameError where cv_bridge raises its own."""
        try:
            return self._bridge.imgmsg_to_cv2(message, wanted)
        except self._error as error:
            raise FrameError(f'cv_bridge cannot convert the image: {error}') from error


@functools.cache
def choose_converter() -> ImageConverter:
    """Return a converter that uses cv_bridge where that works, else one that does without.

    Whether it works is tried once, in a process of its own: a compiled module that does not fit
    NumPy prints a traceback or ends the process.
    """
    if importlib.util.find_spec('cv_bridge') is None:
        return ImageConverter('Raw images are converted without cv_bridge, which is not installed.')
    if not _cv_bridge_works():
        return ImageConverter(
            'Raw images are converted without cv_bridge: it is installed but does not work here, '
            f'perhaps because it was not built for NumPy {np.__version__}.')
    try:
        return CvBridgeConverter()
    except Exception as error:
        # A library that this process has loaded already may still keep it from loading.
        return ImageConverter(
            f'Raw images are converted without cv_bridge, which cannot be loaded: {error}')


def _cv_bridge_works() -> bool:
    """Convert an image with cv_bridge in a process of its own, with the module path of this one."""
    try:
        probe = subprocess.run(
            [sys.executable, '-c', _PROBE.format(path=sys.path)], timeout=_PROBE_LIMIT_S,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0 and probe.stdout.strip().endswith(_PROBE_OUTPUT)


def _is_plain(message: Image, encoding: ImageEncoding) -> bool:
    """Return whether an image is as cv_bridge's Python side expects it.

    That reads padding that is not a multiple of a pixel as pixels, needs the padding of the last
    row, and fails under NumPy 2 where the bytes are to be swapped.
    """
    swapped = bool(message.is_bigendian) == (sys.byteorder == 'little')
    return (not swapped and message.step % encoding.bytes_per_pixel == 0
            and len(message.data) >= message.step * message.height)
