# SPDX-License-Identifier: Apache-2.0
"""Nodes end in order: whenever they are told to, by whichever signal, and when they fail."""
from contextlib import contextmanager
import itertools
import os
from pathlib import Path
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from ros_graph import TIMEOUT, running, running_anew

REPOSITORY = Path(__file__).resolve().parents[3]
NODE = """
import os, signal, sys, threading, time
from rclpy.node import Node
from std_msgs.msg import Empty
from ris_ros.errors import RisError
from ris_ros.node.spinning import run_node

class Example(Node):
    def __init__(self):
        super().__init__('example')
        self.create_timer(0.0, self.work)
        {make}

    def work(self):
        {work}

def close(node):
    print('closed', flush=True)

run_node(Example, 'example', None, advice='Try again.', close=close)
"""
# Another thread makes and ends subscriptions, and then the process.
CHURN = """
        def churn():
            for _ in range(300):
                self.destroy_subscription(
                    self.create_subscription(Empty, 'nothing', lambda message: None, 1))
            os.kill(os.getpid(), signal.SIGINT)
        threading.Thread(target=churn).start()
"""
INTERRUPT = 'os.kill(os.getpid(), signal.SIGINT)'
# Pictures that are rendered at once.
SMALL = {'width': 64, 'height': 48}


def end_of(domain, make='pass', work='pass'):
    """Run the example; return its exit status, and what it wrote on both streams."""
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(domain)}
    done = subprocess.run([sys.executable, '-c', NODE.format(make=make, work=work)],
                          env=environment, capture_output=True, text=True, timeout=TIMEOUT)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize('number', ['SIGINT', 'SIGTERM'])
def test_a_signal_ends_it(domain, number):
    status, out, errors = end_of(domain, work=f'os.kill(os.getpid(), signal.{number})')
    assert (status, out, errors) == (0, 'closed\n', '')


def test_further_signals_change_nothing(domain):
    status, out, errors = end_of(domain, work='; '.join([INTERRUPT] * 5))
    assert (status, out, errors) == (0, 'closed\n', '')


def test_a_signal_while_it_is_made_waits_until_it_is(domain):
    status, out, errors = end_of(domain, make=INTERRUPT)
    assert (status, out, errors) == (0, 'closed\n', '')


@pytest.mark.slow
def test_a_signal_that_does_not_wake_the_main_thread_is_heard_all_the_same():
    # It is delivered to another thread, as one that comes just before the main thread sleeps.
    program = """
import os, signal, threading, time
from queue import SimpleQueue
from ris_ros.node.spinning import _await
reasons = SimpleQueue()
signal.signal(signal.SIGINT, lambda number, frame: reasons.put(number))
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
threading.Timer(.5, os.kill, (os.getpid(), signal.SIGINT)).start()
_await(reasons)
os._exit(0)
"""
    assert subprocess.run([sys.executable, '-c', program], timeout=60,
                          check=False).returncode == 0


def test_a_thread_that_does_not_end_keeps_nothing_back(domain):
    status, out, errors = end_of(
        domain, make='threading.Thread(target=time.sleep, args=[9e5]).start()', work=INTERRUPT)
    assert (status, out, errors) == (0, 'closed\n', '')


def test_callbacks_are_not_kept_waiting_by_threads_that_compute(domain):
    status, out, _ = end_of(domain, work=f'print(sys.getswitchinterval()); {INTERRUPT}')
    assert status == 0
    assert float(out.split()[0]) < 1e-3


def test_what_is_destroyed_while_it_is_waited_for_ends_nothing(domain):
    assert end_of(domain, make=CHURN) == (0, 'closed\n', '')


def test_a_callback_that_fails_ends_it_and_is_shown(domain):
    status, out, errors = end_of(domain, work='raise ValueError("no such thing")')
    assert (status, out) == (1, 'closed\n')
    assert 'ValueError: no such thing' in errors


def test_a_node_that_cannot_be_made_says_why(domain):
    status, out, errors = end_of(domain, make='raise RisError("It has no wheels.")')
    assert (status, out) == (2, '')
    assert 'It has no wheels. Try again.' in errors


@pytest.mark.parametrize(('arguments', 'named'), [
    (['--log-level', 'verbose'], '--log-level verbose'),
    (['-r', '__ns:=/1left'], '__ns:=/1left'),
    (['-r', '__ns:=bad//one'], '__ns:=bad//one'),
    (['-p', 'mode:=[1, a'], 'mode:=[1, a'),
    (['--params-file', '/nowhere.yaml'], '/nowhere.yaml'),
    (['--params-file', 'MALFORMED'], 'malformed.yaml'),
])
@pytest.mark.parametrize('module', ['ris_ros.node.ris_node', 'ris_ros.node.speech_node'])
def test_arguments_that_cannot_be_read_give_a_sentence(
        domain, capfd, tmp_path, module, arguments, named):
    malformed = tmp_path / 'malformed.yaml'
    malformed.write_text('ris_node:\n  ros__parameters:\n    mode: [1,\n  b')
    arguments = [str(malformed) if word == 'MALFORMED' else word for word in arguments]
    with running(module, domain, *arguments) as process:
        assert process.wait(TIMEOUT) == 2
    said = capfd.readouterr().err
    assert 'The arguments after --ros-args cannot be used: ' in said
    assert named in said
    assert '.c:' not in said
    assert 'Traceback' not in said


def test_keys_that_dds_does_not_accept_give_a_sentence(domain, capfd, tmp_path, monkeypatch):
    (tmp_path / 'enclaves' / 'ris_node').mkdir(parents=True)  # without keys
    for name, value in (('ENABLE', 'true'), ('STRATEGY', 'Enforce'), ('KEYSTORE', str(tmp_path))):
        monkeypatch.setenv(f'ROS_SECURITY_{name}', value)
    with running('ris_ros.node.ris_node', domain, '--enclave', '/ris_node') as process:
        assert process.wait(TIMEOUT) == 2
    said = capfd.readouterr().err
    sentence, = [line for line in said.splitlines() if line.startswith('[FATAL]')]
    assert 'cannot be ' in sentence
    assert '.c:' not in sentence
    assert 'Traceback' not in said


_NUMBERS = itertools.count()


@contextmanager
def in_graph(run, client, domain, module, **parameters):
    """Run a node until it is in the graph, under a name that no other node has had."""
    name = f'node_{next(_NUMBERS)}'
    with run(module, domain, '-r', f'__node:={name}', **parameters) as process:
        client.wait(lambda: name in client.node.get_node_names(), f'{name} to appear')
        yield process


@pytest.mark.parametrize(('module', 'parameters'), [
    ('ris_ros.node.speech_node', {'source': 'topic'}), ('ris_ros.node.ris_node', {})])
def test_a_node_ends_while_it_is_loading(domain, client, module, parameters):
    with in_graph(running_anew, client, domain, module, **parameters):
        pass


def hears_signals(process):
    """Tell whether a process handles SIGTERM itself, which Python alone does not."""
    status = Path(f'/proc/{process.pid}/status').read_text()
    caught = int(re.search(r'SigCgt:\s*(\w+)', status)[1], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


@pytest.mark.skipif(not Path('/proc/self/status').exists(), reason='no /proc')
@pytest.mark.parametrize(('script', 'moment', 'number'), [
    *(('ris_node', moment, signal.SIGINT) for moment in np.random.default_rng(15).uniform(0, 4, 3)),
    ('ris_node', 0.0, signal.SIGTERM),
    ('ris_speech', 0.1, signal.SIGINT),
    ('ris_camera', 0.1, signal.SIGINT)])
def test_a_signal_at_a_random_moment_of_the_start_ends_it_cleanly(domain, script, moment, number):
    of_others = segments_of(os.getpid())  # a process uses those of whom it hears, too
    process = subprocess.Popen(
        [sys.executable, str(REPOSITORY / 'scripts' / script)],
        env={**os.environ, 'ROS_DOMAIN_ID': str(domain), 'PYTHONPATH': str(REPOSITORY)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not hears_signals(process):  # Python itself starts
        time.sleep(0.01)
    time.sleep(moment)
    segments = segments_of(process.pid) - of_others
    process.send_signal(number)
    process.send_signal(number)
    _, errors = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0
    assert 'Traceback' not in errors
    assert not {path for path in segments if path.exists()}


def test_the_camera_ends_when_it_has_just_begun(domain, client):
    with in_graph(running_anew, client, domain, 'ris_sim.node.camera', seed=3, **SMALL):
        client.wait(lambda: client.node.count_publishers('image'), 'the camera')


def segments_of(number):
    """Return the files of Fast DDS's shared memory that the process of this number uses."""
    maps = Path(f'/proc/{number}/maps').read_text()
    # Jazzy's Fast DDS has its old name.
    return {Path(name) for name in re.findall(r'/dev/shm/fast(?:dds|rtps)_[0-9a-f]{16}\b', maps)}


@pytest.mark.skipif(not Path('/dev/shm').is_dir(), reason='no shared memory')
def test_a_node_makes_room_for_images_on_each_distribution(domain, client, monkeypatch):
    monkeypatch.delenv('ROS_DISTRO', raising=False)
    before = set(Path('/dev/shm').iterdir())
    with running('ris_sim.node.camera', domain, seed=3, **SMALL) as process:
        client.wait(lambda: any(path.stat().st_size > 2**26
                                for path in segments_of(process.pid) - before),
                    'the camera to take 64 MiB of shared memory')


@pytest.mark.skipif(not Path('/dev/shm').is_dir(), reason='no shared memory')
@pytest.mark.parametrize(('module', 'parameters'), [
    ('ris_ros.node.ris_node', {}), ('ris_sim.node.camera', SMALL),
    ('ris_ros.node.speech_node', {'source': 'topic'})])
def test_no_shared_memory_outlives_a_node(domain, client, module, parameters):
    before = set(Path('/dev/shm').iterdir())
    with in_graph(running, client, domain, module, **parameters) as process:
        client.wait(lambda: hears_signals(process), 'the node to hear signals')
        client.wait(lambda: segments_of(process.pid) - before, 'the node to take shared memory')
        own = segments_of(process.pid) - before
    assert not {path for path in own if path.exists()}
