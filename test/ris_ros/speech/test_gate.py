# SPDX-License-Identifier: Apache-2.0
"""What becomes a command, and why the rest does not."""
from dataclasses import replace

import pytest

from ris_ros.language.alternatives import Alternative
from ris_ros.speech.gate import (
    AWAKE_SECONDS,
    STOP_FLOOR,
    STOP_PROBABLE,
    STOP_PROBABLE_EARLY,
    Gate,
    GateSettings,
    is_stop,
    orders_stop,
)
from ris_ros.speech.recogniser import Hypothesis

OPEN = GateSettings(min_confidence=.4, wake_phrase='', push_to_talk=False)
WOKEN = GateSettings(min_confidence=.4, wake_phrase='Hey robot', push_to_talk=False)
BUTTON = GateSettings(min_confidence=.4, wake_phrase='', push_to_talk=True)


def judge(text, confidence=.9, settings=OPEN, held=False, gate=None, now=0.0):
    return (gate or Gate()).judge(Hypothesis(text, confidence), settings, held, now)


def test_a_clear_utterance_is_a_command():
    decision = judge('give me the red mug')
    assert (decision.accepted, decision.command, decision.reason) == (
        True, 'give me the red mug', '')


@pytest.mark.parametrize(('text', 'confidence', 'settings', 'reason'), [
    ('', .9, OPEN, 'Nothing was understood.'),
    ('thank you', .9, OPEN, 'It is what noise sounds like.'),
    ('look at me i want you to look at me i want you to look at me i want', .9, OPEN,
     'It repeats itself, as what is made of noise does.'),
    ('give me the mug', .39, OPEN, 'The confidence 0.39 is below min_confidence 0.40.'),
    ('give me the mug', .9, BUTTON, 'The push-to-talk button was not held.'),
    ('give me the mug', .9, WOKEN, "It does not begin with the wake phrase 'Hey robot'."),
    ('hey robot', .9, WOKEN, 'The wake phrase was said; waiting for the command.'),
])
def test_an_utterance_that_is_no_command_has_a_reason(text, confidence, settings, reason):
    decision = judge(text, confidence, settings)
    assert (decision.accepted, decision.command, decision.reason) == (False, '', reason)


def test_button_and_wake_phrase_let_commands_through():
    assert judge('the mug', settings=BUTTON, held=True).command == 'the mug'
    assert judge('hey robot give me the mug', settings=WOKEN).command == 'give me the mug'


def test_a_command_may_follow_the_wake_phrase_after_a_breath_but_only_one_and_soon():
    gate = Gate()
    judge('hey robot', settings=WOKEN, gate=gate, now=10)
    assert judge('the mug', settings=WOKEN, gate=gate, now=10 + AWAKE_SECONDS / 2).accepted
    assert not judge('the cup', settings=WOKEN, gate=gate, now=10 + AWAKE_SECONDS / 2).accepted
    judge('hey robot', settings=WOKEN, gate=gate, now=100)
    assert not judge('the mug', settings=WOKEN, gate=gate, now=101 + AWAKE_SECONDS).accepted


@pytest.mark.parametrize('settings', [OPEN, WOKEN, BUTTON])
def test_stop_passes_every_gate(settings):
    assert judge('robot stop it', STOP_FLOOR, settings).command == 'stop'


@pytest.mark.parametrize('settings', [OPEN, WOKEN, BUTTON])
def test_a_probable_stop_is_obeyed(settings):
    heard = Hypothesis('the shop', .2, STOP_PROBABLE)
    assert Gate().judge(heard, settings, False, 0.0).command == 'stop'
    assert not Gate().judge(replace(heard, stop=STOP_PROBABLE / 2), settings, False, 0.0).accepted


def test_noise_that_resembles_stop_does_not_pass():
    assert not judge('stop', STOP_FLOOR - .01).accepted


@pytest.mark.parametrize(('text', 'stop'), [
    ('stop', True), ('Stop!', True), ('step', True), ('please stop now', True),
    ('give me the no stop', True), ('halt', True), ('cancel that', True),
    ('the next step', False), ('pick up the can', False), ('stop sign on the left', False),
    ('please top', True), ("robot's top", True), ('robot the top', True),
    ('', False), ('it', False), ('the top', False)])
def test_stop_is_told_from_words_that_sound_like_it(text, stop):
    assert is_stop(text) == stop


def test_alternatives_come_along_without_the_wake_phrase_and_without_stop():
    heard = Hypothesis('hey robot the red mud', .9, alternatives=tuple(
        Alternative(text, .2) for text in (
            'hey robot the red mud', 'hey robot the red mug', 'hey robot, the red mug',
            'a row but the red mug', 'hey robot stop', 'hey robot')))
    found = Gate().judge(heard, WOKEN, False, 0.0).alternatives
    assert [(one.text, one.chance) for one in found] == [('the red mud', .2), ('the red mug', .4)]


def test_an_order_to_stop_and_what_is_refused_have_no_alternatives():
    others = (Alternative('stop', .5), Alternative('the shop', .4))
    assert Gate().judge(Hypothesis('stop', .9, 0.0, others), OPEN, False, 0.0).alternatives == ()
    assert Gate().judge(Hypothesis('the shop', .1, 0.0, others), OPEN, False,
                        0.0).alternatives == ()


def test_in_the_first_pause_stop_must_be_clearer():
    heard = Hypothesis('the shop', .2, STOP_PROBABLE_EARLY / 2)
    assert orders_stop(heard)
    assert not orders_stop(heard, has_ended=False)
    assert orders_stop(replace(heard, stop=STOP_PROBABLE_EARLY), has_ended=False)
    assert orders_stop(Hypothesis('robot stop', STOP_FLOOR), has_ended=False)
