# SPDX-License-Identifier: Apache-2.0
"""What tells a place is read, or it is named as not understood."""
from pathlib import Path

from annotated import read_sentences, read_unseen
import pytest

PLACES = [line for line in (Path(__file__).parent / 'places.txt').read_text().splitlines()
          if line[0] != '#']


def test_the_list_is_long_enough():
    assert len({*PLACES}) >= 60


@pytest.mark.parametrize('place', PLACES)
def test_every_place_is_read_or_named(language, place):
    query = language.parse(f'the mug {place}')
    assert query.head == 'mug'
    assert (query.relations or query.position or query.negated_relations
            or query.negated_attributes or query.ignored)


@pytest.mark.parametrize(('text', 'kind', 'anchor'), [
    ('the mug aside the red box', 'near', 'the red box'),
    ('the mug left from the bowl', 'left_of', 'the bowl'),
    ('the mug right from the bowl', 'right_of', 'the bowl'),
    ('the mug leftwards of the bowl', 'left_of', 'the bowl'),
    ('the mug ahead of the box', 'in_front_of', 'the box'),
    ('the mug amidst the boxes', 'between', 'the boxes'),
    ('grab the mug along the wall', 'near', 'the wall'),
    ('the mug on the far side of the box', 'behind', 'the box'),
    ('the mug on the other side of the box', 'behind', 'the box'),
    ('the mug on the near side of the box', 'in_front_of', 'the box'),
    ('the mug hidden by the box', 'behind', 'the box'),
    ('the mug obscured from view by the box', 'behind', 'the box'),
    ('the mug within reach of the bowl', 'near', 'the bowl'),
    ("the mug within arm's length of the bowl", 'near', 'the bowl'),
    ('the mug within sight of the bowl', 'other', 'the bowl'),
    ('the mug in the shadow of the bowl', 'other', 'the bowl'),
    ('the mug shoulder to shoulder with the bowl', 'near', 'the bowl'),
    ('the mug rim to rim with the bowl', 'near', 'the bowl'),
    ('the mug cheek by jowl with the bowl', 'near', 'the bowl')])
def test_prepositions_of_place_are_complete(language, text, kind, anchor):
    query = language.parse(text)
    assert [(one.type.value, one.anchor) for one in query.relations] == [(kind, anchor)]
    assert (query.position, query.ignored) == (None, '')


@pytest.mark.parametrize(('text', 'ignored'), [
    ('the mug versus the box', 'versus the box'), ('the mug before the box', 'before the box'),
    ('pick up the mug abaft the red box please', 'abaft the red box'),
    ('the mug 10 cm from the box', '10 cm from the box'),
    ('the mug southwest of the bowl', 'southwest of the bowl'),
    ('the mug northeast of the bowl', 'northeast of the bowl'),
    ('the mug windward of the bowl', 'windward of the bowl'),
    ('the mug southwards of the bowl', 'southwards of the bowl'),
    ('the mug clockwise from the bowl', 'clockwise from the bowl'),
    ('the mug diagonally across from the bowl', 'diagonally across from the bowl'),
    ('the reward on the table', ''),
    ('carry the candle past the bathtub', ''), ('put the mug on the table', ''),
    ('take the mug to the kitchen please', ''), ('touch the mug with your hand', ''),
    ('the red mug, please', ''), ('the mug over there', ''), ('the plant needs water', '')])
def test_only_what_may_tell_the_object_apart_is_named(language, text, ignored):
    assert language.parse(text).ignored == ignored


@pytest.mark.slow
def test_little_is_ignored_of_what_people_say(language):
    texts = [gold.text for gold in (*read_sentences('sentences.txt'), *read_unseen(),
                                    *read_sentences('fresh_sentences.txt'))]
    assert sum(bool(language.parse(text).ignored) for text in texts) <= 3
