# SPDX-License-Identifier: Apache-2.0
"""Loading models from files, and the sentences that a wrong file gets."""
import pytest
from safetensors.torch import load_file
import torch

from ris_ros.encoder.backbone import backbone_from_state, load_backbone
from ris_ros.errors import ModelError


def test_a_config_and_weights_give_a_model(tiny_clip):
    config, weights = tiny_clip
    backbone = load_backbone(str(config), weights)
    assert (backbone.size, backbone.grid, backbone.is_resnet) == (32, 4, False)
    assert not backbone.model.training


def test_a_torch_file_of_tensors_is_the_same(tiny_clip, tmp_path):
    config, weights = tiny_clip
    state = load_file(weights)
    torch.save({'state_dict': {f'module.{k}': v for k, v in state.items()}}, tmp_path / 'w.pt')
    loaded = load_backbone(str(config), tmp_path / 'w.pt').model.state_dict()
    assert all(torch.equal(loaded[key], state[key]) for key in state)


def test_missing_weights_are_named(tiny_clip, tmp_path):
    with pytest.raises(ModelError, match='does not exist'):
        load_backbone(str(tiny_clip[0]), tmp_path / 'none.safetensors')


@pytest.mark.parametrize('suffix', ['.safetensors', '.pt'])
@pytest.mark.parametrize('content', [b'', b'garbage', None])
def test_damaged_weights_are_named(tiny_clip, tmp_path, suffix, content):
    damaged = tmp_path / f'damaged{suffix}'
    whole = tiny_clip[1].read_bytes()
    damaged.write_bytes(whole[:len(whole) // 2] if content is None else content)
    with pytest.raises(ModelError, match='damaged'):
        load_backbone(str(tiny_clip[0]), damaged)


def test_weights_of_another_model_are_refused(tiny_clip):
    with pytest.raises(ModelError, match='not those of'):
        backbone_from_state('RN50-quickgelu', load_file(tiny_clip[1]))


def test_a_pickled_object_is_not_executed(tiny_clip, tmp_path):
    torch.save({'harmless': object.__new__(Evil)}, tmp_path / 'evil.pt')
    with pytest.raises(ModelError, match=r'Evil.*would run code'):
        load_backbone(str(tiny_clip[0]), tmp_path / 'evil.pt')


class Evil:
    """What a hostile file would hold."""


@pytest.mark.parametrize(('architecture', 'message'), [
    ('ViT-Z-99', 'no model named'), ('none.json', 'does not exist'),
    ('convnext_base', 'are not those of convnext_base: Missing key'),
    ('roberta-ViT-B-32', 'not a plain CLIP of open_clip: HFTextEncoder')])
def test_unknown_architectures_are_named(tiny_clip, architecture, message):
    with pytest.raises(ModelError, match=message):
        load_backbone(architecture, tiny_clip[1])


@pytest.mark.parametrize('device', ['nonsense', 'openvino'])
def test_an_unknown_device_is_named_beside_those_there_are(tiny_clip, device):
    sentence = f"There is no device '{device}'; expected cpu, cuda, cuda:N or mps."
    with pytest.raises(ModelError, match=sentence):
        load_backbone(str(tiny_clip[0]), tiny_clip[1], device=device)
