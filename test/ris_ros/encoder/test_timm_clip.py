# SPDX-License-Identifier: Apache-2.0
"""SigLIP 2, PE-Core and MobileCLIP2: real architectures, small, with random weights in files."""
import json
import logging

import numpy as np
import open_clip
from open_clip.model import CustomTextCLIP
import pytest
from safetensors.torch import save_file
from timm_clips import CONFIGS, write_model, write_profile
import torch
from torch.nn import functional

from ris_ros import Pipeline
from ris_ros.encoder.backbone import Family, load_backbone
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.settings import EncoderSettings
from ris_ros.encoder.timm_clip import pool_masked, trunk_tokens, with_published_colours
from ris_ros.encoder.visual import global_features
from ris_ros.errors import ModelError
from ris_ros.frame import Frame

POOLED = ('siglip2', 'pe_core')


@pytest.fixture(scope='module')
def folders(tmp_path_factory):
    """Write each model."""
    root = tmp_path_factory.mktemp('families')
    for name in CONFIGS:
        write_model(root / name, name)
    return root


def load(folders, name):
    return load_backbone(str(folders / name / 'open_clip_config.json'), folders / name)


def plain(folders, name):
    """Build the library's own model with the same weights."""
    model = CustomTextCLIP(**CONFIGS[name])
    open_clip.load_checkpoint(model, str(folders / name / 'open_clip_model.safetensors'))
    return model.eval()


def picture(size, seed=0):
    return torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize('name', CONFIGS)
def test_features_without_a_mask_are_those_of_open_clip(folders, name):
    backbone, model = load(folders, name), plain(folders, name)
    encoder = Encoder(backbone, EncoderSettings(global_weight=0.0))
    images = picture(backbone.size)
    inputs = encoder.inputs(np.zeros((80, 80, 3), np.uint8), np.zeros((0, 80, 80), bool))
    inputs = type(inputs)(inputs.global_input, images, inputs.token_masks)
    tokens = backbone.tokenizer(['the red mug', 'a bowl'])
    with torch.inference_mode():
        torch.testing.assert_close(encoder.visual_parts(inputs)[1], model.encode_image(images))
        torch.testing.assert_close(encoder.text_parts(['the red mug'], ['a bowl'])[1][0],
                                   model.encode_text(tokens)[1])


@pytest.mark.parametrize('name', CONFIGS)
def test_scores_are_the_logits_of_open_clip(folders, name):
    backbone, model = load(folders, name), plain(folders, name)
    encoder = Encoder(backbone, EncoderSettings())
    images, tokens = picture(backbone.size), backbone.tokenizer(['the red mug'])
    with torch.inference_mode():
        scores = encoder.scores(model.encode_image(images), model.encode_text(tokens)[0])
        torch.testing.assert_close(scores, model.get_logits(images, tokens)[0][0])


@pytest.mark.parametrize('name', POOLED)
def test_a_mask_of_ones_changes_nothing(folders, name):
    backbone = load(folders, name)
    images = picture(backbone.size)
    seen = global_features(backbone, images, torch.ones(1, backbone.grid, backbone.grid), 3, 8)
    with torch.inference_mode():
        torch.testing.assert_close(seen, backbone.model.visual(images), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize('name', POOLED)
def test_what_is_outside_a_mask_takes_no_part_in_the_pooling(folders, name):
    backbone = load(folders, name)
    visual, grid = backbone.model.visual, backbone.grid
    masks = torch.zeros(2, grid, grid)
    masks[0, :2, 1:3] = 1
    masks[1, 2:] = 1
    with torch.inference_mode():
        tokens = trunk_tokens(visual, picture(backbone.size))
        others = tokens.shape[1] - grid ** 2
        pooled = pool_masked(visual, tokens, masks)
        for feature, mask in zip(pooled, masks, strict=True):
            inside = torch.cat([torch.ones(others, dtype=torch.bool), mask.flatten() > 0])
            trunk = visual.trunk
            kept = trunk.head(trunk.fc_norm(trunk.attn_pool(tokens[:, inside])))
            torch.testing.assert_close(feature, kept[0], atol=1e-5, rtol=1e-4)
    assert not torch.allclose(pooled[0], pooled[1], atol=1e-3)


@pytest.mark.parametrize('name', POOLED)
def test_a_patch_counts_by_its_share_in_the_mask(folders, name):
    backbone = load(folders, name)
    grid = backbone.grid
    whole, half = torch.zeros(2, 1, grid, grid)
    whole[0, 0, 0], whole[0, 1, 1] = 1, 1
    half[:] = whole
    half[0, 1, 1] = 1e-6
    alone = torch.zeros(1, grid, grid)
    alone[0, 0, 0] = 1
    with torch.inference_mode():
        tokens = trunk_tokens(backbone.model.visual, picture(backbone.size))
        first, almost, only, empty = (
            pool_masked(backbone.model.visual, tokens, masks)
            for masks in (whole, half, alone, torch.zeros(1, grid, grid)))
    torch.testing.assert_close(almost, only, atol=1e-4, rtol=1e-3)
    assert not torch.allclose(first, only, atol=1e-3)
    assert torch.isfinite(empty).all()


def test_a_tower_without_a_place_for_masks_says_so_and_uses_crops(folders, caplog):
    backbone = load(folders, 'mobileclip2')
    assert backbone.family is Family.MASKLESS
    rng = np.random.default_rng(0)
    image, masks = rng.integers(0, 255, (60, 80, 3), np.uint8), np.zeros((2, 60, 80), bool)
    masks[0, :30, :30], masks[1, 20:, 40:] = True, True
    with caplog.at_level(logging.WARNING):
        mixed = Encoder(backbone, EncoderSettings(preprocessing='square', global_weight=0.4))
    assert 'no place for a mask' in caplog.text
    caplog.clear()
    crops = Encoder(backbone, EncoderSettings(preprocessing='square', global_weight=0.0))
    assert not caplog.text
    assert torch.equal(mixed.visual(image, masks), crops.visual(image, masks))
    assert float(functional.cosine_similarity(*mixed.visual(image, masks), dim=0)) < 0.99


@pytest.mark.parametrize('name', CONFIGS)
def test_a_profile_answers_with_each_family(folders, tmp_path, name):
    pipeline = Pipeline.load(str(write_profile(tmp_path / f'{name}.yaml', folders / name)))
    assert pipeline.encoder.settings.mean == (0.5, 0.5, 0.5)
    assert pipeline.encoder.settings.std == (0.25, 0.25, 0.25)
    rng = np.random.default_rng(0)
    masks = np.zeros((2, 60, 80), bool)
    masks[0, :30, :30], masks[1, 10:, 40:] = True, True
    scene = pipeline.index(Frame(rng.integers(0, 255, (60, 80, 3), np.uint8)), masks)
    answer = pipeline.ground(scene, 'the largest thing')
    assert np.array_equal(answer.candidates[0].mask, masks[1])


@pytest.mark.parametrize('architecture', ['ViT-B-16-SigLIP2', 'PE-Core-B-16', 'MobileCLIP2-S0'])
def test_colours_are_normalised_as_open_clip_publishes(architecture):
    settings = with_published_colours(EncoderSettings(), architecture)
    tag = open_clip.list_pretrained_tags_by_model(architecture)[0]
    published = open_clip.get_pretrained_cfg(architecture, tag)
    assert (settings.mean, settings.std) == (published['mean'], published['std'])


@pytest.mark.parametrize('missing', ['tokenizer.json', 'tokenizer_config.json'])
def test_a_tokenizer_that_is_not_there_is_named(folders, tmp_path, missing):
    for file in (folders / 'siglip2').iterdir():
        if file.name != missing:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(ModelError, match=f'tokenizer is not there: put the model.s {missing}'):
        load_backbone(str(tmp_path / 'open_clip_config.json'), tmp_path)


def test_a_damaged_tokenizer_is_named(folders, tmp_path):
    for file in (folders / 'siglip2').iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / 'tokenizer.json').write_text('{')
    with pytest.raises(ModelError, match='cannot be read'):
        load_backbone(str(tmp_path / 'open_clip_config.json'), tmp_path)


def test_weights_of_another_family_are_refused(folders):
    with pytest.raises(ModelError, match='are not those of'):
        load_backbone(str(folders / 'pe_core' / 'open_clip_config.json'),
                      folders / 'mobileclip2')


def test_a_folder_without_weights_is_named(tmp_path):
    with pytest.raises(ModelError, match='does not exist'):
        load_backbone('PE-Core-T-16-384', tmp_path)


def test_a_tower_that_timm_does_not_know_is_named(tmp_path):
    config = json.loads(json.dumps(CONFIGS['pe_core']))
    config['vision_cfg']['timm_model_name'] = 'vit_of_nobody'
    (tmp_path / 'config.json').write_text(json.dumps(config))
    save_file({'a': torch.zeros(1)}, tmp_path / 'w.safetensors')
    with pytest.raises(ModelError, match='cannot build'):
        load_backbone(str(tmp_path / 'config.json'), tmp_path / 'w.safetensors')
