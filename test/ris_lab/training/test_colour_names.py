# SPDX-License-Identifier: Apache-2.0
"""Colours get the words that people use, and doubtful words are neither true nor false."""
import numpy as np
import pytest

from ris_lab.training.captions import Attributes, CaptionFit
from ris_lab.training.colour_names import BASIC, SHADES, colour_words, parents, sample_colour
from ris_sim.sampling.colours import COLOURS
from ris_sim.sampling.colours import sample_colour as simulated_colour


@pytest.mark.parametrize(('rgb', 'word'), [
    ((.05, .08, .3), 'navy'), ((.05, .08, .3), 'blue'), ((.9, .83, .7), 'beige'),
    ((.1, .1, .1), 'black'), ((.97, .97, .95), 'white'), ((.7, .9, .65), 'pale green'),
    ((.7, .9, .65), 'green'), ((.5, .05, .1), 'maroon'), ((.25, .8, .78), 'cyan')])
def test_a_word_fits_its_colour(rgb, word):
    assert word in colour_words(rgb)[0]


def test_a_word_does_not_fit_the_opposite():
    assert not set().union(*colour_words((.9, .05, .05))) & {'green', 'blue', 'white', 'navy'}


def test_the_names_of_the_simulation_may_be_used_for_its_colours():
    rng = np.random.default_rng(0)
    for name in COLOURS:
        for _ in range(20):
            assert name in set().union(*colour_words(simulated_colour(name, rng)))


def test_drawn_colours_have_every_word_and_every_shade_is_a_kind_of_a_basic_colour():
    rng = np.random.default_rng(1)
    found = set().union(*(colour_words(sample_colour(rng))[0] for _ in range(800)))
    assert found >= {*BASIC, 'navy', 'cream', 'tan', 'olive', 'lavender', 'light pink'}
    assert all(parents(word) <= set(BASIC) for word in SHADES)


def test_a_shade_is_doubtful_where_only_the_basic_colour_is_known():
    mug = Attributes('mug', 'blue', 'plain')
    assert [mug.coloured(word) for word in ('blue', 'navy', 'red', 'olive')] == [
        CaptionFit.YES, CaptionFit.MAYBE, CaptionFit.NO, CaptionFit.NO]
    assert Attributes('mug', 'cyan', 'plain').coloured('light blue') is CaptionFit.YES


def test_a_thing_of_many_colours_neither_fits_nor_excludes_a_colour():
    box = Attributes('cereal box', '', 'plain')
    assert box.coloured('red') is CaptionFit.MAYBE
    assert box.colours() == []
