"""Global features of further ViTs: the same as one plain forward pass for each mask."""
import json

import numpy as np
import open_clip
import pytest
import torch

from ris_ros.encoder import EncoderSettings, backbone_from_state
from ris_ros.encoder.inputs import visual_inputs
from ris_ros.encoder.visual import global_features

BLOCKS = 5  # of 12 and 24: what matters is the width, the patches and the last blocks


def shallow(architecture, folder):
    """Return a backbone of the architecture with few blocks and random weights."""
    config = open_clip.get_model_config(architecture)
    config['vision_cfg']['layers'], config['text_cfg']['layers'] = BLOCKS, 1
    path = folder / f'{architecture}.json'
    path.write_text(json.dumps(config))
    torch.manual_seed(5)
    return backbone_from_state(str(path), open_clip.CLIP(**config).state_dict())


def plain_global_feature(model, image, token_mask):
    """Return the (D,) feature of one mask, every block run for it alone (Yu et al., CVPR 2023)."""
    tower = model.visual
    tokens = tower.conv1(image).flatten(2).transpose(1, 2)
    tokens = torch.cat([tower.class_embedding[None, None], tokens], dim=1)
    tokens = tower.ln_pre(tokens + tower.positional_embedding)
    for number, block in enumerate(tower.transformer.resblocks):
        if number >= BLOCKS - 3:
            tokens[:, 1:] = tokens[:, 1:] * token_mask.flatten()[None, :, None]
        tokens = block(tokens)
    return (tower.ln_post(tokens)[0, 0] @ tower.proj)


@pytest.mark.parametrize(('architecture', 'grid', 'width'), [
    ('ViT-B-32-quickgelu', 7, 512), ('ViT-B-16-quickgelu', 14, 512),
    ('ViT-L-14-quickgelu', 16, 768)])
def test_every_vit_runs_through_the_same_code(architecture, grid, width, tmp_path):
    backbone = shallow(architecture, tmp_path)
    assert backbone.grid == grid
    rng = np.random.default_rng(2)
    image = rng.integers(0, 256, (120, 160, 3), np.uint8)
    masks = np.zeros((3, 120, 160), bool)
    masks[0, 20:70, 30:90] = masks[1, 60:, :50] = masks[2, 5:9, 100:104] = True
    inputs = visual_inputs(image, masks, backbone.size, backbone.grid, EncoderSettings())

    features = global_features(backbone, inputs.global_input, inputs.token_masks, 3, 2)

    assert features.shape == (3, width)
    with torch.inference_mode():
        for feature, token_mask in zip(features, inputs.token_masks, strict=True):
            expected = plain_global_feature(backbone.model, inputs.global_input, token_mask)
            torch.testing.assert_close(feature, expected, atol=1e-4, rtol=1e-4)
