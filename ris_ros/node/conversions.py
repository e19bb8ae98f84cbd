"""Images, depth and camera info from their messages, and masks and pictures into messages.

Own code, because cv_bridge is not to be had from PyPI; where it has an answer, this agrees.
"""
from __future__ import annotations

import sys

import cv2
import numpy as np
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from ris_ros.errors import FrameError
from ris_ros.frame import CameraModel
from ris_ros.node.image_encodings import COLOUR, DEPTH, Encoding, find_encoding

_MM_TO_M = np.float32(0.001)
_16_TO_8_BIT = 255 / 65535


def check_colour(message: Image) -> Encoding:
    """Return the encoding of a colour image; raise FrameError if it cannot be converted.

    Looks at the fields only, so it is cheap enough for every image that arrives.
    """
    encoding = find_encoding(message.encoding, COLOUR, 'image')
    _check_layout(message, encoding, 'image')
    if encoding.channels == 2 and message.width % 2:
        raise FrameError(f'The image is {message.width} pixels wide, but {message.encoding} '
                         'stores pixels in pairs; expected an even width.')
    return encoding


def check_depth(message: Image) -> Encoding:
    """Return the encoding of a depth image; raise FrameError if it cannot be converted."""
    encoding = find_encoding(message.encoding, DEPTH, 'depth image')
    _check_layout(message, encoding, 'depth image')
    return encoding


def to_rgb(message: Image) -> np.ndarray:
    """Return a colour image as (H, W, 3) uint8 RGB; raise FrameError if that is impossible."""
    encoding = check_colour(message)
    pixels = _pixels(message, encoding)
    if encoding.to_rgb is not None:
        pixels = cv2.cvtColor(np.ascontiguousarray(pixels), encoding.to_rgb)
    if pixels.dtype == np.uint16:
        pixels = cv2.convertScaleAbs(pixels, alpha=_16_TO_8_BIT)
    return np.ascontiguousarray(pixels)


def compressed_to_rgb(message: CompressedImage) -> np.ndarray:
    """Return a JPEG or PNG image as (H, W, 3) uint8 RGB; raise FrameError if it is damaged."""
    data = np.frombuffer(message.data, np.uint8)
    try:
        # The camera's pixels are wanted, and its driver knows of no EXIF orientation.
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        pixels = None
    if pixels is None:
        raise FrameError(f'The compressed image ({len(data)} bytes, format {message.format!r}) '
                         'cannot be decoded; expected JPEG or PNG.')
    # image_transport's "rgb8; jpeg compressed bgr8": what follows the ';' is the stored order.
    if 'compressed rgb' in message.format.partition(';')[2]:
        return pixels
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def to_depth(message: Image) -> np.ndarray:
    """Return a depth image as (H, W) float32 metres; raise FrameError if that is impossible.

    Invalid pixels stay what they are: 0 in millimetre images, NaN (or 0) in float images.
    """
    pixels = _pixels(message, check_depth(message))
    if pixels.dtype == np.uint16:
        return pixels * _MM_TO_M
    return np.ascontiguousarray(pixels, np.float32)


def to_camera_model(message: CameraInfo) -> CameraModel:
    """Return the intrinsics of the image that a CameraInfo belongs to.

    P is the camera of the rectified image and K stands in where a driver leaves it out.
    Binning and region of interest are taken into account as image_geometry does it.
    Raises FrameError for a camera that is not calibrated.
    """
    if message.p[0] > 0:
        fx, cx, fy, cy = message.p[0], message.p[2], message.p[5], message.p[6]
    else:
        fx, cx, fy, cy = message.k[0], message.k[2], message.k[4], message.k[5]
    across, down = max(message.binning_x, 1), max(message.binning_y, 1)
    roi = message.roi
    return CameraModel(
        fx=float(fx) / across, fy=float(fy) / down,
        cx=(float(cx) - roi.x_offset) / across, cy=(float(cy) - roi.y_offset) / down,
        width=(roi.width or message.width) // across,
        height=(roi.height or message.height) // down)


def from_mask(mask: np.ndarray, header: Header) -> Image:
    """Return a (H, W) bool mask as a mono8 image, 255 inside."""
    message = from_pixels(mask.view(np.uint8), 'mono8', header)
    stored = np.ndarray(mask.shape, np.uint8, message.data)
    stored *= 255
    return message


def from_pixels(pixels: np.ndarray, encoding: str, header: Header) -> Image:
    """Return an (H, W) or (H, W, C) array as an image message of the named encoding."""
    pixels = np.ascontiguousarray(pixels)
    message = Image(header=header, height=pixels.shape[0], width=pixels.shape[1],
                    encoding=encoding, step=pixels.strides[0],
                    is_bigendian=int(sys.byteorder == 'big'))
    # Into the field's own array: its setter copies once more, or walks through it in Python.
    message.data.frombytes(memoryview(pixels).cast('B') if pixels.size else b'')
    return message


def _check_layout(message: Image, encoding: Encoding, what: str) -> None:
    """Raise FrameError where size, step and data do not fit together."""
    if message.width == 0 or message.height == 0:
        raise FrameError(
            f'The {what} is empty: it has {message.width} x {message.height} pixels.')
    row = message.width * encoding.bytes_per_pixel
    if message.step < row:
        raise FrameError(f'The {what} has step {message.step}, but a row of {message.width} '
                         f'pixels in {message.encoding} takes {row} bytes.')
    needed = message.step * (message.height - 1) + row
    if len(message.data) < needed:
        raise FrameError(f'The {what} has {len(message.data)} bytes of data, but '
                         f'{message.height} rows with step {message.step} take {needed}.')


def _pixels(message: Image, encoding: Encoding) -> np.ndarray:
    """Return the pixels in native byte order, without row padding; a view where possible."""
    dtype = np.dtype(('>' if message.is_bigendian else '<') + encoding.kind)
    channels = () if encoding.channels == 1 else (encoding.channels,)
    strides = (message.step, encoding.bytes_per_pixel, dtype.itemsize)
    pixels = np.ndarray((message.height, message.width, *channels), dtype, message.data,
                        strides=strides[:2 + len(channels)])
    return pixels.astype(dtype.newbyteorder('='), copy=False)
