# SPDX-License-Identifier: Apache-2.0
"""Rendered scenes on disk: shards of 100 pictures, label images and what each object is."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
import json
from pathlib import Path

import numpy as np

from ris_lab.training.captions import Attributes
from ris_ros.frame import CameraModel, Frame
from ris_sim.expressions.visible_objects import TARGET_SHARE, VISIBLE_SHARE

MIN_PIXELS = 220
MIN_BOX_SIDE = 8
MIN_SHARE = 0.3
# Steps a metre in which depth is kept.
DEPTH_STEPS = 10_000
# What is also kept of scenes of Style.HOME.
MAPS = ('background', 'parts')
# Number in the background of things that a command might name, such as a laptop.
MAY_BE_NAMED = 255


@dataclass(frozen=True)
class ShardObject:
    """What an object is, and the share of its silhouette that the picture shows."""

    attributes: Attributes
    share: float


@dataclass(frozen=True, eq=False)
class PackedMask:
    """A mask as (H, W / 8) uint8, eight pixels in one: few of those kept are looked at."""

    bits: np.ndarray

    def unpacked(self) -> np.ndarray:
        """Return the (H, W) bool mask."""
        return np.unpackbits(self.bits, axis=1).view(bool)


@dataclass(frozen=True, eq=False)
class LabelledScene:
    """One picture and its visible objects.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        masks: (N, H, W) bool.
        things: The object of each mask.
        hidden: Indices of the things that show too little to be asked for in a test.
        outlines: The masks that a proposer offers for each thing; there may be none.
        wrong: The masks that it offers where no object is.
        background: (H, W) uint8, the number of the thing of the background, 0 for none,
            MAY_BE_NAMED for what is neither target nor surely none; None if unknown.
        parts: (H, W) uint8, the number of the object's part, or 0; None if unknown.
        photographed: Whether a camera's errors are in the picture.
    """

    image: np.ndarray
    masks: np.ndarray
    things: tuple[Attributes, ...]
    hidden: frozenset[int] = frozenset()
    outlines: tuple[tuple[PackedMask, ...], ...] = ()
    wrong: tuple[PackedMask, ...] = ()
    background: np.ndarray | None = None
    parts: np.ndarray | None = None
    photographed: bool = False


class Shard:
    """Some scenes in <stem>.images.npy, <stem>.labels.npy and <stem>.json.

    Where `ris train offers` has run, also what a proposer offers of them; of Style.HOME, also the
    things of the background and the parts of objects.
    """

    def __init__(self, description: Path) -> None:
        stem = str(description)[:-len('.json')]
        self._images = np.load(f'{stem}.images.npy', mmap_mode='r')
        self._labels = np.load(f'{stem}.labels.npy', mmap_mode='r')
        self._objects = json.loads(description.read_text())
        self._maps = {name: np.load(f'{stem}.{name}.npy', mmap_mode='r') for name in MAPS
                      if Path(f'{stem}.{name}.npy').exists()}
        self._offers, self._offered = np.empty((0, 0, 0), np.uint8), np.empty((0, 2), int)
        if Path(f'{stem}.offered.npy').exists():
            self._offers = np.load(f'{stem}.offers.npy', mmap_mode='r')
            self._offered = np.load(f'{stem}.offered.npy')

    def __len__(self) -> int:
        return len(self._images)

    def scene(self, number: int) -> LabelledScene:
        """Read one scene."""
        objects = [ShardObject(_attributes(row['attributes']), row['share'])
                   for row in self._objects[number]]
        places = np.flatnonzero(self._offered[:, 0] == number)
        offers = [(PackedMask(self._offers[place]), int(self._offered[place, 1]))
                  for place in places]
        scene = labelled_scene(np.asarray(self._images[number]),
                               np.asarray(self._labels[number]), objects, offers)
        maps = {name: np.asarray(values[number]) for name, values in self._maps.items()}
        return replace(scene, **maps, photographed=bool(maps))


def _attributes(row: dict) -> Attributes:
    """Return what a row of a shard's description says of an object."""
    rgb = row.get('rgb')
    return Attributes(row['category'], row['colour'], row['material'],
                      None if rgb is None else tuple(rgb))


def labelled_scene(image: np.ndarray, labels: np.ndarray, objects: list[ShardObject],
                   offers: Sequence[tuple[PackedMask, int]] = ()) -> LabelledScene:
    """Return a picture with the objects that are large and bare enough to be recognised.

    Args:
        image: (H, W, 3) uint8 RGB.
        labels: (H, W) uint8, i + 1 for objects[i].
        objects: The objects of the scene.
        offers: Masks of a proposer, each with the label of the object that it outlines, or 0.
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


def write_depths(stem: Path, depths: np.ndarray, cameras: list[CameraModel]) -> None:
    """Write (N, H, W) metres, 0 where there is none, and the intrinsics, for `read_frames`."""
    steps = np.rint(depths * DEPTH_STEPS)
    np.save(f'{stem}.depths.npy', np.where(steps < 2 ** 16, steps, 0).astype(np.uint16))
    np.save(f'{stem}.cameras.npy', np.array(
        [(camera.fx, camera.fy, camera.cx, camera.cy) for camera in cameras]))


def read_frames(stem: str) -> Iterator[Frame]:
    """Yield what the robot saw of each scene of a shard that `write_depths` has been to."""
    images, depths, cameras = (np.load(f'{stem}.{name}.npy', mmap_mode='r')
                               for name in ('images', 'depths', 'cameras'))
    for image, depth, camera in zip(images, depths, cameras, strict=True):
        height, width = depth.shape
        yield Frame(np.asarray(image), np.float32(depth) / np.float32(DEPTH_STEPS),
                    CameraModel(*camera.tolist(), width, height))


def write_maps(stem: Path, maps: dict[str, np.ndarray]) -> None:
    """Write (N, H, W) uint8 maps of Style.HOME by their names in MAPS."""
    for name in MAPS:
        np.save(f'{stem}.{name}.npy', maps[name])


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
    if np.count_nonzero(mask) < MIN_PIXELS:
        return False
    return mask.any(0).sum() >= MIN_BOX_SIDE and mask.any(1).sum() >= MIN_BOX_SIDE


def may_be_asked_for(mask: np.ndarray, share: float) -> bool:
    """Tell by the simulation's own rule whether an expression may name the object."""
    return np.count_nonzero(mask) >= TARGET_SHARE * mask.size and share >= VISIBLE_SHARE
