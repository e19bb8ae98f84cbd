"""Proposals from a file: another segmenter's masks, or the true ones."""
from __future__ import annotations

import json
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np

from ris_ros.chunks import Pause, no_pause
from ris_ros.errors import FrameError
from ris_ros.frame import Frame
from ris_ros.proposals.rle import decode


class PrecomputedProposer:
    """Gives the same masks, read from a file, for every frame; for one image or a still camera.

    The path is one of
    - .npz with the array ``masks``, or .npy: (N, H, W) or (H, W), bool or numbers (0 is off);
    - .json: a list of {'segmentation': {'size': [H, W], 'counts': ...}}, COCO RLE;
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
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if 'masks' not in arrays:
                raise FrameError(
                    f"The file {path} has no array 'masks'; it has {', '.join(arrays) or 'none'}.")
            array = arrays['masks']
    except FrameError:
        raise
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise FrameError(f'The file {path} cannot be read as .npz ({error}).') from error
    return _as_masks(array, path)


def _read_npy(path: Path) -> np.ndarray:
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise FrameError(f'The file {path} cannot be read as .npy ({error}).') from error
    return _as_masks(array, path)


def _read_json(path: Path) -> np.ndarray:
    try:
        items = json.loads(path.read_text(encoding='utf-8'))
        masks = [decode(item['segmentation']) for item in items]
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, FrameError):
            raise
        raise FrameError(
            f"The file {path} is no list of {{'segmentation': COCO RLE}} ({error!r}).") from error
    return _stack(masks, path)


def _read_labels(path: Path) -> np.ndarray:
    labels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if labels is None or labels.ndim != 2:
        raise FrameError(
            f'The file {path} is no label image; expected a grey PNG of 8 or 16 bits.')
    values = np.unique(labels[labels > 0])
    return labels == values[:, None, None]


def _read_folder(path: Path) -> np.ndarray:
    files = sorted(path.glob('*.png'))
    if not files:
        raise FrameError(f'The folder {path} holds no .png files with masks.')
    return _stack([mask for file in files for mask in _read_labels(file)], path)


def _as_masks(array: np.ndarray, path: Path) -> np.ndarray:
    """Return an array of one or more masks as (N, H, W) bool."""
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or array.dtype.kind not in 'biuf':
        raise FrameError(
            f'The masks in {path} have shape {array.shape} and type {array.dtype}; '
            'expected (N, H, W) bool.')
    return array != 0


def _stack(masks: list[np.ndarray], path: Path) -> np.ndarray:
    """Return masks of one size as (N, H, W) bool."""
    sizes = {mask.shape for mask in masks}
    if len(sizes) != 1:
        raise FrameError(
            f'The masks in {path} are of different sizes {sorted(sizes)}; expected one.'
            if sizes else f'There are no masks in {path}.')
    return np.stack(masks)
