# SPDX-License-Identifier: Apache-2.0
"""gRefCOCO (GREx): expressions that mean none, one or many objects, in its published files.

The root holds ``grefcoco/grefs(unc).json`` (or ``.p``) and ``grefcoco/instances.json``, or is that
folder itself. Pictures are COCO's train2014.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ris_lab.evaluation.coco_annotations import (
    REFERRED,
    by_id,
    check_references,
    find_pictures,
    naming,
    read_json,
    sentence_text,
)
from ris_lab.evaluation.coco_masks import coco_mask, coco_parts, picture_size
from ris_lab.evaluation.plain_pickle import load_plain_pickle
from ris_lab.evaluation.sample import Sample
from ris_ros.errors import RisError

NAME = 'grefcoco'
_KINDS = ('none', 'one', 'many')


def read_grefcoco(root: Path, split: str) -> tuple[Sample, ...]:
    """Read a split's references; the kind says how many objects each means.

    Args:
        root: Folder of the data set.
        split: 'val', 'testA' or 'testB'.

    Raises:
        RisError: Files or entries are missing, or the split has no references.
    """
    folder = root / NAME if (root / NAME).is_dir() else root
    refs = _read_refs(folder)
    instances = read_json(folder / 'instances.json')
    pictures = find_pictures(folder, root)
    images = by_id(instances, 'images', folder)
    annotations = by_id(instances, 'annotations', folder)
    samples = tuple(_named_sample(ref, images, annotations, pictures)
                    for ref in refs if ref.get('split') == split)
    if not samples:
        raise RisError(f'There is no split {split!r} in {folder}; it has '
                       f'{", ".join(_splits(refs))}.')
    return samples


def grefcoco_splits(folder: Path) -> list[str]:
    """Return the names of the splits in a folder.

    Raises:
        RisError: The references cannot be read.
    """
    return _splits(_read_refs(folder))


def _splits(refs: Sequence[dict]) -> list[str]:
    return sorted({str(ref.get('split')) for ref in refs})


def _read_refs(folder: Path) -> list[dict]:
    """Read the references; the older release is a pickle."""
    pickled = folder / 'grefs(unc).p'
    return check_references(load_plain_pickle(pickled) if pickled.is_file()
                            else read_json(folder / 'grefs(unc).json'), folder)


def _named_sample(ref: dict, images: dict[str, dict], annotations: dict[str, dict],
                  pictures: Path) -> Sample:
    """Make the sample of one reference; name it in the error where that cannot be done."""
    name = f'The reference {ref.get("ref_id")} (image {ref.get("image_id")})'
    with naming(name, REFERRED):
        image = images[str(ref['image_id'])]
        parts = [annotations[number]['segmentation'] for number in _annotation_ids(ref)]
        for part in parts:
            coco_parts(part)  # so that malformed ones are named before hours of work
        return Sample(
            image=pictures / image['file_name'],
            sentences=tuple(sentence_text(sentence) for sentence in ref['sentences']),
            target=_target(parts, picture_size(image), name) if parts else None,
            image_id=str(ref['image_id']), ref_id=str(ref['ref_id']),
            kind=_KINDS[min(len(parts), 2)], expected='FOUND' if parts else 'NOT_FOUND',
            count=max(1, len(parts)))


def _annotation_ids(ref: dict) -> list[str]:
    """Return the ids of the objects that are meant; in the files, -1 stands for none."""
    numbers = ref['ann_id'] if isinstance(ref['ann_id'], list) else [ref['ann_id']]
    found = [str(number) for number in numbers if number != -1]
    if bool(ref.get('no_target', not found)) == bool(found):
        raise RisError(f"its 'no_target' is {ref['no_target']!r:.20} beside 'ann_id' "
                       f'{ref["ann_id"]!r:.60}.')
    return found


def _target(parts: Sequence[object], size: tuple[int, int], name: str
            ) -> Callable[[], np.ndarray]:
    """Return the loader of the union of the objects' masks."""
    def load() -> np.ndarray:
        mask = np.zeros(size, bool)
        for part in parts:
            try:
                found = coco_mask(part, size)
            except RisError as error:
                raise RisError(f'{name} cannot be used: {error}') from error
            if found.shape != size:
                raise RisError(f'{name} cannot be used: its run lengths are of size '
                               f'{found.shape}, but the picture is {size} (rows, columns).')
            mask |= found
        return mask
    return load
