# SPDX-License-Identifier: Apache-2.0
"""Words for a place in the image."""
import pytest

from ris_ros.language.positions import (
    Side,
    match_deictic,
    match_position,
    ordinal,
    read_position,
    split_position,
)


@pytest.mark.parametrize(('text', 'words'), [
    ('on the left of the bowl', 3), ('on the left hand side', 5), ('far right', 2),
    ('left - most', 3), ('second from the left', 4), ('closest to the camera', 4),
    ('furthest to the left', 4),
    ('in the background', 3), ('on my right', 3), ('on the table', 0), ('leftover food', 0)])
def test_a_position_phrase_is_as_long_as_it_can_be(text, words):
    assert match_position(text) == words


@pytest.mark.parametrize(('text', 'words'), [('over there', 2), ('here', 1), ('over the box', 0)])
def test_over_there_is_no_position(text, words):
    assert match_deictic(text) == words


@pytest.mark.parametrize(('words', 'position'), [
    ('the red', None), ('left', 'leftmost'), ('far right', 'rightmost'),
    ('upper left', 'top+leftmost'), ('in front', 'nearest'), ('in the background', 'farthest'),
    ('in the center', 'middle'),
    ('far away', 'farthest'), ('furthest to the left', 'leftmost'), ('third', 'nth:3'),
    ('3rd from the right', 'nth:3:right'), ('second closest', 'nth:2:nearest'),
    ('second from the top', 'nth:2:top'), ('second left in the back', 'nth:2:left+farthest')])
def test_words_are_written_as_a_position(words, position):
    assert read_position([words.split()]) == position


@pytest.mark.parametrize(('word', 'number'), [
    ('first', 1), ('22nd', 22), ('two', None), ('nd', None)])
def test_an_ordinal_has_its_number(word, number):
    assert ordinal(word) == number


@pytest.mark.parametrize(('position', 'number', 'sides'), [
    (None, None, []), ('leftmost', None, [Side.LEFT]), ('nth:3', 3, []),
    ('nth:2:nearest', 2, [Side.NEAREST]), ('top+rightmost', None, [Side.TOP, Side.RIGHT]),
    ('nth:2:left+farthest', 2, [Side.LEFT, Side.FARTHEST]), ('nth:1+middle', 1, [Side.MIDDLE])])
def test_a_written_position_is_split_into_its_number_and_sides(position, number, sides):
    assert split_position(position) == (number, sides)
