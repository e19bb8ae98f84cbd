# SPDX-License-Identifier: Apache-2.0
"""What the registry fetches is what the pipeline loads: by file name, key names and shapes."""
import json

import numpy as np
import open_clip
import pytest
from safetensors.torch import save_file
from segment_anything import sam_model_registry
import torch
import yaml

from ris_ros import Frame, Pipeline
from ris_ros.errors import ModelError
from ris_ros.models.registry import MODELS, find_clip, find_model
from ris_ros.models.verifying import verify
from ris_ros.profile import PROFILES

CLIPS = [model for model in MODELS if model.name.startswith('clip_')]
# The architectures of the registry with all kinds of layers, but few and narrow ones.
SMALL = {
    'clip_vit_b_16': {'image_size': 32, 'layers': 3, 'width': 32, 'head_width': 16,
                      'patch_size': 8},
    'clip_rn50': {'image_size': 64, 'layers': [1, 1, 1, 1], 'width': 8}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return an empty folder for the user's weights."""
    monkeypatch.setenv('RIS_MODELS_DIR', str(tmp_path / 'models'))
    (tmp_path / 'models').mkdir()
    return tmp_path / 'models'


def safetensors_size(state):
    """Return the bytes of a .safetensors file: header, padded to 8, and data."""
    header, offset = {}, 0
    for key in sorted(state, key=lambda key: (-state[key].element_size(), key)):
        end = offset + state[key].numel() * state[key].element_size()
        header[key] = {'dtype': {torch.float32: 'F32', torch.int64: 'I64'}[state[key].dtype],
                       'shape': list(state[key].shape), 'data_offsets': [offset, end]}
        offset = end
    length = len(json.dumps(header, separators=(',', ':')))
    return 8 + length + -length % 8 + offset


def test_the_size_formula(tmp_path):
    state = open_clip.CLIP(16, SMALL['clip_rn50'], {'width': 16, 'heads': 2, 'layers': 1}
                           ).state_dict()
    save_file(state, tmp_path / 'w.safetensors')
    assert safetensors_size(state) == (tmp_path / 'w.safetensors').stat().st_size


@pytest.mark.parametrize('model', [model for model in CLIPS if model.size], ids=lambda m: m.name)
def test_published_files_are_as_long_as_open_clips_own_names_and_shapes_make_them(model):
    with torch.device('meta'):
        clip = open_clip.CLIP(**open_clip.get_model_config(model.architecture))
    assert safetensors_size(clip.state_dict()) == model.size


@pytest.mark.slow
def test_the_paper_profile_loads_its_registered_file(folder):
    model = find_clip('ViT-B-32-quickgelu')
    with torch.device('meta'):
        clip = open_clip.CLIP(**open_clip.get_model_config(model.architecture))
    state = {key: torch.full(value.shape, 0.5, dtype=torch.float16)
             for key, value in clip.state_dict().items()}
    save_file(state, folder / model.file)
    loaded = Pipeline.load('paper').encoder.backbone.model.state_dict()
    assert set(loaded) == set(state)
    assert all((value == 0.5).all() for value in loaded.values())
    (folder / model.file).unlink()  # 300 MB that pytest would keep


@pytest.mark.slow
@pytest.mark.parametrize('name', SMALL)
def test_clip_files_are_found_by_their_registered_name(folder, tmp_path, name):
    profile = write_profile(tmp_path, name, {'source': 'given'})
    with pytest.raises(ModelError, match=f'ris models fetch {name}'):
        Pipeline.load(profile)
    clip = save_small_clip(folder, tmp_path, name)
    pipeline = Pipeline.load(profile)
    loaded = pipeline.encoder.backbone.model.state_dict()
    assert all(torch.equal(loaded[key], value) for key, value in clip.state_dict().items())
    masks = np.zeros((2, 40, 60), bool)
    masks[0, 5:20, 5:20] = masks[1, 15:35, 30:55] = True
    image = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    scene = pipeline.index(Frame(image), masks)
    assert np.isfinite(scene.features).all()
    assert pipeline.ground(scene, 'the red mug').candidates


@pytest.mark.slow
@pytest.mark.parametrize('suffix', ['.pt', '.safetensors'])
@pytest.mark.parametrize('name', SMALL)
def test_a_state_dict_of_openai_loads_as_our_message_advises(folder, tmp_path, name, suffix):
    """What `torch.jit.load('ViT-B-32.pt').state_dict()` holds: fp16, and three notes."""
    profile = write_profile(tmp_path, name, {'source': 'given'})
    clip = save_small_clip(folder, tmp_path, name)
    state = {key: value.half() if value.is_floating_point() else value
             for key, value in clip.state_dict().items()}
    notes = {'input_resolution': 32, 'context_length': 77, 'vocab_size': 49408}
    state |= {key: torch.tensor(value) for key, value in notes.items()}
    path = folder / f'ViT-B-32{suffix}'
    save_file(state, path) if suffix == '.safetensors' else torch.save(state, path)
    loaded = Pipeline.load(profile, weights=str(path)).encoder.backbone.model.state_dict()
    assert set(loaded) == set(clip.state_dict())
    assert all(torch.equal(loaded[key], state[key].to(value.dtype))
               for key, value in loaded.items())


@pytest.mark.parametrize('name', SMALL)
def test_weights_with_a_wrong_tensor_are_named(folder, tmp_path, name):
    profile = write_profile(tmp_path, name, {'source': 'given'})
    state = dict(save_small_clip(folder, tmp_path, name).state_dict())
    for changed in ({**state, 'extra.weight': torch.ones(2)},
                    {**state, 'text_projection': torch.ones(2)}, {
                        key: value for key, value in state.items() if key != 'logit_scale'}):
        save_file(changed, tmp_path / 'w.safetensors')
        with pytest.raises(ModelError, match='are not those of'):
            Pipeline.load(profile, weights=str(tmp_path / 'w.safetensors'))


@pytest.mark.slow
def test_sam_files_are_found_by_their_registered_name(folder, tmp_path):
    profile = write_profile(tmp_path, 'clip_vit_b_16',
                            {'source': 'sam', 'model_type': 'vit_b',
                             'weights': find_model('sam_vit_b').file})
    save_small_clip(folder, tmp_path, 'clip_vit_b_16')
    with pytest.raises(ModelError, match='ris models fetch sam_vit_b'):
        Pipeline.load(profile)
    # One number per tensor, stretched to its shape, keeps the file small.
    torch.save({key: torch.full((1,), 0.5).expand(value.shape)
                for key, value in sam_model_registry['vit_b']().state_dict().items()},
               folder / find_model('sam_vit_b').file)
    assert Pipeline.load(profile).proposer


def test_a_damaged_file_is_put_aside_and_not_loaded(folder, tmp_path):
    profile = write_profile(tmp_path, 'clip_vit_b_16', {'source': 'given'})
    save_small_clip(folder, tmp_path, 'clip_vit_b_16')
    model = find_model('clip_vit_b_16')
    assert not verify(model, folder).good
    assert (folder / f'{model.file}.damaged').is_file()
    with pytest.raises(ModelError, match=r'does not exist.*ris models fetch clip_vit_b_16'):
        Pipeline.load(profile)


def write_profile(folder, name, proposals):
    """Write the paper's profile with a small architecture in place of a registered model's."""
    config = {'embed_dim': 16, 'vision_cfg': SMALL[name],
              'text_cfg': {'width': 16, 'heads': 2, 'layers': 1}}
    (folder / 'clip.json').write_text(json.dumps(config))
    settings = yaml.safe_load((PROFILES / 'paper.yaml').read_text())
    settings['proposals'] = proposals
    settings['encoder'] |= {'architecture': str(folder / 'clip.json'), 'short_side': 80,
                            'weights': find_model(name).file}
    (folder / 'own.yaml').write_text(yaml.safe_dump(settings))
    return str(folder / 'own.yaml')


def save_small_clip(folder, config_folder, name):
    torch.manual_seed(0)
    clip = open_clip.CLIP(**json.loads((config_folder / 'clip.json').read_text()))
    save_file(clip.state_dict(), folder / find_model(name).file)
    return clip
