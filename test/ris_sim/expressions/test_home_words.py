# SPDX-License-Identifier: Apache-2.0
"""Words for the things of Style.HOME: several names for one kind, and things without a colour."""
from dataclasses import replace

import numpy as np

from ris_sim.expressions.generator import KINDS, generate_expressions
from ris_sim.expressions.vocabulary import WORDS, may_be_called, may_mean, noun_phrase
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.colours import COLOURS
from ris_sim.sampling.scenes import sample_scene
from ris_sim.style import Style


def test_a_printed_thing_is_named_without_a_colour(make_object):
    printed = replace(make_object('box'), category='cereal box', colour='')
    rng = np.random.default_rng(0)
    for words in WORDS:
        for _ in range(20):
            phrase, keys = noun_phrase(printed, rng, words)
            assert 'colour' not in keys
            assert not set(phrase.split()) & set(COLOURS)


def test_any_colour_may_mean_a_printed_thing(make_object):
    printed = replace(make_object('box'), category='cereal box', colour='')
    red = {'colour': 'red', 'category': 'cereal box'}
    assert may_mean(printed, 'red cereal box', red)
    assert may_mean(printed, 'red box', {'colour': 'red', 'category': 'box'})
    assert not may_mean(replace(printed, colour='blue'), 'red cereal box', red)
    assert may_be_called('cereal box', '', 'plain', 'the red cereal box')
    assert not may_be_called('cereal box', 'blue', 'plain', 'the red cereal box')


def test_words_that_two_kinds_share_mean_both(make_object):
    mug, cup = (replace(make_object('mug'), category=name) for name in ('mug', 'cup'))
    for target in (mug, cup):
        assert all(may_mean(thing, 'cup', {'category': target.category}) for thing in (mug, cup))
    assert may_be_called('cup', 'red', 'plain', 'the red cup')
    assert not may_be_called('fork', 'red', 'plain', 'the red cup')


def test_home_scenes_have_expressions_of_their_things():
    said = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        scene = sample_scene(rng, 'test', (5, 8), style=Style.HOME)
        labels = Renderer(320, 240).render(scene).labels
        said += generate_expressions(scene, labels, rng, 2, KINDS)
    assert len(said) > 12
    assert all('  ' not in each.text and each.text == each.text.strip() for each in said)
