# SPDX-License-Identifier: Apache-2.0
"""Frames and masks in files: pictures, depth, and ROS camera calibrations."""
from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
import logging
from pathlib import Path
import re
import threading
from typing import Any
import warnings

import cv2
import numpy as np
from PIL import Image
import yaml

from ris_ros.errors import FrameError
from ris_ros.files import write_whole
from ris_ros.frame import (
    FISHEYE_MODELS,
    CameraModel,
    choose_intrinsics,
    depth_conversion,
    doubt_calibration,
)

_LOGGER = logging.getLogger(__name__)
_ORIENTATION_TAG = 0x0112
# More than any camera gives; as RGB they take 400 MB.
_MOST_PIXELS = 2 ** 27
# No depth camera sees half of its pixels beyond this, in metres.
_FARTHEST = 50.0


class OpenCvSilence:
    """A context in which OpenCV logs nothing, in the whole process, as its level is of that.

    Several threads may be in it at once: the first one in silences OpenCV, and the last one out
    puts its level back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._level = cv2.utils.logging.LOG_LEVEL_WARNING

    def __enter__(self) -> None:
        with self._lock:
            if self._count == 0:
                self._level = cv2.utils.logging.getLogLevel()
                cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._count -= 1
            if self._count == 0:
                cv2.utils.logging.setLogLevel(self._level)


_SILENCE = OpenCvSilence()


def read_image(path: Path) -> np.ndarray:
    """Read a picture.

    Its pixels stay as they are stored, whatever orientation the file states (EXIF): depth, masks
    and calibrations that belong to it state none.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        FrameError: The file cannot be read.
    """
    return cv2.cvtColor(read_pixels(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def read_depth(path: Path, scale: float = 0.001) -> np.ndarray:
    """Read depth from a 16-bit picture, or from .npy in metres.

    Args:
        path: File of the depth.
        scale: Metres of one step of a picture; most cameras give millimetres.

    Returns:
        (H, W) float32 metres.

    Raises:
        FrameError: The file cannot be read or is of another type.
    """
    if path.suffix.lower() == '.npy':
        depth = load_npy(path)
        if depth.ndim != 2 or depth.dtype.kind != 'f':
            advice = '' if depth.dtype.kind == 'f' else f' {depth_conversion(depth.dtype)}'
            raise FrameError(f'The depth file {path} has {_form(depth)}; expected (H, W) '
                             f'floating-point metres.{advice}')
        with np.errstate(over='ignore'):  # no depth is that large; infinity is invalid, too
            depth = depth.astype(np.float32, order='C')
        _check_metres(path, depth)
        return depth
    depth = read_pixels(path, cv2.IMREAD_UNCHANGED)
    if depth.dtype != np.uint16 or depth.ndim != 2:
        raise FrameError(f'The depth file {path} has {_form(depth)}; expected one 16-bit channel '
                         'in millimetres.')
    # Divided, as 0.001 is no number of float32.
    return depth.astype(np.float32) / np.float32(1 / scale)


def _check_metres(path: Path, depth: np.ndarray) -> None:
    """Raise FrameError for depth that is farther than a depth camera sees, as millimetres are."""
    valid = depth[np.isfinite(depth) & (depth > 0)]
    if valid.size and (median := float(np.median(valid))) > _FARTHEST:
        raise FrameError(f'Half of the depth in {path} is beyond {median:.0f} m; expected metres. '
                         'If they are millimetres, divide them by 1000.')


def read_camera(path: Path) -> CameraModel:
    """Read intrinsics from a ROS calibration file (camera_info_manager's YAML).

    As in the node, they are those of P, the rectified picture's, or of K where there is no P.
    What is doubtful about them is logged as a warning.

    Raises:
        FrameError: The file cannot be read, or has no intrinsics of a pinhole camera.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding='utf-8'))
        k = _numbers(data['camera_matrix']['data'], 9)
        p = data.get('projection_matrix')
        p = [0.0] * 12 if p is None else _numbers(p['data'], 12)
        distortion = str(data.get('distortion_model') or '')
        fx, fy, cx, cy = choose_intrinsics(k, p, distortion)
        camera = CameraModel(fx, fy, cx, cy, _length(data['image_width']),
                             _length(data['image_height']))
        coefficients = (data.get('distortion_coefficients') or {}).get('data') or []
        is_distorted = any(_numbers(coefficients, len(coefficients)))
    except FrameError as error:
        raise FrameError(f'The camera file {path} cannot be used. {error}') from error
    except (OSError, ValueError, yaml.YAMLError, KeyError, IndexError, TypeError, AttributeError,
            OverflowError, RecursionError) as error:
        reason = f'no {error.args[0]}' if isinstance(error, KeyError) else f'{error!r:.200}'
        raise FrameError(f'The camera file {path} cannot be read ({reason}); expected a '
                         'ROS calibration with image_width, image_height and '
                         'camera_matrix.') from error
    if is_distorted and p[0] == p[5] == 0:
        _LOGGER.warning('The calibration %s has no P, the projection of the rectified picture. '
                        'Its K is used without the distortion.', path)
    elif is_distorted and distortion.lower() not in FISHEYE_MODELS:  # its doubt says it, too
        _LOGGER.warning('The calibration %s is of a lens that distorts, and its P is taken, so the '
                        'picture must be rectified; rectify a raw one first, as image_proc does.',
                        path)
    if doubt := doubt_calibration(camera, distortion):
        _LOGGER.warning('The calibration %s is doubtful. %s', path, doubt)
    return camera


def file_slug(text: str) -> str:
    """Make a part of a file name of a text: lower case, up to 40 letters, digits and '_'."""
    return re.sub(r'[^a-z0-9]+', '_', text.lower()).strip('_')[:40] or 'empty'


def write_image(path: Path, image: np.ndarray) -> None:
    """Write a (H, W, 3) RGB or (H, W) picture, uint8 or uint16, in the format of the suffix.

    Raises:
        RisError: The file cannot be written; nothing of it is left then.
    """
    pixels = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    # OpenCV, when it writes files itself, leaves half of one on a full disk.
    done, data = cv2.imencode(path.suffix, pixels)
    if not done:
        raise FrameError(f'The picture {path} cannot be encoded.')
    write_whole(path, data.tobytes())


def write_film(path: Path, images: Sequence[np.ndarray], rate: float, colours: int = 96) -> None:
    """Write pictures as a GIF that repeats for ever.

    Args:
        path: The file; its folder is made.
        images: (H, W, 3) uint8 RGB pictures of one size.
        rate: Pictures a second.
        colours: Number of colours of the film.
    """
    # One palette for all keeps rare colours, and dithering would make the file much larger.
    palette = Image.fromarray(np.vstack(images)).quantize(colours, Image.Quantize.MAXCOVERAGE)
    frames = [Image.fromarray(image).quantize(palette=palette, dither=Image.Dither.NONE)
              for image in images]
    film = BytesIO()
    frames[0].save(film, 'GIF', save_all=True, append_images=frames[1:],
                   duration=round(1000 / rate), loop=0, optimize=True)
    write_whole(path, film.getvalue())


def read_pixels(path: Path, flags: int) -> np.ndarray:
    """Decode a picture as it is stored: no orientation in the file turns it.

    Args:
        path: The file.
        flags: OpenCV's, for example IMREAD_COLOR.

    Returns:
        (H, W) or (H, W, C) pixels, in OpenCV's order of channels.

    Raises:
        FrameError: The file cannot be opened, is no picture, or is too large.
    """
    # imdecode, because imread says nothing about a missing file.
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise FrameError(f'The file {path} cannot be opened: {error.strerror}.') from error
    _check_header(path, data)
    if flags != cv2.IMREAD_UNCHANGED:  # which implies it
        flags |= cv2.IMREAD_IGNORE_ORIENTATION
    try:
        with _SILENCE:  # OpenCV would print warnings of its own, beside the sentence below
            pixels = cv2.imdecode(data, flags) if data.size else None
    except (cv2.error, MemoryError):  # OpenCV refuses sizes beyond its own limits in this way
        pixels = None
    if pixels is None:
        raise FrameError(f'The file {path} is not a picture that OpenCV can read.')
    return pixels


def load_npy(path: Path) -> np.ndarray:
    """Read the array of a .npy file, whose pickled objects are refused.

    Raises:
        FrameError: The file is missing or damaged.
    """
    try:
        # Mapped, because a damaged header can ask for more memory than the file is long.
        return np.array(np.lib.format.open_memmap(path, 'r'))
    except Exception as error:  # a damaged header can make NumPy raise anything
        raise FrameError(f'The file {path} cannot be read as .npy ({error}).') from error


def open_npz(path: Path) -> np.lib.npyio.NpzFile:
    """Open an archive of arrays, whose pickled objects are refused.

    Raises:
        FrameError: The file is missing or damaged.
    """
    try:
        arrays = np.load(path, allow_pickle=False)
    except Exception as error:  # a damaged header can make NumPy raise anything
        raise FrameError(f'The file {path} cannot be read as .npz ({error}).') from error
    if isinstance(arrays, np.ndarray):
        raise FrameError(f'The file {path} cannot be read as .npz (it is a .npy).')
    return arrays


def read_member(arrays: np.lib.npyio.NpzFile, name: str, path: Path) -> np.ndarray:
    """Read an array of an archive; raise FrameError where it is damaged."""
    try:
        array = arrays[name]
    except Exception as error:  # as above
        raise FrameError(f'The array {name!r} of {path} cannot be read as .npz '
                         f'({error}).') from error
    if not isinstance(array, np.ndarray):
        raise FrameError(f'The member {name!r} of {path} is no array.')
    return array


def _numbers(values: object, count: int) -> list[float]:
    """Return a list of numbers from YAML; raise ValueError where it is none of that length."""
    if not isinstance(values, list) or len(values) != count or any(
            isinstance(value, bool) for value in values):
        raise ValueError(f'{values!r:.80} are not {count} numbers')
    return [float(value) for value in values]


def _length(value: Any) -> int:
    """Return a number of pixels from YAML; raise ValueError where it is none."""
    if isinstance(value, bool) or int(value) != float(value) or int(value) < 1:
        raise ValueError(f'{value!r:.80} is no number of pixels')
    return int(value)


def _form(array: np.ndarray) -> str:
    return f'type {array.dtype} and shape {array.shape}'


def _check_header(path: Path, data: np.ndarray) -> None:
    """Refuse a picture that is too large to decode; warn where it states an orientation."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            with Image.open(BytesIO(data.data)) as picture:
                size, kind, orientation = picture.size, picture.format, _orientation(picture)
    except Image.DecompressionBombError as error:
        raise FrameError(f'The picture {path} is too large ({error}).') from error
    except Exception:  # Pillow does not know the format, or the file is damaged: OpenCV tells
        return
    if size[0] * size[1] > _MOST_PIXELS:
        raise FrameError(f'The picture {path} is too large: it has {size[0]} x {size[1]} pixels; '
                         f'expected at most {_MOST_PIXELS}.')
    if orientation == 1:
        return
    if kind == 'TIFF':
        raise FrameError(f'The TIFF file {path} states the orientation {orientation}, by which '
                         'OpenCV turns it; store the pixels upright, or as PNG.')
    _LOGGER.warning(
        'The picture %s states the orientation %s (EXIF). It is read as it is stored, not turned, '
        'like depth, masks and calibrations; results are in the stored pixels.', path, orientation)


def _orientation(picture: Image.Image) -> int:
    """Return the orientation that a picture states, 1 where it states none."""
    if picture.format == 'PNG' and 'exif' not in picture.info:
        return 1  # Pillow would decode the whole picture to look behind its pixels
    orientation = picture.getexif().get(_ORIENTATION_TAG, 1)
    return orientation if orientation in range(2, 9) else 1
