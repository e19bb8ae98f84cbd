# SPDX-License-Identifier: Apache-2.0
"""Several cameras on one set of models in one process, and what each of them costs."""
from pathlib import Path
import re
import subprocess
import sys
import threading
import time

import pytest
import rclpy
from ros_graph import running_anew
from std_msgs.msg import Header

from ris_ros.client import GroundingClient
from ris_ros.errors import RisError
from ris_ros.msg import Grounding
from ris_ros.node.camera_inputs import sensor_qos
from ris_ros.node.command import Source
from ris_ros.node.conversions import from_pixels
from ris_ros.node.namespaces import namespaces_of
from ris_ros.node.ris_node import close_nodes, make_nodes
from ris_sim.node.camera_messages import to_camera_info, to_depth_image

sys.path.append(str(Path(__file__).resolve().parents[2]))
from simulated_table import render

TABLES = {'left': (('mug', 'red', .1, 0), ('bowl', 'green', -.16, 0)),
          'middle': (('mug', 'blue', -.1, 0),),
          'right': (('bowl', 'red', .1, .1), ('mug', 'yellow', -.1, 0))}
# Each further camera costs at most this much memory.
MOST_MB = 150
PATIENCE_S = 200


class Cameras:
    """Cameras of 640 x 480 with depth, each in a namespace and before a table of its own."""

    def __init__(self, node):
        self._node = node
        # Publishers with their messages; a camera that no node listens to is not shown.
        self._outputs = {name: [
            (node.create_publisher(type(message), f'/{name}/{topic}', sensor_qos()), message)
            for topic, message in self._messages(*things)] for name, things in TABLES.items()}

    @staticmethod
    def _messages(*things):
        """Return the messages of a table by topic; their stamps are filled in later."""
        table, header = render(*things), Header(frame_id='optical')
        return (('camera_info', to_camera_info(table.camera, header)),
                ('depth', to_depth_image(table.depth, '16UC1', header)),
                ('image', from_pixels(table.image, 'rgb8', header)))

    def show(self):
        """Publish a picture of each camera that is listened to with a stamp of now."""
        stamp = self._node.get_clock().now().to_msg()
        for outputs in self._outputs.values():
            if all(publisher.get_subscription_count() for publisher, _ in outputs):
                for publisher, message in outputs:
                    message.header.stamp = stamp
                    publisher.publish(message)


@pytest.fixture(scope='module')
def pictures(client):
    """Show what the cameras see."""
    cameras = Cameras(client.node)
    timer = client.node.create_timer(.2, cameras.show)
    yield
    timer.cancel()


def memory_mb(process):
    """Return what a process has for itself, and its share of what it shares, in MB."""
    text = Path(f'/proc/{process.pid}/smaps_rollup').read_text()
    return int(re.search(r'^Pss:\s+(\d+)', text, re.MULTILINE)[1]) / 1024


def work(client, domain, names):
    """Run one process for some cameras, ask each and have it track; return answers and MB."""
    with running_anew('ris_ros.node.ris_node', domain, '--', '--namespaces', *names, '--ros-args',
                      mode='track', max_image_age=60.0) as process:
        answers, targets = {}, []
        for name in names:
            with GroundingClient(client.node, ris_node=f'/{name}/ris_node') as commander:
                commander.wait_until_active(PATIENCE_S)
                commander.wait(
                    lambda commander=commander: commander.ground('the mug', PATIENCE_S)
                    .position_status == Grounding.FOUND, PATIENCE_S, f'images of {name}')
                answers[name] = commander.ground('the mug', PATIENCE_S)
                if name == names[-1]:
                    commander.on_target(targets.append)
                    # As many frames as the tracking keeps.
                    commander.wait(lambda: len(targets) >= 46, PATIENCE_S, 'targets')
        return answers, memory_mb(process)


def test_each_camera_has_a_node_of_its_own_and_costs_little_memory(client, domain, pictures,
                                                                   record_property):
    alone, one = work(client, domain, ['left'])
    answers, three = work(client, domain, ['left', 'middle', 'right'])
    assert [answer.status for answer in answers.values()] == [Grounding.FOUND] * 3
    assert answers['left'].box == alone['left'].box
    assert answers['middle'].box != answers['left'].box
    further = (three - one) / 2
    record_property('mb_for_each_further_camera', round(further))
    print(f'One camera: {one:.0f} MB; each further one: {further:.0f} MB.')
    assert further <= MOST_MB


@pytest.mark.parametrize(('words', 'reason'), [
    (['--namespaces', 'left', '/left'], 'twice'), (['--namespaces', 'a b'], "'a b'"),
    (['--namespaces', '3d'], "'3d'"), (['--namespaces', ''], 'expected words'),
    (['--namespaces'], 'expected --namespaces with'), (['left'], "'left' are not known")])
def test_namespaces_that_cannot_be_used_are_refused_with_a_sentence(words, reason):
    with pytest.raises(RisError, match=reason):
        namespaces_of(['ris_node', *words, '--ros-args', '-p', 'mode:=track'])


def test_without_namespaces_there_is_one_node():
    assert namespaces_of(['ris_node', '--ros-args', '-r', '__ns:=/robot']) == []
    assert namespaces_of(['ris_node', '--namespaces', '/left/', 'a/b']) == ['left', 'a/b']


@pytest.fixture
def pair(domain):
    """Give two nodes of one process that nobody spins and that have no models."""
    rclpy.init(domain_id=domain, args=['--ros-args', '-p', 'autostart:=false'])
    nodes = make_nodes(['left', 'right'])
    yield nodes
    close_nodes(nodes)
    for node in nodes:
        node.destroy_node()
    rclpy.try_shutdown()


def test_a_warning_about_one_camera_is_not_diagnosed_by_the_other_node(pair):
    left, right = pair
    doubtful = to_camera_info(render(*TABLES['left']).camera, Header())
    doubtful.p[2] = -5.0
    left._frames.add_camera(doubtful, 0.0)
    values = [{one.key: one.value for one in node._diagnostics._status(0.0).values}
              for node in (left, right)]
    assert 'The camera info is doubtful' in values[0]['last warning']
    assert values[1]['last warning'] == ''


def test_two_nodes_whose_models_hang_end_within_the_time_of_one(pair):
    hang = threading.Event()
    for node in pair:
        node._answerer.answer = node._tracking._look = lambda *_: hang.wait(PATIENCE_S)
        node._commands.start('the mug', '', Source.TOPIC)
        node._tracking._note_arrival()
    begun = time.monotonic()
    close_nodes(pair, timeout=1.0)
    assert time.monotonic() - begun < 1.9
    hang.set()


def test_two_nodes_before_one_camera_are_refused(domain):
    for topic in ('image', 'depth'):
        rclpy.init(domain_id=domain, args=['--ros-args', '-r', f'{topic}:=/cam/{topic}'])
        with pytest.raises(RisError, match=f'gives 2 cameras one topic, /cam/{topic}, for'):
            make_nodes(['left', 'right'])
        rclpy.try_shutdown()


@pytest.mark.slow
@pytest.mark.parametrize(('arguments', 'reason'), [
    (['--namespaces', 'left', 'left'], 'twice'),
    (['--namespaces', 'left', 'right', '--ros-args', '-r', '__ns:=/robot'], 'leave one of them')])
def test_a_wrong_command_line_ends_the_process_with_a_sentence_and_status_2(arguments, reason):
    ended = subprocess.run([sys.executable, '-m', 'ris_ros.node.ris_node', *arguments],
                           capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert ended.returncode == 2
    assert reason in ended.stderr + ended.stdout
