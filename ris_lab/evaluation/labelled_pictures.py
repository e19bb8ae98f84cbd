# SPDX-License-Identifier: Apache-2.0
"""A folder of one's own pictures, each with commands and the box of what they mean."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import json
from pathlib import Path

import numpy as np

from ris_lab.evaluation.labelled_box import LabelledBox
from ris_lab.evaluation.sample import Sample, load_frame
from ris_ros.errors import RisError
from ris_ros.frame import CameraModel, Frame
from ris_ros.image_files import read_image

FILE = 'pictures.json'
_EXAMPLE = ('[{"id": "desk", "color_path": "desk.png", "expressions": [{"text": "the red mug", '
            '"box": [269, 209, 351, 289]}]}]')
_INTRINSICS = ('fx', 'fy', 'cx', 'cy', 'width', 'height')
# A RealSense and most other cameras give depth in millimetres.
_DEPTH_SCALE = 0.001


def read_labelled_pictures(root: Path, split: str) -> tuple[Sample, ...]:
    """Read the pictures of a split from ``pictures.json``; docs/evaluation.md describes the file.

    Args:
        root: Folder of the file, from which its paths start.
        split: Pictures of this split are read, and those that name none; '' reads all.

    Raises:
        RisError: The file cannot be read, or an entry is not as described.
    """
    path = root / FILE
    try:
        pictures = json.loads(path.read_text('utf-8'))
    except (OSError, ValueError, RecursionError) as error:
        raise RisError(f'The file {path} cannot be read ({error}); expected a list such as '
                       f'{_EXAMPLE}.') from error
    if not isinstance(pictures, list):
        raise RisError(f'The file {path} is no list of pictures; expected one such as {_EXAMPLE}.')
    samples: list[Sample] = []
    for number, picture in enumerate(pictures):
        try:
            if not split or picture.get('split', split) == split:
                samples += _read_picture(root, picture)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            name = picture.get('id', number) if isinstance(picture, dict) else number
            raise RisError(f'Picture {name!r} in {path} cannot be used ({error!r}); expected an '
                           f'entry such as {_EXAMPLE[1:-1]}.') from error
    return tuple(samples)


def _read_picture(root: Path, picture: Mapping) -> list[Sample]:
    """Return the commands of one picture."""
    files = _files(root, picture)
    size = _size_of(files['image'])
    expressions = [(entry, labelled_box(entry, size)) for entry in picture['expressions']]
    boxes = tuple(dict.fromkeys(box for _, box in expressions if box is not None))
    return [Sample(
        **files, sentences=(labelled_text(entry),), image_id=str(picture['id']),
        ref_id=f'{picture["id"]}-{number}', kind=str(entry.get('kind') or ''),
        target=None if box is None else _mask_loader(box, size), box=box,
        expected='NOT_FOUND' if box is None else 'FOUND',
        objects=_masks_loader(boxes, size) if boxes else None, boxes=boxes)
        for number, (entry, box) in enumerate(expressions)]


def labelled_frame(root: Path, picture: Mapping) -> Frame:
    """Read a picture with its depth and intrinsics, where it has them.

    Args:
        root: Folder from which the paths of the entry start.
        picture: The entry; its expressions do not count.

    Raises:
        RisError: A file cannot be read.
    """
    return load_frame(Sample(**_files(root, picture), sentences=(), target=None, image_id='',
                             ref_id=''))


def _files(root: Path, picture: Mapping) -> dict[str, object]:
    """Return the fields of a sample that say where its picture, depth and intrinsics are."""
    depth = root / picture['depth_path'] if picture.get('depth_path') else None
    return {'image': root / picture['color_path'], 'depth': depth,
            'camera': _camera(root, picture) if depth else None,
            'depth_scale': float(picture.get('depth_scale', _DEPTH_SCALE))}


def _size_of(image: Path) -> tuple[int, int]:
    """Return (H, W) of a picture file."""
    return read_image(image).shape[:2]


def _camera(root: Path, picture: Mapping) -> Path | CameraModel | None:
    """Return the calibration file, or the intrinsics in the entry, None if it has neither."""
    if picture.get('camera_info_path'):
        return root / picture['camera_info_path']
    if 'fx' not in picture:
        return None
    fx, fy, cx, cy, width, height = (picture[name] for name in _INTRINSICS)
    return CameraModel(float(fx), float(fy), float(cx), float(cy), int(width), int(height))


def labelled_text(entry: Mapping) -> str:
    """Return the command of an expression.

    Raises:
        ValueError: It is no text; a KeyError if it is missing.
    """
    text = entry['text']
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f'the text of an expression is {text!r}')
    return text


def labelled_box(entry: Mapping, size: tuple[int, int]) -> LabelledBox | None:
    """Return the box of an expression, None if nothing in the picture is meant.

    Args:
        entry: The expression.
        size: Rows and columns of the picture.

    Raises:
        ValueError: The box or the point is not as described; a KeyError if there is no box, a
            TypeError if it is no list of numbers.
    """
    if entry['box'] is None:
        return None
    x0, y0, x1, y1 = (int(value) for value in entry['box'])
    if not (0 <= x0 < x1 <= size[1] and 0 <= y0 < y1 <= size[0]):
        raise ValueError(f'the box {entry["box"]} of {entry["text"]!r} is not within the picture '
                         f'of {size[1]} x {size[0]} pixels as x0, y0, x1, y1')
    if entry.get('visible_point') is None:
        return LabelledBox(x0, y0, x1, y1)
    u, v = (int(value) for value in entry['visible_point'])
    if not (x0 <= u < x1 and y0 <= v < y1):
        raise ValueError(f'the point {entry["visible_point"]} of {entry["text"]!r} is not within '
                         'its box')
    return LabelledBox(x0, y0, x1, y1, (u, v))


def _mask_loader(box: LabelledBox, size: tuple[int, int]) -> Callable[[], np.ndarray]:
    """Return the loader of a box as a mask."""
    def load() -> np.ndarray:
        return box.mask(size)
    return load


def _masks_loader(boxes: Sequence[LabelledBox], size: tuple[int, int]
                  ) -> Callable[[], np.ndarray]:
    """Return the loader of all boxes of a picture as masks."""
    def load() -> np.ndarray:
        return np.stack([box.mask(size) for box in boxes])
    return load
