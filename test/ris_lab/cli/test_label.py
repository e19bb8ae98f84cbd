# SPDX-License-Identifier: Apache-2.0
"""``ris label`` as a person starts it."""
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import numpy as np
import pytest

from ris_ros.cli.main import main
from ris_ros.image_files import write_image


@pytest.fixture
def folder(tmp_path):
    write_image(tmp_path / 'desk.png', np.full((60, 80, 3), 90, np.uint8))
    return tmp_path


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_interrupted(folder, number):
    ignoring = 'trap "" INT; exec "$@"'  # as a shell does with what runs in its background
    with subprocess.Popen(
            ['bash', '-c', ignoring, 'bash', sys.executable, '-m', 'ris_ros.cli.main', 'label',
             str(folder), '--profile', 'none', '--port', '0'],
            stdout=subprocess.PIPE, text=True) as process:
        address = re.search(r'http://127\.0\.0\.1:\d+/', process.stdout.readline())[0]
        with urllib.request.urlopen(f'{address}pictures', timeout=60) as reply:
            assert json.load(reply)['pictures'][0]['name'] == 'desk'
        process.send_signal(number)
        assert '0 commands with a target and 0 without' in process.stdout.read()
    assert process.returncode == 0


def test_a_taken_port_is_a_sentence(folder, capsys):
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
        assert main(['label', str(folder), '--profile', 'none', '--port', str(port)]) == 2
    assert f'Port {port} cannot be used' in capsys.readouterr().err


@pytest.mark.parametrize(('words', 'sentence'), [
    (['--port', '70000'], '--port is 70000'), (['--profile', 'paper'], 'no proposals of its own'),
    (['--profile', 'nonsense'], 'no profile')])
def test_mistakes_are_a_sentence(folder, capsys, words, sentence):
    assert main(['label', str(folder), *words]) == 2
    assert sentence in capsys.readouterr().err
