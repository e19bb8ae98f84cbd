# SPDX-License-Identifier: Apache-2.0
"""The figures of merit, from the pixel counts of intersection and union of each sentence."""
from __future__ import annotations

from collections.abc import Sequence
import math

import numpy as np

# In tenths, so that whether an IoU reaches a threshold is decided in whole numbers.
THRESHOLDS = (5, 6, 7, 8, 9)


def intersection_union(answer: np.ndarray | None, truth: np.ndarray) -> tuple[int, int]:
    """Count the pixels of intersection and union of two masks.

    Args:
        answer: (H, W) bool; None where there is no answer: its intersection is 0, and the union is
            the true mask.
        truth: (H, W) bool.

    Returns:
        Pixels of the intersection and of the union.
    """
    if answer is None:
        return 0, int(np.count_nonzero(truth))
    return int(np.count_nonzero(answer & truth)), int(np.count_nonzero(answer | truth))


def iou(intersection: int, union: int) -> float:
    """Return intersection over union; an empty union gives 0."""
    return intersection / union if union else 0.0


def overall_iou(counts: Sequence[tuple[int, int]]) -> float:
    """Return oIoU: the sum of intersections over the sum of unions.

    Args:
        counts: Pixels of intersection and union of each sentence.
    """
    return iou(sum(i for i, _ in counts), sum(u for _, u in counts))


def mean_iou(counts: Sequence[tuple[int, int]]) -> float:
    """Return mIoU: the mean of the IoU of each sentence, 0 where there is none.

    The sum is rounded once (fsum), so the order of the sentences never shows.

    Args:
        counts: Pixels of intersection and union of each sentence.
    """
    return math.fsum(iou(i, u) for i, u in counts) / len(counts) if counts else 0.0


def precision_at(counts: Sequence[tuple[int, int]], tenths: float) -> float:
    """Return the share of sentences whose IoU reaches a threshold.

    Args:
        counts: Pixels of intersection and union of each sentence.
        tenths: The threshold in tenths: 5 for an IoU of at least .5.
    """
    reached = sum(u > 0 and 10 * i >= tenths * u for i, u in counts)
    return reached / len(counts) if counts else 0.0


def measure(counts: Sequence[tuple[int, int]]) -> dict[str, float | int]:
    """Return all figures of merit.

    Args:
        counts: Pixels of intersection and union of each sentence.

    Returns:
        The number of sentences, and oIoU, mIoU and precisions as shares from 0 to 1.
    """
    return {'sentences': len(counts), 'oIoU': overall_iou(counts), 'mIoU': mean_iou(counts),
            **{f'P@.{tenths}': precision_at(counts, tenths) for tenths in THRESHOLDS}}
