"""What the embedded proposer offers of training pictures: python -m training.offers --data D.

Beside its colour masks these are the groups of touching things, which depth offers as one.
"""
from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch

from ris_ros.frame import Frame
from ris_ros.proposals.embedded import EmbeddedProposer
from ris_ros.proposals.filtering import components, is_object_sized
from ris_ros.simulation.camera_effects import photograph

# A mask with this IoU with an object is an outline of it, one with less than the other is of none;
# so is one in between that holds this share of two objects.
OUTLINE_IOU, WRONG_IOU = 0.7, 0.4
HELD = 0.7


def judged(masks: np.ndarray, labels: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
    """Yield those of (N, H, W) bool masks that are an object's outline or no object at all.

    labels: (H, W) integers, 0 background.  Each comes with the object's number or with 0.
    """
    numbers = np.unique(labels[labels > 0])
    areas = [np.count_nonzero(labels == number) for number in numbers]
    for mask in masks:
        both = np.array([np.count_nonzero(mask & (labels == number)) for number in numbers])
        ious = both / np.maximum(np.count_nonzero(mask) + np.array(areas) - both, 1)
        best = ious.max(initial=0)
        if best >= OUTLINE_IOU:
            yield mask, int(numbers[ious.argmax()])
        elif best <= WRONG_IOU or np.count_nonzero(both > HELD * np.array(areas)) > 1:
            yield mask, 0


def write_offers(stem: str, proposer: EmbeddedProposer) -> None:
    """Write a shard's <stem>.offers.npy, (M, H, W / 8) packed, and <stem>.offered.npy, (M, 2).

    The rows of the latter are a scene and what `judged` says of the mask in it.
    """
    rng = np.random.default_rng(0)
    images, labels = (np.load(f'{stem}.{name}.npy', mmap_mode='r') for name in ('images', 'labels'))
    offers, rows = [], []
    for scene, (image, truth) in enumerate(zip(images, labels, strict=True)):
        masks = [*proposer.propose(Frame(photograph(image, rng))),
                 *filter(is_object_sized, components(truth > 0, 1))]
        for mask, number in judged(masks, np.asarray(truth)):
            offers.append(np.packbits(mask, axis=1))
            rows.append((scene, number))
    np.save(f'{stem}.offers.npy', np.stack(offers))
    np.save(f'{stem}.offered.npy', np.array(rows))


def main() -> None:
    """Write the offers of the train shards that have none yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder of rendered shards')
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    proposer = EmbeddedProposer()
    for path in sorted(arguments.data.glob('train_*.json')):
        stem = str(path)[:-len('.json')]
        if not Path(f'{stem}.offered.npy').exists():
            write_offers(stem, proposer)
            print(path.stem, flush=True)


if __name__ == '__main__':
    main()
