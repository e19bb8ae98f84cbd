"""Rendered scenes on disk: shards of 100 pictures, label images and what each object is."""
from __future__ import annotations

from dataclasses import dataclass
import json
from pathlib import Path

import numpy as np

from training.captions import Attributes

MIN_PIXELS = 220
MIN_BOX_SIDE = 8


@dataclass(frozen=True, eq=False)
class LabelledScene:
    """One picture and its visible objects.

    image: (H, W, 3) uint8 RGB.  masks: (N, H, W) bool.  things: what each mask shows.
    """

    image: np.ndarray
    masks: np.ndarray
    things: tuple[Attributes, ...]


class Shard:
    """Up to 100 scenes in <stem>.images.npy, <stem>.labels.npy and <stem>.json."""

    def __init__(self, description: Path) -> None:
        stem = str(description)[:-len('.json')]
        self._images = np.load(f'{stem}.images.npy', mmap_mode='r')
        self._labels = np.load(f'{stem}.labels.npy', mmap_mode='r')
        self._objects = json.loads(description.read_text())

    def __len__(self) -> int:
        return len(self._images)

    def scene(self, number: int) -> LabelledScene:
        """Read one scene with the objects that are large enough to be told."""
        labels = np.asarray(self._labels[number])
        masks, things = [], []
        for index, attributes in enumerate(self._objects[number]):
            mask = labels == index + 1
            if _is_visible(mask):
                masks.append(mask)
                things.append(Attributes(**attributes))
        stack = np.array(masks, bool).reshape(-1, *labels.shape)
        return LabelledScene(np.asarray(self._images[number]), stack, tuple(things))


def open_shards(folder: Path, split: str) -> list[Shard]:
    """Open the finished shards of a split; a shard's JSON is written last."""
    return [Shard(path) for path in sorted(folder.glob(f'{split}_*.json'))]


def write_shard(stem: Path, images: np.ndarray, labels: np.ndarray,
                objects: list[list[Attributes]]) -> None:
    """Write (N, H, W, 3) pictures, (N, H, W) labels and each scene's objects."""
    np.save(f'{stem}.images.npy', images)
    np.save(f'{stem}.labels.npy', labels)
    rows = [[vars(thing) for thing in scene] for scene in objects]
    partial = Path(f'{stem}.partial')
    partial.write_text(json.dumps(rows))
    partial.rename(f'{stem}.json')


def _is_visible(mask: np.ndarray) -> bool:
    if mask.sum() < MIN_PIXELS:
        return False
    return mask.any(0).sum() >= MIN_BOX_SIDE and mask.any(1).sum() >= MIN_BOX_SIDE
