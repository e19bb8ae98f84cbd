# SPDX-License-Identifier: Apache-2.0
"""OpenRef: expressions with boxes of none, one or many targets, in its published files.

A split is ``<split>.json`` (``train``, ``val``) or ``<split>_test_labels.json``, below the root or
its folder ``test``. Its pictures are in a folder of the split's name beside the file, in ``images``
or beside the file itself.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ris_lab.evaluation.coco_annotations import naming, read_json
from ris_lab.evaluation.coco_masks import picture_size
from ris_lab.evaluation.labelled_box import LabelledBox, filled
from ris_lab.evaluation.sample import Sample
from ris_ros.errors import RisError

NAME = 'openref'
_LABELS = '_test_labels'


def read_openref(root: Path, split: str) -> tuple[Sample, ...]:
    """Read a split: each entry's expression, and its negative one, which means nothing there.

    The kinds are the entries' own ('single', 'multi', 'none') and 'negative'.

    Args:
        root: Folder of the data set.
        split: 'val', or the name of a test such as 'single'.

    Raises:
        RisError: The file is missing, or an entry is not as described.
    """
    files = openref_files(root)
    if split not in files:
        raise RisError(f'There is no split {split!r} in {root}; it has '
                       f'{", ".join(files) or "no files of OpenRef"}.')
    file = files[split]
    pictures = [file.parent / split, file.parent / 'images' / split, file.parent / 'images',
                file.parent]
    return tuple(sample for number, entry in enumerate(_read_entries(file))
                 for sample in _named_samples(entry, number, pictures, file))


def openref_files(root: Path) -> dict[str, Path]:
    """Return the file of each split below a folder."""
    tests = {path.stem.removesuffix(_LABELS): path for folder in (root, root / 'test')
             for path in sorted(folder.glob(f'*{_LABELS}.json'))}
    return {**{name: root / f'{name}.json' for name in ('train', 'val')
               if (root / f'{name}.json').is_file()}, **tests}


def _read_entries(file: Path) -> list:
    entries = read_json(file)
    if not isinstance(entries, list):
        raise RisError(f'The file {file} is no list of entries.')
    return entries


def _named_samples(entry: dict, number: int, pictures: Sequence[Path], file: Path) -> list[Sample]:
    """Make the samples of one entry; name it in the error where that cannot be done."""
    with naming(f'Entry {number} of {file}'):
        return _samples(entry, number, pictures)


def _samples(entry: dict, number: int, pictures: Sequence[Path]) -> list[Sample]:
    name, kind = entry['image'], entry['relation_type']
    image = next((folder / name for folder in pictures if (folder / name).is_file()),
                 pictures[0] / name)
    boxes = [_box(proposal) for proposal in entry['proposal']]
    if (kind == 'none') == bool(boxes):
        raise RisError(f'its relation_type is {kind!r:.20}, but it has {len(boxes)} boxes.')
    size = picture_size(_stated_size(entry['proposal'][0])) if boxes else ()
    meant = Sample(
        image=image, sentences=(_text(entry['positive']),), image_id=name, ref_id=f'{number}',
        target=_target(boxes, size) if boxes else None, kind=_text(kind),
        expected='FOUND' if boxes else 'NOT_FOUND', count=max(1, len(boxes)), meant=tuple(boxes))
    if not entry.get('negative'):
        return [meant]
    return [meant, Sample(
        image=image, sentences=(_text(entry['negative']),), image_id=name,
        ref_id=f'{number}-negative', target=None, kind='negative', expected='NOT_FOUND')]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RisError(f'an expression or kind is {value!r:.40}; expected text.')
    return value


def _stated_size(proposal: dict) -> dict:
    return {'height': proposal['original_height'], 'width': proposal['original_width']}


def _box(proposal: dict) -> LabelledBox:
    """Return a box in whole pixels; the file has per cent of the picture's size."""
    height, width = picture_size(_stated_size(proposal))
    x, y, w, h = (float(proposal[name]) for name in ('x', 'y', 'width', 'height'))
    x0, x1 = (min(max(round(value * width / 100), 0), width) for value in (x, x + w))
    y0, y1 = (min(max(round(value * height / 100), 0), height) for value in (y, y + h))
    if x0 >= x1 or y0 >= y1:
        raise RisError(f'the box {x:g}, {y:g}, {w:g}, {h:g} (per cent) is empty.')
    return LabelledBox(x0, y0, x1, y1)


def _target(boxes: Sequence[LabelledBox], size: tuple[int, int]) -> Callable[[], np.ndarray]:
    """Return the loader of all boxes, filled, as one mask."""
    def load() -> np.ndarray:
        return filled(boxes, size)
    return load
