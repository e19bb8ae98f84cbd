"""How many objects the segmenter's masks find, on held-out shapes: recall by IoU."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from torch import nn

from ris_ros.proposals.learned import find_instances, look
from training.proposer.views import Pictures, View

# Objects with fewer visible pixels at 640 x 480 do not count.
MIN_PIXELS = 300


def test_scenes(folder: Path, count: int) -> list[View]:
    """Return the first scenes of the split 'test'."""
    pictures = Pictures(folder, 'test')
    return [pictures.scene(number) for number in range(min(count, len(pictures)))]


def best_ious(masks: np.ndarray, labels: np.ndarray) -> list[float]:
    """Return for each object of at least 300 pixels the IoU of the mask that fits it best.

    masks: (N, H, W) bool.  labels: (H, W) integers, 0 background.
    """
    areas = masks.sum((1, 2))
    best = []
    for number in np.unique(labels[labels > 0]):
        truth = labels == number
        area = np.count_nonzero(truth)
        if area >= MIN_PIXELS:
            both = masks[:, truth].sum(1)
            best.append(float((both / (areas + area - both)).max(initial=0)))
    return best


def recall(propose: Callable[[np.ndarray], np.ndarray],
           scenes: Iterable[View]) -> dict[str, float]:
    """Return recall at IoU .5 and .75 and the mean number of masks of an image -> masks."""
    best, counts = [], []
    for scene in scenes:
        masks = propose(scene.image)
        counts.append(len(masks))
        best += best_ious(masks, scene.labels)
    values = np.array(best)
    return {'objects': len(best), 'at .5': float(np.mean(values > 0.5)),
            'at .75': float(np.mean(values > 0.75)), 'masks': float(np.mean(counts))}


def segmenter_masks(segmenter: nn.Module, image: np.ndarray) -> np.ndarray:
    """Return the segmenter's own masks at the picture's size, unrefined."""
    found = find_instances(look(segmenter, image))
    factor = image.shape[0] // found[0].shape[0] if found else 1
    return np.array([mask.repeat(factor, 0).repeat(factor, 1) for mask in found],
                    bool).reshape(-1, *image.shape[:2])
