# SPDX-License-Identifier: Apache-2.0
"""Finds data sets below a folder, and the splits that each has."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
import json
import os
from pathlib import Path

from ris_lab.evaluation.grefcoco import grefcoco_splits
from ris_lab.evaluation.openref import openref_files
from ris_lab.evaluation.refcoco import refcoco_splits
from ris_lab.evaluation.refcoco_m import SPLIT, refcoco_m_files
from ris_ros.errors import RisError

# Folders of pictures and the like, which hold no data set and may have 80,000 files.
_SKIPPED = frozenset({'images', 'train2014', 'val2014', 'masks', 'data', 'test'})
_DEEPEST = 4
_REFER = {'refcoco': ('unc',), 'refcoco+': ('unc',), 'refcocog': ('umd', 'google')}


@dataclass(frozen=True)
class DatasetSplit:
    """One split of a data set.

    Attributes:
        dataset: Name as for `read_samples`.
        root: Folder of the data set.
        split: Name of the split, '' where the set has none.
        split_by: Who divided it, for RefCOCO and its kin, else ''.
        place: The folder as seen from the one that was searched, where its name tells more than
            the data set's; else ''.
    """

    dataset: str
    root: Path
    split: str
    split_by: str = ''
    place: str = ''

    @property
    def title(self) -> str:
        """Name the split uniquely for people, such as 'refcocog umd val'."""
        by = self.split_by if self.dataset == 'refcocog' else ''
        where = f'in {self.place}' if self.place else ''
        return ' '.join(filter(None, (self.dataset, by, self.split, where)))


@dataclass(frozen=True)
class Omission:
    """Something that was left out.

    Attributes:
        name: Of the data set, the split or the profile.
        reason: Why, in a sentence.
    """

    name: str
    reason: str


def find_splits(root: Path) -> tuple[list[DatasetSplit], list[Omission]]:
    """Find all splits below a folder; those to train on are left out.

    Args:
        root: The folder.

    Returns:
        The splits in the order of their folders, and what looks like a data set but cannot be
        read.

    Raises:
        RisError: There is no such folder.
    """
    if not root.is_dir():
        raise RisError(f'There is no folder {root}; --all names the one with the data sets.')
    splits, omissions = [], []
    for folder in _folders(root, 0):
        try:
            splits += [split for split in _splits_of(folder) if split.split != 'train']
        except RisError as error:
            omissions.append(Omission(str(folder.relative_to(root.parent)), str(error)))
    return _distinct(splits, root), omissions


def given_masks(split: DatasetSplit) -> Path | None:
    """Return the proposals that lie beside a data set: masks, masks.json or masks.npz."""
    paths = (split.root / name for name in ('masks', 'masks.json', 'masks.npz'))
    return next((path for path in paths if path.exists()), None)


def _distinct(splits: list[DatasetSplit], root: Path) -> list[DatasetSplit]:
    """Name the folders of own data sets, and of those that are there twice."""
    titles = [split.title for split in splits]
    return [replace(split, place=str(split.root.relative_to(root)))
            if split.dataset in ('pictures', 'simulation') or titles.count(split.title) > 1
            else split for split in splits]


def _folders(folder: Path, depth: int) -> Iterator[Path]:
    """Yield a folder and those below it that may hold a data set."""
    yield folder
    if depth == _DEEPEST:
        return
    try:
        entries = sorted(entry.name for entry in os.scandir(folder)
                         if entry.is_dir() and not entry.name.startswith(('.', 'scene_')))
    except OSError:  # a folder that may not be read holds nothing for us
        return
    for name in entries:
        if name not in _SKIPPED:
            yield from _folders(folder / name, depth + 1)


def _splits_of(folder: Path) -> list[DatasetSplit]:
    """Return the splits of the data sets in a folder itself."""
    found = []
    if folder.name in _REFER:
        found += _refer_splits(folder)
    if folder.name == 'grefcoco' or any(folder.glob('grefs(unc).*')):
        _check_pair(folder, 'grefs(unc).*', 'instances.json')
        found += [DatasetSplit('grefcoco', folder, name, 'unc') for name in grefcoco_splits(folder)]
    if refcoco_m_files(folder):
        found.append(DatasetSplit('refcoco-m', folder, SPLIT))
    if phrases := sorted(folder.glob('refer_*.json')):
        found += [DatasetSplit('phrasecut', folder, path.stem.removeprefix('refer_'))
                  for path in phrases]
    if _is_openref(folder):
        found += [DatasetSplit('openref', folder, name) for name in openref_files(folder)]
    if (folder / 'pictures.json').is_file():
        found.append(DatasetSplit('pictures', folder, ''))
    if (folder / 'simulation.json').is_file():
        found.append(DatasetSplit('simulation', folder, _simulated_split(folder)))
    return found


def _refer_splits(folder: Path) -> list[DatasetSplit]:
    """Return the splits of a folder of RefCOCO, RefCOCO+ or RefCOCOg."""
    _check_pair(folder, 'refs(*).p', 'instances.json')
    owners = [name for name in _REFER[folder.name] if (folder / f'refs({name}).p').is_file()]
    if not owners:
        raise RisError(f'There is no refs({_REFER[folder.name][0]}).p in {folder}.')
    return [DatasetSplit(folder.name, folder, split, owner) for owner in owners
            for split in refcoco_splits(folder, owner)]


def _check_pair(folder: Path, references: str, instances: str) -> None:
    """Raise RisError where one of two files that belong together is missing."""
    for name in (references, instances):
        if not any(folder.glob(name)):
            raise RisError(f'{folder} is incomplete: there is no {name.replace("*", "...")}.')


def _is_openref(folder: Path) -> bool:
    """Tell whether a folder has files of OpenRef; others may have a val.json, too."""
    for file in openref_files(folder).values():
        with file.open(encoding='utf-8', errors='replace') as text:
            if 'relation_type' in text.read(20_000):
                return True
    return False


def _simulated_split(folder: Path) -> str:
    """Return the split that a folder of simulated scenes was made for."""
    try:
        return json.loads((folder / 'simulation.json').read_text('utf-8'))['split']
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RisError(f'The folder {folder} is not what `ris simulate` writes: '
                       f'{error!r}.') from error
