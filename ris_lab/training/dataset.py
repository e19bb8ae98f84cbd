# SPDX-License-Identifier: Apache-2.0
"""Training batches: disturbed crops, whole images, captions and what matches what."""
from __future__ import annotations

from collections.abc import Iterator
import dataclasses
from dataclasses import dataclass
import math
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from ris_lab.training.captions import (
    Attributes,
    Caption,
    CaptionFit,
    phantom_caption,
    sample_caption,
)
from ris_lab.training.colour_names import BASIC, colour_words, sample_colour
from ris_lab.training.distractors import MIN_PIXELS, PART_SHARE, wrong_masks
from ris_lab.training.light import evened, mirror_field, random_light, relight, shading_field
from ris_lab.training.loop import worker_seed
from ris_lab.training.model import Vocabulary
from ris_lab.training.preprocess import (
    disturbed_mask,
    random_pose,
    square_crop,
    token_mask,
    whole_image,
)
from ris_lab.training.prints import lay_highlights, lay_label
from ris_lab.training.recolour import DISPLAY_GAMMA, NEUTRAL, recolour
from ris_lab.training.scenes import LabelledScene, open_shards
from ris_lab.training.words import CATEGORY_WORDS, MATERIALS

CAPTIONS_PER_OBJECT = 2
PHANTOMS_PER_SCENE = 3
# Of a step's scenes, whose masks are also looked at in the whole picture.
GLOBAL_SHARE = 2 / 3
BATCHES_BETWEEN_SCANS = 50
WRONG_MASKS = 3
OUTLINE_SHARE = 0.5
EVENING_SHARE, MIRRORING_SHARE, SHADING_SHARE = 0.5, 0.4, 0.6
# Of the plain things without print: those that get labels, highlights, and, where they are white
# or gray, another colour. With more of a label than the last share, a thing has no one colour.
LABEL_SHARE, HIGHLIGHT_SHARE, RECOLOUR_SHARE, MAIN_COLOUR_SHARE = 0.3, 0.15, 0.5, 0.3
# Of the pictures with a camera's errors in them, those that get another light.
RELIT_SHARE = 0.5
MATCH, NO_MATCH, UNDECIDED = 1, 0, -1
UNKNOWN = -100
CATEGORIES, COLOURS = tuple(CATEGORY_WORDS), BASIC


@dataclass(frozen=True, eq=False)
class Batch:
    """The data of one step: C crops (O objects, then wrong masks) and T captions of some scenes.

    Attributes:
        crops: (C, S, S, 3) uint8.
        crop_scenes: (C,) the scene of each crop.
        classes: (O, 3) category, colour and material of each object; UNKNOWN for no one colour.
        images: (I, S, S, 3) uint8, the pictures of the first scenes.
        token_masks: (M, G, G) token masks of the M crops in these pictures.
        masked: (M,) the indices of these crops.
        tokens: (T, 32) the captions as tokens.
        caption_scenes: (T,) the scene of each caption.
        truth: (T, C) int8, MATCH, NO_MATCH or UNDECIDED (left out of the loss).
    """

    crops: Tensor
    crop_scenes: Tensor
    classes: Tensor
    images: Tensor
    token_masks: Tensor
    masked: Tensor
    tokens: Tensor
    caption_scenes: Tensor
    truth: Tensor

    def to(self, device: torch.device) -> Batch:
        """Return the batch on another device."""
        return Batch(*(getattr(self, field.name).to(device)
                       for field in dataclasses.fields(self)))


class Batches(IterableDataset):
    """An endless stream of batches, as much of each folder; looks for new shards now and then."""

    def __init__(self, folders: list[Path], seed: int, scenes: int) -> None:
        self._folders = folders
        self._seed = seed
        self._scenes = scenes

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        torch.set_num_threads(1)
        rng = np.random.default_rng(worker_seed(self._seed))
        vocabulary = Vocabulary()
        while True:
            sources = [open_shards(folder, 'train') for folder in self._folders]
            for folder, shards in zip(self._folders, sources, strict=True):
                if not shards:
                    raise FileNotFoundError(
                        f'No train_*.json in {folder}; '
                        'run ris train render first.')
            for _ in range(BATCHES_BETWEEN_SCANS):
                chosen = []
                while len(chosen) < self._scenes:
                    shards = sources[int(rng.integers(len(sources)))]
                    shard = shards[int(rng.integers(len(shards)))]
                    scene = shard.scene(int(rng.integers(len(shard))))
                    if scene.things:
                        chosen.append(scene)
                yield make_batch(rng, chosen, vocabulary)


def make_batch(rng: np.random.Generator, scenes: list[LabelledScene],
               vocabulary: Vocabulary) -> Batch:
    """Cut, disturb and caption the objects of some scenes."""
    objects, others, things, owners, images = [], [], [], [], []
    seen_whole = max(1, round(GLOBAL_SHARE * len(scenes)))
    for number, scene in enumerate(scenes):
        picture, scene, laid = _disguised(rng, scene)
        flip = 1 - 2 * int(rng.integers(2))
        if number < seen_whole:
            images.append(whole_image(picture)[:, ::flip])
        outlines = [_some_outline(rng, scene, index) for index in range(len(scene.things))]
        wrong = [*wrong_masks(rng, scene, WRONG_MASKS), *laid]
        for masks, views in ((outlines, objects), (wrong, others)):
            views += [_view(rng, picture, mask, number, flip if number < seen_whole else None)
                      for mask in masks]
        things += scene.things
        owners += [number] * len(scene.things)
    captions = [sample_caption(rng, thing) for thing in things for _ in range(CAPTIONS_PER_OBJECT)]
    captions += [phantom_caption(rng, tuple(things[place] for place in np.flatnonzero(
        np.array(owners) == number))) for number in range(len(scenes))
                 for _ in range(PHANTOMS_PER_SCENE)]
    caption_scenes = [*np.repeat(owners, CAPTIONS_PER_OBJECT),
                      *np.repeat(range(len(scenes)), PHANTOMS_PER_SCENE)]
    classes = np.array([[CATEGORIES.index(thing.category),
                         COLOURS.index(thing.colour) if thing.colour else UNKNOWN,
                         MATERIALS.index(thing.material)] for thing in things])
    truth = np.full((len(captions), len(objects) + len(others)), NO_MATCH, np.int8)
    truth[:, :len(objects)] = truths(captions, things)
    views = [*objects, *others]
    masked = [place for place, view in enumerate(views) if view.token_mask is not None]
    return Batch(
        crops=torch.from_numpy(np.stack([view.crop for view in views])),
        crop_scenes=torch.tensor([view.scene for view in views]),
        classes=torch.from_numpy(classes),
        images=torch.from_numpy(np.stack(images)),
        token_masks=torch.from_numpy(np.stack([views[place].token_mask for place in masked])),
        masked=torch.tensor(masked),
        tokens=vocabulary.encode([caption.text for caption in captions]),
        caption_scenes=torch.tensor(np.array(caption_scenes)),
        truth=torch.from_numpy(truth))


@dataclass(frozen=True, eq=False)
class _View:
    """What the network sees of one mask: (S, S, 3) uint8 crop and, or not, (G, G) token mask."""

    crop: np.ndarray
    token_mask: np.ndarray | None
    scene: int


def _view(rng: np.random.Generator, picture: np.ndarray, mask: np.ndarray, scene: int,
          flip: int | None) -> _View:
    """Cut a mask out; flip: step of the whole picture's columns, None if that is not looked at."""
    crop = np.rint(np.clip(square_crop(picture, mask, random_pose(rng)), 0, 255))
    seen = None if flip is None else token_mask(mask)[:, ::flip]
    return _View(crop.astype(np.uint8), seen, scene)


def _some_outline(rng: np.random.Generator, scene: LabelledScene, index: int) -> np.ndarray:
    """Draw an outline of a thing: what a proposer offers for it, or its mask disturbed."""
    offers = scene.outlines[index]
    if offers and rng.random() < OUTLINE_SHARE:
        return offers[int(rng.integers(len(offers)))].unpacked()
    return disturbed_mask(rng, scene.masks[index])


def _disguised(rng: np.random.Generator, scene: LabelledScene
               ) -> tuple[np.ndarray, LabelledScene, list[np.ndarray]]:
    """Return a scene's picture in another light, the scene as it is now, and the labels' masks.

    Some things have got labels, highlights and other colours.
    """
    picture, laid, things = scene.image.copy(), [], []
    for mask, thing in zip(scene.masks, scene.things, strict=True):
        neutral = thing.colour in NEUTRAL and thing.material == 'plain'
        if neutral and rng.random() < RECOLOUR_SHARE:
            thing = recoloured(rng, picture, mask, thing)
        if scene.parts is None and rng.random() < LABEL_SHARE:
            label = lay_label(picture, mask, rng)
            share = np.count_nonzero(label) / np.count_nonzero(mask)
            if share > MAIN_COLOUR_SHARE:
                thing = dataclasses.replace(thing, colour='', rgb=None)
            if MIN_PIXELS <= np.count_nonzero(label) and share < PART_SHARE:
                laid.append(label)
        if rng.random() < HIGHLIGHT_SHARE:
            lay_highlights(picture, mask, rng)
        things.append(thing)
    scene = dataclasses.replace(scene, image=picture, things=tuple(things))
    if scene.photographed and rng.random() > RELIT_SHARE:
        return picture, scene, laid
    return _relit(rng, scene), scene, laid


def recoloured(rng: np.random.Generator, picture: np.ndarray, mask: np.ndarray,
               thing: Attributes) -> Attributes:
    """Paint a white or gray thing of a picture, in place; return what is true of it now."""
    rgb, brightness = sample_colour(rng), NEUTRAL[thing.colour]
    if thing.rgb is not None:
        brightness = float(np.mean(np.array(thing.rgb) ** DISPLAY_GAMMA))
    recolour(picture, mask, brightness, rgb)
    sure = [word for word in colour_words(rgb)[0] if word in BASIC]
    return dataclasses.replace(thing, colour=sure[0] if sure else '', rgb=rgb)


def _relit(rng: np.random.Generator, scene: LabelledScene) -> np.ndarray:
    """Return a scene's picture with its things shaded otherwise and in another light."""
    picture = scene.image
    for mask, thing in zip(scene.masks, scene.things, strict=True):
        height, width = cv2.boundingRect(mask.astype(np.uint8))[:1:-1]
        fields = []
        if rng.random() < EVENING_SHARE:
            fields.append(evened(rng, picture, mask))
        if rng.random() < SHADING_SHARE:
            fields.append(shading_field(rng, height, width))
        if thing.material == 'metal' and rng.random() < MIRRORING_SHARE:
            fields.append(mirror_field(rng, height, width))
        if fields:
            relight(picture, mask, math.prod(fields))
    return random_light(rng)(rng, picture)


def truths(captions: list[Caption], things: list[Attributes]) -> np.ndarray:
    """Judge each of T captions with each of O things; return (T, O) int8."""
    values = {CaptionFit.YES: MATCH, CaptionFit.NO: NO_MATCH, CaptionFit.MAYBE: UNDECIDED}
    return np.array([[values[caption.fit(thing)] for thing in things] for caption in captions],
                    np.int8)
