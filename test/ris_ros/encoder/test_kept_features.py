# SPDX-License-Identifier: Apache-2.0
"""The vocabulary's features are kept on disk, and nothing but the right ones is ever read."""
import os

from exact import random_clip
import numpy as np
import pytest
import torch

from ris_ros.encoder import text
from ris_ros.encoder.text import TextEncoder, encode_tokens

WORDS = ('the mug', 'the bowl', 'the red thing')


@pytest.fixture(scope='module')
def backbone(tmp_path_factory):
    return make_clip(tmp_path_factory)


def make_clip(factory, seed=0):
    return random_clip('ViT-B-32-quickgelu', factory.mktemp('clip'), blocks=1, text_blocks=1,
                       seed=seed)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder for kept features, below an empty cache."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    return tmp_path / 'ris_ros' / 'texts'


@pytest.fixture
def encoded(monkeypatch):
    """Return the numbers of prompts that were encoded, a number for each pass."""
    counts = []

    def count(backbone, tokens):
        counts.append(len(tokens))
        return encode_tokens(backbone, tokens)
    monkeypatch.setattr(text, 'encode_tokens', count)
    return counts


@pytest.mark.parametrize('templates', [('{}',), ('a photo of {}', 'a picture of {}')])
def test_the_second_start_reads_what_the_first_one_encoded(backbone, folder, encoded, templates):
    first, second = (TextEncoder(backbone, templates).vocabulary(WORDS) for _ in range(2))
    assert torch.equal(first, second)
    torch.testing.assert_close(first, TextEncoder(backbone, templates)(WORDS))
    assert encoded == 2 * [len(WORDS) * len(templates)]  # once for the file, once for the check
    assert len([*folder.iterdir()]) == 1


def test_other_weights_and_other_words_are_never_taken_for_these(
        backbone, folder, encoded, tmp_path_factory):
    TextEncoder(backbone).vocabulary(WORDS)
    other = make_clip(tmp_path_factory, seed=1)
    for clip, words in ((other, WORDS), (backbone, WORDS[:2]), (backbone, (*WORDS[:2], 'a'))):
        torch.testing.assert_close(TextEncoder(clip).vocabulary(words), TextEncoder(clip)(words))
    assert len([*folder.iterdir()]) == 4


def change_a_number(path):
    data = bytearray(path.read_bytes())
    data[-400] ^= 1  # among the features; the archive's directory is behind them
    path.write_bytes(data)


def write_array(array):
    def write(path):
        np.savez(path, features=array)
    return write


@pytest.mark.parametrize('damage', [
    change_a_number, lambda path: path.write_bytes(b''), lambda path: path.write_bytes(b'PK' * 90),
    lambda path: path.write_bytes(path.read_bytes()[:900]),
    write_array(np.zeros((2, 512), np.float32)), write_array(np.zeros((3, 512))),
    write_array(np.full((3, 512), np.nan, np.float32)), write_array(np.array([{}], object))])
def test_a_damaged_file_is_ignored_and_replaced(backbone, folder, encoded, damage):
    right = TextEncoder(backbone).vocabulary(WORDS)
    path, = folder.iterdir()
    whole = path.read_bytes()
    damage(path)
    assert path.read_bytes() != whole
    for _ in range(2):
        assert torch.equal(TextEncoder(backbone).vocabulary(WORDS), right)
    assert len(encoded) == 2
    assert path.read_bytes() == whole


def test_where_nothing_can_be_written_it_works_without(backbone, folder, monkeypatch, tmp_path):
    right = TextEncoder(backbone)(WORDS)
    (tmp_path / 'file').write_text('')
    for cache in ('/proc', tmp_path / 'file'):
        monkeypatch.setenv('XDG_CACHE_HOME', str(cache))
        torch.testing.assert_close(TextEncoder(backbone).vocabulary(WORDS), right)


def test_a_folder_in_place_of_the_file_is_left_alone(backbone, folder):
    right = TextEncoder(backbone).vocabulary(WORDS)
    path, = folder.iterdir()
    path.unlink()
    path.mkdir()
    assert torch.equal(TextEncoder(backbone).vocabulary(WORDS), right)


def test_files_that_were_not_used_lately_go(backbone, folder):
    for number in range(8):
        TextEncoder(backbone).vocabulary([f'thing {number}'])
    files = {path: number for number, path in enumerate(sorted(
        folder.iterdir(), key=lambda path: path.stat().st_mtime_ns))}
    for path, number in files.items():
        os.utime(path, (1000 + number, 1000 + number))
    TextEncoder(backbone).vocabulary(['thing 0'])  # used again
    TextEncoder(backbone).vocabulary(['one more'])
    left = {files[path] for path in folder.iterdir() if path in files}
    assert left == {0, 2, 3, 4, 5, 6, 7}
