# SPDX-License-Identifier: Apache-2.0
"""A bag that examples/bag.py records of the simulator and plays gives the same answer again."""
import json
import os
from pathlib import Path
import signal
import subprocess
import sys

import pytest
from rclpy.qos import qos_profile_sensor_data
from ros_graph import TIMEOUT, running
from sensor_msgs.msg import CameraInfo
from world_checks import WORLDS

from ris_ros.msg import Grounding

BAG = Path(__file__).resolve().parents[3] / 'examples' / 'bag.py'
COMMAND = 'give me the yellow cylinder'


@pytest.fixture
def bag(domain):
    def start(*arguments):
        environment = {**os.environ, 'ROS_DOMAIN_ID': str(domain)}
        return subprocess.Popen([sys.executable, BAG, *arguments], env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return start


def finished(process):
    output, errors = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0, errors
    return output


def essence(answer):
    """Return what an answer says, without its times and its command's id."""
    return (answer.command, answer.status, answer.message, bytes(answer.mask.data),
            answer.position, answer.position_covariance.tolist(), answer.score)


def test_a_played_bag_gives_the_same_answer(client, domain, answering_profile, tmp_path, bag):
    with running('ris_ros.node.ris_node', domain, profile=answering_profile):
        # Without noise all pictures are alike, so it does not matter which of them is answered.
        # Small ones find room in shared memory also where the node is late to take them.
        with running('ris_sim.node.camera', domain, world=WORLDS / 'tabletop_1.sdf', width=160,
                     height=120, rate=2.0, depth_noise=False):
            client.await_active()
            client.wait(lambda: client.ask('the thing').status == Grounding.FOUND, 'images')
            infos = client.listen(CameraInfo, 'camera_info', qos_profile_sensor_data)
            recorder = bag('record', str(tmp_path / 'bag'))
            # What it says ends where the recorder ends.
            kept = {recorder.stderr.readline().strip() for _ in range(3)}
            assert kept == {f'/{topic} is in the bag.'
                            for topic in ('image', 'depth', 'camera_info')}
            # The first picture in the bag may be without its depth.
            before = len(infos)
            client.wait(lambda: len(infos) > before + 3, 'pictures in the bag')
            # The node and the recorder.
            client.wait(lambda: client.node.count_subscribers('command') == 2, 'two listeners')
            answer = client.say(COMMAND)
            recorder.send_signal(signal.SIGINT)
            counts = json.loads(finished(recorder))
    assert counts['/command'] == 1
    # Until it has been missed, requests would go to the node that has ended.
    client.wait(lambda: not client.node.count_publishers('ris_node/grounding'), 'it to be gone')
    assert min(counts['/image'], counts['/depth'], counts['/camera_info']) > 0

    with running('ris_ros.node.ris_node', domain, profile=answering_profile, use_sim_time=True,
                 max_image_age=30.0):
        client.await_active()

        def play():
            """Play the bag; return the answer, or None where the picture came later."""
            client.answers.clear()
            finished(bag('play', str(tmp_path / 'bag'), '--delay', '3'))
            client.wait(lambda: client.answers, 'the answer')
            return client.answers[0] if client.answers[0].status != Grounding.NO_IMAGE else None
        again = client.wait(play, 'an answer from a picture')
    assert essence(again) == essence(answer)
    # It was made from a recorded picture, with the recorded stamp.
    assert 0 < again.index_age < 60


def test_a_bag_is_not_written_over(tmp_path, bag):
    process = bag('record', str(tmp_path))
    assert process.wait(TIMEOUT) == 1
    assert 'there already' in process.stderr.read()


def test_a_folder_that_is_no_bag_is_named(tmp_path, bag):
    process = bag('play', str(tmp_path))
    assert process.wait(TIMEOUT) == 1
    assert 'is not a bag' in process.stderr.read()
