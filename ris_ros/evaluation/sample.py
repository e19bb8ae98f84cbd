"""What every data set is read into: one referred object with its sentences."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ris_ros.errors import RisError
from ris_ros.frame import Frame
from ris_ros.image_files import read_camera, read_depth, read_image

PROTOCOLS = ('default', 'paper')


@dataclass(frozen=True)
class Sample:
    """One reference ("ref") of a data set.

    image: the picture's file.  sentences: each counts once.  target: gives the true (H, W) bool
    mask.  image_id: also names the file of precomputed masks.  ref_id: unique in the split.
    kind: of expression, '' where the data set has none.  depth, camera: files, where there are.
    """

    image: Path
    sentences: tuple[str, ...]
    target: Callable[[], np.ndarray]
    image_id: str
    ref_id: str
    kind: str = ''
    depth: Path | None = None
    camera: Path | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Name each sentence uniquely in the split."""
        return tuple(f'{self.ref_id}/{number}' for number in range(len(self.sentences)))


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
