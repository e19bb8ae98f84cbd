# SPDX-License-Identifier: Apache-2.0
"""The embedded CLIP without its calibration: other words tell whether a phrase fits."""
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.special import expit
from simulated_table import lay_out
import torch
import yaml

from ris_ros import Frame, Pipeline
from ris_ros.encoder.encoder import Encoder
from ris_ros.grounding.appearance import appearance_query
from ris_ros.grounding.contrast import Contrast, spread_of
from ris_ros.language.household import COLOURS
from ris_ros.profile import PROFILES, load_profile
from ris_ros.status import Status

THINGS = [
    ('mug', 'red', -0.2, -0.1), ('mug', 'blue', 0.0, -0.1), ('bowl', 'red', 0.2, -0.1),
    ('banana', 'yellow', -0.2, 0.1), ('ball', 'green', 0.0, 0.1), ('ball', 'green', 0.2, 0.1)]


@pytest.fixture(scope='module')
def pipeline(tmp_path_factory):
    profile = yaml.safe_load((PROFILES / 'embedded.yaml').read_text())
    profile['decision'] = {}
    path = tmp_path_factory.mktemp('profile') / 'not_fitted.yaml'
    path.write_text(yaml.safe_dump(profile))
    return Pipeline.load(str(path))


@pytest.fixture(scope='module')
def index(pipeline):
    image, masks = lay_out(*THINGS)
    return pipeline.index(Frame(image), masks)


@pytest.mark.parametrize(('text', 'status', 'meant'), [
    ('the red mug', Status.FOUND, [0]), ('the blue mug', Status.FOUND, [1]),
    ('the bowl', Status.FOUND, [2]), ('the yellow thing', Status.FOUND, [3]),
    ('the mug that is not red', Status.FOUND, [1]),
    ('the leftmost mug', Status.FOUND, [0]), ('all the balls', Status.FOUND, [4, 5]),
    ('the green mug', Status.NOT_FOUND, []), ('the green bowl', Status.NOT_FOUND, []),
    ('the red banana', Status.NOT_FOUND, []), ('the hammer', Status.NOT_FOUND, []),
    ('the purple thing', Status.NOT_FOUND, []), ('the guitar', Status.NOT_FOUND, []),
    ('the mug', Status.AMBIGUOUS, [0, 1]), ('the ball', Status.AMBIGUOUS, [4, 5]),
    ('the red thing', Status.AMBIGUOUS, [0, 2])])
def test_without_a_fit_it_says_what_is_there_and_what_is_not(
        pipeline, index, text, status, meant):
    grounding = pipeline.ground(index, text)
    assert grounding.status is status, grounding.message
    assert sorted(thing.proposal for thing in grounding.objects) == meant
    assert not grounding.calibrated


def test_the_message_says_that_it_was_not_fitted(pipeline, index):
    for text in ('the red mug', 'the hammer', 'the mug', 'the mugs'):
        message = pipeline.ground(index, text).message
        assert 'not calibrated' in message
        assert 'contrast with other words' in message


@dataclass(frozen=True)
class OtherScale:
    """A model whose scores are those of the embedded CLIP, scaled and shifted."""

    encoder: Encoder
    factor: float
    shift: float

    def texts(self, sentences, phrases):
        """Return the encoder's features."""
        return self.encoder.texts(sentences, phrases)

    def vocabulary(self, phrases):
        """Return the encoder's features."""
        return self.encoder.texts(phrases, phrases)

    def compare(self, visual, texts):
        """Return scores of another scale, and another level for each mask."""
        levels = torch.arange(len(visual), dtype=torch.float32)[:, None]
        return self.factor * (self.encoder.compare(visual, texts) + levels) + self.shift


@pytest.mark.parametrize(('factor', 'shift'), [(1.0, 0.0), (0.01, 20.0), (3.0, -500.0)])
def test_chances_do_not_depend_on_the_scale_of_the_scores(pipeline, index, factor, shift):
    other = Contrast.of(OtherScale(pipeline.encoder, factor, shift))
    for text in ('the red mug', 'the mug', 'the hammer', 'the green thing'):
        query = appearance_query(pipeline.parse(text))
        one, same = (contrast.judge(index.features, query)
                     for contrast in (pipeline.contrast, other))
        np.testing.assert_allclose(one.log_odds, same.log_odds, atol=2e-2)
        assert same.spread == pytest.approx(factor * one.spread, rel=1e-3)


def test_a_colour_must_beat_other_colours_and_a_noun_other_nouns(pipeline, index):
    chances = {text: pipeline.contrast.judge(
        index.features, appearance_query(pipeline.parse(text))).log_odds
        for text in ('the red mug', 'the blue mug', 'the red bowl')}
    for number, right in ((0, 'the red mug'), (1, 'the blue mug'), (2, 'the red bowl')):
        assert chances[right][number] > 0
        for wrong in {*chances} - {right}:
            assert chances[wrong][number] < 0


@pytest.mark.slow
@pytest.mark.parametrize('number', range(len(THINGS)))
def test_a_single_mask_is_judged_too(pipeline, number):
    image, masks = lay_out(*THINGS)
    alone = pipeline.index(Frame(image), masks[[number]])
    category, colour = THINGS[number][:2]
    assert pipeline.ground(alone, f'the {colour} {category}').status is Status.FOUND
    assert pipeline.ground(alone, 'the purple hammer').status is Status.NOT_FOUND


def test_without_a_mask_nothing_is_found(pipeline):
    image, masks = lay_out(*THINGS)
    assert pipeline.ground(pipeline.index(Frame(image), masks[:0]), 'the mug').status is (
        Status.NOT_FOUND)


def test_words_that_a_model_does_not_tell_apart_count_once(pipeline):
    assert len({*pipeline.contrast.words}) == len(pipeline.contrast.features) < 100
    assert {'mug', 'bowl', 'thing'} <= {*pipeline.contrast.words}


def test_the_spread_is_that_of_what_masks_and_words_do_not_explain():
    rng = np.random.default_rng(5)
    scores = rng.normal(0, 2.0, (40, 200))
    assert spread_of(scores) == pytest.approx(2.0, rel=0.05)
    levels = rng.normal(0, 30.0, (40, 1))
    assert spread_of(scores + levels) == pytest.approx(spread_of(scores))
    assert spread_of(7 * scores) == pytest.approx(7 * spread_of(scores))
    assert spread_of(scores[:1]) == pytest.approx(np.sqrt(2.0), rel=0.2)
    assert spread_of(np.ones((3, 50))) > 0


@pytest.mark.parametrize(('name', 'contrasted'), [
    ('embedded', False), ('home', False), ('paper', False), ('tabletop', True), ('robot', True)])
def test_profiles_without_a_fit_are_contrasted(name, contrasted):
    decision = load_profile(name).decision
    assert decision.contrasted == contrasted
    assert not replace(decision, contrast=False).contrasted


def test_a_fitted_profile_has_no_contrast():
    assert Pipeline.load('embedded').contrast is None


def test_a_name_is_never_likelier_than_the_command_with_it(pipeline, index):
    names, colours = pipeline.contrast.name_chances(index.features)
    for text, chances in [*((f'the {name}', names[:, number])
                            for number, name in enumerate(pipeline.nouns)),
                          *((f'the {colour} thing', colours[:, number])
                            for number, colour in enumerate(COLOURS))]:
        said = pipeline.contrast.judge(index.features, appearance_query(pipeline.parse(text)))
        assert (chances <= expit(said.log_odds) + 1e-3).all()


def test_two_names_that_fit_alike_are_both_in_doubt(pipeline, index):
    nouns = ('mug', 'bowl')
    contrast = Contrast.of(pipeline.encoder, nouns)
    between = index.features[[0, 2]].mean(axis=0, keepdims=True)  # a mug and a bowl, both red
    chances, colours = contrast.name_chances(np.concatenate([index.features, between]))
    assert chances[0].argmax() == 0
    assert chances[2].argmax() == 1
    assert chances[[0, 2]].max(axis=1).min() > 0.5
    assert chances[-1].sum() < 1
    assert chances[-1].max() < chances[[0, 2]].max(axis=1).min()
    assert COLOURS[colours[-1].argmax()] == 'red'


def test_what_is_seen_is_named_by_the_contrast(pipeline, index):
    answer = pipeline.ground(index, 'what do you see')
    assert answer.message.startswith(
        'I see a red mug, a yellow banana, a blue mug, two green balls and a red bowl.')
