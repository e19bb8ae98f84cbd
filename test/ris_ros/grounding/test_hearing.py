# SPDX-License-Identifier: Apache-2.0
"""Which of several texts was said, by its sound and by what it means in the scene."""
import numpy as np
import pytest

from ris_ros.geometry.location import Location
from ris_ros.grounding.hearing import Reading, choose, is_settled, tell
from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.status import Status

PLACE = Location((1.0, 1.0), (1, 1))


def found(proposal, confidence=.9, status=Status.FOUND):
    mask = np.ones((2, 2), bool)
    thing = Candidate(mask, (0, 0, 2, 2), 1.0, PLACE, confidence, proposal)
    return Grounding(status, 'Found "it".', 'it', candidates=(thing,), count=1,
                     confidence=confidence)


MISSING = Grounding(Status.NOT_FOUND, 'Nothing looks like "it".', 'it', confidence=.9)
NAMELESS = Grounding(Status.NOT_FOUND, 'It names no object.')


def test_what_is_in_the_scene_beats_what_sounds_a_little_better():
    readings = [Reading('the red mud', .6, MISSING), Reading('the red mug', .3, found(1))]
    chosen, chance = choose(readings, .9)
    assert chosen.text == 'the red mug'
    assert .7 < chance < .9


def test_what_sounds_much_better_stays_also_where_it_is_not_there():
    chosen, _ = choose([Reading('the yellow mug', .95, MISSING),
                        Reading('the yellow rug', .02, found(1))], 1.0)
    assert chosen.grounding is MISSING


def test_texts_with_the_same_object_support_each_other():
    readings = [Reading('the pear', .4, found(1)), Reading('give me the bear', .3, found(2)),
                Reading('give me a bear', .3, found(2))]
    chosen, chance = choose(readings, 1.0)
    assert chosen.grounding.candidates[0].proposal == 2
    assert chance == pytest.approx(.6)


def test_words_that_name_nothing_are_the_last_choice():
    chosen, _ = choose([Reading('breathe in', .7, NAMELESS), Reading('the beer', .2, MISSING)], 1.0)
    assert chosen.text == 'the beer'


def test_the_chance_that_something_else_was_said_stays():
    _, chance = choose([Reading('the red mug', .4, found(1))], .4)
    assert chance == pytest.approx(.4)


def test_texts_without_a_chance_are_not_believed():
    assert choose([Reading('the red mug', 0.0, found(1))], 0.0)[1] == 0


def test_a_clear_text_needs_no_others():
    assert is_settled([Reading('the red mug', .95, found(1))], .04)
    assert not is_settled([Reading('the red mud', .95, MISSING)], .04)
    assert not is_settled([], .5)


def test_the_answer_says_what_was_heard_and_what_was_understood():
    answer = tell(Reading('the red mug', .3, found(1)), .8, 'the red mud', .5)
    assert answer.status is Status.FOUND
    assert answer.message == (
        'Heard "the red mud", understood "the red mug". Found "it".')
    assert answer.confidence == pytest.approx(.8 * .9)
    assert tell(Reading('it', .9, found(1)), .9, 'it', .5).message == 'Found "it".'


def test_what_is_not_sure_enough_is_asked_again_with_what_was_heard():
    answer = tell(Reading('the red mug', .3, found(1)), .5, 'the red mud', .5)
    assert answer.status is Status.AMBIGUOUS
    assert answer.message == ('Heard "the red mud", which may be "the red mug"; that is not sure '
                              'enough. Please say it again.')
    assert tell(Reading('x', .3, MISSING), .1, 'x', .5).status is Status.NOT_FOUND
