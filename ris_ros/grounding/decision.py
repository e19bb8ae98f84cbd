"""Scores become an answer: candidates are ranked, and a status says how sure it is."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ris_ros.grounding.result import Candidate, Grounding, Status
from ris_ros.language.query import Query


@dataclass(frozen=True)
class DecisionSettings:
    """When an answer is given, on the profile's score scale (100 x cosine).

    min_score: below it, nothing in the picture matches.
    min_margin: nearer than that to the best, another object may be meant as well.
    match_margin: nearer than that to the best, an object fits the noun well enough to be the one
        that position, size or relation words choose.
    """

    min_score: float = 0.0
    min_margin: float = 0.0
    match_margin: float = 0.0


def rank(scores: np.ndarray, masks: np.ndarray, overlap: float = 0.6,
         limit: int = 10) -> list[int]:
    """Return indices of up to ``limit`` different objects, best first.

    scores: (N,) float.  masks: (N, H, W) bool.  Of proposals that cover each other by more than
    ``overlap`` of the smaller one, only the best stands for its object: a runner-up is to be
    another object, not another outline of the same.
    """
    kept: list[int] = []
    for index in np.argsort(-scores, kind='stable'):
        if not any(_overlap(masks[index], masks[other]) > overlap for other in kept):
            kept.append(int(index))
        if len(kept) == limit:
            break
    return kept


def _overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Share of the smaller mask that lies in the other."""
    return (first & second).sum() / min(first.sum(), second.sum())


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
                         'equally well; say more about the one you mean.', **answer)
    return Grounding(Status.FOUND, f'Found "{query.expression}".', **answer)
