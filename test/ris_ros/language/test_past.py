# SPDX-License-Identifier: Apache-2.0
"""Words that mean something that was seen earlier, and questions that only sound like them."""
import pytest

from ris_ros.language.past import without_past


@pytest.mark.parametrize(('text', 'present'), [
    ('take the mug you saw before', 'take the mug'),
    ('the mug from before', 'the mug'),
    ('The red mug, that I showed you earlier!', 'The red mug!'),
    ('where is the ball that we saw a moment ago', 'where is the ball'),
    ("the can you've just noticed", 'the can'),
    ('the mug that was here', 'the mug'),
])
def test_the_words_for_the_past_are_taken_off(text, present):
    assert without_past(text) == present


@pytest.mark.parametrize('text', [
    'the red mug', 'have you seen the mug', 'did you see a mug before?', 'what have you seen',
    'where did you see the mug last', 'the mug before the bowl', 'the saw you see', ''])
def test_other_texts_say_nothing_of_the_past(text):
    assert without_past(text) is None
