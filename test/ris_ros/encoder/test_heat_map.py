# SPDX-License-Identifier: Apache-2.0
"""The heat map: features of patches, and how much hotter a text is inside a mask than outside."""
import json

import numpy as np
import open_clip
import pytest
from timm_clips import write_model
import torch
from torch.nn import functional

from ris_ros.chunks import no_pause
from ris_ros.encoder import (
    EncoderSettings,
    backbone_from_state,
    global_local,
    load_backbone,
)
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.encoding import encode
from ris_ros.encoder.heat_map import contrasts, patch_features
from ris_ros.encoder.timm_clip import pool_masked, trunk_tokens
from ris_ros.encoder.visual import resnet_trunk, vit_trunk
from ris_ros.errors import ModelError

WEIGHT = 0.6


@pytest.fixture(scope='module')
def vit(tiny_clip):
    return load_backbone(str(tiny_clip[0]), tiny_clip[1])


@pytest.fixture(scope='module')
def scene():
    """Return a noise image and five masks."""
    masks = np.zeros((5, 60, 80), bool)
    for number, mask in enumerate(masks):
        mask[5 + 5 * number:25 + 6 * number, 10 * number:10 * number + 25] = True
    return np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8), masks


def settings(weight=WEIGHT, **others):
    return EncoderSettings(preprocessing='square', token_masks='peak', masked_blocks=2,
                           heat_map_weight=weight, **others)


def picture(size):
    return torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(0))


def unit(tensor):
    return functional.normalize(tensor, dim=-1)


def small_resnet(folder):
    config = {'embed_dim': 16,
              'vision_cfg': {'image_size': 64, 'layers': [1, 1, 1, 1], 'width': 8,
                             'head_width': 32, 'patch_size': None},
              'text_cfg': {'context_length': 12, 'vocab_size': 49408, 'width': 16, 'heads': 2,
                           'layers': 1}}
    (folder / 'clip.json').write_text(json.dumps(config))
    torch.manual_seed(3)
    return backbone_from_state(str(folder / 'clip.json'), open_clip.CLIP(**config).state_dict())


def attend_to(pooling, cell):
    """Return what the attention pooling of a ResNet makes of a (1, 1, C) cell for any query."""
    biases = torch.cat([pooling.q_proj.bias, pooling.k_proj.bias, pooling.v_proj.bias])
    return functional.multi_head_attention_forward(
        torch.ones_like(cell), cell, cell, cell.shape[2], pooling.num_heads, None, biases, None,
        None, False, 0.0, pooling.c_proj.weight, pooling.c_proj.bias, training=False,
        use_separate_proj_weight=True, q_proj_weight=pooling.q_proj.weight,
        k_proj_weight=pooling.k_proj.weight, v_proj_weight=pooling.v_proj.weight)[0]


def test_a_patch_of_a_vit_is_its_value_in_the_last_attention(vit):
    visual, images = vit.model.visual, picture(vit.size)
    last = visual.transformer.resblocks[-1]
    with torch.inference_mode():
        seen = last.ln_1(vit_trunk(vit, images, rest=1)[0, 1:])
        values = functional.linear(seen, last.attn.in_proj_weight[-32:],
                                   last.attn.in_proj_bias[-32:])
        expected = visual.ln_post(last.attn.out_proj(values)) @ visual.proj
    torch.testing.assert_close(patch_features(vit, images), unit(expected), atol=1e-5, rtol=1e-4)


def test_a_cell_of_a_resnet_is_what_its_pooling_makes_of_it_alone(tmp_path):
    resnet = small_resnet(tmp_path)
    pooling, images = resnet.model.visual.attnpool, picture(resnet.size)
    with torch.inference_mode():
        cells = resnet_trunk(resnet, images)[0].flatten(1).T
        expected = torch.cat([attend_to(pooling, cell[None, None])[0] for cell in cells])
    torch.testing.assert_close(patch_features(resnet, images), unit(expected), atol=1e-5,
                               rtol=1e-4)


@pytest.mark.parametrize('name', ['siglip2', 'pe_core'])
def test_a_patch_of_a_pooling_tower_is_what_a_mask_of_it_alone_pools(tmp_path, name):
    folder = write_model(tmp_path / name, name)
    backbone = load_backbone(str(folder / 'open_clip_config.json'), folder)
    images, count = picture(backbone.size), backbone.grid ** 2
    found = patch_features(backbone, images)
    assert found.shape == (count, backbone.width)
    with torch.inference_mode():
        tokens = trunk_tokens(backbone.model.visual, images)[:, -count:]
        alone = torch.eye(count)[:5].unflatten(1, (backbone.grid, backbone.grid))
        expected = pool_masked(backbone.model.visual, tokens, alone)
    torch.testing.assert_close(found[:5], unit(expected), atol=1e-5, rtol=1e-4)


def test_a_score_has_its_share_of_the_heat_inside_less_that_outside(vit, scene):
    plain, hot = Encoder(vit, settings(0.0)), Encoder(vit, settings())
    inputs, text = hot.inputs(*scene), hot.text('the red mug', 'the red mug')
    heat = patch_features(vit, inputs.global_input) @ unit(text)
    expected = []
    for mask, cosine in zip(inputs.token_masks, plain.scores(plain.visual(*scene), text),
                            strict=True):
        inside = np.average(heat, weights=mask.flatten())
        outside = np.average(heat, weights=1 - mask.flatten())
        expected.append((1 - WEIGHT) * cosine + WEIGHT * 100 * (inside - outside))
    visual = hot.visual(*scene)
    scores = hot.scores(visual, text)
    torch.testing.assert_close(scores, torch.tensor(expected), atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(hot.compare(visual, text[None])[:, 0], scores)
    assert not torch.allclose(scores, plain.scores(plain.visual(*scene), text), atol=1)


def test_all_ways_to_encode_give_the_same_features(vit, scene):
    encoder = Encoder(vit, settings(batch_size=2))
    visual = encoder.visual(*scene).numpy()
    whole = encode(encoder, *scene, None, None, no_pause)
    np.testing.assert_allclose(whole.features, visual, atol=1e-5)
    kept = encode(encoder, *scene, whole.mask_features.at(np.arange(3)), whole.mask_features,
                  no_pause)
    assert kept.reused == 5
    np.testing.assert_allclose(kept.features, visual, atol=1e-5)
    method = global_local(vit, *scene, ['the mug'], ['the mug'], settings())
    np.testing.assert_allclose(method.visual, visual, atol=1e-5)
    assert encode(encoder, scene[0], scene[1][:0], None, None, no_pause).features.shape == (0, 16)


def test_a_mask_of_no_patch_or_of_all_has_nothing_to_compare():
    patches = unit(torch.randn(16, 8, generator=torch.Generator().manual_seed(0)))
    masks = torch.zeros(3, 4, 4)
    masks[1], masks[2, 0, 0] = 1, 1
    found = contrasts(patches, masks)
    assert not found[:2].any()
    torch.testing.assert_close(found[2], patches[0] - patches[1:].mean(0))


def test_a_tower_without_features_of_patches_is_refused(tmp_path):
    folder = write_model(tmp_path, 'mobileclip2')
    backbone = load_backbone(str(folder / 'open_clip_config.json'), folder)
    with pytest.raises(ModelError, match=r'heat_map_weight is 0\.6, but the image tower'):
        Encoder(backbone, settings(global_weight=0.0))

