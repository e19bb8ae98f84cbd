# SPDX-License-Identifier: Apache-2.0
"""The noun and the attributes of real commands."""
import pytest

from ris_ros.grounding.appearance import appearance_query
from ris_ros.grounding.contrast_phrases import exchanges_of, noun_of
from ris_ros.language.command import Language


@pytest.fixture(scope='module')
def language():
    return Language.load()


@pytest.mark.parametrize(('text', 'noun'), [
    ('the red mug', 'mug'), ('pick up the small light blue toy car', 'toy car'),
    ('the leftmost shiny metal ball', 'ball'), ('the mug that is red', 'mug'),
    ('the two red mugs', 'mug'), ('the orange', 'orange'), ('the orange ball', 'ball'),
    ('a paper towel', 'paper towel'), ('the box of crackers', 'box of crackers'),
    ('the red and white box', 'box'), ('the red one', ''), ('the blue thing', ''), ('red', ''),
    ('the mug left of the bowl', 'mug'), ('my keys', 'key')])
def test_the_noun_is_left_without_attributes(language, text, noun):
    assert noun_of(appearance_query(language.parse(text))) == noun


@pytest.mark.parametrize(('text', 'own', 'other'), [
    ('the red mug', 'the red mug', 'the blue mug'),
    ('the red one', 'the red one', 'the blue one'),
    ('the mug that is red', 'the mug that is red', 'the mug that is blue'),
    ('the leftmost red mug', 'the red mug', 'the blue mug'),
    ('the light blue cup', 'the light blue cup', 'the red cup'),
    ('the wooden spoon', 'the wooden spoon', 'the metal spoon'),
    ('the striped ball next to the red box', 'the striped ball', 'the plain ball')])
def test_an_attribute_is_exchanged_with_the_noun_as_it_is(language, text, own, other):
    exchange, = exchanges_of(appearance_query(language.parse(text)))
    assert exchange.text == own
    assert other in exchange.others
    assert own not in exchange.others


def test_two_colours_are_exchanged_one_by_one(language):
    first, second = exchanges_of(appearance_query(language.parse('the red and white box')))
    assert 'the blue and white box' in first.others
    assert 'the red and blue box' in second.others
    assert not {'the white and white box', 'the red and red box'} & {*first.others, *second.others}


@pytest.mark.parametrize('text', ['the mug', 'the orange', 'a paper towel', 'the tall bottle'])
def test_without_colour_material_and_pattern_nothing_is_exchanged(language, text):
    assert exchanges_of(appearance_query(language.parse(text))) == ()
