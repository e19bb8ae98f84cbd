"""RefCOCO, RefCOCO+ and RefCOCOg, in the files that are published with the `refer` tools.

The root holds ``refcoco/refs(unc).p`` and ``refcoco/instances.json`` (``refcoco+`` and
``refcocog`` alike; the latter with ``refs(umd).p`` or ``refs(google).p``), or is such a folder
itself. Pictures are COCO's train2014.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
import json
from pathlib import Path

import numpy as np

from ris_lab.evaluation.coco_masks import coco_counts
from ris_lab.evaluation.plain_pickle import load_plain_pickle
from ris_lab.evaluation.sample import Sample
from ris_ros.errors import RisError

_PICTURES = ('images/mscoco/images/train2014', 'images/train2014', 'train2014', 'images')


def read_refcoco(root: Path, name: str, split: str, protocol: str, split_by: str
                 ) -> tuple[Sample, ...]:
    """Read a split's references.

    name: 'refcoco', 'refcoco+' or 'refcocog'.  split_by: 'unc', 'umd' or 'google'.
    protocol: 'paper' takes pixels that exactly one polygon covers, 'default' the union.
    Raises RisError where files or entries are missing, or the split has no references.
    """
    folder = root / name if (root / name).is_dir() else root
    refs = load_plain_pickle(folder / f'refs({split_by}).p')
    instances = _read_instances(folder / 'instances.json')
    pictures = _find_pictures(folder, root)
    try:
        images = {image['id']: image for image in instances['images']}
        annotations = {entry['id']: entry for entry in instances['annotations']}
        splits = sorted({ref['split'] for ref in refs})
        samples = tuple(
            _sample(ref, images[ref['image_id']], annotations[ref['ann_id']], pictures, protocol)
            for ref in refs if ref['split'] == split)
    except (KeyError, TypeError) as error:
        raise RisError(f'The references in {folder} do not fit their instances.json: {error!r} '
                       'is missing.') from error
    if not samples:
        raise RisError(f'There is no split {split!r} in {folder}; it has {", ".join(splits)}.')
    return samples


def _sample(ref: dict, image: dict, annotation: dict, pictures: Path, protocol: str) -> Sample:
    """Make the sample of one reference."""
    # The published method reads 'raw', the sentence as it was typed.
    return Sample(image=pictures / image['file_name'],
                  sentences=tuple(sentence['raw'] for sentence in ref['sentences']),
                  target=_target(annotation['segmentation'], (image['height'], image['width']),
                                 protocol),
                  image_id=str(ref['image_id']), ref_id=str(ref['ref_id']))


def _target(segmentation: dict | Sequence, size: tuple[int, int], protocol: str
            ) -> Callable[[], np.ndarray]:
    """Return the loader of a true mask; nothing is drawn before it is called."""
    def load() -> np.ndarray:
        counts = coco_counts(segmentation, size)
        return counts == 1 if protocol == 'paper' else counts > 0
    return load


def _read_instances(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError) as error:
        raise RisError(f'The annotations {path} cannot be read: {error}.') from error


def _find_pictures(folder: Path, root: Path) -> Path:
    """Return the folder of COCO's pictures near the annotations."""
    places = [base / place for base in dict.fromkeys((root, folder, folder.parent))
              for place in _PICTURES]
    for place in places:
        if place.is_dir():
            return place
    raise RisError(f'There are no pictures for {folder}; expected them in one of '
                   f'{", ".join(map(str, places[:len(_PICTURES)]))}.')
