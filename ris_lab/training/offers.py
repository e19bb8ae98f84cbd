# SPDX-License-Identifier: Apache-2.0
"""What the embedded proposer offers of training pictures: ``ris train offers``.

It looks at each picture twice, with depth and without.
"""
from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from ris_lab.training.scenes import read_frames
from ris_ros.frame import Frame
from ris_ros.proposals import Proposer
from ris_ros.proposals.embedded import EmbeddedProposer
from ris_sim.rendering.camera_effects import photograph

# A mask with this IoU with an object is an outline of it, one with less than the other is of none;
# so is one in between that holds this share of two objects.
OUTLINE_IOU, WRONG_IOU = 0.7, 0.4
HELD = 0.7


def judged(masks: np.ndarray, labels: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
    """Yield those of (N, H, W) bool masks that are an object's outline or no object at all.

    labels: (H, W) uint8, 0 background.  Each comes with the object's number or with 0.
    """
    numbers = np.unique(labels[labels > 0])
    areas = [np.count_nonzero(labels == number) for number in numbers]
    for mask in masks:
        both = np.bincount(labels[mask], minlength=256)[numbers]
        ious = both / np.maximum(np.count_nonzero(mask) + np.array(areas) - both, 1)
        best = ious.max(initial=0)
        if best >= OUTLINE_IOU:
            yield mask, int(numbers[ious.argmax()])
        elif best <= WRONG_IOU or np.count_nonzero(both > HELD * np.array(areas)) > 1:
            yield mask, 0


def write_offers(stem: str, proposer: Proposer) -> None:
    """Write a shard's <stem>.offers.npy, (M, H, W / 8) packed, and <stem>.offered.npy, (M, 2).

    The rows of the latter are a scene and what `judged` says of the mask in it.
    """
    rng = np.random.default_rng(0)
    labels = np.load(f'{stem}.labels.npy', mmap_mode='r')
    offers, rows = [], []
    for scene, (frame, truth) in enumerate(zip(read_frames(stem), labels, strict=True)):
        frame = replace(frame, image=photograph(frame.image, rng))
        masks = [*proposer.propose(frame), *proposer.propose(Frame(frame.image))]
        for mask, number in judged(masks, np.asarray(truth)):
            offers.append(np.packbits(mask, axis=1))
            rows.append((scene, number))
    np.save(f'{stem}.offers.npy', np.stack(offers))
    np.save(f'{stem}.offered.npy', np.array(rows))


def offer_shards(folder: Path, workers: int = 1) -> None:
    """Write the offers of the train shards that have none yet, and print the name of each.

    Args:
        folder: Folder of the rendered shards.
        workers: Number of processes.
    """
    stems = (str(path)[:-len('.json')] for path in sorted(folder.glob('train_*.json')))
    with ProcessPoolExecutor(workers) as pool:
        for stem in pool.map(offer, [stem for stem in stems
                                     if not Path(f'{stem}.offered.npy').exists()]):
            print(stem, flush=True)


def offer(stem: str) -> str:
    """Write the embedded proposer's offers of a shard, on one thread; return its stem."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    write_offers(stem, EmbeddedProposer())
    return stem
