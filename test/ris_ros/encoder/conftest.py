# SPDX-License-Identifier: Apache-2.0
"""A CLIP small enough to make in a test, and the golden vectors with our results on them."""
import json

from golden_vectors import Golden, ground, load_golden
import open_clip
import pytest
from safetensors.torch import save_file
import torch

from ris_ros.encoder import EncoderSettings, GlobalLocal

CONFIG = {
    'embed_dim': 16,
    'vision_cfg': {'image_size': 32, 'layers': 3, 'width': 32, 'head_width': 16, 'patch_size': 8},
    'text_cfg': {'context_length': 12, 'vocab_size': 49408, 'width': 16, 'heads': 2, 'layers': 2},
}


@pytest.fixture(scope='session')
def tiny_clip(tmp_path_factory):
    """Write config and weights; return the paths of both."""
    folder = tmp_path_factory.mktemp('tiny_clip')
    torch.manual_seed(0)
    model = open_clip.CLIP(**CONFIG)
    (folder / 'clip.json').write_text(json.dumps(CONFIG))
    save_file(model.state_dict(), folder / 'clip.safetensors')
    return folder / 'clip.json', folder / 'clip.safetensors'


@pytest.fixture(scope='session')
def vit():
    """Return the golden vectors of ViT-B/32, and what the method computes."""
    return _computed('ViT-B-32-quickgelu')


@pytest.fixture(scope='session')
def resnet():
    """Return the golden vectors of RN50, and what the method computes."""
    return _computed('RN50-quickgelu')


def _computed(architecture: str) -> tuple[Golden, list[GlobalLocal]]:
    golden = load_golden(architecture)
    return golden, ground(golden.backbone, EncoderSettings())
