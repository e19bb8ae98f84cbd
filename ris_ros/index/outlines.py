"""Proposals that cover each other are outlines of one object."""
from __future__ import annotations

import numpy as np

# Above this share of the smaller one, two masks show the same object.
SAME_OBJECT = 0.6
# Above this intersection over union they are outlines of the same size.
_ALIKE = 0.6


def rank(scores: np.ndarray, overlaps: np.ndarray, outline_margin: float,
         limit: int = 10) -> list[tuple[int, float]]:
    """Return mask and score of up to ``limit`` different objects, best first.

    scores: (N,) float.  overlaps: (N, N), the share of the smaller of two masks that lies in the
    other.  Proposals that cover each other are outlines of one object: a runner-up is to be
    another.  Of those whose scores are within ``outline_margin`` of the best, the first proposal
    stands for the object, since proposers give the likeliest outlines first.  An object's score
    is that of its best outline.  What a proposer gives after one of these outlines and lies in it
    is a part of the object, and no rival: the other half of a pan.
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


def find_parts(overlaps: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Return (N,) bool: which proposals lie in larger ones before them, and are like none of those.

    overlaps: (N, N), as in rank.  areas: (N,) pixels.
    """
    common = overlaps * np.minimum(areas[:, None], areas)
    alike = common > _ALIKE * (areas[:, None] + areas - common)
    before = np.tri(len(areas), k=-1, dtype=bool)
    within = (overlaps > SAME_OBJECT) & (areas[:, None] < areas) & ~alike
    return (within & before).any(axis=1) & ~(alike & before).any(axis=1)


def same_object(mask: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether two non-empty (H, W) bool masks are outlines of one object."""
    return (mask & other).sum() > SAME_OBJECT * min(mask.sum(), other.sum())
