"""Weights are read as tensors by name, or refused with a sentence; no code in them runs."""
from pathlib import Path

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
