# SPDX-License-Identifier: Apache-2.0
"""The examples before the built-in simulator: what they pick and where they go is in its truth."""
from dataclasses import replace
import json
import os
from pathlib import Path
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from rclpy.qos import qos_profile_sensor_data
from ros_graph import LATCHED, TIMEOUT, running
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import String
from world_checks import WORLDS

from ris_ros.msg import Grounding
from ris_sim.node.robot import RAISED_M
from ris_sim.worlds.sdf_reader import read_world

EXAMPLES = Path(__file__).resolve().parents[3] / 'examples'
WORLD = 'tabletop_1'
TARGET = 'yellow_cylinder_4'
# The ports of Nav2's nodes that are written.
WRITES = {('GoalUpdater', 'output_goal'), ('ComputePathToPose', 'path'),
          ('TruncatePath', 'output_path')}


class Scene:
    """The simulator's truth as it changes."""

    def __init__(self, client):
        self.client = client
        self._truths = client.listen(String, 'truth/objects', LATCHED)
        self._infos = client.listen(CameraInfo, 'camera_info', qos_profile_sensor_data)
        client.wait(lambda: self._truths, 'the truth')

    def objects(self):
        """Return the newest truth of each object by name."""
        self.client.spin_for(.1)
        return {thing['name']: thing for thing in json.loads(self._truths[-1].data)['objects']}

    def at_rest(self):
        """Return whether nothing has moved for a second: only changes are announced."""
        self.client.spin_for(.1)
        announced = json.loads(self._truths[-1].data)['stamp']['sec']
        return bool(self._infos) and self._infos[-1].header.stamp.sec > announced + 1

    def positions(self):
        """Return where each object stands, (3,) metres in the camera's optical frame."""
        return {name: np.array(thing['position']) for name, thing in self.objects().items()}


@pytest.fixture(scope='module')
def scene(client, domain, answering_profile):
    with running('ris_sim.node.camera', domain, world=WORLDS / f'{WORLD}.sdf', width=320,
                 height=240, rate=4.0, depth_noise=False), \
            running('ris_ros.node.ris_node', domain, profile=answering_profile):
        client.await_active()
        client.wait(lambda: client.ask('the thing').status == Grounding.FOUND, 'images')
        yield Scene(client)


@pytest.fixture
def example(domain):
    def run(name, *arguments):
        environment = {**os.environ, 'ROS_DOMAIN_ID': str(domain)}
        return subprocess.run([sys.executable, EXAMPLES / f'{name}.py', *arguments],
                              env=environment, capture_output=True, text=True, timeout=TIMEOUT,
                              check=False)
    return run


def seen(scene):
    """Return the middle of the target's visible surface ahead, aside and above, metres."""
    level = replace(read_world(WORLDS / f'{WORLD}.sdf').camera, yaw=0.0).rotation
    point = scene.objects()[TARGET]['surface_centroid']
    return np.full(3, np.inf) if point is None else level @ point


def test_a_behaviour_tree_drives_to_the_object_and_ends_when_it_is_there(scene, example):
    pytest.importorskip('py_trees')
    assert np.linalg.norm(seen(scene)) < .95
    run = example('tree', 'go to the yellow cylinder', '--stop-before', '1.1')
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith('It is ')
    assert abs(np.linalg.norm(seen(scene)) - 1.1) < .17
    scene.client.wait(scene.at_rest, 'the camera to stand still')


def test_a_behaviour_tree_fails_with_the_sentence_of_its_last_answer(example, scene):
    pytest.importorskip('py_trees')
    run = example('tree', 'x' * 1001)
    assert run.returncode == 1
    assert 'characters' in run.stderr.splitlines()[-1]


def test_go_to_drives_to_a_place_before_the_object_and_faces_it(scene, example):
    for distance in (1.3, .8):
        start = seen(scene)
        ahead = distance * np.hypot(*start[:2]) / np.linalg.norm(start)
        run = example('go_to', 'go to the yellow cylinder', '--stop-before', str(distance))
        assert run.returncode == 0, run.stderr
        scene.client.wait(
            lambda place=(ahead, 0): np.allclose(seen(scene)[:2], place, atol=.03),
            f'the camera to stand {distance} m before it')
        scene.client.wait(scene.at_rest, 'the camera to stand still')


def test_a_pick_lifts_the_object_and_no_other(scene, example):
    before = scene.positions()
    run = example('pick', 'give me the yellow cylinder')
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == f'Holding {TARGET}.'
    scene.client.wait(lambda: np.linalg.norm(
        scene.positions()[TARGET] - before[TARGET]) > RAISED_M - .12, 'the object to be up')
    after = scene.positions()
    assert np.linalg.norm(after['gripper'] - after[TARGET]) < .12
    for name in before.keys() - {TARGET}:
        assert np.array_equal(after[name], before[name])


def test_what_is_too_wide_is_not_picked_and_said_so(scene, example):
    before = scene.positions()
    run = example('pick', 'pick up the bowl')
    assert run.returncode == 1
    assert 'no room for the fingers' in run.stderr
    after = scene.positions()
    assert np.array_equal(after['brown_bowl_1'], before['brown_bowl_1'])


def test_what_nav2s_tree_reads_was_written_before():
    tree, = ElementTree.parse(EXAMPLES / 'nav2_follow.xml').getroot()
    known = {'{goal}'}  # by bt_navigator
    for node in tree.iter():
        for port, value in node.items():
            if value.startswith('{'):
                if (node.tag, port) in WRITES:
                    known.add(value)
                assert value in known, (node.tag, port)
    assert known == {'{goal}', '{object}', '{path_to_object}', '{path}'}
