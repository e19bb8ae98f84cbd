# SPDX-License-Identifier: Apache-2.0
"""RefCOCO, RefCOCO+ and RefCOCOg, in the files that are published with the `refer` tools.

The root holds ``refcoco/refs(unc).p`` and ``refcoco/instances.json`` (``refcoco+`` and
``refcocog`` alike; the latter with ``refs(umd).p`` or ``refs(google).p``), or is such a folder
itself. Pictures are COCO's train2014.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from ris_lab.evaluation.coco_annotations import (
    REFERRED,
    by_id,
    categories_of,
    check_references,
    find_pictures,
    naming,
    read_json,
    sentence_text,
)
from ris_lab.evaluation.coco_masks import coco_counts, coco_parts, picture_size
from ris_lab.evaluation.plain_pickle import load_plain_pickle
from ris_lab.evaluation.sample import Sample
from ris_ros.errors import RisError


def read_refcoco(root: Path, name: str, split: str, protocol: str, split_by: str
                 ) -> tuple[Sample, ...]:
    """Read a split's references.

    Args:
        root: Folder of the data set.
        name: 'refcoco', 'refcoco+' or 'refcocog'.
        split: Name of the split.
        protocol: 'paper' takes the pixels that exactly one polygon covers, 'default' the union.
        split_by: 'unc', 'umd' or 'google'.

    Raises:
        RisError: Files or entries are missing, or the split has no references.
    """
    folder = root / name if (root / name).is_dir() else root
    refs = _read_refs(folder / f'refs({split_by}).p')
    instances = read_json(folder / 'instances.json')
    pictures = find_pictures(folder, root)
    images = by_id(instances, 'images', folder)
    annotations = by_id(instances, 'annotations', folder)
    categories = categories_of(annotations)
    samples = tuple(
        replace(_named_sample(ref, images, annotations, pictures, protocol),
                category=str(ref.get('category_id')),
                categories=categories.get(str(ref.get('image_id')), frozenset()))
        for ref in refs if ref.get('split') == split)
    if not samples:
        splits = sorted({str(ref.get('split')) for ref in refs})
        raise RisError(f'There is no split {split!r} in {folder}; it has {", ".join(splits)}.')
    return samples


def refcoco_splits(folder: Path, split_by: str) -> list[str]:
    """Return the names of the splits that a folder's references have.

    Args:
        folder: Of the references.
        split_by: 'unc', 'umd' or 'google'.

    Raises:
        RisError: The references cannot be read.
    """
    return sorted({str(ref.get('split')) for ref in _read_refs(folder / f'refs({split_by}).p')})


def _read_refs(path: Path) -> list[dict]:
    return check_references(load_plain_pickle(path), path.parent)


def _named_sample(ref: dict, images: dict[str, dict], annotations: dict[str, dict],
                  pictures: Path, protocol: str) -> Sample:
    """Make the sample of one reference; name it in the error where that cannot be done."""
    name = (f'The reference {ref.get("ref_id")} (annotation {ref.get("ann_id")}, image '
            f'{ref.get("image_id")})')
    with naming(name, REFERRED):
        return _sample(ref, images[str(ref['image_id'])], annotations[str(ref['ann_id'])],
                       pictures, protocol, name)


def _sample(ref: dict, image: dict, annotation: dict, pictures: Path, protocol: str,
            name: str) -> Sample:
    """Make the sample of one reference."""
    segmentation = annotation['segmentation']
    coco_parts(segmentation)  # so that malformed ones are named before hours of work
    return Sample(image=pictures / image['file_name'],
                  sentences=tuple(sentence_text(sentence) for sentence in ref['sentences']),
                  target=_target(segmentation, picture_size(image), protocol, name),
                  image_id=str(ref['image_id']), ref_id=str(ref['ref_id']))


def _target(segmentation: object, size: tuple[int, int], protocol: str, name: str
            ) -> Callable[[], np.ndarray]:
    """Return the loader of a true mask; nothing is drawn before it is called."""
    def load() -> np.ndarray:
        try:
            counts = coco_counts(segmentation, size)
        except RisError as error:
            raise RisError(f'{name} cannot be used: {error}') from error
        return counts == 1 if protocol == 'paper' else counts > 0
    return load
