# SPDX-License-Identifier: Apache-2.0
"""Only checked bytes get a model's name, wherever they come from."""
import ast
from dataclasses import replace
import hashlib
from pathlib import Path

from fetch_setup import PATIENCE, leftovers
from hostile_server import HostileServer, other_bytes, redirection, status
import pytest

import ris_ros
from ris_ros.errors import ModelError
from ris_ros.models.fetching import fetch, fetch_local
from ris_ros.models.hashes import only_writer
from ris_ros.models.verifying import state_of


def test_wrong_bytes_are_kept_aside(model, server, content, tmp_path):
    wrong = content[:-1] + bytes([content[-1] ^ 1])
    server.script = [other_bytes(wrong)]
    with pytest.raises(ModelError, match=r'not those of small.*kept as .*small.bin.damaged'):
        fetch(model, tmp_path, patience=PATIENCE)
    assert leftovers(tmp_path) == ['small.bin.damaged']
    assert (tmp_path / 'small.bin.damaged').read_bytes() == wrong
    assert state_of(model, tmp_path) == 'damaged'
    assert fetch(model, tmp_path, patience=PATIENCE).read_bytes() == content


@pytest.mark.parametrize('mirror', ['file:///models', 'models', 'http://a b/'])
def test_a_mirror_that_is_no_web_address(model, tmp_path, mirror):
    with pytest.raises(ModelError, match='address'):
        fetch(model, tmp_path, mirror=mirror, patience=PATIENCE)


@pytest.mark.parametrize('slash', ['', '/'])
def test_a_mirror_has_the_file_under_its_name(model, server, tmp_path, slash):
    fetch(replace(model, url='http://127.0.0.1:9/'), tmp_path, mirror=f'{server.url}/ris{slash}',
          patience=PATIENCE)
    assert server.paths == ['/ris/small.bin']


def test_offline_never_asks(model, server, content, tmp_path):
    with pytest.raises(ModelError, match=r'offline.*fetch small --from'):
        fetch(model, tmp_path, offline=True)
    (tmp_path / 'small.bin').write_bytes(content)
    assert fetch(model, tmp_path, offline=True).read_bytes() == content
    assert server.paths == []


def test_a_good_file_is_not_fetched_again_and_a_damaged_one_is(model, server, content, tmp_path):
    (tmp_path / 'small.bin').write_bytes(b'damaged')
    assert fetch(model, tmp_path, patience=PATIENCE).read_bytes() == content
    assert (tmp_path / 'small.bin.damaged').read_bytes() == b'damaged'
    fetch(model, tmp_path, patience=PATIENCE)
    assert len(server.paths) == 1


def test_an_unknown_hash_is_pinned_by_the_first_fetch(model, server, content, tmp_path):
    unknown = replace(model, sha256='', size=None)
    fetch(unknown, tmp_path, patience=PATIENCE)
    assert state_of(unknown, tmp_path) == 'here'
    (tmp_path / 'small.bin').unlink()
    server.content = b'another file'
    with pytest.raises(ModelError, match=r'expected [0-9a-f]{64} \(pinned .*pins.json'):
        fetch(unknown, tmp_path, patience=PATIENCE)


def test_two_commands_do_not_write_the_same_file(model, server, tmp_path):
    with only_writer(tmp_path), pytest.raises(ModelError, match='Another'):
        fetch(model, tmp_path, patience=PATIENCE)
    assert server.paths == []


def test_a_folder_that_cannot_be_made(model, tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(ModelError, match='RIS_MODELS_DIR'):
        fetch(model, tmp_path / 'file' / 'models', patience=PATIENCE)


def test_a_local_file(model, server, content, tmp_path):
    source = tmp_path / 'brought.bin'
    source.write_bytes(content)
    path = fetch_local(model, tmp_path / 'models', source)
    assert path.read_bytes() == source.read_bytes() == content
    source.write_bytes(b'another')
    with pytest.raises(ModelError, match=hashlib.sha256(b'another').hexdigest()):
        fetch_local(model, path.parent, source)
    assert path.read_bytes() == content
    with pytest.raises(ModelError, match='cannot be copied'):
        fetch_local(model, path.parent, tmp_path / 'none')
    with pytest.raises(ModelError, match='already in its place'):
        fetch_local(model, path.parent, path)
    assert leftovers(path.parent) == ['small.bin']
    assert server.paths == []


def test_nothing_but_the_command_line_can_fetch():
    package = Path(ris_ros.__file__).parent
    fetchers = {'ris_ros.models.fetching', 'ris_ros.models.download'}
    importers = {
        path.relative_to(package).as_posix()
        for folder in (package, package.parent / 'launch')
        for path in folder.rglob('*.py')
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.ImportFrom) and node.module in fetchers)
        or (isinstance(node, ast.Import) and fetchers & {name.name for name in node.names})}
    assert importers == {'cli/models.py', 'models/fetching.py'}


@pytest.mark.parametrize(('token', 'words'), [('', 'wants to know who asks'),
                                              ('secret', 'did not let your HF_TOKEN have')])
def test_a_model_behind_a_licence_is_told_with_the_way_to_it(model, server, tmp_path, token,
                                                             words):
    server.script = [status(401)]
    gated = replace(model, access_page='https://example.org/model')
    with pytest.raises(ModelError, match=f'{words}.*licence at https://example.org/model.*--from'):
        fetch(gated, tmp_path, patience=PATIENCE, token=token)
    assert leftovers(tmp_path) == []


def test_a_token_goes_to_the_models_own_server_alone(model, server, content, tmp_path):
    with HostileServer(content) as other:
        server.script = [redirection(f'{other.url}/there')]
        gated = replace(model, access_page='https://example.org/model')
        fetch(gated, tmp_path / 'gated', patience=PATIENCE, token='secret')
        fetch(gated, tmp_path / 'mirror', patience=PATIENCE, token='secret', mirror=other.url)
    fetch(model, tmp_path / 'open', patience=PATIENCE, token='secret')
    assert server.tokens == ['Bearer secret', None]
    assert other.tokens == [None, None]
