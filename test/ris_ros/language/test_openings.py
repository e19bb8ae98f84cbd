# SPDX-License-Identifier: Apache-2.0
"""Polite words around a command name nothing, ask nothing and change nothing."""
import pytest


@pytest.mark.parametrize('text', [
    'when you have a moment, the red mug', 'when you get a chance, grab the red mug',
    'if you have a second, the red mug', "if it's not too much trouble, the red mug",
    'if it is not too much to ask, grab the red mug', "if you'd be so kind, the red mug",
    "whenever you're ready, the red mug", 'as soon as you can, the red mug',
    'mind passing me the red mug', 'would you mind handing me the red mug?',
    'do you mind putting the red mug on the table', 'be a dear and get me the red mug',
    'be a sport and fetch the red mug', 'be an angel and bring me the red mug',
    'be so good as to bring me the red mug', 'any chance you could grab the red mug',
    'at your convenience, the red mug'])
def test_politeness_leaves_the_command_as_it_is(language, text):
    query = language.parse(text)
    assert (query.target, query.head, query.relations) == ('the red mug', 'mug', ())
    assert (query.question, query.ignored, query.forbidden) == (None, '', False)


@pytest.mark.parametrize(('text', 'target', 'forbidden'), [
    ('mind the step', 'the step', True), ('mind the glass and take the cup', 'the cup', False),
    ('if you see a red mug, grab it', 'a red mug', False),
    ('when you reach the couch, pick up the red pillow', 'the red pillow', False)])
def test_what_only_begins_like_politeness_is_still_read(language, text, target, forbidden):
    query = language.parse(text)
    assert (query.target, query.forbidden) == (target, forbidden)
