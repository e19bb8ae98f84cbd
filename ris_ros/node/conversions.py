# SPDX-License-Identifier: Apache-2.0
"""Images, depth and camera info from their messages, and masks and pictures into messages.

`ris_ros.node.image_converter` puts cv_bridge in the place of `to_rgb` and `to_depth` where it is
installed; a test holds both equal.
"""
from __future__ import annotations

import sys

import cv2
import numpy as np
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from ris_ros.errors import FrameError
from ris_ros.frame import FISHEYE_MODELS, CameraModel, choose_intrinsics
from ris_ros.geometry.lens import is_invertible
from ris_ros.node.image_encodings import COLOUR, DEPTH, ImageEncoding, find_encoding

_MM_TO_M = np.float32(0.001)
_16_TO_8_BIT = 255 / 65535


def check_colour(message: Image) -> ImageEncoding:
    """Check that a colour image can be converted.

    Only the fields are looked at, so this is cheap enough for every image that arrives.

    Returns:
        The image's encoding, for `to_rgb`.

    Raises:
        FrameError: The encoding is unknown, or size, step and data do not fit together.
    """
    encoding = find_encoding(message.encoding, COLOUR, 'image')
    _check_layout(message, encoding, 'image')
    if encoding.channels == 2 and message.width % 2:
        raise FrameError(f'The image is {message.width} pixels wide, but {message.encoding} '
                         'stores pixels in pairs; expected an even width.')
    return encoding


def check_depth(message: Image) -> ImageEncoding:
    """Check that a depth image can be converted; otherwise as `check_colour`."""
    encoding = find_encoding(message.encoding, DEPTH, 'depth image')
    _check_layout(message, encoding, 'depth image')
    return encoding


def to_rgb(message: Image, encoding: ImageEncoding | None = None) -> np.ndarray:
    """Convert a colour image to RGB.

    Args:
        message: The image.
        encoding: What `check_colour` returned for it, if it has been called already.

    Returns:
        An (H, W, 3) uint8 array; it shares the message's data where these are RGB already.

    Raises:
        FrameError: As `check_colour` does.
    """
    encoding = encoding or check_colour(message)
    pixels = _pixels(message, encoding)
    if encoding.to_rgb is not None:
        pixels = cv2.cvtColor(np.ascontiguousarray(pixels), encoding.to_rgb)
    if pixels.dtype == np.uint16:
        pixels = cv2.convertScaleAbs(pixels, alpha=_16_TO_8_BIT)
    return np.ascontiguousarray(pixels)


def compressed_to_rgb(message: CompressedImage) -> np.ndarray:
    """Decode a JPEG or PNG image.

    Returns:
        An (H, W, 3) uint8 RGB array.

    Raises:
        FrameError: The data are damaged, or of another format.
    """
    data = np.frombuffer(message.data, np.uint8)
    try:
        # An EXIF orientation is ignored: the camera info describes the pixels as they are stored.
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        pixels = None
    if pixels is None:
        raise FrameError(f'The compressed image ({len(data)} bytes, format {message.format!r}) '
                         'cannot be decoded; expected JPEG or PNG.')
    # In image_transport's "rgb8; jpeg compressed bgr8", the stored order stands behind the ';'.
    if 'compressed rgb' in message.format.partition(';')[2]:
        return pixels
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def to_depth(message: Image, encoding: ImageEncoding | None = None) -> np.ndarray:
    """Convert a depth image to metres.

    Invalid pixels stay what they are: 0 in millimetre images, NaN (or 0) in float images.

    Args:
        message: The depth image.
        encoding: What `check_depth` returned for it, if it has been called already.

    Returns:
        An (H, W) float32 array.

    Raises:
        FrameError: As `check_depth` does.
    """
    return to_metres(_pixels(message, encoding or check_depth(message)))


def sampled_metres(message: Image, encoding: ImageEncoding, stride: int) -> np.ndarray:
    """Return every ``stride``-th pixel of every ``stride``-th row of a depth image.

    Args:
        message: The depth image.
        encoding: What `check_depth` returned for it.
        stride: Pixels from one sample to the next.

    Returns:
        An (h, w) float32 array, metres.
    """
    return to_metres(_pixels(message, encoding)[::stride, ::stride])


def to_metres(pixels: np.ndarray) -> np.ndarray:
    """Return (H, W) depth in float32 metres; integers are millimetres (REP 118)."""
    if pixels.dtype == np.uint16:
        return pixels * _MM_TO_M
    return np.ascontiguousarray(pixels, np.float32)


def is_distorted(message: CameraInfo) -> bool:
    """Tell whether a CameraInfo is that of a lens that distorts; a rectified image has it, too."""
    return any(message.d)


def to_camera_model(message: CameraInfo, is_raw: bool = False) -> CameraModel:
    """Read the intrinsics of the image that a CameraInfo belongs to.

    They are read from P, the camera of the rectified image, or from K where a driver leaves the
    focal lengths of P at 0.  Those of a raw image are K and D, or P where there is neither, and P
    where the lens is a fisheye.  Binning and region of interest are taken into account as
    image_geometry does it.

    Args:
        message: The CameraInfo.
        is_raw: Whether the image is as the lens has made it, and not rectified.

    Raises:
        FrameError: The camera is not calibrated, or a value is not finite, or the distortion
            cannot be undone.
    """
    distortion: tuple[float, ...] = ()
    is_fisheye = message.distortion_model.lower() in FISHEYE_MODELS
    if is_raw and not is_fisheye and (message.k[0] != 0 or is_distorted(message)):
        fx, fy, cx, cy = message.k[0], message.k[4], message.k[2], message.k[5]
        if is_distorted(message):
            distortion = tuple(message.d)
    else:
        fx, fy, cx, cy = choose_intrinsics(message.k, message.p, message.distortion_model)
    across, down = max(message.binning_x, 1), max(message.binning_y, 1)
    roi = message.roi
    camera = CameraModel(
        fx=fx / across, fy=fy / down,
        cx=(cx - roi.x_offset) / across, cy=(cy - roi.y_offset) / down,
        width=(roi.width or message.width) // across,
        height=(roi.height or message.height) // down, distortion=distortion)
    if distortion and not is_invertible(camera):
        raise FrameError(
            f'The distortion {", ".join(f"{one:g}" for one in distortion)} of the camera info '
            f'({message.distortion_model!r}) cannot be undone; expected 4, 5 or 8 coefficients of '
            'plumb_bob or rational_polynomial. Rectify the image.')
    return camera


def frame_name(frame_id: str) -> str:
    """Return the name of a frame without one leading slash, as tf2 takes it."""
    return frame_id.removeprefix('/')


def frames_differ(one: str, other: str) -> bool:
    """Return whether two frames are known to differ; careless drivers leave them empty."""
    one, other = frame_name(one), frame_name(other)
    return bool(one and other and one != other)


def from_mask(mask: np.ndarray, header: Header) -> Image:
    """Make a mono8 image of an (H, W) bool mask, 255 inside and 0 outside."""
    message = from_pixels(mask.view(np.uint8), 'mono8', header)
    stored = np.ndarray(mask.shape, np.uint8, message.data)
    stored *= 255
    return message


def from_pixels(pixels: np.ndarray, encoding: str, header: Header) -> Image:
    """Make an image message of the named encoding from an (H, W) or (H, W, C) array."""
    pixels = np.ascontiguousarray(pixels)
    message = Image(header=header, height=pixels.shape[0], width=pixels.shape[1],
                    encoding=encoding, step=pixels.strides[0],
                    is_bigendian=int(sys.byteorder == 'big'))
    # The field's setter would copy once more, or check each byte in Python.
    message.data.frombytes(memoryview(pixels).cast('B') if pixels.size else b'')
    return message


def _check_layout(message: Image, encoding: ImageEncoding, what: str) -> None:
    """Raise FrameError where size, step and data do not fit together."""
    width, height = message.width, message.height
    if width == 0 or height == 0:
        raise FrameError(f'The {what} is empty: it has {width} x {height} pixels.')
    if encoding.semi_planar and (width % 2 or height % 2):
        raise FrameError(f'The {what} has {width} x {height} pixels, but {message.encoding} stores '
                         '2 x 2 pixels together; expected an even width and height.')
    row, rows = width * encoding.bytes_per_pixel, encoding.rows(height)
    step = _step(message, encoding)
    if step < row:
        raise FrameError(f'The {what} has step {step}, but a row of {width} pixels in '
                         f'{message.encoding} takes {row} bytes.')
    needed = step * (rows - 1) + row
    if len(message.data) < needed:
        raise FrameError(f'The {what} has {len(message.data)} bytes of data, but {rows} rows with '
                         f'step {step} take {needed}.')


def _step(message: Image, encoding: ImageEncoding) -> int:
    """Return the number of bytes from one row of data to the next."""
    row = message.width * encoding.bytes_per_pixel
    # Drivers disagree about the step of 4:2:0 images; where no byte is left over, it is the width.
    if encoding.semi_planar and len(message.data) == row * encoding.rows(message.height):
        return row
    return message.step


def _pixels(message: Image, encoding: ImageEncoding) -> np.ndarray:
    """Return the rows of data in native byte order, without padding; a view where possible."""
    dtype = np.dtype(('>' if message.is_bigendian else '<') + encoding.kind)
    channels = () if encoding.channels == 1 else (encoding.channels,)
    strides = (_step(message, encoding), encoding.bytes_per_pixel, dtype.itemsize)
    pixels = np.ndarray((encoding.rows(message.height), message.width, *channels), dtype,
                        message.data, strides=strides[:2 + len(channels)])
    return pixels.astype(dtype.newbyteorder('='), copy=False)
