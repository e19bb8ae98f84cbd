# SPDX-License-Identifier: Apache-2.0
"""The common form of all data sets: one referred object with its sentences."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import numpy as np

from ris_lab.evaluation.labelled_box import LabelledBox
from ris_ros.errors import RisError
from ris_ros.frame import CameraModel, Frame
from ris_ros.image_files import read_camera, read_depth, read_image

T = TypeVar('T')


@dataclass(frozen=True)
class Sample:
    """One reference ("ref") of a data set.

    Attributes:
        image: File of the picture.
        sentences: Referring expressions; each counts once.
        target: Loads the true (H, W) bool mask. None if the sentences have no target, because
            they name something absent or leave open what they mean.
        image_id: Id of the picture, which also names its file of precomputed masks.
        ref_id: Id of the reference, unique in the split.
        kind: Kind of expression, such as 'size' or 'relation: behind', '' if the data set has
            none.
        expected: Status of a right answer.
        count: Number of objects in the target.
        before: Earlier commands to which the sentences refer back.
        depth: File of the depth image, None if there is none.
        depth_scale: Metres of one step of the depth image.
        camera: File of the intrinsics, or they themselves; None if there are none.
        objects: Loads the true (N, H, W) bool masks of all objects that a proposer should find,
            the same for all samples of a picture. None if they are not known.
        box: The target, where only its box is known; answers are then compared by their boxes.
        boxes: The boxes of `objects`, where only these are known.
        meant: The boxes of all objects of the target, where only these are known; each box of an
            answer is then compared with them.
        category: Of the target, '' if it is not known.
        categories: Of all things in the picture; empty where not all are annotated.
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
    depth_scale: float = 0.001
    camera: Path | CameraModel | None = None
    objects: Callable[[], np.ndarray] | None = None
    box: LabelledBox | None = None
    boxes: tuple[LabelledBox, ...] = ()
    meant: tuple[LabelledBox, ...] = ()
    category: str = ''
    categories: frozenset[str] = frozenset()

    @property
    def keys(self) -> tuple[str, ...]:
        """Name each sentence uniquely in the split."""
        return tuple(f'{self.ref_id}/{number}' for number in range(len(self.sentences)))


def keys_of(samples: Sequence[Sample]) -> list[str]:
    """Return the keys of all results.

    Args:
        samples: Samples in which those of one picture stand next to each other.

    Returns:
        The key of each sentence, and the id of each picture whose objects are known.
    """
    keys = []
    for image_id, group in groupby(samples, key=lambda sample: sample.image_id):
        group = list(group)
        if group[0].objects is not None:
            keys.append(image_id)
        keys += [key for sample in group for key in sample.keys]
    return keys


def group_by_kind(kinds: Sequence[str], items: Sequence[T]) -> dict[str, list[T]]:
    """Group items by kind, sorted by kind; items of 'a: b' are also in the group 'a'."""
    groups: dict[str, list[T]] = {}
    for kind, item in zip(kinds, items, strict=True):
        for name in dict.fromkeys((kind.partition(': ')[0], kind)):
            groups.setdefault(name, []).append(item)
    return dict(sorted(groups.items()))


def load_frame(sample: Sample) -> Frame:
    """Read the picture of a sample, and depth and intrinsics where it has them."""
    camera = read_camera(sample.camera) if isinstance(sample.camera, Path) else sample.camera
    return Frame(image=read_image(sample.image),
                 depth=read_depth(sample.depth, sample.depth_scale) if sample.depth else None,
                 camera=camera)


def shard_of(samples: Sequence[Sample], number: int, count: int) -> Sequence[Sample]:
    """Return one of several disjoint parts of the samples, which together are all of them.

    Args:
        samples: All samples, in order.
        number: Number of the part, from 1.
        count: Number of parts.

    Raises:
        RisError: The number is not between 1 and count.
    """
    if not 1 <= number <= count:
        raise RisError(f'The shard is {number}/{count}; expected i/n with 1 <= i <= n.')
    total = len(samples)
    return samples[(number - 1) * total // count:number * total // count]
