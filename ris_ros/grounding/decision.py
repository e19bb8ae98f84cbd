"""Scores become an answer: candidates are ranked, and a status says how sure it is."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ris_ros.grounding.result import Candidate, Grounding, Status
from ris_ros.language.query import Query

# Above this share of the smaller one, two masks show the same object.
_SAME_OBJECT = 0.6


@dataclass(frozen=True)
class DecisionSettings:
    """When an answer is given, on the profile's score scale (100 x cosine).

    min_score: below it, nothing in the picture matches.
    min_margin: nearer than that to the best, another object may be meant as well.
    outline_margin: nearer than that to the best outline of an object, the proposer's choice among
        its outlines stands for it.
    match_margin: nearer than that to the best, an object fits the noun well enough to be the one
        that position, size or relation words choose.
    """

    min_score: float = 0.0
    min_margin: float = 0.0
    outline_margin: float = 0.0
    match_margin: float = 0.0


def rank(scores: np.ndarray, overlaps: np.ndarray, outline_margin: float,
         limit: int = 10) -> list[tuple[int, float]]:
    """Return mask and score of up to ``limit`` different objects, best first.

    scores: (N,) float.  overlaps: (N, N), the share of the smaller of two masks that lies in the
    other.  Proposals that cover each other are outlines of one object: a runner-up is to be
    another.  Of those whose scores are within ``outline_margin`` of the best, the first proposal
    stands for the object, since proposers give the likeliest outlines first.  An object's score
    is that of its best outline.
    """
    kept: list[tuple[int, float]] = []
    left = np.ones(len(scores), bool)
    for index in np.argsort(-scores, kind='stable'):
        if not left[index]:
            continue
        outlines = left & (overlaps[index] > _SAME_OBJECT) & (
            scores[index] - scores < outline_margin)
        outlines[index] = True
        chosen = int(np.flatnonzero(outlines)[0])
        kept.append((chosen, float(scores[index])))
        left &= overlaps[chosen] <= _SAME_OBJECT
        left[[chosen, index]] = False
        if len(kept) == limit:
            break
    return kept


def covers_any(mask: np.ndarray, others: Sequence[np.ndarray]) -> bool:
    """Tell whether a (H, W) bool mask shows the same object as one of the others."""
    return any((mask & other).sum() > _SAME_OBJECT * min(mask.sum(), other.sum())
               for other in others)


def matching(candidates: Sequence[Candidate],
             settings: DecisionSettings) -> tuple[Candidate, ...]:
    """Return the candidates, sorted best first, among which geometry may choose."""
    return tuple(c for c in candidates if c.score >= settings.min_score
                 and candidates[0].score - c.score < settings.match_margin)


def decide(query: Query, candidates: tuple[Candidate, ...], settings: DecisionSettings,
           chosen: Candidate | None = None) -> Grounding:
    """Return the answer for candidates that are sorted best first.

    chosen: the matching one that geometry decided for; its margin may be negative.
    """
    understood = {'expression': query.expression, 'target': query.target}
    if not candidates:
        return Grounding(Status.NOT_FOUND, 'No object was found in the picture.', **understood)
    if chosen is not None:
        candidates = (chosen, *(c for c in candidates if c is not chosen))
    best = candidates[0].score
    margin = best - candidates[1].score if len(candidates) > 1 else float('inf')
    answer = {'margin': margin, 'candidates': candidates, **understood}
    if best < settings.min_score:
        return Grounding(Status.NOT_FOUND,
                         f'Nothing matches "{query.expression}" (best score {best:.1f}, '
                         f'at least {settings.min_score:.1f} is needed).', **answer)
    if chosen is None and margin < settings.min_margin:
        near = sum(best - c.score < settings.min_margin for c in candidates)
        return Grounding(Status.AMBIGUOUS, f'{near} objects match "{query.expression}" about '
                         'equally well; say more about the one you mean.', count=near, **answer)
    return Grounding(Status.FOUND, f'Found "{query.expression}".', count=1, **answer)
