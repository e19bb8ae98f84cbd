# SPDX-License-Identifier: Apache-2.0
"""The registry's entries, and the verdicts on files that are here."""
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from ris_ros.errors import ModelError
from ris_ros.models.hashes import known_hash
from ris_ros.models.registry import MODELS, fetch_hint, find_model
from ris_ros.models.verifying import state_of, verify
from ris_ros.profile import load_profile


def test_entries_are_complete_and_distinct():
    for field in ('name', 'file', 'url'):
        assert len({getattr(model, field) for model in MODELS}) == len(MODELS)
    for model in MODELS:
        assert urlsplit(model.url).scheme == 'https'
        assert model.file.endswith(('.pth', '.safetensors'))
        assert len(model.sha256) in (0, 64)
        assert set(model.sha256) <= set('0123456789abcdef')
        assert model.size is None or model.size > 1e8
        assert model.licence
        assert model.purpose


def test_models_are_found_by_name_and_by_file():
    assert find_model('sam_vit_b') is find_model('sam_vit_b_01ec64.pth')
    with pytest.raises(ModelError, match='clip_rn50'):
        find_model('vgg')


def test_the_profiles_weights_can_be_fetched():
    files = {model.file for model in MODELS}
    robot = load_profile('robot')
    assert {load_profile('paper').weights, robot.weights, robot.proposals['weights']} <= files


def test_whoever_misses_a_file_is_told_how_to_fetch_it(tmp_path):
    assert '`ris models fetch sam_vit_h`' in fetch_hint(tmp_path / 'sam_vit_h_4b8939.pth')
    assert fetch_hint(tmp_path / 'own.pt') == ''


def test_states(model, content, tmp_path):
    path = tmp_path / model.file
    assert state_of(model, tmp_path) == 'missing'
    path.write_bytes(content[:-1])
    assert state_of(model, tmp_path) == 'damaged'
    path.write_bytes(content)
    assert state_of(model, tmp_path) == 'here'
    assert state_of(replace(model, sha256=''), tmp_path) == 'unpinned'


def test_a_good_file_stays(model, content, tmp_path):
    (tmp_path / model.file).write_bytes(content)
    assert verify(model, tmp_path).good
    assert (tmp_path / model.file).read_bytes() == content


def test_a_damaged_file_is_kept_aside(model, content, tmp_path):
    (tmp_path / model.file).write_bytes(content[::-1])
    verdict = verify(model, tmp_path)
    assert not verdict.good
    assert str(tmp_path / 'small.bin.damaged') in verdict.message
    assert not (tmp_path / model.file).exists()
    assert state_of(model, tmp_path) == 'damaged'
    assert 'missing' in verify(model, tmp_path).message


def test_an_unknown_hash_is_pinned_at_first_use(model, content, tmp_path):
    unknown = replace(model, sha256='')
    (tmp_path / model.file).write_bytes(content)
    first = verify(unknown, tmp_path)
    assert first.good
    assert 'now pinned' in first.message
    assert known_hash(unknown, tmp_path) == model.sha256
    assert 'the pinned one' in verify(unknown, tmp_path).message
    assert state_of(unknown, tmp_path) == 'here'
    (tmp_path / model.file).write_bytes(content[::-1])
    changed = verify(unknown, tmp_path)
    assert not changed.good
    assert 'pins.json' in changed.message


@pytest.mark.parametrize('text', ['', '[]', '{"small.bin"'])
def test_pins_that_cannot_be_read(model, content, tmp_path, text):
    (tmp_path / 'pins.json').write_text(text)
    (tmp_path / model.file).write_bytes(content)
    with pytest.raises(ModelError, match=r'pins.json cannot be read'):
        verify(replace(model, sha256=''), tmp_path)
