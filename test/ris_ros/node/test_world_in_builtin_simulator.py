"""A world in the built-in simulator, with the topics and frame that it has in Gazebo."""
import pytest
from ros_graph import running
from world_checks import WORLDS, check_answers

from ris_ros.msg import Grounding

WORLD = 'tabletop_1'
TOPICS = ('-r', 'image:=/camera/image', '-r', 'depth:=/camera/depth_image',
          '-r', 'camera_info:=/camera/camera_info')


@pytest.fixture(scope='module')
def graph(client, domain, answering_profile):
    with running('ris_sim.node.camera', domain, *TOPICS, world=WORLDS / f'{WORLD}.sdf',
                 frame_id='camera_optical_frame', rate=5.0), \
            running('ris_ros.node.ris_node', domain, *TOPICS, profile=answering_profile):
        client.await_active()
        client.wait(lambda: client.ask('the thing').status == Grounding.FOUND, 'images')
        yield client


def test_positions_agree_with_the_world(graph):
    check_answers(graph, WORLD, 'camera_optical_frame')
