"""Beliefs become an answer: candidates are ranked, and a status says how sure it is."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ris_ros.errors import ModelError
from ris_ros.grounding.beliefs import Beliefs
from ris_ros.grounding.confidence import Calibration
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.language.query import Quantity, Query
from ris_ros.status import Status

VIEWPOINTS = ('camera', 'speaker')
# Runners-up are shown up to this number; answers to plurals may be longer.
SHOWN = 10
# What is meant at least this often, as a share of the likeliest, is listed when in doubt.
_LISTED = 0.25
# An object of a plural fits more likely than not; as many as are said to be there, two or the
# number, are found a little sooner.
_FITS, _FITS_COUNTED, _SEVERAL = 0.5, 0.25, 2


@dataclass(frozen=True)
class DecisionSettings:
    """When an answer is given.

    outline_margin: nearer than that to the best outline of an object, on the profile's score
        scale, the proposer's choice among its outlines stands for it.
    part_penalty: so much, on that scale, what lies in a larger outline must look more like what is
        said: most of these are parts.
    viewpoint: whose left and front is meant: the 'camera', or a 'speaker' who faces it.
    forced: the likeliest object is the answer, whatever its probability, as published methods do.
    least_confidence: below that, an answer is no better than a question.
    calibration: how scores become probabilities.
    """

    outline_margin: float = 0.0
    part_penalty: float = 0.0
    viewpoint: Literal['camera', 'speaker'] = 'camera'
    forced: bool = False
    least_confidence: float = 0.5
    calibration: Calibration = field(default_factory=Calibration)

    def __post_init__(self) -> None:
        if self.viewpoint not in VIEWPOINTS:
            raise ModelError(f"The decision's viewpoint is {self.viewpoint!r}; expected one of "
                             f'{", ".join(map(repr, VIEWPOINTS))}.')


Describe = Callable[[int, float, float, bool], Candidate]


def decide(query: Query, beliefs: Beliefs, settings: DecisionSettings,
           describe: Describe) -> Grounding:
    """Return the answer to a query.

    describe: returns the candidate of a proposal, given its index, score, confidence, and whether
    it is meant or only a runner-up; it is called for those that are shown.
    """
    plural = query.quantity is Quantity.ALL
    chances = beliefs.likely if plural else beliefs.meant
    order = np.argsort(-chances, kind='stable')
    status, count, confidence = (_of_all if plural else _of_one)(
        query, beliefs, chances[order], settings)
    shown = order[:max(SHOWN, count)]
    candidates = tuple(describe(int(beliefs.masks[i]), float(beliefs.scores[i]),
                                float(chances[i]), rank < count) for rank, i in enumerate(shown))
    scores = beliefs.scores[order]
    return Grounding(
        status, _message(status, count, query, beliefs, settings), query.expression, query.target,
        float(scores[0] - scores[1]) if len(scores) > 1 else float('inf'), candidates, count,
        confidence, settings.calibration.fitted)


def _of_one(query: Query, beliefs: Beliefs, meant: np.ndarray,
            settings: DecisionSettings) -> tuple[Status, int, float]:
    """Return status, number of objects and confidence for one object; meant: best first."""
    if not len(meant):
        return Status.NOT_FOUND, 0, beliefs.none
    alone = float(beliefs.alone.max())
    doubtful = max(0.0, 1 - beliefs.none - alone)
    if settings.forced or alone >= max(beliefs.none, doubtful, settings.least_confidence):
        return Status.FOUND, 1, alone
    listed = int((meant >= _LISTED * meant[0]).sum())
    if beliefs.none >= doubtful or len(meant) < 2:
        return Status.NOT_FOUND, 0, beliefs.none
    return Status.AMBIGUOUS, max(2, listed), doubtful


def _of_all(query: Query, beliefs: Beliefs, likely: np.ndarray,
            settings: DecisionSettings) -> tuple[Status, int, float]:
    """Return status, number of objects and confidence for a plural; likely: best first."""
    count = int((likely >= _FITS).sum())
    said = query.count or _SEVERAL
    if count < said:
        count = int((likely[:said] >= _FITS_COUNTED).sum())
    if settings.forced and len(likely):
        count = max(count, 1)
    confidence = float(np.prod(likely[:count]) * np.prod(1 - likely[count:]))
    if count == 0:
        return Status.NOT_FOUND, 0, confidence
    if query.count and count > query.count and not settings.forced:
        return Status.AMBIGUOUS, count, confidence
    return Status.FOUND, count, confidence


def _message(status: Status, count: int, query: Query, beliefs: Beliefs,
             settings: DecisionSettings) -> str:
    """Return a sentence for a person."""
    said = f'"{query.expression}"'
    if status is Status.NOT_FOUND:
        if not len(beliefs.masks):
            text = 'No object was found in the picture.'
        elif beliefs.looks_there:
            text = f'Something looks like "{query.target or query.expression}", but nothing is ' \
                   f'where {said} says.'
        else:
            text = f'Nothing looks like {said}.'
    elif status is Status.AMBIGUOUS:
        text = f'{count} objects may be meant by {said}; say more about the one you mean.'
    elif query.quantity is Quantity.ALL:
        objects = 'one object' if count == 1 else f'{count} objects'
        text = f'Found {objects} for {said}' + (
            f', where {query.count} are said to be.' if query.count and count < query.count
            else '.')
    else:
        text = f'Found {said}.'
    return text if settings.calibration.fitted else (
        f'{text} How sure that is is a guess: the profile is not calibrated.')
