# SPDX-License-Identifier: Apache-2.0
"""Beliefs become an answer: objects are ranked, and a status says how clear it is."""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from ris_ros.errors import ModelError
from ris_ros.grounding.confidence import Beliefs, Calibration
from ris_ros.grounding.result import Grounding, make_candidate
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.query import Quantity, Query
from ris_ros.status import Status

VIEWPOINTS = ('camera', 'speaker')
# Most candidates of an answer; only those of a plural may be more.
SHOWN = 10
# Words that were not understood may mean another object: the confidence is this part of what it
# would be without them.
_PARTLY_UNDERSTOOD = 0.7
# In doubt, an object is listed if its probability is at least this share of the likeliest one's.
_LISTED = 0.25
# An object belongs to a plural if it fits with this probability. As many objects as the command
# mentions (two, if it mentions no number) are expected, which multiplies the odds of each.
_FITS, _SEVERAL_ODDS, _SEVERAL = 0.5, 3.0, 2


@dataclass(frozen=True)
class DecisionSettings:
    """When an object is the answer.

    Attributes:
        outline_margin: On the scale of the profile's scores. Among the outlines of one object
            whose scores differ by less than this, the one that the proposer gave first is taken.
        part_penalty: On the same scale; taken off the score of a proposal in a larger outline,
            because most of these are parts of objects.
        viewpoint: Whose left and front is meant: the 'camera', or a 'speaker' who faces it.
        forced: Whether the likeliest object is always the answer, as in published methods.
        least_confidence: An answer that is less probable than this becomes a question: the status
            is AMBIGUOUS in place of FOUND. NOT_FOUND does not depend on it.
        calibration: How scores become probabilities.
        contrast: Whether a contrast with other words gives the probabilities where no calibration
            was fitted (see `contrast.py`).
    """

    outline_margin: float = 0.0
    part_penalty: float = 0.0
    viewpoint: Literal['camera', 'speaker'] = 'camera'
    forced: bool = False
    least_confidence: float = 0.5
    calibration: Calibration = field(default_factory=Calibration)
    contrast: bool = True

    def __post_init__(self) -> None:
        if self.viewpoint not in VIEWPOINTS:
            raise ModelError(f"The decision's viewpoint is {self.viewpoint!r}; expected one of "
                             f'{", ".join(map(repr, VIEWPOINTS))}.')
        if not 0 <= self.least_confidence <= 1:
            raise ModelError(f"The decision's least_confidence is {self.least_confidence!r}; "
                             'expected a probability from 0 to 1.')

    @property
    def contrasted(self) -> bool:
        """Whether probabilities come from a contrast with other words."""
        return self.contrast and not self.forced and not self.calibration.fitted


def decide(query: Query, beliefs: Beliefs, settings: DecisionSettings,
           scene: SceneIndex) -> Grounding:
    """Answer a query.

    Args:
        query: The query.
        beliefs: How probable it is that it means each object.
        settings: Those of the profile.
        scene: The scene of the objects.
    """
    understood = _PARTLY_UNDERSTOOD if query.ignored else 1.0
    settings = replace(
        settings, least_confidence=min(1.0, settings.least_confidence / understood))
    plural = query.quantity is Quantity.ALL
    chances = beliefs.likely if plural else beliefs.meant
    order = np.argsort(-chances, kind='stable')
    status, count, confidence = (_of_all if plural else _of_one)(
        query, beliefs, chances[order], settings)
    shown = order[:max(SHOWN, count)]
    candidates = tuple(make_candidate(
        scene, int(beliefs.masks[i]), float(beliefs.scores[i]), float(chances[i]),
        is_answer=rank < count) for rank, i in enumerate(shown))
    scores = beliefs.scores[order]
    return Grounding(
        status, _message(status, count, query, beliefs, settings), query.expression, query.target,
        float(scores[0] - scores[1]) if len(scores) > 1 else float('inf'), candidates, count,
        understood * confidence, settings.calibration.fitted)


def _of_one(query: Query, beliefs: Beliefs, meant: np.ndarray,
            settings: DecisionSettings) -> tuple[Status, int, float]:
    """Return status, number of objects and confidence of one object; ``meant`` is best first."""
    if not len(meant):
        return Status.NOT_FOUND, 0, beliefs.none
    alone = float(beliefs.alone.max())
    doubtful = max(0.0, 1 - beliefs.none - alone)
    if settings.forced or alone >= max(beliefs.none, doubtful, settings.least_confidence):
        return Status.FOUND, 1, alone
    if beliefs.none >= max(alone, doubtful):
        return Status.NOT_FOUND, 0, beliefs.none
    listed = int((meant >= _LISTED * meant[0]).sum())
    if alone >= doubtful:  # it is the likeliest, but less probable than an answer must be
        return Status.AMBIGUOUS, listed, alone
    return Status.AMBIGUOUS, min(max(2, listed), len(meant)), doubtful


def _of_all(query: Query, beliefs: Beliefs, likely: np.ndarray,
            settings: DecisionSettings) -> tuple[Status, int, float]:
    """Return status, number of objects and confidence of a plural; ``likely`` is best first."""
    # Who says "the mugs" sees several: up to the expected number, the odds of each are higher.
    expected = np.arange(len(likely)) < (query.count or _SEVERAL)
    fits = np.where(expected, _SEVERAL_ODDS * likely / (1 + (_SEVERAL_ODDS - 1) * likely), likely)
    count = int((fits >= _FITS).sum())
    if settings.forced and len(likely):
        count = max(count, 1)
    if count == 0:
        return Status.NOT_FOUND, 0, float(np.prod(1 - likely))
    # The errors for one phrase depend on each other, so the least certain object tells how sure
    # the whole answer is; the product of all would be far too low.
    confidence = float(min([*fits[:count], *(1 - fits[count:])]))
    is_unsure = confidence < settings.least_confidence or (query.count and count > query.count)
    if is_unsure and not settings.forced:
        return Status.AMBIGUOUS, count, confidence
    return Status.FOUND, count, confidence


def _message(status: Status, count: int, query: Query, beliefs: Beliefs,
             settings: DecisionSettings) -> str:
    """Return a sentence for a person."""
    expression = f'"{query.expression}"'
    if status is Status.NOT_FOUND:
        if not len(beliefs.masks):
            text = 'No object was found in the picture.'
        elif beliefs.has_lookalike and beliefs.unseen_anchor:
            text = f'Something looks like "{query.target or query.expression}", but nothing ' \
                   f'looks like "{beliefs.unseen_anchor}".'
        elif beliefs.has_lookalike:
            text = f'Something looks like "{query.target or query.expression}", but nothing is ' \
                   f'where {expression} says.'
        else:
            text = f'Nothing looks like {expression}.'
    elif status is Status.AMBIGUOUS and count == 1:
        text = f'One object may be meant by {expression}, but that is not sure enough; say more ' \
               'about it.'
    elif status is Status.AMBIGUOUS and query.quantity is Quantity.ALL:
        text = f'{count} objects may be meant by {expression}, but that is not sure enough; say ' \
               'more about them.'
    elif status is Status.AMBIGUOUS:
        text = f'{count} objects may be meant by {expression}; say more about the one you mean.'
    elif query.quantity is Quantity.ALL:
        objects = 'one object' if count == 1 else f'{count} objects'
        text = f'Found {objects} for {expression}' + (
            f', where {query.count} are said to be.' if query.count and count < query.count
            else '.')
    else:
        text = f'Found {expression}.'
    if query.ignored:
        text = f'{text} The words "{query.ignored}" were not understood.'
    return f'{text}{doubt_note(settings.calibration, beliefs.by_contrast)}'


def doubt_note(calibration: Calibration, by_contrast: bool) -> str:
    """Return what is added to an answer whose probabilities were not fitted, else ''.

    Args:
        calibration: Of the profile.
        by_contrast: Whether they come from a contrast with other words.
    """
    if calibration.fitted:
        return ''
    if by_contrast:
        return ' The profile is not calibrated: how sure this is was told by a contrast with ' \
               'other words, and it was not fitted.'
    return ' The confidence is a guess, because the profile is not calibrated.'
