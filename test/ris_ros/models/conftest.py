# SPDX-License-Identifier: Apache-2.0
"""A file to fetch and the server that has it."""
import hashlib

from hostile_server import HostileServer
import numpy as np
import pytest

from ris_ros.models.registry import ModelFile


@pytest.fixture(scope='session')
def content():
    return np.random.default_rng(5).bytes(300_000)


@pytest.fixture
def server(content, monkeypatch):
    monkeypatch.setenv('no_proxy', '127.0.0.1')
    with HostileServer(content) as server:
        yield server


@pytest.fixture
def model(server, content):
    return ModelFile('small', 'small.bin', f'{server.url}/a/small', len(content),
                     hashlib.sha256(content).hexdigest(), 'MIT', 'tests', 'tiny')
