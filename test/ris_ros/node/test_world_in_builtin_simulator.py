# SPDX-License-Identifier: Apache-2.0
"""A world in the built-in simulator, with the topics and frame that it has in Gazebo.

All its frames are the same, so that each run sees what the last one saw. What the noise of depth
does to positions is in test_pipeline.py.
"""
import pytest
from ros_graph import running
from world_checks import WORLDS, check_answers
import yaml

from ris_ros.msg import Grounding
from ris_ros.profile import PROFILES

WORLD = 'tabletop_1'
TOPICS = ('-r', 'image:=/camera/image', '-r', 'depth:=/camera/depth_image',
          '-r', 'camera_info:=/camera/camera_info')


@pytest.fixture(scope='module')
def profile(tmp_path_factory):
    """Return the default profile, which prefers whole outlines; here it always answers."""
    settings = yaml.safe_load((PROFILES / 'embedded.yaml').read_text())
    del settings['decision']['calibration']
    settings['decision']['forced'] = True
    path = tmp_path_factory.mktemp('profile') / 'whole.yaml'
    path.write_text(yaml.safe_dump(settings))
    return path


@pytest.fixture(scope='module')
def graph(client, domain, profile):
    with running('ris_sim.node.camera', domain, *TOPICS, world=WORLDS / f'{WORLD}.sdf',
                 frame_id='camera_optical_frame', rate=5.0, width=320, height=240,
                 depth_noise=False), \
            running('ris_ros.node.ris_node', domain, *TOPICS, profile=profile):
        client.await_active()
        client.wait(lambda: client.ask('the thing').status == Grounding.FOUND, 'images')
        yield client


def test_positions_agree_with_the_world(graph):
    check_answers(graph, WORLD, 'camera_optical_frame')
