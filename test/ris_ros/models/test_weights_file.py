# SPDX-License-Identifier: Apache-2.0
"""Weights are read as tensors by name, or refused with a sentence; no code in them runs."""
import argparse
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file
import torch

from ris_ros.errors import ModelError
from ris_ros.models.weights_file import read_weights

STATE = {'a.weight': torch.arange(6.).reshape(2, 3), 'a.bias': torch.zeros(2)}


@pytest.mark.parametrize('save', [
    lambda path: save_file(STATE, path.with_suffix('.safetensors')),
    lambda path: torch.save(STATE, path.with_suffix('.pth')),
    lambda path: torch.save(STATE, path.with_suffix('.pt'), _use_new_zipfile_serialization=False),
    lambda path: torch.save({'state_dict': {f'module.{key}': value for key, value in
                                            STATE.items()}}, path.with_suffix('.pt'))])
def test_tensors_by_name(tmp_path, save):
    save(tmp_path / 'weights')
    state = read_weights(next(tmp_path.iterdir()))
    assert set(state) == set(STATE)
    assert all(torch.equal(state[key], STATE[key]) for key in STATE)


def wrapped(*keys):
    state = STATE
    for key in reversed(keys):
        state = {key: state, 'epoch': 3, 'optimizer': {'state': {0: {'step': torch.ones(1)}}}}
    return state


def prefixed(prefix):
    return {f'{prefix}{key}': value for key, value in STATE.items()}


NOTES = {'input_resolution': torch.tensor(224), 'context_length': torch.tensor(77),
         'vocab_size': torch.tensor(49408)}
LEFT_AROUND = [
    wrapped('state_dict'), wrapped('model'), wrapped('model_state_dict'), wrapped('module'),
    {'model': STATE, 'args': argparse.Namespace(epochs=3, output=None)},
    {'model': STATE, 'best': np.float64(.5), 'step': np.int64(3), 'is_best': np.bool_(True)},
    wrapped('model', 'state_dict'), wrapped('ema'), {'state_dict': {**prefixed('module.')}},
    {**STATE, 'epoch': 3, 'arch': 'ViT-B-32', 'note': None, 'loss': .5}, {**STATE, **NOTES}]
ODD_NAMES = [
    prefixed('module.'), prefixed('_orig_mod.'), prefixed('model.'), prefixed('module._orig_mod.'),
    prefixed('_orig_mod.module.'), prefixed('model.module.'), prefixed('model.clip.'),
    {'a._orig_mod.weight': STATE['a.weight'], 'a.bias': STATE['a.bias']},
    {**STATE, **NOTES}, {**prefixed('model.'), **NOTES},
    {**prefixed('module.'), 'n_averaged': torch.tensor(5)},
    {**prefixed('model.'), 'model.attn_mask': torch.full((2, 2), -torch.inf)},
    {**STATE, 'text.embeddings.position_ids': torch.arange(77)[None]}]


@pytest.mark.parametrize('content', LEFT_AROUND + ODD_NAMES)
def test_what_training_tools_leave_around_is_taken_off(tmp_path, content):
    torch.save(content, tmp_path / 'w.pt')
    assert_same(read_weights(tmp_path / 'w.pt'))


@pytest.mark.parametrize('content', ODD_NAMES)
def test_what_training_tools_leave_around_is_taken_off_in_safetensors(tmp_path, content):
    save_file(content, tmp_path / 'w.safetensors')
    assert_same(read_weights(tmp_path / 'w.safetensors'))


def assert_same(state):
    assert set(state) == set(STATE)
    assert all(torch.equal(state[key], STATE[key]) for key in STATE)


def test_counters_of_batch_norm_stay(tmp_path):
    norm = torch.nn.BatchNorm2d(3)
    save_file({f'model.{key}': value for key, value in norm.state_dict().items()},
              tmp_path / 'w.safetensors')
    assert set(read_weights(tmp_path / 'w.safetensors')) == set(norm.state_dict())


@pytest.mark.parametrize('bad', [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize('suffix', ['.pt', '.safetensors'])
def test_weights_that_are_no_numbers_are_named(tmp_path, suffix, dtype, bad):
    state = {**STATE, 'b.weight': torch.tensor([1, bad, 2], dtype=dtype)}
    path = tmp_path / f'w{suffix}'
    save_file(state, path) if suffix == '.safetensors' else torch.save(state, path)
    with pytest.raises(ModelError, match=rf"tensor 'b.weight' of .*w{suffix} holds NaN"):
        read_weights(path)


@pytest.mark.parametrize(('content', 'sentence'), [
    ({3: torch.ones(1)}, 'has the name 3 for a tensor'),
    ({('a', 1): torch.ones(1), 'b': torch.ones(1)}, 'expected text'),
    ({'a': torch.ones(1), 'module.a': torch.ones(1)}, "holds 'a' twice"),
    ({'a': torch.ones(2, dtype=torch.complex64)}, 'unusual kind'),
    ({'a': torch.eye(3).to_sparse()}, 'unusual kind'),
    ({'a': torch.ones(4).as_strided((4, 1000, 1000), (1, 0, 0)),
      'b': torch.ones(9).as_strided((5, 5), (1, 1))}, "'b' .* overlaps itself"),
    ({}, 'no state dict'), ({'state_dict': {}}, 'no state dict'), (torch.ones(3), 'no state dict')])
def test_odd_tensors_and_names_are_refused(tmp_path, content, sentence):
    torch.save(content, tmp_path / 'w.pt')
    with pytest.raises(ModelError, match=sentence):
        read_weights(tmp_path / 'w.pt')


def test_a_tensor_of_a_trillion_equal_numbers_takes_no_time(tmp_path):
    torch.save({'a': torch.ones(1).expand(10 ** 6, 10 ** 6)}, tmp_path / 'w.pt')
    assert read_weights(tmp_path / 'w.pt')['a'].shape == (10 ** 6, 10 ** 6)


def test_a_damaged_archive_is_no_traceback(tmp_path):
    torch.save(STATE, tmp_path / 'w.pt')
    data = (tmp_path / 'w.pt').read_bytes()
    place = data.rindex(b'PK\x05\x06')
    for position in range(place, place + 20):
        broken = bytearray(data)
        broken[position] ^= 0xff
        (tmp_path / 'w.pt').write_bytes(broken)
        try:
            assert_same(read_weights(tmp_path / 'w.pt'))
        except ModelError:
            continue


def test_a_program_is_refused_with_a_way_out(tmp_path):
    # What OpenAI's ViT-B-32.pt is.
    with pytest.warns(FutureWarning):
        torch.jit.save(torch.jit.trace(torch.nn.Linear(2, 2), torch.zeros(1, 2)),
                       tmp_path / 'ViT-B-32.pt')
    with pytest.raises(ModelError, match=r'TorchScript program.*state dict as .safetensors'):
        read_weights(tmp_path / 'ViT-B-32.pt')


class Hostile:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize('old', [False, True])
def test_code_is_refused_and_does_not_run(tmp_path, old):
    torch.save({'a': STATE['a.bias'], 'b': Hostile(tmp_path / 'ran')}, tmp_path / 'w.pt',
               _use_new_zipfile_serialization=not old)
    with pytest.raises(ModelError, match=r'would run code.*ris models fetch'):
        read_weights(tmp_path / 'w.pt')
    assert not (tmp_path / 'ran').exists()


def test_a_whole_model_is_refused(tmp_path):
    torch.save(torch.nn.Linear(2, 2), tmp_path / 'w.pt')
    with pytest.raises(ModelError, match='Linear beside tensors'):
        read_weights(tmp_path / 'w.pt')


@pytest.mark.parametrize('content', [[1, 2], {'a': 1}, {'state_dict': [STATE]}])
def test_other_content_is_refused(tmp_path, content):
    torch.save(content, tmp_path / 'w.pt')
    with pytest.raises(ModelError, match='no state dict of tensors'):
        read_weights(tmp_path / 'w.pt')


@pytest.mark.parametrize('name', ['w.pt', 'w.safetensors', 'sam_vit_b_01ec64.pth'])
@pytest.mark.parametrize('content', [b'', b'garbage', b'<html>404</html>', 'half'])
def test_damage_is_named(tmp_path, name, content):
    path = tmp_path / name
    if content == 'half':
        save_file(STATE, path) if path.suffix == '.safetensors' else torch.save(STATE, path)
        content = path.read_bytes()[:-100 if path.suffix == '.pt' else -10]
    path.write_bytes(content)
    with pytest.raises(ModelError, match=rf'{name} cannot be read: it is damaged') as error:
        read_weights(path)
    assert ('ris models fetch sam_vit_b' in str(error.value)) == name.startswith('sam')


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r'own\.pt does not exist'):
        read_weights(tmp_path / 'own.pt')
