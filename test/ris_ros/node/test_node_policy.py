# SPDX-License-Identifier: Apache-2.0
"""The SROS2 policy allows what the running nodes use in the graph, and nothing else."""
from lifecycle_msgs.srv import ChangeState
from policy_checks import check
import pytest
import rclpy
from ros_graph import STAND_INS, found_first, running

from ris_ros.client import GroundingClient


@pytest.fixture(scope='module')
def graph(domain, client):
    """Run all nodes with everything on that opens topics, in a namespace."""
    place = '-r', '__ns:=/robot'
    with found_first(STAND_INS), \
            running('ris_ros.node.ris_node', domain, *place, autostart='false', mode='track',
                    target_frame='base_link', use_sim_time='true'), \
            running('ris_ros.node.speech_node', domain, *place, source='topic',
                    use_sim_time='true'), \
            running('ris_sim.node.camera', domain, *place, width=64, height=48,
                    use_sim_time='true'):
        yield client


@pytest.fixture(scope='module')
def commander(domain):
    """Run a program's node with everything that GroundingClient offers."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain)
    node = rclpy.create_node('ris_client', namespace='/robot', context=context,
                             parameter_overrides=[rclpy.Parameter('use_sim_time', value=True)])
    with GroundingClient(node) as grounding:
        grounding.on_answer(print)
        grounding.on_target(print)
        grounding.on_scene(print)
        grounding.ground_all([], 60)
        grounding.let_go(timeout=60)
        yield
    node.destroy_node()
    rclpy.shutdown(context=context)


def transition(graph, label):
    request = ChangeState.Request()
    request.transition.label = label
    assert graph.call(ChangeState, '/robot/ris_node/change_state', request).success


@pytest.mark.parametrize('node', ['ris_speech', 'ris_camera'])
def test_policy_of_a_node_is_its_graph(graph, node):
    check(graph, node, '/robot')


def test_policy_of_a_commander_is_its_graph(graph, commander):
    check(graph, 'ris_client', '/robot')


def test_policy_of_ris_node_is_its_graph_with_either_image_transport(graph):
    transition(graph, 'configure')
    for transport in ('raw', 'compressed'):
        assert graph.set_parameter('/robot/ris_node', 'image_transport', transport).successful
        transition(graph, 'activate')
        check(graph, 'ris_node', '/robot', compressed=transport == 'compressed')
        transition(graph, 'deactivate')
