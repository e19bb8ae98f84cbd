"""Rendered scenes on disk: shards of 100 pictures, label images and what each object is."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
import json
from pathlib import Path

import numpy as np

from ris_ros.simulation.expressions import TARGET_SHARE, VISIBLE_SHARE
from training.captions import Attributes

MIN_PIXELS = 220
MIN_BOX_SIDE = 8
MIN_SHARE = 0.3


@dataclass(frozen=True)
class ShardObject:
    """What an object is, and the share of its silhouette that the picture shows."""

    attributes: Attributes
    share: float


@dataclass(frozen=True, eq=False)
class LabelledScene:
    """One picture and its visible objects.

    image: (H, W, 3) uint8 RGB.  masks: (N, H, W) bool.  things: what each mask shows.
    hidden: indices of the things of which too little shows to ask for them in a test.
    outlines: of each thing, the (H, W) bool masks that a proposer offers for it; there may be none.
    wrong: the (H, W) bool masks that it offers where no object is.
    """

    image: np.ndarray
    masks: np.ndarray
    things: tuple[Attributes, ...]
    hidden: frozenset[int] = frozenset()
    outlines: tuple[tuple[np.ndarray, ...], ...] = ()
    wrong: tuple[np.ndarray, ...] = ()


class Shard:
    """Up to 100 scenes in <stem>.images.npy, <stem>.labels.npy and <stem>.json.

    Where training.offers has been, also what a proposer offers of them.
    """

    def __init__(self, description: Path) -> None:
        stem = str(description)[:-len('.json')]
        self._images = np.load(f'{stem}.images.npy', mmap_mode='r')
        self._labels = np.load(f'{stem}.labels.npy', mmap_mode='r')
        self._objects = json.loads(description.read_text())
        self._offers, self._offered = np.empty((0, 0, 0), np.uint8), np.empty((0, 2), int)
        if Path(f'{stem}.offered.npy').exists():
            self._offers = np.load(f'{stem}.offers.npy', mmap_mode='r')
            self._offered = np.load(f'{stem}.offered.npy')

    def __len__(self) -> int:
        return len(self._images)

    def scene(self, number: int) -> LabelledScene:
        """Read one scene."""
        objects = [ShardObject(Attributes(**row['attributes']), row['share'])
                   for row in self._objects[number]]
        places = np.flatnonzero(self._offered[:, 0] == number)
        offers = [(np.unpackbits(self._offers[place], axis=1).astype(bool),
                   int(self._offered[place, 1])) for place in places]
        return labelled_scene(np.asarray(self._images[number]), np.asarray(self._labels[number]),
                              objects, offers)


def labelled_scene(image: np.ndarray, labels: np.ndarray, objects: list[ShardObject],
                   offers: Sequence[tuple[np.ndarray, int]] = ()) -> LabelledScene:
    """Return a picture with the objects that are large and bare enough to be told.

    labels: (H, W) uint8, i + 1 for objects[i].  offers: (H, W) bool masks, each with the label of
    the object that it outlines, or 0.
    """
    masks, things, hidden, outlines = [], [], set(), []
    for index, thing in enumerate(objects):
        mask = labels == index + 1
        if not (is_visible(mask) and thing.share >= MIN_SHARE):
            continue
        if not may_be_asked_for(mask, thing.share):
            hidden.add(len(masks))
        masks.append(mask)
        things.append(thing.attributes)
        outlines.append(tuple(offer for offer, label in offers if label == index + 1))
    stack = np.array(masks, bool).reshape(-1, *labels.shape)
    return LabelledScene(image, stack, tuple(things), frozenset(hidden), tuple(outlines),
                         tuple(offer for offer, label in offers if label == 0))


def open_shards(folder: Path, split: str) -> list[Shard]:
    """Open the finished shards of a split; a shard's JSON is written last."""
    return [Shard(path) for path in sorted(folder.glob(f'{split}_*.json'))]


def write_shard(stem: Path, images: np.ndarray, labels: np.ndarray,
                objects: list[list[ShardObject]]) -> None:
    """Write (N, H, W, 3) pictures, (N, H, W) labels and each scene's objects."""
    np.save(f'{stem}.images.npy', images)
    np.save(f'{stem}.labels.npy', labels)
    rows = [[asdict(thing) for thing in scene] for scene in objects]
    partial = Path(f'{stem}.partial')
    partial.write_text(json.dumps(rows))
    partial.rename(f'{stem}.json')


def is_visible(mask: np.ndarray) -> bool:
    """Tell whether a mask is large enough to be a proposal worth a crop."""
    if mask.sum() < MIN_PIXELS:
        return False
    return mask.any(0).sum() >= MIN_BOX_SIDE and mask.any(1).sum() >= MIN_BOX_SIDE


def may_be_asked_for(mask: np.ndarray, share: float) -> bool:
    """Tell by the simulation's own rule whether an expression may name the object."""
    return mask.sum() >= TARGET_SHARE * mask.size and share >= VISIBLE_SHARE
