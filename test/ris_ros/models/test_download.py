# SPDX-License-Identifier: Apache-2.0
"""A server that breaks off, stalls and refuses: the file comes whole or not at all."""
from dataclasses import replace
from pathlib import Path
import subprocess
import sys

from fetch_setup import IMPATIENCE, PATIENCE, leftovers
from hostile_server import (
    good,
    ignore_if_range,
    ignore_range,
    misplaced,
    redirect,
    stall,
    status,
    truncate,
    without_length,
)
import pytest

import ris_ros
from ris_ros.errors import ModelError
from ris_ros.models.download import Patience
from ris_ros.models.fetching import fetch
from ris_ros.models.verifying import state_of


def test_a_good_server(model, server, content, tmp_path):
    seen = []
    path = fetch(model, tmp_path / 'new', patience=PATIENCE,
                 progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == content
    assert leftovers(path.parent) == ['small.bin']
    assert seen[0] == (0, len(content))
    assert seen[-1] == (len(content), len(content))
    assert seen == sorted(seen)


@pytest.mark.parametrize(('patience', 'script'), [
    (PATIENCE, [truncate(100_000)]), (IMPATIENCE, [stall(100_000)]), (PATIENCE, [status(500)]),
    (PATIENCE, [status(503), status(429)]), (PATIENCE, [truncate(100_000), ignore_range]),
    (PATIENCE, [truncate(100_000), misplaced]), (PATIENCE, [truncate(100_000), status(416)]),
    (IMPATIENCE, [truncate(50_000), stall(90_000), status(500)]),
    (PATIENCE, [status(500), truncate(1), status(500), status(500), truncate(2)]),
    (PATIENCE, [without_length])])
def test_a_bad_connection_is_outlived(model, server, content, tmp_path, patience, script):
    server.script = list(script)
    assert fetch(model, tmp_path, patience=patience).read_bytes() == content
    assert not server.script
    assert leftovers(tmp_path) == ['small.bin']


@pytest.mark.parametrize('etag', ['"one"', 'W/"weak"', ''])
def test_only_what_is_missing_is_asked_for(model, server, content, tmp_path, etag):
    server.etag, server.script = etag, [truncate(100_000)]
    fetch(model, tmp_path, patience=PATIENCE)
    assert server.ranges == [None, 'bytes=100000-']


def test_a_redirect_keeps_the_range(model, server, content, tmp_path):
    server.script = [redirect, truncate(100_000), redirect]
    assert fetch(model, tmp_path, patience=PATIENCE).read_bytes() == content
    assert server.paths == ['/a/small', '/elsewhere'] * 2
    assert server.ranges == [None, None, 'bytes=100000-', 'bytes=100000-']


@pytest.mark.parametrize(('answer', 'requests'), [(good, 2), (ignore_if_range, 3)])
def test_a_file_that_changed_meanwhile_is_started_anew(model, server, content, tmp_path, answer,
                                                       requests):
    old = bytes(len(content))

    def change(handler):
        handler.answer(old[:100_000], length=len(old))
        server.etag = '"two"'
    server.script = [change, answer]
    unknown = replace(model, sha256='')
    assert fetch(unknown, tmp_path, patience=PATIENCE).read_bytes() == content
    assert len(server.paths) == requests


def test_another_address_is_started_anew(model, server, content, tmp_path):
    server.etag, server.script = '', [truncate(100_000)] * 4
    with pytest.raises(ModelError):
        fetch(model, tmp_path, patience=PATIENCE)
    server.ranges.clear()
    fetch(model, tmp_path, mirror=server.url, patience=PATIENCE)
    assert server.ranges == [None]


def test_the_waits_grow_and_end(model, server, tmp_path):
    waits = []
    server.script = [status(500)] * 9
    with pytest.raises(ModelError, match=r'answered 500.*repeat the command'):
        fetch(model, tmp_path, patience=Patience(attempts=5, longest=6, wait=waits.append))
    assert waits == [2, 4, 6, 6]


@pytest.mark.slow
@pytest.mark.parametrize(('patience', 'behaviour', 'sentence'), [
    (PATIENCE, truncate(70_000), 'closed after 70000 of 300000 bytes'),
    (IMPATIENCE, stall(70_000), 'no byte came')])
def test_what_arrived_is_kept_for_the_next_command(model, server, content, tmp_path, patience,
                                                   behaviour, sentence):
    # The server breaks off at the same byte each time, and knows no ranges.
    server.script = [behaviour] * 99
    with pytest.raises(ModelError, match=sentence):
        fetch(model, tmp_path, patience=patience)
    assert leftovers(tmp_path) == ['small.bin.part', 'small.bin.part.json']
    assert state_of(model, tmp_path) == 'missing'
    server.script.clear()
    server.ranges.clear()
    assert fetch(model, tmp_path, patience=PATIENCE).read_bytes() == content
    assert server.ranges == ['bytes=70000-']


def test_a_killed_process_is_continued(model, server, content, tmp_path):
    server.script = [stall(100_000)]
    script = ('import sys\nfrom pathlib import Path\n'
              'from ris_ros.models.fetching import fetch\n'
              'from ris_ros.models.registry import ModelFile\n'
              f'fetch({model!r}, Path({str(tmp_path)!r}),\n'
              '      progress=lambda done, total: print(done, flush=True))\n')
    process = subprocess.Popen([sys.executable, '-c', script], stdout=subprocess.PIPE, text=True,
                               cwd=Path(ris_ros.__file__).parents[1])
    assert any(int(line) == 100_000 for line in process.stdout)
    process.kill()
    process.communicate()
    assert leftovers(tmp_path) == ['small.bin.part', 'small.bin.part.json']
    assert fetch(model, tmp_path, patience=PATIENCE).read_bytes() == content
    assert server.ranges == [None, 'bytes=100000-']


def test_a_process_killed_after_the_last_byte(model, server, content, tmp_path):
    server.script = [truncate(len(content) - 1)] * 9
    with pytest.raises(ModelError):
        fetch(model, tmp_path, patience=PATIENCE)
    with open(tmp_path / 'small.bin.part', 'ab') as part:
        part.write(content[-1:])
    server.script = [status(404)]
    assert fetch(model, tmp_path, patience=PATIENCE).read_bytes() == content


@pytest.mark.parametrize(('code', 'sentence'), [
    (404, 'no file at .* --from'), (403, 'refused'), (302, 'refused')])
def test_a_refusal_is_final(model, server, tmp_path, code, sentence):
    server.script = [status(code)]
    with pytest.raises(ModelError, match=sentence):
        fetch(model, tmp_path, patience=PATIENCE)
    assert len(server.paths) == 1
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize('extra', [-1, 1])
def test_another_size_is_refused_before_it_is_fetched(model, server, content, tmp_path, extra):
    with pytest.raises(ModelError, match='login page'):
        fetch(replace(model, size=len(content) + extra), tmp_path, patience=PATIENCE)
    assert leftovers(tmp_path) == []


def test_an_endless_file_is_stopped(model, server, content, tmp_path):
    server.script = [without_length]
    with pytest.raises(ModelError, match='more than the expected 1000 bytes'):
        fetch(replace(model, size=1000), tmp_path, patience=PATIENCE)


def test_no_server(model, tmp_path):
    with pytest.raises(ModelError, match='connection failed'):
        fetch(replace(model, url='http://127.0.0.1:9/small'), tmp_path, patience=PATIENCE)
