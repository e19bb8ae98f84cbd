# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM at random moments of a node at work: it always ends in order.

RIS_SIGNAL_CYCLES=100 makes as many cycles; a few are enough for every day.
"""
import os
import random
import signal
import subprocess
import sys
import threading

from node_forks import ForkedNode
import pytest
from ros_graph import running
from std_msgs.msg import String

CYCLES = int(os.environ.get('RIS_SIGNAL_CYCLES', '4'))
# What the log says when the models begin to load, when they are loaded, and when commands are
# answered; a signal comes at most LATEST_S seconds later.
MOMENTS = ('Raw images are converted', 'Configured: ', 'Ready for commands.')
LATEST_S = 1.5
# No machine is so busy that an end in order takes longer, seconds.
PATIENCE_S = 180


@pytest.fixture(scope='module')
def camera(domain):
    with running('ris_sim.node.camera', domain, seed=3, width=320, height=240) as process:
        yield process


def start(moment, words, environment, errors):
    """Start a node; one that is hit while it begins to load imports its libraries itself."""
    if moment == MOMENTS[0]:
        return subprocess.Popen([sys.executable, '-m', 'ris_ros.node.ris_node', *words],
                                env=environment, stderr=errors)
    return ForkedNode('ris_ros.node.ris_node', words, environment, errors)


class Node:
    """A node in a process of its own, whose log is read as it is written."""

    def __init__(self, domain, profile, moment):
        reading, writing = os.pipe()
        self.process = start(
            moment, ['--ros-args', '-p', f'profile:={profile}', '-p', 'mode:=track'],
            {**os.environ, 'ROS_DOMAIN_ID': str(domain), 'OMP_NUM_THREADS': '1',
             'PYTHONFAULTHANDLER': '1'}, writing)
        os.close(writing)
        self.log = ''
        self._reader = threading.Thread(target=self._read, args=(reading,))
        self._reader.start()

    def _read(self, reading):
        with open(reading) as lines:
            for line in lines:
                self.log += line

    def end_by(self, number):
        """Send a signal, twice as a terminal and ros2 launch do; return the exit status.

        A node that does not end is made to write down where its threads are.
        """
        for _ in range(2):
            self.process.send_signal(number)
        try:
            status = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)
            status = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return status


@pytest.mark.parametrize('cycle', range(CYCLES))
def test_signal_at_a_random_moment_ends_the_node_in_order(
        camera, client, domain, answering_profile, cycle):
    rng = random.Random(cycle)
    number = rng.choice([signal.SIGINT, signal.SIGTERM])
    # The last moments are the longest of a node's life.
    moment, later = rng.choice([*MOMENTS, MOMENTS[-1]]), rng.uniform(0, LATEST_S)
    commands = client.node.create_publisher(String, 'command', 10)
    node = Node(domain, answering_profile, moment)
    try:
        client.wait(lambda: moment in node.log or node.process.poll() is not None, 'the moment')
        for _ in range(int(later / 0.03)):
            commands.publish(String(data=rng.choice(['the red thing', 'all the mugs', 'stop'])))
            client.spin_for(0.03)
        status = node.end_by(number)
    finally:
        node.process.kill()
        client.node.destroy_publisher(commands)
    assert status == 0, f'{number.name} {later:.2f} s after {moment!r}:\n{node.log}'
    assert 'Traceback' not in node.log
