# SPDX-License-Identifier: Apache-2.0
"""Commands that come while the node still loads its models are answered, over DDS."""
import pytest
from ros_graph import running, running_anew

from ris_ros.msg import Grounding
from ris_ros.srv import Ground


def by_topic(graph):
    return graph.say('the largest object')


def by_service(graph):
    graph.wait(graph.node.create_client(Ground, 'ris_node/ground').service_is_ready, 'the service')
    graph.state()  # by then this node has discovered the client
    return graph.ask('the largest object')


def by_action(graph):
    graph.state()  # by then this node, too, has discovered the client
    return graph.goal_end(graph.send_goal('the largest object', []))[1]


@pytest.fixture(scope='module')
def camera(domain, client):
    """Run a camera before there is a node."""
    with running('ris_sim.node.camera', domain, seed=3, rate=5.0, width=320, height=240):
        client.wait(lambda: client.node.count_publishers('image'), 'the camera')
        yield client


@pytest.mark.parametrize('command', [by_topic, by_service, by_action])
def test_command_that_comes_while_the_models_load_waits_for_them_and_for_the_first_image(
        domain, camera, answering_profile, command):
    with running_anew('ris_ros.node.ris_node', domain, profile=answering_profile,
                      max_image_age=60.0):
        answer = command(camera)
        assert (answer.status, answer.command) == (Grounding.FOUND, 'the largest object')
    camera.wait(lambda: not camera.node.count_publishers('ris_node/grounding'), 'the end')
