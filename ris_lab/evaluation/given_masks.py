# SPDX-License-Identifier: Apache-2.0
"""Precomputed proposals for the pictures of a data set: a folder, or one file for all."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from ris_lab.evaluation.coco_masks import coco_mask
from ris_ros.errors import FrameError, RisError
from ris_ros.frame import Frame
from ris_ros.image_files import open_npz, read_member
from ris_ros.proposals.precomputed import PrecomputedProposer, is_on, read_coco_items


class GivenMasks(Protocol):
    """Where the proposals of each picture are found."""

    def has(self, image_id: str) -> bool:
        """Return whether anything is said of the picture."""
        ...

    def read(self, image_id: str, frame: Frame) -> np.ndarray:
        """Return the picture's (N, H, W) bool proposals, N = 0 where there are none.

        Raises:
            FrameError: The masks cannot be read or do not have the frame's size.
        """
        ...


def open_masks(path: Path) -> GivenMasks:
    """Open a folder of <image id>.npz or .json, a COCO results file, or an .npz of arrays.

    In the folder of simulated scenes, <image id>/labels.png gives their true masks.
    All masks of a picture are proposals, in the order in which they are given: scores and
    categories in the file choose nothing.

    Args:
        path: The folder or file.

    Raises:
        RisError: The path is none of these.
    """
    if path.is_dir():
        return _Folder(path)
    if not path.is_file():
        raise RisError(f'There is no file or folder of masks {path}.')
    if path.suffix == '.json':
        return _CocoResults(path)
    if path.suffix == '.npz':
        return _Arrays(path)
    raise RisError(f'The masks {path} are of an unknown kind; expected a folder, a .json with '
                   'COCO results, or an .npz.')


def check_masks(masks: GivenMasks, path: Path, image_ids: Sequence[str]) -> None:
    """Check that the masks are of some of the pictures that are evaluated.

    Args:
        masks: As from `open_masks`.
        path: Where they were found, for the message.
        image_ids: Of the pictures, at least one.

    Raises:
        RisError: There are masks of none of these pictures.
    """
    if not any(masks.has(image_id) for image_id in dict.fromkeys(image_ids)):
        one = image_ids[0]
        raise RisError(f'{path} has masks of none of the pictures; expected a folder with files '
                       f"such as {one}.npz or {one}.json, a .json of COCO results with 'image_id' "
                       f'{one}, or an .npz with arrays of names such as {one!r}.')


class _Folder:
    """One file for each picture."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _files(self, image_id: str) -> list[Path]:
        return [path for name in ('.npz', '.json', '/labels.png')
                if (path := self._folder / f'{image_id}{name}').is_file()]

    def has(self, image_id: str) -> bool:
        return bool(self._files(image_id))

    def read(self, image_id: str, frame: Frame) -> np.ndarray:
        for path in self._files(image_id):
            if not _is_empty_list(path):
                return PrecomputedProposer(path).propose(frame)
        return _none(frame)


class _CocoResults:
    """A list of {'image_id': ..., 'segmentation': COCO RLE, ...}, read once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._by_image: dict[str, list[object]] = {}
        for item in read_coco_items(path):
            if 'image_id' not in item:
                raise RisError(f"A mask in {path} has no 'image_id'; expected a list of "
                               "{'image_id': ..., 'segmentation': COCO RLE}.")
            self._by_image.setdefault(str(item['image_id']), []).append(item['segmentation'])

    def has(self, image_id: str) -> bool:
        return image_id in self._by_image

    def read(self, image_id: str, frame: Frame) -> np.ndarray:
        masks = []
        for number, found in enumerate(self._by_image.get(image_id, ())):
            try:
                masks.append(coco_mask(found, frame.size))
            except RisError as error:
                raise FrameError(f'The mask {number} of picture {image_id} in {self._path} cannot '
                                 f'be read. {error}') from error
        return _checked(masks, frame, self._path, image_id) if masks else _none(frame)


class _Arrays:
    """An .npz with an (N, H, W) array for each picture; each is read when it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._arrays = open_npz(path)

    def has(self, image_id: str) -> bool:
        return image_id in self._arrays

    def read(self, image_id: str, frame: Frame) -> np.ndarray:
        if image_id not in self._arrays:
            return _none(frame)
        array = read_member(self._arrays, image_id, self._path)
        if array.dtype.kind not in 'biuf':
            raise FrameError(f'The masks of picture {image_id} in {self._path} have type '
                             f'{array.dtype}; expected bool.')
        if array.ndim == 2:
            array = array[None]
        return _checked(array, frame, self._path, image_id)


def _checked(masks: np.ndarray | list[np.ndarray], frame: Frame, path: Path, image_id: str
             ) -> np.ndarray:
    """Return masks of the frame's size as (N, H, W) bool without the empty ones."""
    if wrong := {np.shape(mask) for mask in masks} - {frame.size}:
        raise FrameError(f'The masks of picture {image_id} in {path} are of size {min(wrong)}, '
                         f'but the picture is {frame.size} (rows, columns).')
    found = is_on(np.asarray(masks).reshape(-1, *frame.size))
    return found[found.any((1, 2))]


def _none(frame: Frame) -> np.ndarray:
    return np.zeros((0, *frame.size), bool)


def _is_empty_list(path: Path) -> bool:
    """Return whether a file of COCO RLE says that there is no mask."""
    if path.suffix != '.json':
        return False
    return read_coco_items(path) == []
