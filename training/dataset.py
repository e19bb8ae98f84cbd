"""Training batches: disturbed crops, whole images, captions and what matches what."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from training.captions import (
    CATEGORY_WORDS,
    COLOUR_WORDS,
    MATERIALS,
    Attributes,
    Caption,
    phantom_caption,
    sample_caption,
)
from training.distractors import distractor_mask
from training.light import mirror_field, random_light, relight, shading_field
from training.model import Vocabulary
from training.preprocess import (
    disturbed_mask,
    random_pose,
    square_crop,
    token_mask,
    whole_image,
)
from training.scenes import LabelledScene, open_shards

CAPTIONS_PER_OBJECT = 2
PHANTOMS_PER_SCENE = 3
GLOBAL_SCENES = 6
BATCHES_BETWEEN_SCANS = 50
MIRRORING_SHARE, SHADING_SHARE = 0.4, 0.6
MATCH, NO_MATCH, UNDECIDED = 1, 0, -1
CATEGORIES, COLOURS = tuple(CATEGORY_WORDS), tuple(COLOUR_WORDS)


@dataclass(frozen=True, eq=False)
class Batch:
    """One step's data: C crops (O objects, then distractors) and T captions of some scenes.

    crops: (C, S, S, 3) uint8.  crop_scenes: (C,).  classes: (O, 3) category, colour, material.
    images: (GLOBAL_SCENES, S, S, 3) uint8.  token_masks: (M, G, G) of the M objects in them,
    which are the first objects.
    tokens: (T, 32).  caption_scenes: (T,).
    truth: (T, C) int8, MATCH, NO_MATCH or UNDECIDED (left out of the loss).
    """

    crops: Tensor
    crop_scenes: Tensor
    classes: Tensor
    images: Tensor
    token_masks: Tensor
    tokens: Tensor
    caption_scenes: Tensor
    truth: Tensor


class Batches(IterableDataset):
    """An endless stream of batches, as much of each folder; looks for new shards now and then."""

    def __init__(self, folders: list[Path], seed: int, scenes: int) -> None:
        self._folders = folders
        self._seed = seed
        self._scenes = scenes

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        torch.set_num_threads(1)
        rng = np.random.default_rng(self._seed)
        vocabulary = Vocabulary()
        while True:
            sources = [open_shards(folder, 'train') for folder in self._folders]
            for folder, shards in zip(self._folders, sources, strict=True):
                if not shards:
                    raise FileNotFoundError(
                        f'No train_*.json in {folder}; run python -m training.render first.')
            for _ in range(BATCHES_BETWEEN_SCANS):
                chosen = []
                while len(chosen) < self._scenes:
                    shards = sources[int(rng.integers(len(sources)))]
                    shard = shards[int(rng.integers(len(shards)))]
                    scene = shard.scene(int(rng.integers(len(shard))))
                    if scene.things:
                        chosen.append(scene)
                yield make_batch(rng, chosen, vocabulary)


@dataclass(frozen=True, eq=False)
class _Distractor:
    """A crop that no caption should find; similar objects are undecided about their colour."""

    crop: np.ndarray
    scene: int
    source: Attributes | None


def make_batch(rng: np.random.Generator, scenes: list[LabelledScene],
               vocabulary: Vocabulary) -> Batch:
    """Cut, disturb and caption the objects of some scenes."""
    crops, owners, things, images, token_masks, distractors = [], [], [], [], [], []
    for number, scene in enumerate(scenes):
        picture = _relit(rng, scene)
        flip = 1 - 2 * int(rng.integers(2))
        if number < GLOBAL_SCENES:
            images.append(whole_image(picture)[:, ::flip])
        for mask, thing in zip(scene.masks, scene.things, strict=True):
            mask = disturbed_mask(rng, mask)
            crops.append(_as_bytes(square_crop(picture, mask, random_pose(rng))))
            if number < GLOBAL_SCENES:
                token_masks.append(token_mask(mask)[:, ::flip])
            owners.append(number)
            things.append(thing)
        found = distractor_mask(rng, scene)
        if found is not None:
            crop = _as_bytes(square_crop(picture, found.mask, random_pose(rng)))
            distractors.append(_Distractor(crop, number, found.source))
    captions = [sample_caption(rng, thing) for thing in things for _ in range(CAPTIONS_PER_OBJECT)]
    captions += [phantom_caption(rng, scene.things) for scene in scenes
                 for _ in range(PHANTOMS_PER_SCENE)]
    caption_scenes = [*np.repeat(owners, CAPTIONS_PER_OBJECT),
                      *np.repeat(range(len(scenes)), PHANTOMS_PER_SCENE)]
    truth = np.array([[*(_truth(caption, thing) for thing in things),
                       *(_distractor_truth(caption, other.source) for other in distractors)]
                      for caption in captions], np.int8)
    return Batch(
        crops=torch.from_numpy(np.stack([*crops, *(other.crop for other in distractors)])),
        crop_scenes=torch.tensor([*owners, *(other.scene for other in distractors)]),
        classes=torch.tensor([[CATEGORIES.index(thing.category), COLOURS.index(thing.colour),
                               MATERIALS.index(thing.material)] for thing in things]),
        images=torch.from_numpy(np.stack(images)),
        token_masks=torch.from_numpy(np.stack(token_masks)),
        tokens=vocabulary.encode([caption.text for caption in captions]),
        caption_scenes=torch.tensor(np.array(caption_scenes)),
        truth=torch.from_numpy(truth))


def _relit(rng: np.random.Generator, scene: LabelledScene) -> np.ndarray:
    """Return a scene's picture with its things shaded otherwise and in another light."""
    picture = scene.image.copy()
    for mask, thing in zip(scene.masks, scene.things, strict=True):
        height, width = cv2.boundingRect(mask.astype(np.uint8))[:1:-1]
        if rng.random() < SHADING_SHARE:
            relight(picture, mask, shading_field(rng, height, width))
        if thing.material == 'metal' and rng.random() < MIRRORING_SHARE:
            relight(picture, mask, mirror_field(rng, height, width))
    return random_light(rng)(rng, picture)


def _as_bytes(crop: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(crop, 0, 255)).astype(np.uint8)


def _truth(caption: Caption, thing: Attributes) -> int:
    """Judge a pair; of an unseen noun with the right colour nothing is known."""
    if caption.absent and caption.colours and thing.colour in caption.colours:
        return UNDECIDED
    return MATCH if caption.matches(thing) else NO_MATCH


def _distractor_truth(caption: Caption, source: Attributes | None) -> int:
    """Judge a distractor: a piece of a thing still has its colour and material."""
    names_a_category = bool(caption.categories) or caption.absent
    if source is None or names_a_category or not caption.matches(source):
        return NO_MATCH
    return UNDECIDED
