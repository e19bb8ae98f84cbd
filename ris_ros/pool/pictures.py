# SPDX-License-Identifier: Apache-2.0
"""Pictures as they travel to the pool: colour as JPEG, PNG or raw pixels, depth as 16-bit PNG."""
from __future__ import annotations

from enum import Enum
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from ris_ros.pool.container import PoolFormatError

_JPEG_QUALITY = 95
# Noise leaves little to find for a search: Huffman coding alone is faster, and hardly larger.
_PNG_OPTIONS = (cv2.IMWRITE_PNG_COMPRESSION, 1,
                cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY)
_MILLIMETRES = np.float32(1000)
_MOST_MM = np.float32(65535)


class ColourFormat(str, Enum):
    """How colour travels."""

    JPEG = 'jpeg'
    PNG = 'png'
    RAW = 'raw'

    @property
    def is_lossless(self) -> bool:
        """Whether the pool sees the very pixels of the robot."""
        return self is not ColourFormat.JPEG


def write_colour(image: np.ndarray, form: ColourFormat) -> np.ndarray:
    """Encode a (H, W, 3) uint8 RGB picture as bytes, (B,) uint8; RAW stays what it is."""
    if form is ColourFormat.RAW:
        return image
    pixels = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    if form is ColourFormat.JPEG:
        return _write('.jpg', pixels, (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))
    return _write('.png', pixels, _PNG_OPTIONS)


def read_colour(data: np.ndarray, size: tuple[int, int], name: str) -> np.ndarray:
    """Decode a colour picture.

    Args:
        data: (B,) uint8, a JPEG or PNG; or (H, W, 3) uint8, raw pixels.
        size: The height and width that it has to have.
        name: What messages call it.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        PoolFormatError: It is damaged, or of another size or format.
    """
    if data.dtype == np.uint8 and data.shape == (*size, 3):
        return data
    _check(data, size, ('JPEG', 'PNG'), name)
    return cv2.cvtColor(_read(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION, size, name),
                        cv2.COLOR_BGR2RGB)


def write_depth(depth: np.ndarray) -> np.ndarray:
    """Encode (H, W) float32 metres as the bytes of a 16-bit PNG in millimetres, (B,) uint8.

    What is invalid, or beyond 65.5 m, becomes 0.  Depth of a camera that gives millimetres
    arrives as it is; of one that gives metres, each number is rounded to a millimetre.
    """
    with np.errstate(over='ignore', invalid='ignore'):
        scaled = np.rint(depth * _MILLIMETRES)
        valid = (scaled > 0) & (scaled <= _MOST_MM)
    return _write('.png', np.where(valid, scaled, np.float32(0)).astype(np.uint16), _PNG_OPTIONS)


def read_depth_png(data: np.ndarray, size: tuple[int, int], name: str) -> np.ndarray:
    """Decode depth.

    Args:
        data: (B,) uint8, a 16-bit PNG in millimetres.
        size: The height and width that it has to have.
        name: What messages call it.

    Returns:
        (H, W) float32 metres, 0 where invalid.

    Raises:
        PoolFormatError: It is damaged, or of another size or format.
    """
    _check(data, size, ('PNG',), name)
    pixels = _read(data, cv2.IMREAD_UNCHANGED, size, name)
    if pixels.dtype != np.uint16 or pixels.ndim != 2:
        raise PoolFormatError(f'The {name} has type {pixels.dtype} and shape {pixels.shape}; '
                              'expected one 16-bit channel in millimetres.')
    return pixels.astype(np.float32) / _MILLIMETRES


def _write(ending: str, pixels: np.ndarray, options: tuple[int, ...]) -> np.ndarray:
    done, data = cv2.imencode(ending, pixels, options)
    if not done:
        raise PoolFormatError(f'OpenCV cannot encode a picture of shape {pixels.shape}.')
    return data.ravel()


def _check(data: np.ndarray, size: tuple[int, int], formats: tuple[str, ...], name: str) -> None:
    """Refuse a picture by what its head says, before memory is taken for its pixels."""
    if data.dtype != np.uint8 or data.ndim != 1:
        raise PoolFormatError(f'The {name} has type {data.dtype} and shape {data.shape}; expected '
                              f'{" or ".join(formats)} for {size[1]} x {size[0]} pixels.')
    try:
        with Image.open(BytesIO(data.tobytes()), formats=formats) as picture:
            found = picture.size
    except Exception as error:  # Pillow raises exceptions of many kinds
        raise PoolFormatError(f'The {name} ({data.size} bytes) is no {" or ".join(formats)}: '
                              f'{error!r:.120}.') from error
    if found != size[::-1]:
        raise PoolFormatError(f'The {name} has {found[0]} x {found[1]} pixels; its window has '
                              f'{size[1]} x {size[0]}.')


def _read(data: np.ndarray, flags: int, size: tuple[int, int], name: str) -> np.ndarray:
    try:
        pixels = cv2.imdecode(data, flags)
    except (cv2.error, MemoryError):
        pixels = None
    if pixels is None or pixels.shape[:2] != size:
        raise PoolFormatError(f'The {name} ({data.size} bytes) cannot be decoded.')
    return pixels
