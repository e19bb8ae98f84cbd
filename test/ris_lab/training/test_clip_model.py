# SPDX-License-Identifier: Apache-2.0
"""The training's quick forward passes are open_clip's, and the export keeps them."""
import open_clip
import pytest
import torch
from torch.nn import functional

from ris_lab.training.export import full_state
from ris_lab.training.model import (
    FULL_VOCABULARY,
    Vocabulary,
    clip_config,
    global_features,
    local_features,
    new_clip,
    text_features,
)

TEXTS = ['pick up the red mug next to the bowl', 'a telescope', '']


@pytest.fixture(scope='module')
def vocabulary():
    return Vocabulary()


@pytest.fixture(scope='module')
def clip(vocabulary):
    torch.manual_seed(3)
    return new_clip(vocabulary.size).eval()


def unit(features):
    return functional.normalize(features, dim=-1)


@torch.inference_mode()
def test_local_features_are_encode_image(clip):
    images = torch.randn(3, 3, 128, 128)
    torch.testing.assert_close(local_features(clip, images), unit(clip.encode_image(images)),
                               atol=1e-5, rtol=0)


@torch.inference_mode()
def test_a_full_mask_changes_nothing(clip):
    images = torch.randn(2, 3, 128, 128)
    masks = torch.ones(2, 8, 8)
    seen = global_features(clip, images, masks, torch.tensor([1, 0]))
    torch.testing.assert_close(seen, unit(clip.encode_image(images.flip(0))), atol=1e-5, rtol=0)
    masks[:, :4] = 0
    assert not torch.allclose(global_features(clip, images, masks, torch.tensor([1, 0])), seen,
                              atol=1e-3)


@torch.inference_mode()
def test_exported_weights_give_the_same_text_features(clip, vocabulary):
    exported = open_clip.CLIP(**clip_config(FULL_VOCABULARY)).eval()
    state = full_state(clip.state_dict(), vocabulary)
    exported.load_state_dict({name: weight.float() for name, weight in state.items()})
    tokens = open_clip.SimpleTokenizer(context_length=32)(TEXTS)
    torch.testing.assert_close(text_features(clip, vocabulary.encode(TEXTS)),
                               unit(exported.encode_text(tokens)), atol=5e-3, rtol=0)
