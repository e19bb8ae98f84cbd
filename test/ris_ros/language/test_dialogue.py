# SPDX-License-Identifier: Apache-2.0
"""What a command means after the last answer."""
import pytest

from ris_ros.language.dialogue import TIMEOUT, Act, LastAnswer, Turn, resolve


@pytest.fixture(scope='module')
def mugs(language):
    """Let three mugs be listed, and none be chosen yet."""
    return LastAnswer(language.parse('the red mug next to the bowl'), listed=3, chosen=0, time=5.0)


@pytest.fixture(scope='module')
def mug(language):
    """Let the first of two mugs be the last answer."""
    return LastAnswer(language.parse('grab the red mug'), listed=2, chosen=1, time=5.0)


@pytest.mark.parametrize(('text', 'number'), [
    ('the second one', 2), ('the third one please', 3), ('take the second one', 2),
    ('number two', 2), ('the last one', 3), ('two', 2), ('the second', 2), ('second please', 2),
    ('take option 3', 3)])
def test_a_number_picks_an_object_of_the_list(language, mugs, text, number):
    assert resolve(language.parse(text), mugs, 6) == Turn(Act.PICK, numbers=(number,))


@pytest.mark.parametrize(('text', 'filled'), [
    ('the blue one', 'the blue mug'), ('no, the blue one', 'the blue mug'),
    ('no not that one, the green one', 'the green mug'), ('blue', 'the blue mug'),
    ('the biggest', 'the biggest mug'), ('on the left', 'the mug on the left'),
    ('second from the right', 'the mug second from the right'),
    ('the one next to the plate', 'the mug next to the plate'),
    ('the tall one with the lid', 'the tall mug with the lid'),
    ('not the red one', 'the mug not the red one'),
    ('all the mugs', 'all the mugs'), ('bring me the apple', 'bring me the apple'),
    ('what time is it', 'what time is it'), ('that was great', 'that was great')])
def test_the_noun_is_filled_in(language, mugs, text, filled):
    assert resolve(language.parse(text), mugs, 6) == Turn(
        Act.GROUND, filled, refines=filled != text)


@pytest.mark.parametrize('text', ['all of them', 'grab both', 'give me those', 'take them'])
def test_all_are_those_of_the_list(language, mugs, text):
    assert resolve(language.parse(text), mugs, 6) == Turn(Act.PICK, numbers=(1, 2, 3))


@pytest.mark.parametrize('text', ['all of them', 'grab both'])
def test_all_are_those_of_the_noun_after_a_single_object(language, mug, text):
    single = LastAnswer(mug.query, listed=1, chosen=1, time=5.0)
    assert resolve(language.parse(text), single, 6) == Turn(Act.GROUND, 'every mug')


def test_a_plural_is_one_of_them(language):
    last = LastAnswer(language.parse('all the toy cars'), listed=1, chosen=1, time=5.0)
    assert resolve(language.parse('the blue one'), last, 6) == Turn(
        Act.GROUND, 'the blue toy car', refines=True)


@pytest.mark.parametrize('text', ['it', 'pick it up', 'that one', 'put it on the table'])
def test_it_is_what_was_chosen(language, mug, text):
    assert resolve(language.parse(text), mug, 6) == Turn(Act.PICK, numbers=(1,))


@pytest.mark.parametrize('text', ['it', 'that one', 'the other one'])
def test_it_is_asked_for_where_several_were_listed(language, mugs, text):
    turn = resolve(language.parse(text), mugs, 6)
    assert turn.act is Act.ASK
    assert '3 objects' in turn.message


@pytest.mark.parametrize('text', ['the other one', 'another one', 'not that one', 'wrong one'])
def test_the_other_one_is_the_other_of_two(language, mug, text):
    assert resolve(language.parse(text), mug, 6) == Turn(Act.PICK, numbers=(2,))


def test_another_one_excludes_the_only_one_listed(language, mug):
    single = LastAnswer(mug.query, listed=1, chosen=1, time=5.0)
    turn = resolve(language.parse('the other one'), single, 6)
    assert turn == Turn(Act.GROUND, 'the red mug', not_last=True)


@pytest.mark.parametrize(('text', 'filled'), [
    ('the other mug', 'the mug'), ('bring me another mug', 'bring me mug'),
    ('take the other blue mug', 'take the blue mug')])
def test_another_mug_excludes_the_last_one(language, mug, text, filled):
    single = LastAnswer(mug.query, listed=1, chosen=1, time=5.0)
    assert resolve(language.parse(text), single, 6) == Turn(Act.GROUND, filled, not_last=True)
    of_two = resolve(language.parse(text), mug, 6)
    assert (of_two.act is Act.PICK) == ('blue' not in text)
    assert resolve(language.parse('the other hammer'), single, 6).act is Act.GROUND


def test_an_ordinal_goes_on_counting_from_the_same_side(language):
    last = LastAnswer(language.parse('the first toy car from the left'), 1, 1, 5.0)
    turn = resolve(language.parse('the second one'), last, 6)
    assert turn == Turn(Act.GROUND, 'the second toy car from the left')


@pytest.mark.parametrize('text', ['the fifth one', 'the 0th one'])
def test_a_number_that_is_not_in_the_list_is_told(language, mugs, text):
    turn = resolve(language.parse(text), mugs, 6)
    assert turn == Turn(Act.ASK, message='Only 3 objects were listed.')


@pytest.mark.parametrize('text', [
    'stop', 'Stop!', 'STOP', 'please stop', 'robot, stop it', 'cancel', 'cancel that', 'never mind',
    'stop right there', 'stop! stop!', 'Stop, cancel the command.', 'emergency stop'])
@pytest.mark.parametrize('answered', [True, False])
def test_stop_ends_the_running_command(language, mug, text, answered):
    assert resolve(language.parse(text), mug if answered else None, 6).act is Act.STOP


@pytest.mark.parametrize('text', ['stop the tap', 'stop next to the bus', 'pick up the stop sign'])
def test_a_thing_to_be_stopped_is_an_object(language, mug, text):
    assert resolve(language.parse(text), mug, 6) == Turn(Act.GROUND, text)


@pytest.mark.parametrize('text', [
    'start over', 'please start over', 'start all over again', 'start from scratch',
    'stop, then start over', 'stop. Start over!', 'stop and reset', 'cancel that and start again',
    'never mind, start over please', 'stop everything and forget all of that'])
def test_start_over_forgets_the_last_answer(language, mug, text):
    assert resolve(language.parse(text), mug, 6).act is Act.RESET


@pytest.mark.parametrize('text', [
    'start over there', 'take the mug and start over', 'reset the clock', 'begin with the mug'])
def test_not_every_start_forgets_the_last_answer(language, mug, text):
    assert resolve(language.parse(text), mug, 6).act is not Act.RESET


@pytest.mark.parametrize('text', ['it', 'the other one', 'pick that up'])
def test_the_last_answer_is_forgotten_in_time(language, mug, text):
    assert resolve(language.parse(text), mug, 5 + TIMEOUT).act is Act.PICK
    late = resolve(language.parse(text), mug, 5.1 + TIMEOUT)
    assert late == resolve(language.parse(text), None, 6)
    assert late.act is Act.ASK


@pytest.mark.parametrize('text', ['it', 'the other one'])
def test_it_has_no_meaning_where_nothing_was_found(language, mug, text):
    nothing = LastAnswer(mug.query, listed=0, chosen=0, time=5.0)
    turn = resolve(language.parse(text), nothing, 6)
    assert turn == Turn(Act.ASK, message='No object was found before; name the one you mean.')
    assert resolve(language.parse('the blue one'), nothing, 6) == Turn(
        Act.GROUND, 'the blue mug', refines=True)


def test_answers_of_a_later_clock_are_forgotten(language, mug):
    assert resolve(language.parse('it'), mug, 4).act is Act.ASK


def test_a_first_command_without_a_noun_stands_for_itself(language):
    assert resolve(language.parse('the blue one'), None, 6) == Turn(Act.GROUND, 'the blue one')
