# SPDX-License-Identifier: Apache-2.0
"""Which settings a run had: the published weight for each data set, and what the results say."""
import json

import numpy as np
import open_clip
import pytest
from safetensors.torch import save_file
import torch
import yaml

from ris_lab.evaluation.subject import Subject
from ris_ros import Frame
from ris_ros.cli.main import main
from ris_ros.errors import RisError
from ris_ros.models.hashes import sha256_of
from ris_ros.profile import PROFILES

CONFIG = {
    'embed_dim': 16,
    'vision_cfg': {'image_size': 32, 'layers': 3, 'width': 32, 'head_width': 16, 'patch_size': 8},
    'text_cfg': {'width': 16, 'heads': 2, 'layers': 1}}


@pytest.fixture(scope='module')
def write_profile(tmp_path_factory):
    """Return a function that writes the paper's profile with a small CLIP and its weights."""
    folder = tmp_path_factory.mktemp('profiles')
    torch.manual_seed(7)
    (folder / 'clip.json').write_text(json.dumps(CONFIG))
    save_file(open_clip.CLIP(**CONFIG).state_dict(), folder / 'clip.safetensors')

    def write(name='paper', **encoder):
        settings = yaml.safe_load((PROFILES / 'paper.yaml').read_text())
        settings['encoder'] |= {'architecture': str(folder / 'clip.json'), 'short_side': 64,
                                'weights': str(folder / 'clip.safetensors'), **encoder}
        path = folder / f'{name}.yaml'
        path.write_text(yaml.safe_dump(settings))
        return str(path)
    return write


def subject(profile, dataset='refcoco', **others):
    return Subject(dataset, 'val', '', 'paper', profile, **others)


@pytest.mark.parametrize(('dataset', 'weight'), [
    ('refcoco', 0.95), ('refcoco+', 0.95), ('refcocog', 0.85), ('phrasecut', 0.95),
    ('simulation', 0.95)])
def test_the_published_weight_of_each_data_set(write_profile, refcoco, tmp_path, dataset, weight):
    masks = np.zeros((2, 10, 20), bool)
    masks[0, :5, :9] = masks[1, 3:, 8:] = True
    np.savez(tmp_path / 'masks.npz', **{'1': masks})
    subject_ = subject(write_profile(), dataset, masks=tmp_path / 'masks.npz')
    assert subject_.describe()['global_weight'] == weight
    image = np.random.default_rng(2).integers(0, 255, (10, 20, 3), np.uint8)
    pipeline = subject_.load().pipeline
    whole, local = pipeline.encoder.visual_parts(pipeline.encoder.inputs(image, masks))
    mixed = weight * whole + (1 - weight) * local
    np.testing.assert_allclose(pipeline.index(Frame(image), masks).features, mixed, rtol=1e-4,
                               atol=1e-6)


def test_a_profile_of_another_name_keeps_its_own_weight(write_profile):
    profile = write_profile('mine', global_weight=0.7, antialias=True)
    found = subject(profile, 'refcocog').describe()
    assert (found['profile'], found['global_weight'], found['antialias']) == ('mine', 0.7, True)


def test_what_has_no_antialias_says_none():
    found = subject('embedded').describe()
    assert (found['antialias'], found['global_weight']) == (None, 0.2)


@pytest.mark.parametrize('protocol', ['paper', 'default'])
@pytest.mark.parametrize('antialias', [False, True])
def test_results_name_protocol_weight_and_antialias(write_profile, write_refcoco, tmp_path, capsys,
                                                    protocol, antialias):
    write_refcoco(tmp_path, 'refcocog', 'umd')
    masks = np.ones((1, 10, 20), bool)
    np.savez(tmp_path / 'masks.npz', **dict.fromkeys('123', masks))
    words = ['evaluate', '--dataset', 'refcocog', '--root', tmp_path, '--split', 'val',
             '--profile', write_profile(antialias=antialias), '--protocol', protocol,
             '--masks', tmp_path / 'masks.npz', '--out', tmp_path / 'out']
    assert main([*map(str, words)]) == 0
    table = capsys.readouterr().out
    assert f'{protocol} protocol' in table
    assert f'global weight 0.85, antialias {"on" if antialias else "off"}' in table
    expected = {'protocol': protocol, 'global_weight': 0.85, 'antialias': antialias,
                'split_by': 'umd'}
    line = (tmp_path / 'out' / 'results.jsonl').read_text().splitlines()[0]
    for found in (json.loads(line)['run'],
                  json.loads((tmp_path / 'out' / 'summary.json').read_text())):
        assert {name: found[name] for name in expected} == expected


def test_another_architecture_with_its_weights(write_profile, tmp_path):
    config = {**CONFIG, 'vision_cfg': {'image_size': 64, 'layers': [1, 1, 1, 1], 'width': 8}}
    (tmp_path / 'rn.json').write_text(json.dumps(config))
    save_file(open_clip.CLIP(**config).state_dict(), tmp_path / 'rn.safetensors')
    subject_ = subject(write_profile(), architecture=str(tmp_path / 'rn.json'),
                       weights=str(tmp_path / 'rn.safetensors'))
    found = subject_.identify()
    assert (found['architecture'], found['weights']) == (str(tmp_path / 'rn.json'),
                                                         'rn.safetensors')
    assert found['weights_sha256'] == sha256_of(tmp_path / 'rn.safetensors')
    assert subject_.load().pipeline.encoder.backbone.is_resnet


def test_an_architecture_without_weights_takes_the_registrys():
    found = subject('paper', architecture='RN50-quickgelu').describe()
    assert (found['architecture'], found['weights']) == ('RN50-quickgelu',
                                                         'clip_rn50_openai.safetensors')


def test_a_worker_with_other_files_refuses(write_profile):
    here = subject(write_profile())
    expected = here.identify()
    assert here.load_as(expected)
    other = subject(write_profile(crop_margin=1.5))
    with pytest.raises(RisError, match=r'not those of the run: settings_sha256'):
        other.load_as(expected)
