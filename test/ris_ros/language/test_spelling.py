# SPDX-License-Identifier: Apache-2.0
"""Function words are put right, everything else is left, and places are kept."""
import pytest

from ris_ros.language.spelling import correct_spelling, misspellings

WORDS = {'from', 'closet', 'cloud', 'bright', 'bellow', 'font', 'ear'}


@pytest.mark.parametrize(('text', 'right'), [
    ('teh mug', 'the mug'), ('cup w/ lid', 'cup with lid'), ('mug nxt to it', 'mug next to it'),
    ('the box on the rigth', 'the box on the right'), ('box infront of it', 'box in front of it'),
    ('the bottle form the table', 'the bottle from the table'),
    ('front L chair', 'front left chair'), ('a behing b', 'a behind b'),
    ('the closet cloud bright font ear', 'the closet cloud bright font ear'),
    ('form a line', 'form a line'), ('plan l', 'plan l'), ('zebra ramekin', 'zebra ramekin')])
def test_misspelt_function_words_are_corrected(text, right):
    assert correct_spelling(text, misspellings(WORDS)).text == right


def test_corrected_words_keep_their_offsets():
    text = 'Grab it INFRONT of Bob'
    spelt = correct_spelling(text, misspellings(WORDS))
    place = spelt.text.index('front')
    assert text[spelt.starts[place]:spelt.ends[place]] == 'INFRONT'
    place = spelt.text.index('bob')
    assert text[spelt.starts[place]:spelt.ends[place + 2]] == 'Bob'


def test_an_expression_is_quoted_as_it_was_written(language):
    query = language.parse('grab teh cup infront of th box')
    assert query.expression == 'teh cup infront of th box'
    assert [(r.type.value, r.anchor) for r in query.relations] == [('in_front_of', 'th box')]
