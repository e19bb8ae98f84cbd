"""What every data set is read into: one referred object with its sentences."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import numpy as np

from ris_ros.errors import RisError
from ris_ros.frame import Frame
from ris_ros.image_files import read_camera, read_depth, read_image

T = TypeVar('T')


@dataclass(frozen=True)
class Sample:
    """One reference ("ref") of a data set.

    image: the picture's file.  sentences: each counts once.  target: gives the true (H, W) bool
    mask; None where the sentences name something that is not in the picture.  image_id: also
    names the file of precomputed masks.  ref_id: unique in the split.  kind: of expression, such
    as 'size' or 'relation: behind', '' where the data set has none.  expected: the status of a
    right answer.  count: of the objects in the target.  before: the commands before it, which it
    points back to.  depth, camera: files, where there are.  objects: gives
    the true (N, H, W) bool masks of all that a proposer should find; the same for all samples of
    a picture.
    """

    image: Path
    sentences: tuple[str, ...]
    target: Callable[[], np.ndarray] | None
    image_id: str
    ref_id: str
    kind: str = ''
    expected: str = 'FOUND'
    count: int = 1
    before: tuple[str, ...] = ()
    depth: Path | None = None
    camera: Path | None = None
    objects: Callable[[], np.ndarray] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Name each sentence uniquely in the split."""
        return tuple(f'{self.ref_id}/{number}' for number in range(len(self.sentences)))


def keys_of(samples: Sequence[Sample]) -> list[str]:
    """Return the keys of all results: each sentence's, and its picture's where objects are known.

    The samples of a picture stand next to each other.
    """
    keys = []
    for image_id, group in groupby(samples, key=lambda sample: sample.image_id):
        group = list(group)
        if group[0].objects is not None:
            keys.append(image_id)
        keys += [key for sample in group for key in sample.keys]
    return keys


def group_by_kind(kinds: Sequence[str], items: Sequence[T]) -> dict[str, list[T]]:
    """Return the items of each kind, sorted by kind; those of 'a: b' under 'a' as well."""
    groups: dict[str, list[T]] = {}
    for kind, item in zip(kinds, items, strict=True):
        for name in dict.fromkeys((kind.partition(': ')[0], kind)):
            groups.setdefault(name, []).append(item)
    return dict(sorted(groups.items()))


def load_frame(sample: Sample) -> Frame:
    """Read the picture of a sample, and depth and intrinsics where it has them."""
    return Frame(image=read_image(sample.image),
                 depth=read_depth(sample.depth) if sample.depth else None,
                 camera=read_camera(sample.camera) if sample.camera else None)


def shard_of(samples: Sequence[Sample], number: int, count: int) -> Sequence[Sample]:
    """Return part ``number`` (from 1) of ``count``: disjoint, in order, together everything."""
    if not 1 <= number <= count:
        raise RisError(f'The shard is {number}/{count}; expected i/n with 1 <= i <= n.')
    total = len(samples)
    return samples[(number - 1) * total // count:number * total // count]
