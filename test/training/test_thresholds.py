"""Thresholds part right answers from wrong, refused and ambiguous ones."""
import numpy as np
import pytest

from training.captions import Attributes
from training.evaluate import GLOBAL_WEIGHTS, Report, Trial
from training.thresholds import Thresholds, fit, rates

MUG, CUP, BALL = (Attributes('mug', 'red', 'plain'), Attributes('mug', 'blue', 'plain'),
                  Attributes('ball', 'red', 'plain'))


def trial(matching, *scores):
    return Trial('category', 'the mug', matching, np.tile(scores, (len(GLOBAL_WEIGHTS), 1)),
                 (MUG, CUP, BALL))


@pytest.fixture
def report():
    found = [trial((0,), 40, 10, 5, 0) for _ in range(60)]
    near = [trial((0,), 36, 34.2, 5, 0) for _ in range(2)]
    wrong = [trial((0,), 20, 21, 5, 0) for _ in range(4)]
    absent = [trial((), 14, -30, -40, -50) for _ in range(30)]
    several = [trial((0, 1), 40, 37, 20, 0) for _ in range(20)]
    return Report([*found, *near, *wrong, *absent, *several])


def test_rates_count_each_group_by_itself(report):
    got = rates(report, Thresholds(30, 2, 5))
    assert got.right == pytest.approx(60 / 66)
    assert (got.refused, got.ambiguous, got.wrong) == (1, 0, 0)
    assert rates(report, Thresholds(0, 0, 5)).wrong == pytest.approx(34 / 96)
    assert rates(report, Thresholds(0, 5, 5)).ambiguous == 1


def test_the_match_margin_keeps_what_fits_and_drops_the_rest(report):
    # Above 15: two things that fit in 20 trials, one in 66; nearly as good are 2 + 4 others.
    got = rates(report, Thresholds(15, 0, 2))
    assert got.kept == pytest.approx((106 - 20) / 106)
    assert got.dropped == pytest.approx((26 - 2 - 4) / 26)


def test_fitted_thresholds_refuse_the_wrong_and_keep_the_right(report):
    chosen = fit(report)
    assert 14 < chosen.min_score <= 36
    assert 3 < chosen.min_margin <= 19.5
    assert rates(report, chosen).wrong == 0


def test_hopeless_answers_get_no_thresholds():
    with pytest.raises(ValueError, match='keep wrong answers within'):
        fit(Report([trial((0,), 5, 60, 5, 0), trial((), 1, 2, 60, 0), trial((0, 1), 60, 0, 0, 0)]))
