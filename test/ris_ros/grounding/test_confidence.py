# SPDX-License-Identifier: Apache-2.0
"""Probabilities of none, one and several follow from those of each."""
from itertools import product

import numpy as np
import pytest

from ris_ros.grounding.confidence import Calibration, count_chances


def test_counts_are_those_of_independent_chances():
    likely = np.array([.9, .3, .5])
    sums = dict.fromkeys([0, 2], 0.0)
    alone = np.zeros(3)
    for outcome in product([0, 1], repeat=3):
        chance = np.prod(np.where(outcome, likely, 1 - likely))
        if sum(outcome) == 1:
            alone[outcome.index(1)] += chance
        else:
            sums[min(sum(outcome), 2)] += chance
    none, found, several = count_chances(likely)
    assert none == pytest.approx(sums[0])
    assert found == pytest.approx(alone)
    assert several == pytest.approx(sums[2])


def test_a_fitted_score_is_a_probability_of_its_own():
    fitted = Calibration(midpoint=30.0, slope=.5)
    assert fitted.fitted
    assert fitted.fits(np.array([30.0, 36.0, 12.0]), 36.0) == pytest.approx(
        [.5, 1 / (1 + np.exp(-3)), 1 / (1 + np.exp(9))])


def test_without_a_fit_the_best_is_taken_to_fit_and_the_near_may():
    unfitted = Calibration()
    assert not unfitted.fitted
    chances = unfitted.fits(np.array([24.0, 22.0, 15.0]), 24.0)
    assert chances[0] > .85
    assert chances[1] == pytest.approx(.5)
    assert chances[2] < .01


def test_weighing_by_priors_and_temperature():
    assert Calibration().weigh(.2, np.array([.5]), .3)[0] == pytest.approx(.2)
    none, alone, several = Calibration(none=-1.0, several=-2.0).weigh(.2, np.array([.5]), .3)
    assert none / alone[0] == pytest.approx(.4 * np.exp(-1))
    assert several / alone[0] == pytest.approx(.6 * np.exp(-2))
    assert none + alone.sum() + several == pytest.approx(1)
    cool = Calibration(temperature=2.0).weigh(.04, np.array([.64]), .32)
    assert cool[0] / cool[1][0] == pytest.approx(.25)
