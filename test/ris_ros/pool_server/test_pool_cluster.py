# SPDX-License-Identifier: Apache-2.0
"""A pool on a Ray cluster whose head dies and starts again."""
from contextlib import contextmanager
import os
from pathlib import Path
import secrets
import signal
import subprocess
import sys
import tempfile
import time

from local_servers import free_ports
from pool_robots import BOUND, robot_at, waited
import pytest

pytest.importorskip('grpc', reason='Ray Serve is not installed (requirements/pool.txt)')

BIN = Path(sys.executable).parent


def family(process):
    """Return the ids of a process and of all below it."""
    parents = {}
    for path in Path('/proc').glob('[0-9]*/stat'):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(')')[2].split()[1])
        except OSError:
            continue  # it has ended meanwhile
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


@contextmanager
def head(port, client_port, environment, folder):
    """Hold the head of a cluster, which is killed in the end."""
    process = subprocess.Popen(
        [BIN / 'ray', 'start', '--head', '--block', '--port', str(port), '--num-cpus', '2',
         '--ray-client-server-port', str(client_port), '--include-dashboard', 'false',
         '--object-store-memory', '200000000', '--temp-dir', folder],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        for one in family(process.pid):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue  # with its parent
        process.wait()


def serving(address, port, environment, errors):
    """Start ``ris pool serve`` on a cluster; return its process."""
    with open(errors, 'w') as file:
        return subprocess.Popen(
            [sys.executable, '-m', 'ris_ros.cli.main', 'pool', 'serve', '--address', address,
             '--port', str(port), '--threads', '1', '--cpus', '0.5'],
            env=environment, stdout=subprocess.DEVNULL, stderr=file)


def until_indexed(robot, frames, by_pool, seconds=300.0):
    """Look at frames until the pool, or the robot itself, indexes them; each must be in time."""
    end = time.monotonic() + seconds
    number = 0
    while True:
        number += 1
        frame = frames[number % 2]
        start = time.monotonic()
        update = robot.renew(frame)
        assert waited(robot, update, start) < BOUND
        assert update.scene.frame is frame
        if bool(update.note) is not by_pool:
            return update
        assert time.monotonic() < end
        time.sleep(3.0)  # it indexes by itself meanwhile, which keeps the cluster waiting


def test_the_robot_goes_on_while_the_head_is_gone_and_returns_to_the_pool(pipeline, frames):
    port, client_port, pool_port = free_ports(3)
    environment = {**os.environ, 'RAY_AUTH_MODE': 'token', 'RAY_AUTH_TOKEN': secrets.token_hex(32),
                   'RAY_USAGE_STATS_ENABLED': '0'}
    environment.pop('RAY_ADDRESS', None)
    robot = robot_at(f'http://127.0.0.1:{pool_port}', pipeline, 'robot0')
    address = f'127.0.0.1:{port}'
    # Short, because Ray puts sockets there.
    with tempfile.TemporaryDirectory(prefix='ris') as folder:
        errors = Path(folder, 'errors.txt')
        with head(port, client_port, environment, folder):
            pool = serving(address, pool_port, environment, errors)
            until_indexed(robot, frames, by_pool=True)
        assert 'by itself' in until_indexed(robot, frames, by_pool=False).note
        assert pool.wait(60) == 1
        assert 'has gone, and the pool with it' in errors.read_text()
        with head(port, client_port, environment, folder):
            pool = serving(address, pool_port, environment, errors)  # as its supervisor does
            until_indexed(robot, frames, by_pool=True)
            pool.terminate()
            assert pool.wait(60) == 0
    robot.close()
