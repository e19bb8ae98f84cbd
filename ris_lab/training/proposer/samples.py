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
from ris_lab.training.proposer.disturb import (
    paste_objects,
    photograph,
    repaint_background,
    repaint_objects,
)
from ris_lab.training.proposer.targets import make_targets
from ris_lab.training.proposer.views import Pictures, View

# Number of samples after which new shards are looked for.
_REFRESH = 400


class Samples(IterableDataset):
    """Batches of (B, 3, H, W) uint8 RGB and (B, 8, H, W) float32 targets; see `Targets`."""

    def __init__(self, folder: Path, seed: int, size: int) -> None:
        super().__init__()
        self._folder, self._seed, self._size = folder, seed, size

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        rng = np.random.default_rng(worker_seed(self._seed))
        while True:
            pictures = Pictures(self._folder, 'train')
            for _ in range(_REFRESH // self._size):
                pairs = [make_sample(pictures, rng) for _ in range(self._size)]
                images, targets = (np.stack(column) for column in zip(*pairs, strict=True))
                yield (torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(targets))


def make_sample(pictures: Pictures, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a (H, W, 3) uint8 picture and its (8, H, W) float32 targets."""
    view: View = pictures.random_view(rng)
    if rng.random() < 0.7:
        view = paste_objects(view, pictures.random_view(rng), rng)
    if rng.random() < 0.5:
        view = repaint_objects(view, rng)
    if rng.random() < 0.35:
        view = repaint_background(view, rng)
    return photograph(view.image, rng), make_targets(view.labels).stacked()
