# SPDX-License-Identifier: Apache-2.0
"""The parts of open_clip that are loaded are open_clip's own, and the rest stays away."""
import open_clip
import pytest
import torch

from ris_ros.encoder import clip_library

SMALL = {
    'embed_dim': 16,
    'text_cfg': {'context_length': 12, 'vocab_size': 49408, 'width': 16, 'heads': 2, 'layers': 2},
}
TOWERS = {
    'vit': {'image_size': 32, 'layers': 2, 'width': 32, 'head_width': 16, 'patch_size': 8},
    'resnet': {'image_size': 64, 'layers': [1, 1, 1, 1], 'width': 8},
}


@pytest.mark.parametrize('tower', TOWERS)
def test_a_model_of_the_parts_is_that_of_the_whole_library(tower):
    config = {**SMALL, 'vision_cfg': TOWERS[tower]}
    torch.manual_seed(0)
    whole = open_clip.CLIP(**config).eval()
    part = clip_library.CLIP(**config).eval()
    part.load_state_dict(whole.state_dict())
    side = TOWERS[tower]['image_size']
    image, tokens = torch.rand(2, 3, side, side), torch.randint(1, 49408, (2, 12))
    with torch.no_grad():
        assert torch.equal(part.encode_image(image), whole.encode_image(image))
        assert torch.equal(part.encode_text(tokens), whole.encode_text(tokens))


def test_the_tokenizer_is_that_of_the_whole_library():
    texts = ['The red  mug’s handle &amp; lid', 'café', '']
    assert torch.equal(clip_library.SimpleTokenizer(context_length=20)(texts),
                       open_clip.SimpleTokenizer(context_length=20)(texts))


def test_every_configuration_is_that_of_the_whole_library():
    for name in open_clip.list_models():
        assert clip_library.model_config(name) == open_clip.get_model_config(name), name


@pytest.mark.parametrize('name', ['ViT-B-17', '../model_configs/RN50', ''])
def test_there_is_no_configuration_of_another_name(name):
    assert clip_library.model_config(name) is None


def test_a_model_that_needs_what_is_not_loaded_is_refused():
    config = {**SMALL, 'vision_cfg': {'timm_model_name': 'convnext_base', 'image_size': 32}}
    with pytest.raises(NotImplementedError, match='TimmModel of open_clip is not loaded'):
        clip_library.CLIP(**config)


def test_the_library_itself_is_left_as_it_is():
    assert open_clip.CLIP.__module__ == 'open_clip.model'
    assert open_clip.CLIP is not clip_library.CLIP
    assert open_clip.transformer.to_2tuple is open_clip.utils.to_2tuple
