# SPDX-License-Identifier: Apache-2.0
"""Visual features: the same as one plain pass for each mask or crop, whatever the model."""
from exact import random_clip
import numpy as np
import pytest
import torch

from ris_lab.benchmark import plain_clip
from ris_ros import Pipeline
from ris_ros.encoder import EncoderSettings
from ris_ros.encoder.inputs import visual_inputs
from ris_ros.encoder.visual import global_features, local_features

BLOCKS = 5  # of 12 and 24: what matters is the patches, the heads and the last blocks
MODELS = [('ViT-B-32-quickgelu', 7, 512), ('ViT-B-16-quickgelu', 14, 512),
          ('ViT-L-14-quickgelu', 16, 768)]


@pytest.fixture(scope='module')
def vit(tmp_path_factory):
    return random_clip('ViT-B-32-quickgelu', tmp_path_factory.mktemp('vit'), BLOCKS)


def hostile_masks(grid):
    """Return (7, G, G) token masks: empty, full, one token, soft, all but one, faint, soft."""
    generator = torch.Generator().manual_seed(4)
    masks = torch.zeros(7, grid, grid)
    masks[1] = 1
    masks[2, 0, -1] = 1
    masks[3] = torch.rand(grid, grid, generator=generator).sub(0.6).clamp(min=0)
    masks[4] = 1
    masks[4, 2, 1] = 0
    masks[5, 1, 1] = 1e-4
    masks[6, :2] = torch.rand(2, grid, generator=generator)
    return masks


def assert_equal(features, expected):
    torch.testing.assert_close(features, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(('architecture', 'grid', 'width'), MODELS)
def test_every_vit_runs_through_the_same_code(architecture, grid, width, tmp_path):
    backbone = random_clip(architecture, tmp_path, BLOCKS)
    assert backbone.grid == grid
    rng = np.random.default_rng(2)
    image = rng.integers(0, 256, (120, 160, 3), np.uint8)
    masks = np.zeros((3, 120, 160), bool)
    masks[0, 20:70, 30:90] = masks[1, 60:, :50] = masks[2, 5:9, 100:104] = True
    inputs = visual_inputs(image, masks, backbone.size, backbone.grid, EncoderSettings())
    token_masks = torch.cat([inputs.token_masks, hostile_masks(grid)])

    features = global_features(backbone, inputs.global_input, token_masks, 3, 32)

    assert features.shape == (10, width)
    assert_equal(features, plain_clip.global_features(
        backbone, inputs.global_input, token_masks, 3))
    crops = inputs.local_inputs
    assert_equal(local_features(backbone, crops, 2), plain_clip.local_features(backbone, crops))


@pytest.mark.parametrize('masked_blocks', range(1, BLOCKS + 1))
def test_any_number_of_masked_blocks(vit, masked_blocks):
    image = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    masks = hostile_masks(7)
    assert_equal(global_features(vit, image, masks, masked_blocks, 3),
                 plain_clip.global_features(vit, image, masks, masked_blocks))


@pytest.mark.parametrize('only', [0, 1])
def test_a_batch_of_nothing_but_empty_or_full_masks(vit, only):
    image = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    masks = hostile_masks(7)[[only, only]]
    assert_equal(global_features(vit, image, masks, 3, 32),
                 plain_clip.global_features(vit, image, masks, 3))


def test_the_embedded_model():
    backbone = Pipeline.load('embedded').encoder.backbone
    image = torch.randn(1, 3, 128, 128, generator=torch.Generator().manual_seed(1))
    masks = hostile_masks(backbone.grid)
    assert_equal(global_features(backbone, image, masks, 2, 4),
                 plain_clip.global_features(backbone, image, masks, 2))
    assert_equal(local_features(backbone, image, 4), plain_clip.local_features(backbone, image))
