"""PhraseCut (VGPhraseCut_v0), in its published files.

The root holds ``refer_<split>.json``, ``image_data_split.json`` (sizes) and ``images/<id>.jpg``.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from ris_lab.evaluation.sample import Sample
from ris_ros.errors import RisError


def read_phrasecut(root: Path, split: str) -> tuple[Sample, ...]:
    """Read the tasks of a split; a phrase means all its instances together.

    The true mask is the union of all polygons in both protocols, as the data set defines it.
    Raises RisError where files or entries are missing.
    """
    tasks = _read_json(root / f'refer_{split}.json')
    sizes_file = root / 'image_data_split.json'
    try:
        sizes = {image['image_id']: (image['height'], image['width'])
                 for image in _read_json(sizes_file)}
        return tuple(
            Sample(image=root / 'images' / f'{task["image_id"]}.jpg',
                   sentences=(task['phrase'],),
                   target=_target(task['Polygons'], sizes[task['image_id']]),
                   image_id=str(task['image_id']), ref_id=str(task['task_id']),
                   kind=_kind(task.get('phrase_structure')))
            for task in tasks)
    except (KeyError, TypeError) as error:
        raise RisError(f'The tasks of split {split!r} in {root} do not fit {sizes_file.name}: '
                       f'{error!r} is missing.') from error


def _kind(structure: dict | None) -> str:
    """Return what the phrase's words say: 'name', 'attribute', 'relation' and so on."""
    kind = (structure or {}).get('type', '')
    return kind if isinstance(kind, str) else ''


def _target(instances: list, size: tuple[int, int]) -> Callable[[], np.ndarray]:
    """Return the loader of a true mask; nothing is drawn before it is called."""
    return lambda: phrasecut_union([polygon for polygons in instances for polygon in polygons],
                                   size)


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
            draw.polygon([(int(x), int(y)) for x, y in polygon], outline=1, fill=1)
    return np.asarray(canvas) > 0


def _read_json(path: Path) -> list[dict]:
    try:
        return json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError) as error:
        raise RisError(f'The file {path} cannot be read: {error}.') from error
