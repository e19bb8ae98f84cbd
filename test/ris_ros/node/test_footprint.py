# SPDX-License-Identifier: Apache-2.0
"""What ris_node and ris leave behind: no connection of Python's, and no files but those named."""
import os
from pathlib import Path
import subprocess
import sys

import numpy as np
import pytest
from ros_graph import running_anew

from ris_ros.image_files import write_image

# Runs a module's main() and notes every connection and every look-up of an address.
WATCH = """
import importlib
import sys

EVENTS = ('socket.connect', 'socket.getaddrinfo', 'socket.gethostbyname', 'socket.sendto',
          'urllib.Request')


def note(event, arguments):
    if event in EVENTS:
        with open({notes!r}, 'a') as file:
            print(event, arguments, file=file)


sys.addaudithook(note)
sys.exit(importlib.import_module({module!r}).main())
"""


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """Return a function that makes a module watched; all that is usually written to is empty."""
    for name, variable in (('home', 'HOME'), ('temporary', 'TMPDIR'), ('modules', '')):
        (tmp_path / name).mkdir()
        if variable:
            monkeypatch.setenv(variable, str(tmp_path / name))
    for variable in ('XDG_CACHE_HOME', 'RIS_MODELS_DIR', 'ROS_HOME', 'ROS_LOG_DIR'):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv('PYTHONDONTWRITEBYTECODE', '1')
    monkeypatch.setenv('PYTHONPATH', str(tmp_path / 'modules'), prepend=os.pathsep)

    def watch(module):
        code = WATCH.format(notes=str(tmp_path / 'notes'), module=module)
        (tmp_path / 'modules' / 'watched.py').write_text(code)
        return 'watched'
    return watch


def left(folder):
    """Return the files under the places that are usually written to, and the notes."""
    notes = folder / 'notes'
    return ([path.relative_to(folder).as_posix() for name in ('home', 'temporary')
             for path in sorted((folder / name).rglob('*')) if path.is_file()],
            notes.read_text() if notes.exists() else '')


@pytest.mark.slow
def test_ris_ground_connects_to_nothing_and_writes_where_it_is_told(watched, tmp_path):
    write_image(tmp_path / 'grey.png', np.full((48, 64, 3), 120, np.uint8))
    subprocess.run(
        [sys.executable, '-m', watched('ris_ros.cli.main'), 'ground', 'grey.png', 'the red mug',
         '--out', 'answers'], cwd=tmp_path, check=True, capture_output=True)
    assert left(tmp_path) == ([], '')
    assert {path.name for path in tmp_path.iterdir()} == {
        'answers', 'grey.png', 'home', 'modules', 'temporary'}
    assert any((tmp_path / 'answers').iterdir())


def test_ris_node_connects_to_nothing_and_writes_its_log_alone(watched, tmp_path, domain, client,
                                                               answering_profile):
    with running_anew(watched('ris_ros.node.ris_node'), domain, profile=answering_profile,
                      mode='track'), \
            running_anew('ris_sim.node.camera', domain, width=320, height=240):
        client.await_active()
        client.wait(lambda: client.ask('the largest object').status == 1, 'an answer')
    files, notes = left(tmp_path)
    assert notes == ''
    assert files
    assert all(Path(file).parent.as_posix() == 'home/.ros/log' for file in files)
