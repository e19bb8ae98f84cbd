# SPDX-License-Identifier: Apache-2.0
"""A node goes through its states again and again while commands come in.

RIS_LIFECYCLE_ROUNDS=50 makes as many rounds; a few are enough for every day.
"""
from collections import Counter
import os
from pathlib import Path
import re

from lifecycle_msgs.srv import ChangeState
import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile
from ros_graph import running
from std_msgs.msg import String

from ris_ros.msg import Grounding

ROUNDS = int(os.environ.get('RIS_LIFECYCLE_ROUNDS', '6'))
ROUND = ('deactivate', 'cleanup', 'configure', 'activate')
# Seconds from one command to the next.
PAUSE_S = 0.1
# Commands while the node is active in each round.
AT_WORK = 5
# How much memory may grow in the second half of the rounds, bytes.  What the allocator keeps grows
# for about 25 rounds, then it is flat; fewer rounds show only that no whole models are kept.
SLACK = (24 if ROUNDS >= 50 else 256) * 2 ** 20
# What a command may be answered while the node is on its way.
STATUSES = {Grounding.FOUND, Grounding.UNKNOWN, Grounding.MODEL_ERROR, Grounding.NO_IMAGE}


@pytest.fixture(scope='module')
def node(domain, client, answering_profile):
    """Run a node that holds what it finds, before a camera."""
    with running('ris_sim.node.camera', domain, seed=3, rate=5.0, width=320,
                 height=240), \
            running('ris_ros.node.ris_node', domain, profile=answering_profile, mode='track',
                    max_image_age=60.0) as process:
        client.await_active()
        client.wait(lambda: client.ask('the red thing').status == Grounding.FOUND, 'an answer')
        yield process


class Commands:
    """Commands by topic, service and action in turn, each with a text of its own."""

    def __init__(self, client):
        self.client, self.texts, self.ends = client, [], []
        # Deep enough for all answers that come while this process is kept from taking them.
        self._answers = client.listen(Grounding, 'ris_node/grounding', QoSProfile(
            depth=1000, durability=DurabilityPolicy.TRANSIENT_LOCAL))
        self._publisher = client.node.create_publisher(String, 'command', 10)

    def send(self):
        """Send the next one, without waiting for its answer."""
        text = f'the red thing {len(self.texts)}'
        way = len(self.texts) % 3
        self.texts.append(text)
        if way == 0:
            self._publisher.publish(String(data=text))
        elif way == 1:
            self.ends.append(self.client.ask_later(text))
        else:
            self.client.send_goal(text, [])

    def answers(self):
        """Return the answers on ~/grounding to them."""
        texts = set(self.texts)
        return [answer for answer in self._answers if answer.command in texts]


def resident(process):
    """Return the bytes of memory that a process holds."""
    status = Path(f'/proc/{process.pid}/status').read_text()
    return int(re.search(r'VmRSS:\s+(\d+) kB', status)[1]) * 1024


def test_each_command_gets_one_answer_and_memory_stays_flat_through_many_rounds(node, client):
    commands, memory = Commands(client), []
    changes = client.node.create_client(ChangeState, 'ris_node/change_state')
    for _ in range(ROUNDS):
        for label in ROUND:
            request = ChangeState.Request()
            request.transition.label = label
            change = changes.call_async(request)
            while not change.done():
                commands.send()
                client.spin_for(PAUSE_S)
            assert change.result().success, label
        for _ in range(AT_WORK):
            commands.send()
            client.spin_for(PAUSE_S)
        memory.append(resident(node))
    client.wait(lambda: len(commands.answers()) >= len(commands.texts), 'every answer')
    for end in commands.ends:
        client.result(end, 'the answer of a service')
    client.spin_for(0.5)
    assert sorted(answer.command for answer in commands.answers()) == sorted(commands.texts)
    statuses = Counter(answer.status for answer in commands.answers())
    assert statuses[Grounding.FOUND]
    assert set(statuses) <= STATUSES
    assert client.ask('the red thing').status == Grounding.FOUND
    half = ROUNDS // 2
    print(f'{len(commands.texts)} commands, statuses {dict(statuses)}, '
          f'{memory[0] / 2 ** 20:.0f} MB after the first round, {memory[half] / 2 ** 20:.0f} MB '
          f'after half of them, {memory[-1] / 2 ** 20:.0f} MB after the last')
    assert memory[-1] < memory[half] + SLACK, memory
