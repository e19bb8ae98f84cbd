"""Ranking and status on masks made by hand."""
import numpy as np
import pytest

from ris_ros.grounding.decision import DecisionSettings, decide, matching, rank
from ris_ros.grounding.result import Candidate, Status
from ris_ros.language.query import Query

QUERY = Query('take the mug', 'the mug', 'the mug', 'mug')


def boxes(*spans):
    masks = np.zeros((len(spans), 10, 40), bool)
    for mask, (start, stop) in zip(masks, spans, strict=True):
        mask[:, start:stop] = True
    return masks


def candidate(score):
    return Candidate(np.ones((2, 2), bool), (0, 0, 2, 2), score, (0.5, 0.5), (0, 0))


def test_rank_is_by_score():
    assert rank(np.array([1., 3., 2.]), boxes((0, 5), (10, 15), (20, 25))) == [1, 2, 0]


def test_rank_lets_the_best_outline_stand_for_its_object():
    masks = boxes((0, 10), (1, 10), (20, 30))
    assert rank(np.array([3., 2.9, 1.]), masks) == [0, 2]


def test_rank_keeps_neighbours_that_touch():
    assert rank(np.array([1., 2.]), boxes((0, 10), (9, 20))) == [1, 0]


def test_rank_is_limited():
    assert len(rank(np.arange(8.), boxes(*((i, i + 1) for i in range(8))), limit=5)) == 5


@pytest.mark.parametrize(('scores', 'status'), [
    ((30., 20.), Status.FOUND), ((30.,), Status.FOUND), ((30., 29.5), Status.AMBIGUOUS),
    ((9., 2.), Status.NOT_FOUND), ((), Status.NOT_FOUND)])
def test_decide(scores, status):
    settings = DecisionSettings(min_score=10, min_margin=1)
    grounding = decide(QUERY, tuple(candidate(s) for s in scores), settings)
    assert grounding.status is status
    assert (grounding.mask is None) == (status is Status.NOT_FOUND)
    assert grounding.message
    assert grounding.expression == 'the mug'


def test_geometry_chooses_among_what_matches():
    settings = DecisionSettings(min_score=10, min_margin=1, match_margin=5)
    things = tuple(candidate(s) for s in (30., 29.5, 26., 12.))
    assert matching(things, settings) == things[:3]
    grounding = decide(QUERY, things, settings, chosen=things[2])
    assert grounding.status is Status.FOUND
    assert grounding.best is things[2]
    assert grounding.margin == pytest.approx(-4)
    assert len(grounding.candidates) == 4
