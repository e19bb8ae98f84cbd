# SPDX-License-Identifier: Apache-2.0
"""Folders of models of transformers: each fault is one sentence with the way out."""
from dataclasses import replace
import json
import shutil
import sys

import pytest
from safetensors.torch import load_file, save_file
from tiny_transformers import make_tiny_sam2, save
import torch

from ris_ros.errors import ModelError
from ris_ros.models.model_folder import load_folder
from ris_ros.proposals.sam2 import SAM2


@pytest.fixture(scope='module')
def good(tmp_path_factory):
    return save(make_tiny_sam2(), tmp_path_factory.mktemp('models') / 'sam2')


@pytest.fixture
def folder(good, tmp_path):
    """Return a copy of a good folder, to be damaged."""
    return shutil.copytree(good, tmp_path / 'sam2')


def change_config(folder, **changes):
    """Write other settings into the config of a folder."""
    path = folder / 'config.json'
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_the_numbers_are_those_of_the_file(good):
    model, weights = load_folder(good, SAM2), load_file(good / 'model.safetensors')
    assert not model.training
    assert not any(value.requires_grad for value in model.parameters())
    state = model.state_dict()
    assert all(torch.equal(state[name], value) for name, value in weights.items())


def test_tensors_that_the_model_does_not_have_are_left_out(folder):
    weights = load_file(folder / 'model.safetensors')
    save_file({**weights, 'memory_attention.layer.weight': torch.zeros(2)},
              folder / 'model.safetensors')
    state = load_folder(folder, SAM2).state_dict()
    assert all(torch.equal(state[name], value) for name, value in weights.items())


def test_a_folder_that_is_missing_is_named_with_the_command_that_fetches_it(tmp_path, monkeypatch):
    monkeypatch.setenv('RIS_MODELS_DIR', str(tmp_path))
    with pytest.raises(ModelError, match=r'sam2\.1_hiera_tiny does not exist; expected a folder '
                                         r'with config\.json, .*fetch sam2_tiny` fetches it'):
        load_folder(tmp_path / 'sam2.1_hiera_tiny', SAM2)


@pytest.mark.parametrize('name', ['config.json', 'model.safetensors'])
def test_a_file_that_is_missing_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=rf'sam2 has no {name}\. Put it there'):
        load_folder(folder, SAM2)


def test_a_weights_file_in_place_of_the_folder_is_told(folder):
    with pytest.raises(ModelError, match=r'is a file; expected a folder with config\.json'):
        load_folder(folder / 'model.safetensors', SAM2)


@pytest.mark.parametrize('text', ['', '{', '[]', '{"model_type": 3', '{"vision_config": {}}',
                                  '{"model_type": "sam2", "vision_config": []}'])
def test_a_config_that_cannot_be_read_is_told(folder, text):
    (folder / 'config.json').write_text(text)
    with pytest.raises(ModelError, match=r'config .*config\.json cannot be read.*Fetch'):
        load_folder(folder, SAM2)


@pytest.mark.parametrize('changes', [
    {'vision_config': {'model_type': 'sam2_vision_model', 'fpn_hidden_size': 'wide'}},
    {'vision_config': {'model_type': 'unheard_of'}}, {'prompt_encoder_config': 7},
    {'mask_decoder_config': {'hidden_size': -1}}])
def test_a_config_that_makes_no_model_is_told(folder, changes):
    change_config(folder, **changes)
    with pytest.raises(ModelError, match=r'config\.json cannot be used for SAM 2\.1'):
        load_folder(folder, SAM2)


def test_a_backbone_on_the_network_is_not_fetched(folder):
    settings = json.loads((folder / 'config.json').read_text())['vision_config']
    backbone = {'model_type': 'timm_wrapper', 'architecture': 'hf-hub:somebody/something'}
    change_config(folder, vision_config={**settings, 'backbone_config': backbone})
    with pytest.raises(ModelError, match='to be fetched from elsewhere'):
        load_folder(folder, SAM2)


def test_weights_of_another_model_are_refused_and_not_filled_with_random_numbers(folder):
    save_file({'visual.conv1.weight': torch.zeros(3)}, folder / 'model.safetensors')
    with pytest.raises(ModelError, match=r'not those of its config: \d+ tensors such as'):
        load_folder(folder, SAM2)


def test_one_tensor_of_another_size_is_refused(folder):
    weights = load_file(folder / 'model.safetensors')
    save_file({**weights, 'no_memory_embedding': torch.zeros(1, 1, 7)},
              folder / 'model.safetensors')
    with pytest.raises(ModelError, match="1 tensors such as 'no_memory_embedding'"):
        load_folder(folder, SAM2)


def test_half_a_download_is_told(folder):
    whole = (folder / 'model.safetensors').read_bytes()
    (folder / 'model.safetensors').write_bytes(whole[:len(whole) // 2])
    with pytest.raises(ModelError, match=r'model\.safetensors cannot be read: it is damaged'):
        load_folder(folder, SAM2)


def test_without_the_library_the_command_that_installs_it_is_told(good, monkeypatch):
    monkeypatch.setitem(sys.modules, 'transformers', None)
    with pytest.raises(ModelError, match=r'transformers, .*pip install -r requirements/hf\.txt'):
        load_folder(good, SAM2)


def test_a_library_that_is_too_old_for_the_model_is_told(good):
    future = replace(SAM2, label='SAM 9', prefix='Sam9')
    with pytest.raises(ModelError, match=r'does not know SAM 9; run pip install'):
        load_folder(good, future)
