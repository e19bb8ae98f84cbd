# SPDX-License-Identifier: Apache-2.0
"""PhraseCut (VGPhraseCut_v0), in its published files.

The root holds ``refer_<split>.json``, ``image_data_split.json`` (sizes) and ``images/<id>.jpg``.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from ris_lab.evaluation.coco_masks import FARTHEST, picture_size
from ris_lab.evaluation.sample import Sample
from ris_ros.errors import RisError


def read_phrasecut(root: Path, split: str) -> tuple[Sample, ...]:
    """Read the tasks of a split; a phrase means all its instances together.

    The true mask is the union of all polygons in both protocols, as the data set defines it.

    Args:
        root: The data set's folder, with its JSON files and its pictures.
        split: As in the name of refer_<split>.json: 'val', 'test'.

    Raises:
        RisError: Files or entries are missing.
    """
    tasks = _read_json(root / f'refer_{split}.json')
    sizes_file = root / 'image_data_split.json'
    images = {}
    for image in _read_json(sizes_file):
        if 'image_id' not in image:
            raise RisError(f"An image in {sizes_file} has no 'image_id'.")
        images[str(image['image_id'])] = image
    return tuple(_named_sample(task, images, root, sizes_file) for task in tasks)


def _named_sample(task: dict, images: dict[str, dict], root: Path, sizes_file: Path) -> Sample:
    """Make the sample of one task; name it in the error where that cannot be done."""
    name = (f'The task {task.get("task_id")} (annotations {task.get("ann_ids")}, image '
            f'{task.get("image_id")}) of {root} cannot be used')
    try:
        image_id = task['image_id']
        if str(image_id) not in images:
            raise KeyError(image_id)
        polygons = [_corners(polygon) for polygons in task['Polygons'] for polygon in polygons]
        if not isinstance(task['phrase'], str):
            raise RisError(f'its phrase is {task["phrase"]!r:.40}; expected text.')
        return Sample(image=root / 'images' / f'{image_id}.jpg',
                      sentences=(task['phrase'],),
                      target=_target(polygons, picture_size(images[str(image_id)])),
                      image_id=str(image_id), ref_id=str(task['task_id']),
                      kind=_kind(task.get('phrase_structure')))
    except RisError as error:
        raise RisError(f'{name}: {error}') from error
    except KeyError as error:
        raise RisError(f'{name}: {error!r} is missing in it or in {sizes_file.name}.') from error
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise RisError(f'{name}: it is of another form ({error}).') from error


def _corners(polygon: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return a polygon's corners, cut to whole pixels as PhraseCut's own tools do."""
    corners = [(int(x), int(y)) for x, y in polygon]
    if any(max(abs(x), abs(y)) > FARTHEST for x, y in corners):
        raise RisError(f'a polygon has a corner farther than {FARTHEST} pixels from the picture.')
    return corners


def _kind(structure: object) -> str:
    """Return what the phrase's words say: 'name', 'attribute', 'relation' and so on."""
    kind = structure.get('type', '') if isinstance(structure, dict) else ''
    return kind if isinstance(kind, str) else ''


def _target(polygons: list, size: tuple[int, int]) -> Callable[[], np.ndarray]:
    """Return the loader of a true mask; nothing is drawn before it is called."""
    return lambda: phrasecut_union(polygons, size)


def phrasecut_union(polygons: Sequence[Sequence[Sequence[float]]], size: tuple[int, int]
                    ) -> np.ndarray:
    """Draw the union of polygons as PhraseCut's own tools do.

    Corners are cut to whole pixels, and the outline belongs to the polygon.

    Args:
        polygons: Each a list of corners [x, y] in pixels; fewer than two cover nothing.
        size: Rows and columns of the picture.

    Returns:
        (H, W) bool.
    """
    canvas = Image.new('L', (size[1], size[0]))
    draw = ImageDraw.Draw(canvas)
    for polygon in polygons:
        if len(polygon) >= 2:
            draw.polygon(_corners(polygon), outline=1, fill=1)
    return np.asarray(canvas) > 0


def _read_json(path: Path) -> list[dict]:
    """Read a list of dictionaries."""
    try:
        items = json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError, RecursionError) as error:
        raise RisError(f'The file {path} cannot be read: {error}.') from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise RisError(f'The file {path} is no list of dictionaries.')
    return items
