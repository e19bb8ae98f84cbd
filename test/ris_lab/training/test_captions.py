# SPDX-License-Identifier: Apache-2.0
"""Captions say what is true, with words that may mean several kinds of things."""
import numpy as np
import pytest

from ris_lab.training.captions import (
    KINDS,
    MEANINGS,
    Attributes,
    Caption,
    CaptionFit,
    noun_phrase,
    sample_caption,
)
from ris_lab.training.words import CATEGORY_WORDS, UNSEEN_WORDS, vocabulary

MUG, GLASS, CEREAL = (Attributes('mug', 'red', 'plain', (.8, .05, .05)),
                      Attributes('glass', 'white', 'transparent'),
                      Attributes('cereal box', '', 'plain'))


def test_there_are_at_least_sixty_categories_under_their_own_names():
    assert len(CATEGORY_WORDS) >= 60
    assert all(name in MEANINGS and name in MEANINGS[name] for name in CATEGORY_WORDS)


def test_a_cup_is_a_mug_or_a_glass_and_a_mug_is_no_glass():
    cup, mug = (Caption(word, MEANINGS[word]) for word in ('cup', 'mug'))
    assert [cup.fit(thing) for thing in (MUG, GLASS, CEREAL)] == [
        CaptionFit.YES, CaptionFit.YES, CaptionFit.NO]
    assert [mug.fit(thing) for thing in (MUG, GLASS, CEREAL)] == [
        CaptionFit.YES, CaptionFit.NO, CaptionFit.NO]


def test_a_thing_of_many_colours_is_captioned_without_one():
    rng = np.random.default_rng(0)
    captions = [noun_phrase(rng, CEREAL, kind) for kind in KINDS for _ in range(20)]
    assert {caption.colour for caption in captions} == {None}
    red = Caption('red box', MEANINGS['box'], 'red')
    assert [red.fit(thing) for thing in (CEREAL, MUG)] == [CaptionFit.MAYBE, CaptionFit.NO]


@pytest.mark.parametrize('thing', [MUG, GLASS, CEREAL])
def test_a_caption_fits_its_own_thing_or_nothing(thing):
    rng = np.random.default_rng(1)
    captions = [sample_caption(rng, thing) for _ in range(200)]
    assert all(caption.fit(thing) is CaptionFit.YES for caption in captions if not caption.absent)
    assert not any(caption.matches(thing) for caption in captions if caption.absent)


def test_nouns_that_match_nothing_are_no_words_for_any_thing():
    assert not set(UNSEEN_WORDS) & set(MEANINGS)
    assert not set(UNSEEN_WORDS) & {word for text in vocabulary() for word in text.split()}
