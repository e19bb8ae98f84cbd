# SPDX-License-Identifier: Apache-2.0
"""An endless stream of disturbed pictures with what the segmenter should say of them."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from ris_lab.training.loop import worker_seed
from ris_lab.training.prints import print_on_things
from ris_lab.training.proposer.clutter import add_clutter
from ris_lab.training.proposer.disturb import (
    paste_boxes,
    paste_objects,
    photograph,
    repaint_background,
    repaint_objects,
)
from ris_lab.training.proposer.targets import make_targets
from ris_lab.training.proposer.views import Pictures, View

# Number of samples after which new shards are looked for.
_REFRESH = 400

# Of the pictures: those with furniture-like shapes, and those in which things have print.
CLUTTER_SHARE, PRINT_SHARE = 0.5, 0.75
# Of the pictures, those with flat boxes side by side.
BOX_SHARE = 0.12
# Of the things of those with print: those with labels and those with highlights.
SHARES_OF_THINGS = 0.55, 0.25


class Samples(IterableDataset):
    """Batches of (B, 3, H, W) uint8 RGB and (B, 8, H, W) float32 targets; see `Targets`."""

    def __init__(self, folders: list[Path], seed: int, size: int) -> None:
        super().__init__()
        self._folders, self._seed, self._size = folders, seed, size

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        rng = np.random.default_rng(worker_seed(self._seed))
        while True:
            sources = [Pictures(folder, 'train') for folder in self._folders]
            for _ in range(_REFRESH // self._size):
                pairs = [make_sample(sources, rng) for _ in range(self._size)]
                images, targets = (np.stack(column) for column in zip(*pairs, strict=True))
                yield (torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(targets))


def make_sample(sources: list[Pictures],
                rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a (H, W, 3) uint8 picture of one of the folders and its (8, H, W) float32 targets."""
    view = _some_view(sources, rng)
    if rng.random() < 0.35:
        view = repaint_background(view, rng)
    if rng.random() < CLUTTER_SHARE:
        view = add_clutter(view, rng)
    if rng.random() < 0.7:
        view = paste_objects(view, _some_view(sources, rng), rng)
    if rng.random() < 0.5:
        view = repaint_objects(view, rng)
    if rng.random() < BOX_SHARE:
        view = paste_boxes(view, rng)
    if rng.random() < PRINT_SHARE:
        view = printed(view, rng)
    return photograph(view.image, rng), make_targets(view.labels).stacked()


def printed(view: View, rng: np.random.Generator) -> View:
    """Lay labels and highlights over some of a picture's things."""
    image = view.image.copy()
    masks = [view.labels == number for number in np.unique(view.labels) if number > 0]
    print_on_things(image, masks, rng, *SHARES_OF_THINGS)
    return View(image, view.labels)


def _some_view(sources: list[Pictures], rng: np.random.Generator) -> View:
    """Return a piece of a picture; each folder gives as much."""
    return sources[int(rng.integers(len(sources)))].random_view(rng)
