# SPDX-License-Identifier: Apache-2.0
"""Probabilities become a status."""
from dataclasses import replace

import numpy as np
import pytest
from rectangle_scenes import SURE, scene

from ris_ros.errors import ModelError
from ris_ros.grounding.confidence import Beliefs, Calibration
from ris_ros.grounding.decision import DecisionSettings, decide
from ris_ros.language.query import Quantity, Query
from ris_ros.status import Status

INDEX = scene(*(('mug', 30 + 40 * i, 50, 10, 10, 1.) for i in range(4)))
MUG = Query('the mug', 'the mug', 'the mug', 'mug')
MUGS = Query('the mugs', 'the mugs', 'the mugs', 'mug', quantity=Quantity.ALL)


def settled(query, least, likely, alone=None, none=0.0, count=None):
    """Decide with given probabilities."""
    likely = np.array(likely)
    alone = likely if alone is None else np.array(alone)
    beliefs = Beliefs(np.arange(len(likely)), np.full(len(likely), 30.0), likely, likely, alone,
                      none, max(0.0, 1 - none - alone.sum()))
    settings = DecisionSettings(least_confidence=least, calibration=SURE.calibration)
    return decide(query, beliefs, settings, INDEX)


@pytest.mark.parametrize(('alone', 'none', 'least', 'status', 'count', 'confidence'), [
    ([.554, .018], .428, .5, Status.FOUND, 1, .554),
    ([.554, .018], .428, .8, Status.AMBIGUOUS, 1, .554),
    ([.45, .01], .30, .5, Status.AMBIGUOUS, 1, .45),
    ([.40, .01], .45, .5, Status.NOT_FOUND, 0, .45),
    ([.10, .01], .89, .8, Status.NOT_FOUND, 0, .89),
    ([.30, .20], .10, .5, Status.AMBIGUOUS, 2, .60),
    ([.85], .15, .8, Status.FOUND, 1, .85), ([.70], .30, .8, Status.AMBIGUOUS, 1, .70)])
def test_one_object_is_not_found_only_where_none_is_the_likeliest(
        alone, none, least, status, count, confidence):
    answer = settled(MUG, least, alone, alone, none)
    assert (answer.status, answer.count) == (status, count)
    assert answer.confidence == pytest.approx(confidence)
    assert ('looks like' in answer.message) == (status is Status.NOT_FOUND)


@pytest.mark.parametrize(('likely', 'least', 'status', 'count'), [
    ([.95, .95, .9], .8, Status.FOUND, 3), ([.95, .95, .7], .8, Status.AMBIGUOUS, 3),
    ([.95, .95, .7], .5, Status.FOUND, 3), ([.95, .3], .5, Status.FOUND, 2),
    ([.95, .3], .8, Status.AMBIGUOUS, 2), ([.95, .95, .3], .8, Status.AMBIGUOUS, 2),
    ([.1, .1], .8, Status.NOT_FOUND, 0)])
def test_plurals_honour_the_least_confidence(likely, least, status, count):
    answer = settled(MUGS, least, likely)
    assert (answer.status, answer.count) == (status, count)
    assert (answer.confidence >= least) == (status is not Status.AMBIGUOUS)


@pytest.mark.parametrize('least', [-.1, 1.1, float('nan')])
def test_a_least_confidence_that_is_no_probability_is_refused(least):
    with pytest.raises(ModelError, match='least_confidence'):
        DecisionSettings(least_confidence=least)


def test_words_that_were_not_understood_are_named_and_cost_confidence():
    told = settled(MUG, .5, [.95, .01], none=.04)
    partly = replace(MUG, ignored='versus the box')
    answer = settled(partly, .5, [.95, .01], none=.04)
    assert answer.status is told.status is Status.FOUND
    assert answer.confidence == pytest.approx(.7 * told.confidence)
    assert 'The words "versus the box" were not understood.' in answer.message
    assert settled(partly, .5, [.65, .05], none=.3).status is Status.AMBIGUOUS


def test_a_calibration_may_name_its_data():
    assert Calibration(midpoint=30.0, fitted_on='simulation').fitted_on == 'simulation'
