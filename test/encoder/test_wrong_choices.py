"""Each plausible misreading of the paper, switched on, is caught by the golden vectors.

The errors beside them are what each costs: so the tolerance is known to be tight enough.
"""
from dataclasses import replace

import cv2
from golden_vectors import INPUTS, changed_answers, ground, load_golden, score_error
import numpy as np
import pytest
from seeded_weights import seeded_state_dict
import torch
from torch.nn import functional

from ris_ros.encoder import EncoderSettings, backbone_from_state, inputs, paper_views, visual
from ris_ros.encoder.settings import CLIP_MEAN, CLIP_STD

PAPER = EncoderSettings()


@pytest.fixture(scope='module')
def vit():
    return load_golden('ViT-B-32-quickgelu')


@pytest.fixture(scope='module')
def resnet():
    return load_golden('RN50-quickgelu')


def assert_caught(results, golden, error, changes):
    """The scores are off by this error, to a few per cent, and that is more than is tolerated."""
    assert score_error(results, golden) == pytest.approx(error, rel=0.05)
    assert score_error(results, golden) > golden.score_tolerance
    assert changed_answers(results, golden) == changes


@pytest.mark.parametrize(('settings', 'error', 'changes'), [
    pytest.param({'masked_blocks': 12}, 6.9, 5, id='mask from block 0'),
    pytest.param({'masked_blocks': 2}, 1.8, 2, id='mask from block 10'),
    pytest.param({'masked_blocks': 4}, 1.4, 2, id='mask from block 8'),
    pytest.param({'phrase_weight': 0.0}, 1.44, 1, id='sentence only'),
    pytest.param({'phrase_weight': 1.0}, 1.15, 1, id='phrase only'),
    pytest.param({'antialias': True}, 1.15, 2, id='antialias'),
    pytest.param({'mean': CLIP_MEAN, 'std': CLIP_STD}, 0.32, 0, id='mean and std of CLIP'),
    pytest.param({'unit_features': True}, 0.019, 0, id='unit length before mixing'),
])
def test_wrong_setting(vit, settings, error, changes):
    results = ground(vit.backbone, lambda image: replace(PAPER, **settings))
    assert_caught(results, vit, error, changes)


def test_no_first_resize(vit):
    results = ground(vit.backbone, lambda image: replace(PAPER, short_side=min(image.shape[:2])))
    assert_caught(results, vit, 0.17, 0)


def test_mask_at_block_9_only(vit, monkeypatch):
    def tail(backbone, tokens, masks, masked_blocks):
        tower = backbone.model.visual
        scale = torch.cat([masks.new_ones(len(masks), 1), masks.flatten(1)], dim=1)[..., None]
        tokens = tokens.expand(len(masks), -1, -1) * scale
        for block in tower.transformer.resblocks[-masked_blocks:]:
            tokens = block(tokens)
        return tower.ln_post(tokens[:, 0]) @ tower.proj
    monkeypatch.setattr(visual, '_vit_tail', tail)
    assert_caught(ground(vit.backbone, lambda image: PAPER), vit, 2.2, 3)


def test_nearest_mask_resize(vit, monkeypatch):
    def nearest(masks, grid, antialias):
        return functional.interpolate(torch.from_numpy(masks).float()[:, None], (grid, grid))[:, 0]
    monkeypatch.setattr(inputs, 'sampled_token_masks', nearest)
    assert_caught(ground(vit.backbone, lambda image: PAPER), vit, 0.86, 2)


def test_hard_mask_threshold(vit, monkeypatch):
    soft = inputs.sampled_token_masks
    monkeypatch.setattr(inputs, 'sampled_token_masks',
                        lambda *args: (soft(*args) > 0.5).float())
    assert_caught(ground(vit.backbone, lambda image: PAPER), vit, 0.002, 0)


def test_tight_box(vit, monkeypatch):
    def tight(mask):
        x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
        return x, y, x + width, y + height
    monkeypatch.setattr(paper_views, 'paper_box', tight)
    assert_caught(ground(vit.backbone, lambda image: PAPER), vit, 0.30, 0)


def test_fill_with_zero(vit, monkeypatch):
    monkeypatch.setattr(paper_views, 'CROP_FILL', (0.0, 0.0, 0.0))
    assert_caught(ground(vit.backbone, lambda image: PAPER), vit, 0.26, 0)


def test_plain_gelu(vit):
    plain = backbone_from_state('ViT-B-32', seeded_state_dict('ViT-B-32-quickgelu'))
    assert_caught(ground(plain, lambda image: PAPER), vit, 0.080, 0)


def test_texts_as_they_were_typed(vit):
    typed = [str(text) for text in INPUTS['sentence_raw']]
    results = ground(vit.backbone, lambda image: PAPER, sentences=typed)
    # CLIP's tokeniser lowers capitals and joins blanks by itself, so nothing is lost.
    assert score_error(results, vit) <= vit.score_tolerance


@pytest.mark.parametrize('settings', [
    pytest.param({'antialias': True}, id='antialias'),
    pytest.param({'phrase_weight': 0.0}, id='sentence only'),
    pytest.param({'mean': CLIP_MEAN, 'std': CLIP_STD}, id='mean and std of CLIP'),
    pytest.param({'unit_features': True}, id='visual features of unit length'),
])
def test_wrong_setting_with_a_resnet(resnet, settings):
    results = ground(resnet.backbone, lambda image: replace(PAPER, **settings))
    assert score_error(results, resnet) > resnet.score_tolerance
