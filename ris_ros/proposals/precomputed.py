# SPDX-License-Identifier: Apache-2.0
"""Proposals from a file: another segmenter's masks, or the true ones."""
from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from ris_ros.chunks import Pause, no_pause
from ris_ros.errors import FrameError
from ris_ros.frame import Frame
from ris_ros.image_files import load_npy, open_npz, read_member, read_pixels
from ris_ros.proposals.rle import decode

# Of all masks of a label image together.
_MOST_PIXELS = 2 ** 31


class PrecomputedProposer:
    """Gives the same masks, read from a file, for every frame; for one image or a still camera.

    The path is one of
    - .npz with the array ``masks``, or .npy: (N, H, W) or (H, W), bool or numbers (0 and NaN are
      off);
    - .json: a list of {'segmentation': {'size': [H, W], 'counts': ...}}, COCO RLE, alone or under
      'annotations';
    - .png: a label image, grey of 8 or 16 bits, one mask for each value but 0;
    - a folder of such PNG files, in the order of their names.
    """

    def __init__(self, path: str | Path) -> None:
        """Read the masks.

        Raises:
            FrameError: They cannot be read or differ in size.
        """
        self._path = Path(path)
        self._masks = read_masks(self._path)

    def propose(self, frame: Frame, give_way: Pause = no_pause) -> np.ndarray:
        """Return the (N, H, W) bool masks that are not empty.

        Raises:
            FrameError: They are not of the frame's size.
        """
        size = self._masks.shape[1:]
        if not len(self._masks):  # an empty list tells no size
            return np.zeros((0, *frame.size), bool)
        if size != frame.size:
            raise FrameError(
                f'The masks in {self._path} are {size[1]} x {size[0]} pixels but the image is '
                f'{frame.size[1]} x {frame.size[0]}; they must be of the same image.')
        return self._masks


def read_masks(path: Path) -> np.ndarray:
    """Read the masks of a file or folder that are not empty.

    Returns:
        (N, H, W) bool.

    Raises:
        FrameError: The file is missing, damaged or of an unknown kind, or the sizes differ.
    """
    readers = {
        '.npz': _read_npz, '.npy': _read_npy, '.json': _read_json, '.png': _read_labels}
    if path.is_dir():
        masks = _read_folder(path)
    elif not path.is_file():
        raise FrameError(f'There is no file of masks {path}.')
    elif path.suffix.lower() in readers:
        masks = readers[path.suffix.lower()](path)
    else:
        raise FrameError(
            f'The masks {path} are of an unknown kind; expected one of {", ".join(readers)} '
            'or a folder of .png files.')
    return masks[masks.any((1, 2))]


def _read_npz(path: Path) -> np.ndarray:
    with open_npz(path) as arrays:
        if 'masks' not in arrays:
            raise FrameError(
                f"The file {path} has no array 'masks'; it has {', '.join(arrays) or 'none'}.")
        array = read_member(arrays, 'masks', path)
    return _as_masks(array, path)


def _read_npy(path: Path) -> np.ndarray:
    return _as_masks(load_npy(path), path)


def read_coco_items(path: Path) -> list[dict]:
    """Read the annotations of a .json: a list of them, or {'annotations': ...} as in COCO.

    Raises:
        FrameError: The file cannot be read or is of another form.
    """
    try:
        items = json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError, RecursionError) as error:
        raise FrameError(f"The file {path} is no list of {{'segmentation': COCO RLE}} "
                         f'({error!r:.200}).') from error
    items = items.get('annotations') if isinstance(items, dict) else items
    if not isinstance(items, list) or not all(
            isinstance(item, dict) and 'segmentation' in item for item in items):
        raise FrameError(f"The file {path} is no list of {{'segmentation': COCO RLE}}.")
    return items


def _read_json(path: Path) -> np.ndarray:
    masks, items = [], read_coco_items(path)
    if len(pictures := {str(item.get('image_id')) for item in items}) > 1:
        raise FrameError(f'The file {path} has masks of {len(pictures)} pictures; expected those '
                         'of one.')
    for number, item in enumerate(items):
        try:
            masks.append(decode(item['segmentation']))
        except FrameError as error:
            raise FrameError(f'The mask {number} in {path} cannot be read. {error}') from error
    return _stack(masks, path) if masks else np.zeros((0, 0, 0), bool)


def _read_labels(path: Path) -> np.ndarray:
    labels = read_pixels(path, cv2.IMREAD_UNCHANGED)
    if labels.ndim != 2:
        raise FrameError(
            f'The file {path} is no label image; expected a grey PNG of 8 or 16 bits.')
    values = np.unique(labels[labels > 0])
    if len(values) * labels.size > _MOST_PIXELS:
        raise FrameError(f'The file {path} is no label image: it has {len(values)} different '
                         'values, as a picture has.')
    return labels == values[:, None, None]


def _read_folder(path: Path) -> np.ndarray:
    files = sorted(path.glob('*.png'))
    if not files:
        raise FrameError(f'The folder {path} holds no .png files with masks.')
    masks = [mask for file in files for mask in _read_labels(file)]
    return _stack(masks, path) if masks else np.zeros((0, 0, 0), bool)


def _as_masks(array: np.ndarray, path: Path) -> np.ndarray:
    """Return an array of one or more masks as (N, H, W) bool."""
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or array.dtype.kind not in 'biuf':
        raise FrameError(
            f'The masks in {path} have shape {array.shape} and type {array.dtype}; '
            'expected (N, H, W) bool.')
    return is_on(array)


def is_on(array: np.ndarray) -> np.ndarray:
    """Return which numbers of masks are on: neither 0 nor NaN."""
    on = array != 0
    return on & ~np.isnan(array) if array.dtype.kind == 'f' else on


def _stack(masks: list[np.ndarray], path: Path) -> np.ndarray:
    """Return masks of one size as (N, H, W) bool."""
    sizes = {mask.shape for mask in masks}
    if len(sizes) != 1:
        raise FrameError(
            f'The masks in {path} are of different sizes {sorted(sizes)}; expected one.')
    return np.stack(masks)
