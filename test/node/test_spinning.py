"""Nodes end in order: whenever they are told to, by whichever signal, and when they fail."""
import os
import subprocess
import sys

import pytest
from ros_graph import TIMEOUT, running

NODE = """
import os, signal, threading, time
from rclpy.node import Node
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
INTERRUPT = 'os.kill(os.getpid(), signal.SIGINT)'


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


def test_a_thread_that_does_not_end_keeps_nothing_back(domain):
    status, out, errors = end_of(
        domain, make='threading.Thread(target=time.sleep, args=[9e5]).start()', work=INTERRUPT)
    assert (status, out, errors) == (0, 'closed\n', '')


def test_a_callback_that_fails_ends_it_and_is_shown(domain):
    status, out, errors = end_of(domain, work='raise ValueError("no such thing")')
    assert (status, out) == (1, 'closed\n')
    assert 'ValueError: no such thing' in errors


def test_a_node_that_cannot_be_made_says_why(domain):
    status, out, errors = end_of(domain, make='raise RisError("It has no wheels.")')
    assert (status, out) == (2, '')
    assert 'It has no wheels. Try again.' in errors


def test_the_speech_node_ends_while_it_is_loading(domain, client):
    with running('speech_node', domain, source='topic'):
        client.wait(lambda: 'ris_speech' in client.node.get_node_names(), 'the node')


def test_the_node_ends_while_it_is_loading(domain, client):
    with running('ris_node', domain):
        client.wait(lambda: 'ris_node' in client.node.get_node_names(), 'the node')


def test_the_camera_ends_when_it_has_just_begun(domain, client):
    with running('simulated_camera', domain, seed=3):
        client.wait(lambda: client.node.count_publishers('image'), 'the camera')
