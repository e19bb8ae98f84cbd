# SPDX-License-Identifier: Apache-2.0
"""Words that go with pointing."""
import pytest

from ris_ros.language.pointing import POINTED, means_pointed, with_anchor, without_rejection
from ris_ros.language.query import RelationType


@pytest.mark.parametrize(('text', 'relation'), [
    ('the one left of this', RelationType.LEFT_OF),
    ('the mug behind that one', RelationType.BEHIND),
    ('take the one next to this, please', RelationType.NEAR),
    ('what is left of this?', RelationType.LEFT_OF), ('the apple on this', RelationType.ON)])
def test_this_is_an_anchor(language, text, relation):
    anchored = with_anchor(text)
    assert POINTED in anchored
    about = language.parse(anchored)
    about = language.parse(about.question.text) if about.question else about
    assert [(one.type, one.anchor) for one in about.relations] == [(relation, POINTED)]


@pytest.mark.parametrize('text', ['the mug left of this bowl', 'take this', 'the one that is red'])
def test_other_words_are_left_as_they_are(text):
    assert with_anchor(text) == text


@pytest.mark.parametrize(('text', 'wanted'), [
    ('not this, the blue one', 'the blue one'), ('no, not that one!', 'another one'),
    ('Not this but the mug', 'the mug'), ('the blue one', None), ('take this', None)])
def test_what_is_meant_in_place_of_this(text, wanted):
    assert without_rejection(text) == wanted


@pytest.mark.parametrize(('text', 'means'), [
    ('this mug', True), ('take that red thing', True), ('the mug here', True), ('the mug', False),
    ('the mug left of this bowl', False)])
def test_this_mug_is_what_is_pointed_at(language, text, means):
    assert means_pointed(language.parse(text)) is means
