# SPDX-License-Identifier: Apache-2.0
"""``ris models``: the table, JSON, exit statuses and the environment's settings."""
import argparse
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
import io
import json
import sys
import threading

from full_disk import files_in, full_disk
import pytest

from ris_ros.cli import models
from ris_ros.errors import ModelError
from ris_ros.models.registry import MODELS
from ris_ros.profile import PROFILES


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs the subcommand on an empty folder: status, out, err."""
    monkeypatch.setenv('RIS_MODELS_DIR', str(tmp_path / 'models'))
    for name in ('RIS_MODELS_URL', 'RIS_OFFLINE'):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments):
        parser = argparse.ArgumentParser()
        models.add_parser(parser.add_subparsers())
        args = parser.parse_args(['models', *map(str, arguments)])
        status = args.func(args)
        return status, *capsys.readouterr()
    return run


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """Serve a folder over HTTP, name it in RIS_MODELS_URL and return it."""
    folder = tmp_path / 'mirror'
    folder.mkdir()

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_):
            pass
    with ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv('no_proxy', '127.0.0.1')
        monkeypatch.setenv('RIS_MODELS_URL', f'http://127.0.0.1:{server.server_port}')
        yield folder
        server.shutdown()
        thread.join()


def test_list_is_a_table(run, tmp_path):
    status, out, _ = run('list')
    assert status == 0
    for model in MODELS:
        line = next(line for line in out.splitlines() if line.startswith(f'{model.name} '))
        assert 'missing' in line
        assert model.licence in line
        assert ('SHA-256' in line) == (not model.sha256)
    assert str(tmp_path / 'models') in out


def test_list_prints_json_lines(run, tmp_path):
    records = [json.loads(line) for line in run('list', '--json')[1].splitlines()]
    assert [record['name'] for record in records] == [model.name for model in MODELS]
    assert records[0]['state'] == 'missing'
    assert records[0]['path'] == str(tmp_path / 'models' / MODELS[0].file)


def test_fetch_from_a_mirror_then_list_and_verify(run, mirror, monkeypatch, tmp_path):
    # L/14 is the entry without a size; its hash is taken out so that small bytes will do.
    model = _without_hash(monkeypatch, 'clip_vit_l_14')
    (mirror / model.file).write_bytes(b'weights')
    assert 'will be pinned' in run('list')[1]
    status, out, _ = run('fetch', 'clip_vit_l_14')
    path = tmp_path / 'models' / model.file
    assert (status, out) == (0, f'{path}\n')
    assert path.read_bytes() == b'weights'
    assert 'pinned at first use' in run('list')[1]
    assert run('verify')[0] == run('verify', 'clip_vit_l_14')[0] == 0
    path.write_bytes(b'Weights')
    status, out, err = run('verify')
    assert status == 1
    assert 'clip_vit_l_14' in out
    assert 'ris models fetch clip_vit_l_14' in err
    assert not path.exists()


def test_a_terminal_sees_the_progress(run, mirror, monkeypatch):
    (mirror / _without_hash(monkeypatch, 'clip_vit_l_14').file).write_bytes(bytes(3000))

    class Terminal(io.StringIO):
        def isatty(self):
            return True
    monkeypatch.setattr(sys, 'stderr', Terminal())
    run('fetch', 'clip_vit_l_14')
    assert 'clip_vit_l_14: 100%' in sys.stderr.getvalue()
    assert '3.00k/3.00k' in sys.stderr.getvalue()


def test_fetch_gets_all_that_a_profile_needs(run, mirror, monkeypatch, tmp_path):
    for name in ('sam_vit_b', 'clip_vit_b_16'):
        (mirror / _without_hash(monkeypatch, name).file).write_bytes(name.encode())
    folder = tmp_path / 'models'
    assert run('fetch', '--profile', 'robot')[1].split() == [
        str(folder / 'clip_vit_b_16_openai.safetensors'), str(folder / 'sam_vit_b_01ec64.pth')]
    assert (folder / 'sam_vit_b_01ec64.pth').read_bytes() == b'sam_vit_b'
    assert len(run('fetch', 'sam_vit_b', '--profile', 'robot')[1].split()) == 2


def test_a_profile_that_names_a_folder_gets_all_its_files(run, mirror, monkeypatch, tmp_path):
    (mirror / _without_hash(monkeypatch, 'clip_vit_b_16').file).write_bytes(b'clip')
    (mirror / 'sam3').mkdir()
    for name in ('model.safetensors', 'config.json', 'tokenizer.json'):
        (mirror / 'sam3' / name).write_text(name)
    for _ in range(2):  # also where they are here
        paths = run('fetch', '--profile', 'open')[1].split()
        assert [path.rpartition('/')[2] for path in paths] == [
            'clip_vit_b_16_openai.safetensors', 'model.safetensors', 'config.json',
            'tokenizer.json']


def test_a_profile_that_needs_nothing_says_so(run, tmp_path):
    assert 'needs nothing' in run('fetch', '--profile', 'embedded')[1]
    with pytest.raises(ModelError, match='nothing to fetch'):
        run('fetch')
    with pytest.raises(ModelError, match='no profile'):
        run('fetch', '--profile', 'none')
    own = (PROFILES / 'paper.yaml').read_text().replace('clip_vit_b_32_openai', 'my_own')
    (tmp_path / 'own.yaml').write_text(own)
    with pytest.raises(ModelError, match=r"no model 'my_own\.safetensors'"):
        run('fetch', '--profile', tmp_path / 'own.yaml')


def test_verify_without_files_says_that_none_is_here(run):
    assert run('verify')[0] == 0
    status, _, err = run('verify', 'sam_vit_b', 'clip_rn50')
    assert status == 1
    assert 'sam_vit_b, clip_rn50' in err


@pytest.mark.parametrize('arguments', [['--offline'], []])
def test_offline_fetches_nothing(run, monkeypatch, mirror, arguments):
    if not arguments:
        monkeypatch.setenv('RIS_OFFLINE', '1')
    with pytest.raises(ModelError, match='offline'):
        run('fetch', 'sam_vit_b', *arguments)


def test_a_mirror_without_the_file_is_named(run, mirror, monkeypatch):
    monkeypatch.setenv('RIS_OFFLINE', '0')
    with pytest.raises(ModelError, match=r'no file at http.*sam_vit_b_01ec64.pth \(404\)'):
        run('fetch', 'sam_vit_b')


def test_a_local_file_is_taken_in_place_of_a_download(run, monkeypatch, tmp_path):
    model = _without_hash(monkeypatch, 'clip_vit_l_14')
    source = tmp_path / 'brought'
    source.write_bytes(b'weights')
    assert run('fetch', model.name, '--from', source)[0] == 0
    assert (tmp_path / 'models' / model.file).read_bytes() == b'weights'
    with pytest.raises(ModelError, match='not the file of sam_vit_b'):
        run('fetch', 'sam_vit_b', '--from', source)
    with pytest.raises(ModelError, match='one model'):
        run('fetch', 'sam_vit_b', 'clip_rn50', '--from', source)


def test_a_model_of_several_files_is_fetched_listed_and_verified_as_one(run, mirror, tmp_path):
    (mirror / 'edgetam_hf').mkdir()
    for name in ('model.safetensors', 'config.json'):
        (mirror / 'edgetam_hf' / name).write_text(name)
    folder = tmp_path / 'models' / 'edgetam_hf'
    assert run('fetch', 'edgetam')[1].split() == [
        str(folder / 'model.safetensors'), str(folder / 'config.json')]
    assert (folder / 'config.json').read_text() == 'config.json'
    assert ' here ' in _line(run, 'edgetam')
    assert run('verify', 'edgetam')[0] == 0
    (folder / 'config.json').write_text('changed')
    status, out, err = run('verify')
    assert status == 1
    assert 'edgetam/config.json: SHA-256 is' in out
    assert 'ris models fetch edgetam` fetches it' in err
    assert ' damaged ' in _line(run, 'edgetam')
    assert (folder / 'config.json.damaged').read_text() == 'changed'


def test_a_folder_takes_the_place_of_several_files(run, tmp_path):
    source = tmp_path / 'brought'
    source.mkdir()
    (source / 'model.safetensors').write_bytes(b'weights')
    with pytest.raises(ModelError, match=r'config\.json cannot be copied'):
        run('fetch', 'edgetam', '--from', source)
    (source / 'config.json').write_text('{}')
    assert run('fetch', 'edgetam', '--from', source)[0] == 0
    assert (tmp_path / 'models' / 'edgetam_hf' / 'config.json').read_text() == '{}'
    with pytest.raises(ModelError, match=r'several files \(model\.safetensors, config\.json\)'):
        run('fetch', 'edgetam', '--from', source / 'config.json')


def test_what_the_licence_allows_is_listed(run):
    assert 'SAM License' in _line(run, 'sam3')
    assert all('Apache-2.0' in _line(run, name) for name in ('sam2_tiny', 'edgetam', 'sam_vit_b'))


def _line(run, name):
    """Return the line of the table that is a model's."""
    return next(line for line in run('list')[1].splitlines() if line.startswith(f'{name} '))


def test_unknown_names_are_refused(run):
    with pytest.raises(ModelError, match='expected one of sam_vit_b'):
        run('verify', 'vgg')


def _without_hash(monkeypatch, name):
    """Let the registry not know an entry's hash; return the entry."""
    from dataclasses import replace

    from ris_ros.models import registry
    changed = tuple(replace(model, sha256='', size=None) if model.name == name else model
                    for model in registry.MODELS)
    monkeypatch.setattr(registry, 'MODELS', changed)
    monkeypatch.setattr(models, 'MODELS', changed)
    return registry.find_model(name)


def test_a_download_that_finds_the_disk_full_is_told_in_a_sentence_and_goes_on_later(
        run, mirror, monkeypatch, tmp_path):
    model = _without_hash(monkeypatch, 'clip_vit_l_14')
    (mirror / model.file).write_bytes(b'w' * 50_000)
    with full_disk(20_000), pytest.raises(ModelError, match=r'could not be written to .*too large'):
        run('fetch', 'clip_vit_l_14')
    folder = tmp_path / 'models'
    assert not (folder / model.file).exists()
    assert run('fetch', 'clip_vit_l_14')[0] == 0
    assert (folder / model.file).read_bytes() == b'w' * 50_000
    assert not [name for name in files_in(folder) if '.part' in name]


def test_a_copy_that_finds_the_disk_full_leaves_nothing(run, monkeypatch, tmp_path):
    model = _without_hash(monkeypatch, 'clip_vit_l_14')
    source = tmp_path / 'weights'
    source.write_bytes(b'w' * 50_000)
    with full_disk(20_000), pytest.raises(ModelError, match=r'cannot be copied to .*too large'):
        run('fetch', 'clip_vit_l_14', '--from', source)
    assert files_in(tmp_path / 'models') == ['.lock']
    assert not (tmp_path / 'models' / model.file).exists()


def test_a_folder_of_models_that_cannot_be_made_is_told_with_the_way_out(
        run, monkeypatch, tmp_path):
    (tmp_path / 'file').write_text('')
    monkeypatch.setenv('RIS_MODELS_DIR', str(tmp_path / 'file' / 'models'))
    with pytest.raises(ModelError, match=r'be written: .*Choose another with RIS_MODELS_DIR'):
        run('fetch', 'clip_vit_b_16')
