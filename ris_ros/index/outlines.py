# SPDX-License-Identifier: Apache-2.0
"""Finds the proposals that are outlines of one object, because they cover each other."""
from __future__ import annotations

import numpy as np

# Two masks show the same object if they share more than this of the smaller one.
SAME_OBJECT = 0.6
# Two outlines are of the same size if their intersection over union is more than this.
_ALIKE = 0.6


def rank(scores: np.ndarray, overlaps: np.ndarray, outline_margin: float,
         limit: int = 10) -> list[tuple[int, float]]:
    """Rank the objects of a picture by the scores of their outlines.

    Proposals that cover each other are outlines of one object. Among those whose scores are within
    ``outline_margin`` of the best one, the first proposal stands for the object, because proposers
    give the likeliest outlines first. The score of an object is that of its best outline. A
    proposal that comes after one of these outlines and lies in it is a part of the object, such as
    the other half of a pan, and no rival.

    Args:
        scores: (N,) float.
        overlaps: (N, N), the share of the smaller of two masks that lies in the other.
        outline_margin: On the scale of the scores.
        limit: Largest number of objects.

    Returns:
        Number and score of the proposal that stands for each object, best first.
    """
    kept: list[tuple[int, float]] = []
    left = np.ones(len(scores), bool)
    same = overlaps > SAME_OBJECT
    parts = np.triu(same)
    for index in np.argsort(-scores, kind='stable'):
        if not left[index]:
            continue
        outlines = left & same[index] & (scores[index] - scores < outline_margin)
        outlines[index] = True
        chosen = int(np.flatnonzero(outlines)[0])
        kept.append((chosen, float(scores[index])))
        left &= ~same[chosen] & ~parts[outlines].any(axis=0)
        left[[chosen, index]] = False
        if len(kept) == limit:
            break
    return kept


def are_alike(overlaps: np.ndarray, areas: np.ndarray, least: float) -> np.ndarray:
    """Tell which proposals are outlines of one thing, and not one thing in another.

    Args:
        overlaps: (N, N), as in `rank`.
        areas: (N,) pixels.
        least: Their intersection over union is greater than this.

    Returns:
        (N, N) bool.
    """
    common = overlaps * np.minimum(areas[:, None], areas)
    return common > least * (areas[:, None] + areas - common)


def find_parts(overlaps: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Find the proposals that are probably parts of objects.

    These lie in a larger proposal that comes before them, and are not an outline of the same size
    as any that comes before them.

    Args:
        overlaps: (N, N), as in `rank`.
        areas: (N,) pixels.

    Returns:
        (N,) bool.
    """
    alike = are_alike(overlaps, areas, _ALIKE)
    before = np.tri(len(areas), k=-1, dtype=bool)
    within = (overlaps > SAME_OBJECT) & (areas[:, None] < areas) & ~alike
    return (within & before).any(axis=1) & ~(alike & before).any(axis=1)


def same_object(mask: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether two non-empty (H, W) bool masks are outlines of one object."""
    return (mask & other).sum() > SAME_OBJECT * min(mask.sum(), other.sum())
