"""Ranking and status on masks made by hand."""
import numpy as np
import pytest

from ris_ros.geometry.masks import overlaps
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


def ranked(scores, masks, margin=0.0, limit=10):
    return rank(np.array(scores), overlaps(masks), margin, limit)


def test_rank_is_by_score():
    masks = boxes((0, 5), (10, 15), (20, 25))
    assert ranked([1., 3., 2.], masks) == [(1, 3.0), (2, 2.0), (0, 1.0)]


def test_rank_lets_the_best_outline_stand_for_its_object():
    masks = boxes((1, 10), (0, 10), (20, 30))
    assert ranked([2.9, 3., 1.], masks) == [(1, 3.0), (2, 1.0)]


def test_rank_lets_the_first_of_outlines_that_fit_alike_stand_for_the_object():
    masks = boxes((0, 20), (0, 8), (12, 20), (30, 35))
    assert ranked([7., 9., 5., 8.], masks, margin=3.) == [(0, 9.0), (3, 8.0)]
    # Where the whole fits worse, its parts are things of their own.
    assert ranked([5., 9., 5., 8.], masks, margin=3.) == [(1, 9.0), (3, 8.0), (2, 5.0)]


def test_rank_keeps_neighbours_that_touch():
    assert ranked([1., 2.], boxes((0, 10), (9, 20))) == [(1, 2.0), (0, 1.0)]


def test_rank_is_limited():
    masks = boxes(*((i, i + 1) for i in range(8)))
    assert len(ranked(np.arange(8.), masks, limit=5)) == 5


def test_no_proposals_have_no_rank():
    assert ranked([], boxes()) == []


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
