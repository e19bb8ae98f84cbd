# SPDX-License-Identifier: Apache-2.0
"""Each plausible misreading of the paper, switched on, is caught by the golden vectors.

The errors beside them are what each costs: so the tolerance is known to be tight enough. Only what
a choice changes is computed again.
"""
from dataclasses import replace

import cv2
from golden_vectors import changed_answers, load_image, score_error
import numpy as np
import pytest
import torch
from torch.nn import functional

from ris_ros.encoder import EncoderSettings, backbone_from_state, inputs, paper_views, visual
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.settings import CLIP_MEAN, CLIP_STD
from ris_ros.encoder.visual import global_features, local_features

PAPER = EncoderSettings()
VISUAL = ('global', 'local')


def compute_again(known, number, backbone, settings, parts):
    """Return the results of an image with the global or local features of other choices."""
    encoder = Encoder(backbone, settings)
    views = encoder.inputs(*load_image(number)) if parts else None
    whole, local = torch.from_numpy(known.global_features), torch.from_numpy(known.local_features)
    if 'global' in parts:
        whole = global_features(backbone, views.global_input, views.token_masks,
                                settings.masked_blocks, settings.batch_size)
    if 'local' in parts:
        local = local_features(backbone, views.local_inputs, settings.batch_size)
    mixed = encoder.mix_visual(whole, local)
    # What the visual features are scaled to does not concern the texts of a ViT.
    text = Encoder(backbone, replace(settings, unit_features=False)).mix_text(
        torch.from_numpy(known.sentence_features), torch.from_numpy(known.phrase_features))
    return replace(known, scores=np.stack([encoder.scores(mixed, words) for words in text]))


def assert_caught(model, error, changes, parts, settings=PAPER, backbone=None):
    """Ask for scores that are off by this error, and for an error that is not tolerated."""
    golden, right = model
    results = [compute_again(known, number, backbone or golden.backbone,
                             settings(number) if callable(settings) else settings, parts)
               for number, known in enumerate(right)]
    found = score_error(results, golden)
    assert found > golden.score_tolerance
    assert found == pytest.approx(error, rel=0.04, abs=5e-4)
    assert changed_answers(results, golden) == changes


def test_the_right_choices_are_not_caught(vit):
    golden, right = vit
    results = [compute_again(known, number, golden.backbone, PAPER, VISUAL)
               for number, known in enumerate(right)]
    assert score_error(results, golden) <= golden.score_tolerance
    assert changed_answers(results, golden) == 0


@pytest.mark.parametrize(('settings', 'error', 'changes', 'parts'), [
    pytest.param({'masked_blocks': 12}, 6.9, 5, ('global',), id='mask from block 0'),
    pytest.param({'masked_blocks': 2}, 1.8, 2, ('global',), id='mask from block 10'),
    pytest.param({'masked_blocks': 4}, 1.4, 2, ('global',), id='mask from block 8'),
    pytest.param({'phrase_weight': 0.0}, 1.44, 1, (), id='sentence only'),
    pytest.param({'phrase_weight': 1.0}, 1.15, 1, (), id='phrase only'),
    pytest.param({'antialias': True}, 1.15, 2, VISUAL, id='antialias'),
    pytest.param({'mean': CLIP_MEAN, 'std': CLIP_STD}, 0.32, 0, VISUAL, id='CLIP mean and std'),
    pytest.param({'unit_features': True}, 0.0185, 0, (), id='unit length before mixing'),
])
def test_wrong_setting(vit, settings, error, changes, parts):
    assert_caught(vit, error, changes, parts, replace(PAPER, **settings))


def test_no_first_resize(vit):
    def settings(number):
        image, _ = load_image(number)
        return replace(PAPER, short_side=min(image.shape[:2]))
    assert_caught(vit, 0.17, 0, VISUAL, settings)


def test_mask_at_block_9_only(vit, monkeypatch):
    def tail(backbone, tokens, masks, masked_blocks):
        tower = backbone.model.visual
        scale = torch.cat([masks.new_ones(len(masks), 1), masks.flatten(1)], dim=1)[..., None]
        tokens = tokens.expand(len(masks), -1, -1) * scale
        for block in tower.transformer.resblocks[-masked_blocks:]:
            tokens = block(tokens)
        return tower.ln_post(tokens[:, 0]) @ tower.proj
    monkeypatch.setattr(visual, '_vit_tail', tail)
    assert_caught(vit, 2.2, 3, ('global',))


def test_nearest_mask_resize(vit, monkeypatch):
    def nearest(masks, grid, antialias):
        return functional.interpolate(torch.from_numpy(masks).float()[:, None], (grid, grid))[:, 0]
    monkeypatch.setattr(inputs, 'sampled_token_masks', nearest)
    assert_caught(vit, 0.86, 2, ('global',))


def test_hard_mask_threshold(vit, monkeypatch):
    soft = inputs.sampled_token_masks
    monkeypatch.setattr(inputs, 'sampled_token_masks',
                        lambda *args: (soft(*args) > 0.5).float())
    assert_caught(vit, 0.0016, 0, ('global',))


def test_tight_box(vit, monkeypatch):
    def tight(mask):
        x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
        return x, y, x + width, y + height
    monkeypatch.setattr(paper_views, 'paper_box', tight)
    assert_caught(vit, 0.30, 0, ('local',))


def test_fill_with_zero(vit, monkeypatch):
    monkeypatch.setattr(paper_views, 'CROP_FILL', (0.0, 0.0, 0.0))
    assert_caught(vit, 0.26, 0, ('local',))


def test_plain_gelu(vit):
    plain = backbone_from_state('ViT-B-32', vit[0].backbone.model.state_dict())
    assert_caught(vit, 0.080, 0, VISUAL, backbone=plain)


@pytest.mark.parametrize(('settings', 'parts'), [
    pytest.param({'phrase_weight': 0.0}, (), id='sentence only'),
    pytest.param({'unit_features': True}, (), id='visual features of unit length'),
    pytest.param({'antialias': True}, ('global',), id='antialias'),
])
def test_wrong_setting_with_a_resnet(resnet, settings, parts):
    golden, right = resnet
    wrong = [compute_again(known, number, golden.backbone, replace(PAPER, **settings), parts)
             for number, known in enumerate(right)]
    assert score_error(wrong, golden) > golden.score_tolerance
