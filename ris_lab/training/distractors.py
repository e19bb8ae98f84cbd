"""What a proposer gets wrong: pieces of table, small parts of objects, two objects in one."""
from __future__ import annotations

import cv2
import numpy as np

from ris_lab.training.preprocess import cut_mask
from ris_lab.training.scenes import LabelledScene

MIN_PIXELS = 60


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


def wrong_masks(rng: np.random.Generator, scene: LabelledScene, most: int) -> list[np.ndarray]:
    """Draw at most `most` of the wrong masks that a proposer offers, and mostly one other."""
    offered = [scene.wrong[place].unpacked()
               for place in rng.permutation(len(scene.wrong))[:most]]
    drawn = [mask for mask in offered if np.count_nonzero(mask) >= MIN_PIXELS]
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
