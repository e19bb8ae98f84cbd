# SPDX-License-Identifier: Apache-2.0
"""Pieces of rendered scenes, cut at random places and scales."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ris_lab.training.scenes import MAY_BE_NAMED

WIDTH, HEIGHT = 256, 192
UNKNOWN = -1

# Output pixels per picture pixel; at run time a picture of 640 x 480 is seen at 0.5.
SCALES = (0.4, 1.2)


@dataclass(frozen=True, eq=False)
class View:
    """A piece of a picture.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        labels: (H, W) int32; 0 is the background, and each object has its own number; UNKNOWN is
            what may be taken for either.
    """

    image: np.ndarray
    labels: np.ndarray


class Pictures:
    """The pictures and label images of a split's finished shards, read from disk as needed."""

    def __init__(self, folder: Path, split: str) -> None:
        stems = [str(path)[:-len('.json')] for path in sorted(folder.glob(f'{split}_*.json'))]
        self._shards = [(np.load(f'{stem}.images.npy', mmap_mode='r'),
                         np.load(f'{stem}.labels.npy', mmap_mode='r'), _background(stem))
                        for stem in stems]

    def __len__(self) -> int:
        return sum(len(images) for images, _, _ in self._shards)

    def scene(self, number: int) -> View:
        """Return a whole picture."""
        for images, labels, background in self._shards:
            if number < len(images):
                truth = np.array(labels[number], np.int32)
                if background is not None:
                    truth[background[number] == MAY_BE_NAMED] = UNKNOWN
                return View(np.asarray(images[number]), truth)
            number -= len(images)
        raise IndexError(number)

    def random_view(self, rng: np.random.Generator) -> View:
        """Return a piece of one picture, mirrored half the time."""
        return cut(self.scene(int(rng.integers(len(self)))), rng)


def _background(stem: str) -> np.ndarray | None:
    """Return a shard's maps of the background; scenes of Style.TOY have none."""
    path = Path(f'{stem}.background.npy')
    return np.load(path, mmap_mode='r') if path.exists() else None


def cut(scene: View, rng: np.random.Generator) -> View:
    """Return a (192, 256) piece of a larger picture at a random place and scale."""
    rows, columns = scene.labels.shape
    smallest = max(WIDTH / columns, HEIGHT / rows)
    scale = float(np.exp(rng.uniform(np.log(max(SCALES[0], smallest)), np.log(SCALES[1]))))
    width, height = int(WIDTH / scale), int(HEIGHT / scale)
    x, y = int(rng.integers(columns - width + 1)), int(rng.integers(rows - height + 1))
    image = cv2.resize(scene.image[y:y + height, x:x + width], (WIDTH, HEIGHT),
                       interpolation=cv2.INTER_AREA)
    # Labels are taken at the centres of the new pixels.
    down = y + ((np.arange(HEIGHT) + 0.5) * height / HEIGHT).astype(int)
    across = x + ((np.arange(WIDTH) + 0.5) * width / WIDTH).astype(int)
    labels = scene.labels[down[:, None], across]
    if rng.random() < 0.5:
        image, labels = image[:, ::-1], labels[:, ::-1]
    return View(np.ascontiguousarray(image), np.ascontiguousarray(labels))
