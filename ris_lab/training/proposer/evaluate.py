# SPDX-License-Identifier: Apache-2.0
"""How many objects the proposals find on held-out shapes: ``ris train proposer-recall``."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
import time

import cv2
import numpy as np
import torch
from torch import nn

from ris_lab.training.proposer.views import Pictures, View
from ris_ros.frame import Frame
from ris_ros.proposals.embedded import EmbeddedProposer
from ris_ros.proposals.learned import find_instances, look
from ris_sim.rendering.camera_effects import photograph
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene

# Objects with fewer visible pixels at 640 x 480 do not count.
MIN_PIXELS = 300


def test_scenes(folder: Path, count: int) -> list[View]:
    """Return the first scenes of the split 'test'."""
    pictures = Pictures(folder, 'test')
    return [pictures.scene(number) for number in range(min(count, len(pictures)))]


def best_ious(masks: np.ndarray, labels: np.ndarray) -> list[float]:
    """Return for each object of at least 300 pixels the IoU of the mask that fits it best.

    Args:
        masks: (N, H, W) bool.
        labels: (H, W) integers; 0 is the background.
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


def measure(scenes: int, seed: int) -> dict[str, dict[str, float]]:
    """Return what the embedded proposer finds on fresh scenes, with depth and without.

    Shapes are those of the split 'test', colour and depth as a real camera takes them. 'ms' is
    the median CPU time of a frame, 'right' the share of masks that are an object at IoU .5.
    """
    proposer, renderer = EmbeddedProposer(), Renderer()
    best: dict[str, list[float]] = {'with depth': [], 'without depth': []}
    rows: dict[str, list[tuple[float, int, int]]] = {name: [] for name in best}
    for number in range(scenes):
        rng = np.random.default_rng([seed, number])
        rendering = renderer.render(sample_scene(rng, 'test'))
        image = photograph(rendering.image, rng)
        depth = add_depth_noise(rendering.depth, rng, rendering.shiny)
        frames = {'with depth': Frame(image, depth, rendering.camera),
                  'without depth': Frame(image)}
        for name, frame in frames.items():
            started = time.process_time()
            masks = proposer.propose(frame)
            spent = time.process_time() - started
            best[name] += best_ious(masks, rendering.labels)
            rows[name].append((spent, len(masks), objects_among(masks, rendering.labels)))
    return {name: _summary(np.array(best[name]), np.array(rows[name])) for name in best}


def objects_among(masks: np.ndarray, labels: np.ndarray) -> int:
    """Return how many (N, H, W) masks have an IoU above .5 with some object."""
    truths = [labels == number for number in np.unique(labels[labels > 0])]
    return sum(any((mask & truth).sum() > 0.5 * (mask | truth).sum() for truth in truths)
               for mask in masks)


def _summary(best: np.ndarray, rows: np.ndarray) -> dict[str, float]:
    spent, counts, right = rows.T
    return {'objects': len(best), 'at .5': float(np.mean(best > 0.5)),
            'at .75': float(np.mean(best > 0.75)), 'masks': float(counts.mean()),
            'most': float(counts.max()), 'right': float(right.sum() / counts.sum()),
            'ms': float(1e3 * np.median(spent))}


def print_recall(scenes: int, seed: int) -> None:
    """Print recall, masks a frame and CPU time of the embedded proposer, on one thread.

    Args:
        scenes: Number of fresh scenes.
        seed: Seed of the scenes.
    """
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    for name, values in measure(scenes, seed).items():
        print(name, ' '.join(f'{key} {value:.3f}' for key, value in values.items()))
