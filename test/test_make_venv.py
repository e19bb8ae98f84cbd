# SPDX-License-Identifier: Apache-2.0
"""An index of packages that does not answer is told at once, before pip asks it again and again."""
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
import re
import socket
import subprocess
import sys
import threading

import pytest

SCRIPT = (Path(__file__).resolve().parents[1] / 'scripts' / 'make_venv').read_text()
FUNCTIONS = '\n'.join(re.findall(r'^(?:fail|check_index)\(\) \{\n.*?^\}$', SCRIPT,
                                 re.MULTILINE | re.DOTALL))


def check(address):
    """Run check_index of make_venv."""
    return subprocess.run(
        ['bash', '-c', f'set -euo pipefail; python={sys.executable}\n{FUNCTIONS}\n'
         'check_index "$1"', 'check', address], capture_output=True, text=True, timeout=60)


class Answering(BaseHTTPRequestHandler):
    """Answers every request with a status."""

    def __init__(self, status, *args):
        self.status = status
        super().__init__(*args)

    def do_GET(self):
        """Send the status alone."""
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *args):
        """Print nothing."""


@pytest.mark.parametrize('status', [200, 403, 404])
def test_an_index_that_answers_anything_passes(status):
    with HTTPServer(('127.0.0.1', 0), partial(Answering, status)) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        ended = check(f'http://127.0.0.1:{server.server_port}/simple')
    assert (ended.returncode, ended.stderr) == (0, '')


def test_an_index_that_does_not_answer_ends_the_script_with_one_sentence():
    with socket.socket() as bound:  # nobody listens there
        bound.bind(('127.0.0.1', 0))
        place = f'127.0.0.1:{bound.getsockname()[1]}/simple'
        ended = check(f'http://user:secret@{place}')
    assert ended.returncode == 1
    assert ended.stderr == (f'The package index {place} does not answer; correct PIP_INDEX_URL or '
                            'PIP_EXTRA_INDEX_URL, or leave it out (torch may come with CUDA then, '
                            'up to 5 GB).\n')


def test_an_address_that_only_pip_understands_is_left_to_pip():
    assert check('http://user:pass:word@[::1/simple').returncode == 0
