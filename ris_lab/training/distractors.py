# SPDX-License-Identifier: Apache-2.0
"""What a proposer gets wrong: background, parts of objects, two objects in one."""
from __future__ import annotations

import cv2
import numpy as np

from ris_lab.training.preprocess import convex_piece, cut_mask
from ris_lab.training.scenes import MAY_BE_NAMED, LabelledScene

MIN_PIXELS = 60
# A part has less than this share of its object.
PART_SHARE = 0.55


def distractor_mask(rng: np.random.Generator, scene: LabelledScene) -> np.ndarray | None:
    """Draw a (H, W) bool mask of no whole object of a scene, or none."""
    draw = rng.random()
    if draw < 0.25:
        mask = _table_patch(rng, scene.masks.any(0))
    elif draw < 0.55:
        index = int(rng.integers(len(scene.masks)))
        mask = cut_mask(rng, scene.masks[index], rng.uniform(0.1, 0.3))
    elif draw < 0.7 and len(scene.masks) > 1:
        first, second = rng.choice(len(scene.masks), 2, replace=False)
        mask = scene.masks[first] | scene.masks[second]
    else:
        return None
    return mask if np.count_nonzero(mask) >= MIN_PIXELS else None


def background_masks(rng: np.random.Generator, scene: LabelledScene,
                     most: int) -> list[np.ndarray]:
    """Draw things of the background, whole or a piece of each."""
    if scene.background is None:
        return []
    numbers, counts = np.unique(scene.background, return_counts=True)
    large = numbers[(numbers > 0) & (numbers < MAY_BE_NAMED) & (counts >= 2 * MIN_PIXELS)]
    masks = []
    for number in rng.permutation(large)[:most]:
        mask = scene.background == number
        draw = rng.random()
        if draw < 0.3:
            mask = cut_mask(rng, mask, rng.uniform(0.15, 0.85))
        elif draw < 0.6:
            mask = mask & convex_piece(rng, mask)
        masks.append(mask)
    return [mask for mask in masks if np.count_nonzero(mask) >= MIN_PIXELS]


def part_masks(rng: np.random.Generator, scene: LabelledScene, most: int) -> list[np.ndarray]:
    """Draw parts of objects: a label, a cap, a handle, each much less than the whole."""
    if scene.parts is None:
        return []
    found = []
    for index in rng.permutation(len(scene.masks))[:most + 2]:
        whole = scene.masks[index]
        counts = np.bincount(scene.parts[whole], minlength=2)
        counts[0] = 0
        small = np.flatnonzero((counts >= MIN_PIXELS) & (counts <= PART_SHARE * whole.sum()))
        if len(small):
            found.append(whole & (scene.parts == rng.choice(small)))
    return found[:most]


def wrong_masks(rng: np.random.Generator, scene: LabelledScene, most: int) -> list[np.ndarray]:
    """Draw masks that are no object.

    At most `most` of them a proposer offers; others are things of the background and parts of
    objects, as many at most, where these are known; mostly one more is drawn freely.
    """
    offered = [scene.wrong[place].unpacked()
               for place in rng.permutation(len(scene.wrong))[:most]]
    drawn = [mask for mask in offered if np.count_nonzero(mask) >= MIN_PIXELS]
    drawn += background_masks(rng, scene, most)
    drawn += part_masks(rng, scene, most - 1)
    other = distractor_mask(rng, scene)
    return drawn if other is None else [*drawn, other]


def _table_patch(rng: np.random.Generator, objects: np.ndarray) -> np.ndarray:
    """Draw a turned ellipse or rectangle on what is not an object."""
    height, width = objects.shape
    patch = np.zeros((height, width), np.uint8)
    centre = rng.uniform(0, width), rng.uniform(0.2 * height, height)
    box = (centre, tuple(rng.uniform(20, 160, 2)), rng.uniform(0, 180))
    if rng.random() < 0.5:
        cv2.ellipse(patch, box, 1, -1)
    else:
        cv2.fillConvexPoly(patch, cv2.boxPoints(box).astype(np.int32), 1)
    return patch.astype(bool) & ~objects
