# SPDX-License-Identifier: Apache-2.0
"""The target is never what is forbidden, and never the anchor of what has no noun."""
import pytest

from ris_ros.language.dialogue import Act, LastAnswer, Turn, resolve


@pytest.mark.parametrize(('text', 'allowed'), [
    ("don't touch the glass, grab the plastic cup instead", 'the plastic cup'),
    ("please don't touch the glass, grab the plastic cup instead", 'the plastic cup'),
    ('ignore the red mug and take the blue mug', 'the blue mug'),
    ('avoid the chair and go to the table', 'the table'),
    ('avoid the glass, take the cup', 'the cup'),
    ('go to the table but avoid the chair', 'the table'),
    ('do not take the glass, take the cup', 'the cup'),
    ("don't take the glass but the cup", 'the cup'),
    ("don't grab the glass. grab the cup.", 'the cup'),
    ('never touch the vase, bring me the book', 'the book'),
    ('you must not touch the glass; take the cup', 'the cup'),
    ('could you not take the glass but the cup', 'the cup'),
    ("don't take the glass or move the cup, grab the pan", 'the pan'),
    ('not the glass but the cup', 'the cup'), ('take not the glass but the cup', 'the cup'),
    ('not the mug, the bowl', 'the bowl'),
    ('leave the glass alone and grab the cup', 'the cup'),
    ('leave the glass where it is and grab the cup', 'the cup'),
    ('stay away from the glass and pick up the cup', 'the cup'),
    ('keep off the carpet and go to the sofa', 'the sofa'),
    ('hands off the glass, take the cup', 'the cup'),
    ('skip the first box and open the second box', 'the second box'),
    ('forget the mug, take the bowl', 'the bowl'),
    ("I don't want the glass, I want the cup", 'the cup'),
    ("I don't like the red mug, bring the blue mug", 'the blue mug'),
    ("that's not the mug, bring me the cup", 'the cup'),
    ('instead of grabbing the glass, grab the cup', 'the cup'),
    ('be careful not to touch the glass when you grab the cup', 'the cup'),
    ("make sure you don't touch the glass when you grab the cup", 'the cup'),
    ('mind the glass and grab the cup', 'the cup'),
    ("don't go to the kitchen, go to the hall", 'the hall'),
    ('do not touch anything but the cup', 'the cup')])
def test_the_target_is_not_what_is_forbidden(language, text, allowed):
    query = language.parse(text)
    assert (query.expression, query.forbidden) == (allowed, False)


@pytest.mark.parametrize('text', [
    "don't touch the hot pan", 'leave the vase alone', 'never take the red mug', "don't pick it up",
    'do not pick up the bottle', "don't take the second one", 'avoid the cones',
    'do not hit the cyclist', 'watch out for the cyclist', 'mind the step'])
def test_a_command_that_only_forbids_says_so(language, text):
    assert language.parse(text).forbidden


@pytest.mark.parametrize('text', [
    "don't forget the keys", "why don't you grab the keys", "won't you take the keys",
    "don't ignore the keys", "can't you see the keys", 'leave the keys on the table',
    'do not drop the keys'])
def test_not_every_denial_forbids(language, text):
    query = language.parse(text)
    assert (query.expression, query.forbidden) == ('the keys', False)


@pytest.mark.parametrize('text', ["don't pick it up", "don't take the second one", 'not that one'])
def test_a_prohibition_picks_nothing_of_the_last_answer(language, text):
    last = LastAnswer(language.parse('the red mug'), listed=3, chosen=1, time=5.0)
    turn = resolve(language.parse(text), last, 6.0)
    assert turn == Turn(Act.GROUND, text) or turn.not_last


@pytest.mark.parametrize(('text', 'kind', 'anchor'), [
    ('hand me whatever is lying next to the stapler', 'near', 'the stapler'),
    ('give me what is on the plate', 'on', 'the plate'),
    ("give me what's on the plate", 'on', 'the plate'),
    ('pick up what is left of the bowl', 'left_of', 'the bowl'),
    ('take whatever lies behind the box', 'behind', 'the box'),
    ('hand me whatever you find on the table', 'on', 'the table'),
    ('show me what is under the table', 'below', 'the table')])
def test_what_has_no_noun_is_a_thing_with_a_relation(language, text, kind, anchor):
    query = language.parse(text)
    assert [(one.type.value, one.anchor) for one in query.relations] == [(kind, anchor)]
    assert (query.target, query.head, query.phrase) == (None, 'thing', 'the thing')


@pytest.mark.parametrize('text', ['give me what the man is holding', 'hand me what you see'])
def test_what_nothing_tells_apart_is_nothing(language, text):
    assert language.parse(text).expression is None


@pytest.mark.parametrize(('text', 'goal'), [
    ('walk past the bed until you reach the painting', 'the painting'),
    ('drive along the wall until you get to the door', 'the door'),
    ('walk past the bed until the painting', 'the painting'),
    ('wait here until the old lady has crossed the road', 'the old lady')])
def test_the_end_of_a_way_is_its_goal(language, text, goal):
    assert language.parse(text).expression == goal
