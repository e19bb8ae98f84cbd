"""What a proposer gets wrong: pieces of table, small parts of objects, two objects in one."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.captions import Attributes
from training.preprocess import cut_mask
from training.scenes import LabelledScene

MIN_PIXELS = 60


@dataclass(frozen=True, eq=False)
class WrongMask:
    """A (H, W) bool mask of no whole object; source: the object that it is a part of, if any."""

    mask: np.ndarray
    source: Attributes | None


def distractor_mask(rng: np.random.Generator, scene: LabelledScene) -> WrongMask | None:
    """Draw one wrong mask of a scene, or none."""
    draw = rng.random()
    source = None
    if draw < 0.25:
        mask = _table_patch(rng, scene.masks.any(0))
    elif draw < 0.55:
        index = int(rng.integers(len(scene.masks)))
        mask = cut_mask(rng, scene.masks[index], rng.uniform(0.1, 0.3))
        source = scene.things[index]
    elif draw < 0.7 and len(scene.masks) > 1:
        first, second = rng.choice(len(scene.masks), 2, replace=False)
        mask = scene.masks[first] | scene.masks[second]
    else:
        return None
    return WrongMask(mask, source) if mask.sum() >= MIN_PIXELS else None


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
