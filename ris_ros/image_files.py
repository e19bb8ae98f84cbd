"""Frames and masks in files: pictures, depth, and ROS camera calibrations."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import re

import cv2
import numpy as np
from PIL import Image
import yaml

from ris_ros.errors import FrameError
from ris_ros.frame import CameraModel


def read_image(path: Path) -> np.ndarray:
    """Read a picture as (H, W, 3) uint8 RGB."""
    return cv2.cvtColor(_decode(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def read_depth(path: Path) -> np.ndarray:
    """Read depth as (H, W) float32 metres: a 16-bit PNG in millimetres, or .npy in metres."""
    if path.suffix == '.npy':
        try:
            return np.load(path, allow_pickle=False).astype(np.float32)
        except (OSError, ValueError) as error:
            raise FrameError(f'The depth file {path} cannot be read: {error}') from error
    depth = _decode(path, cv2.IMREAD_UNCHANGED)
    if depth.dtype != np.uint16 or depth.ndim != 2:
        raise FrameError(f'The depth file {path} has type {depth.dtype} and shape {depth.shape}; '
                         'expected one 16-bit channel in millimetres.')
    return depth.astype(np.float32) / 1000


def read_camera(path: Path) -> CameraModel:
    """Read intrinsics from a ROS calibration file (camera_info_manager's YAML)."""
    try:
        data = yaml.safe_load(path.read_text())
        matrix = data['camera_matrix']['data']
        return CameraModel(fx=float(matrix[0]), fy=float(matrix[4]), cx=float(matrix[2]),
                           cy=float(matrix[5]), width=int(data['image_width']),
                           height=int(data['image_height']))
    except FrameError:
        raise
    except (OSError, ValueError, yaml.YAMLError, KeyError, IndexError, TypeError) as error:
        raise FrameError(f'The camera file {path} cannot be read ({error!r}); expected a ROS '
                         'calibration with image_width, image_height and camera_matrix.') from error


def file_slug(text: str) -> str:
    """Return a text as a part of a file name: lower case, up to 40 letters, digits and '_'."""
    return re.sub(r'[^a-z0-9]+', '_', text.lower()).strip('_')[:40] or 'empty'


def write_image(path: Path, image: np.ndarray) -> None:
    """Write (H, W, 3) RGB or (H, W) pictures, uint8 or uint16, in the format of the suffix."""
    pixels = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), pixels):
        raise FrameError(f'The picture {path} cannot be written.')


def write_film(path: Path, images: Sequence[np.ndarray], rate: float, colours: int = 96) -> None:
    """Write (H, W, 3) uint8 RGB pictures as a GIF that goes on and on, at a rate in hertz."""
    # One palette for all, rare colours included, and no dithering, which no GIF packs well.
    palette = Image.fromarray(np.vstack(images)).quantize(colours, Image.Quantize.MAXCOVERAGE)
    frames = [Image.fromarray(image).quantize(palette=palette, dither=Image.Dither.NONE)
              for image in images]
    path.parent.mkdir(parents=True, exist_ok=True)
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=round(1000 / rate),
                   loop=0, optimize=True)


def _decode(path: Path, flags: int) -> np.ndarray:
    # imdecode, because imread says nothing about a missing file.
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise FrameError(f'The file {path} cannot be opened: {error.strerror}.') from error
    pixels = cv2.imdecode(data, flags) if data.size else None
    if pixels is None:
        raise FrameError(f'The file {path} is not a picture that OpenCV can read.')
    return pixels
