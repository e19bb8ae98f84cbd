# SPDX-License-Identifier: Apache-2.0
"""The encoder on a small model: independence of batches, text limits, empty scenes."""
from dataclasses import replace
import logging

import numpy as np
import pytest
import torch
from torch.nn import functional

from ris_ros.encoder.backbone import load_backbone
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.settings import EncoderSettings


@pytest.fixture(scope='module')
def backbone(tiny_clip):
    return load_backbone(str(tiny_clip[0]), tiny_clip[1])


@pytest.fixture(scope='module')
def scene():
    rng = np.random.default_rng(3)
    masks = np.zeros((5, 60, 80), bool)
    for number, mask in enumerate(masks):
        mask[10:30 + number, 10 * number:10 * number + 25] = True
    return rng.integers(0, 256, (60, 80, 3), np.uint8), masks


@pytest.mark.parametrize('preprocessing', ['paper', 'square'])
def test_features_do_not_depend_on_the_batch(backbone, scene, preprocessing):
    image, masks = scene
    few, many = (Encoder(backbone, EncoderSettings(preprocessing=preprocessing, short_side=64,
                                                   masked_blocks=2, batch_size=size))
                 for size in (2, 64))
    features = few.visual(image, masks)
    assert features.shape == (5, 16)
    torch.testing.assert_close(features, many.visual(image, masks), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(features[3:4], few.visual(image, masks[3:4]), atol=1e-5, rtol=1e-4)


def test_a_scene_without_proposals_has_no_features(backbone, scene):
    encoder = Encoder(backbone, EncoderSettings(preprocessing='square', masked_blocks=2))
    features = encoder.visual(scene[0], np.zeros((0, 60, 80), bool))
    assert features.shape == (0, 16)
    assert encoder.scores(features, encoder.text('a mug', 'a mug')).shape == (0,)


def test_global_weight_chooses_the_feature(backbone, scene):
    whole, local = (Encoder(backbone, EncoderSettings(
        preprocessing='square', masked_blocks=2, global_weight=weight)).visual(*scene)
        for weight in (1.0, 0.0))
    mixed = Encoder(backbone, EncoderSettings(
        preprocessing='square', masked_blocks=2, global_weight=0.25)).visual(*scene)
    torch.testing.assert_close(mixed, 0.25 * whole + 0.75 * local, atol=1e-5, rtol=1e-4)
    assert not torch.allclose(whole, local, atol=1e-2)


def test_a_text_that_is_cut_is_said(backbone, caplog):
    encoder = Encoder(backbone, EncoderSettings())
    with caplog.at_level(logging.WARNING):
        encoder.text('the mug', 'mug')
        assert not caplog.records
        encoder.text('the mug ' * 12, 'mug')
    assert 'its end is ignored' in caplog.text


def test_a_scene_without_proposals_has_empty_inputs(backbone, scene):
    inputs = Encoder(backbone, EncoderSettings(preprocessing='square')).inputs(
        scene[0], np.zeros((0, 60, 80), bool))
    assert inputs.local_inputs.shape == (0, 3, 32, 32)
    assert inputs.token_masks.shape == (0, 4, 4)


def test_the_feature_of_several_prompts_is_their_mean(backbone):
    templates = ('{}', 'a photo of {}', 'a close-up of {}')
    together = Encoder(backbone, EncoderSettings(templates=templates, phrase_weight=0))
    alone = [Encoder(backbone, EncoderSettings(templates=(template,), phrase_weight=0))
             for template in templates]
    units = [functional.normalize(encoder.text('the mug', 'mug'), dim=-1) for encoder in alone]
    torch.testing.assert_close(together.text('the mug', 'mug'), sum(units) / 3)
    assert not torch.allclose(units[0], units[1], atol=1e-2)


def test_negative_phrases_take_their_mean_score_off(backbone, scene):
    plain = Encoder(backbone, EncoderSettings(masked_blocks=2))
    wary = replace(plain, settings=replace(
        plain.settings, negative_weight=0.5, negative_phrases=('a table',)))
    visual = plain.visual(*scene)

    def scores(phrase):
        return plain.scores(visual, plain.text(phrase, phrase))
    torch.testing.assert_close(wary.rate(visual, 'the mug', 'the mug', ['the bowl']),
                               scores('the mug') - 0.25 * (scores('a table') + scores('the bowl')))
    torch.testing.assert_close(plain.rate(visual, 'the mug', 'the mug', ['the bowl']),
                               scores('the mug'))
