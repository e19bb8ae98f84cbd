# SPDX-License-Identifier: Apache-2.0
"""RefCOCO-M: RefCOCO's validation split with pixel-accurate masks, in its published rows.

The root holds ``data/validation-*.parquet`` as published, or ``validation*.jsonl`` with the same
rows as lines of JSON. Pictures are COCO's train2014; where they are missing, those of the parquet
files are written to ``images/`` once.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
import json
from pathlib import Path

import numpy as np

from ris_lab.evaluation.coco_annotations import naming, picture_folder
from ris_lab.evaluation.sample import Sample
from ris_ros.errors import RisError
from ris_ros.files import write_whole
from ris_ros.proposals.rle import decode

NAME = 'refcoco-m'
SPLIT = 'validation'
_FIELDS = ('image_id', 'file_name', 'samples')


def read_refcoco_m(root: Path, split: str) -> tuple[Sample, ...]:
    """Read all references; there is one split.

    Args:
        root: Folder of the data set.
        split: 'validation' or 'val'.

    Raises:
        RisError: Files are missing or damaged, or the package pyarrow is.
    """
    if split not in (SPLIT, 'val'):
        raise RisError(f'There is no split {split!r} in {root}; it has {SPLIT}.')
    files = refcoco_m_files(root)
    if not files:
        raise RisError(f'There is no {SPLIT}-*.parquet or {SPLIT}*.jsonl in {root} or in its '
                       'folder data.')
    pictures = picture_folder(root, root) or _unpack_pictures(files, root / 'images')
    return tuple(sample for file in files for row in _rows(file, _FIELDS)
                 for sample in _read_row(row, pictures, file))


def refcoco_m_files(root: Path) -> list[Path]:
    """Return the files of rows below a folder, in order; parquet goes before JSON."""
    for ending in ('.parquet', '.jsonl'):
        if found := sorted(path for folder in (root, root / 'data')
                           for path in folder.glob(f'{SPLIT}*{ending}')):
            return found
    return []


def _rows(file: Path, fields: tuple[str, ...]) -> Iterator[dict]:
    """Yield the rows of a file with some of their fields."""
    if file.suffix == '.jsonl':
        try:
            with file.open(encoding='utf-8') as lines:
                yield from (json.loads(line) for line in lines if line.strip())
        except (OSError, ValueError, RecursionError) as error:
            raise RisError(f'The file {file} cannot be read: {error}.') from error
        return
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ModuleNotFoundError as error:
        raise RisError(f'The file {file} is parquet, which the package pyarrow reads; run pip '
                       'install pyarrow.') from error
    try:
        for batch in ParquetFile(file).iter_batches(batch_size=16, columns=list(fields)):
            yield from batch.to_pylist()
    except (OSError, ArrowException) as error:
        raise RisError(f'The file {file} cannot be read: {error}.') from error


def _unpack_pictures(files: list[Path], folder: Path) -> Path:
    """Write the pictures within parquet files to a folder."""
    for file in files:
        if file.suffix != '.parquet':
            raise RisError(f"There are no pictures for {file}; expected COCO's train2014 in "
                           f'{folder.parent / "images/train2014"}.')
        for row in _rows(file, ('file_name', 'image')):
            try:
                write_whole(folder / Path(row['file_name']).name, row['image']['bytes'])
            except (KeyError, TypeError) as error:
                raise RisError(f'A row of {file} has no picture ({error!r}).') from error
    return folder


def _read_row(row: dict, pictures: Path, file: Path) -> list[Sample]:
    """Return the references of one picture; name it in the error where that cannot be done."""
    name = f'The picture {row.get("image_id") if isinstance(row, dict) else row!r:.40} of {file}'
    with naming(name):
        return [Sample(image=pictures / Path(row['file_name']).name,
                       sentences=tuple(map(_text, item['sentences'])),
                       target=_target(dict(item['mask']), name),
                       image_id=str(row['image_id']), ref_id=str(item['id']))
                for item in row['samples']]


def _text(sentence: object) -> str:
    if not isinstance(sentence, str):
        raise RisError(f'a sentence is {sentence!r:.40}; expected text.')
    return sentence


def _target(run_lengths: dict, name: str) -> Callable[[], np.ndarray]:
    """Return the loader of a true mask."""
    def load() -> np.ndarray:
        try:
            return decode(run_lengths)
        except RisError as error:
            raise RisError(f'{name} has a mask that cannot be used: {error}') from error
    return load
