# SPDX-License-Identifier: Apache-2.0
"""Masks as runs: each is cut to its box, and told by the lengths of its runs.

Runs are those of COCO's uncompressed encoding: in column order, beginning with zeros.  They are
read and checked as whole arrays, because the decoder of pycocotools checks nothing and a reader in
Python takes 10 ms for the masks of a picture.
"""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ris_ros.pool.container import PoolFormatError, take

# More than any proposer gives.
MOST_MASKS = 4096
# Of all masks together: the memory that a reply can ask for.
_MOST_PIXELS = 2 ** 31


def mask_arrays(masks: np.ndarray, boxes: np.ndarray) -> dict[str, np.ndarray]:
    """Return the arrays that tell masks.

    Args:
        masks: (N, H, W) bool, none of them empty.
        boxes: (N, 4) int, their x, y, width and height.

    Returns:
        'boxes' (N, 4) int32, 'run_counts' (N,) int32 and 'runs' (R,), uint16 or uint32.
    """
    each = [_runs(mask[y:y + height, x:x + width])
            for mask, (x, y, width, height) in zip(masks, boxes.tolist(), strict=True)]
    runs = np.concatenate([np.zeros(0, np.int64), *each])
    kind = np.uint16 if runs.max(initial=0) < 2 ** 16 else np.uint32
    return {'boxes': boxes.astype(np.int32), 'runs': runs.astype(kind),
            'run_counts': np.array([len(runs) for runs in each], np.int32)}


def read_masks(arrays: Mapping[str, np.ndarray], size: tuple[int, int]) -> np.ndarray:
    """Read masks from their arrays.

    Args:
        arrays: As `mask_arrays` returns them, and perhaps others.
        size: Height and width of the picture.

    Returns:
        (N, H, W) bool, none of them empty.

    Raises:
        PoolFormatError: An array is missing, or the runs are not those of masks in such boxes.
    """
    boxes = take(arrays, 'boxes', (np.int32,), (None, 4)).astype(np.int64)
    most = min(MOST_MASKS, _MOST_PIXELS // (size[0] * size[1]))
    if len(boxes) > most:
        raise PoolFormatError(f'The reply has {len(boxes)} masks; expected at most {most}.')
    counts = take(arrays, 'run_counts', (np.int32,), (len(boxes),)).astype(np.int64)
    runs = take(arrays, 'runs', (np.uint16, np.uint32), (None,)).astype(np.int64)
    x, y, width, height = boxes.T
    if not ((x >= 0) & (y >= 0) & (width > 0) & (height > 0)
            & (x + width <= size[1]) & (y + height <= size[0])).all():
        raise PoolFormatError(f'A box of a mask is not within {size[1]} x {size[0]} pixels.')
    if (counts < 2).any() or counts.sum() != len(runs):
        raise PoolFormatError('The numbers of runs are not those of the runs.')
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    if len(boxes) and (np.add.reduceat(runs, first) != width * height).any():
        raise PoolFormatError('The runs of a mask do not fill its box.')
    masks = np.zeros((len(boxes), *size), bool)
    for number, start in enumerate(first):
        part = runs[start:start + counts[number]]
        if not part[1::2].any():
            raise PoolFormatError('A mask is empty.')
        flat = np.repeat(np.arange(len(part)) % 2 == 1, part)
        left, top, across, down = boxes[number]
        masks[number, top:top + down, left:left + across] = flat.reshape(across, down).T
    return masks


def _runs(mask: np.ndarray) -> np.ndarray:
    """Return the lengths of the runs of a (h, w) bool mask."""
    flat = mask.ravel(order='F')
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    first = [0, 0] if flat[0] else [0]
    return np.diff(np.concatenate([first, edges, [flat.size]]))
