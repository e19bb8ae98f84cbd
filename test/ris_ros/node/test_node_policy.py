"""The SROS2 policy allows what the running nodes use in the graph, and nothing else."""
import os
from pathlib import Path
from xml.etree import ElementTree

from lifecycle_msgs.srv import ChangeState
import pytest
import rclpy
from ros_graph import running

from ris_ros.client import GroundingClient
from ris_ros.node.detections import Detection2DArray
from ris_ros.policy import make_policy

STAND_INS = str(Path(__file__).with_name('stand_ins'))
PATIENCE_S = 60
# What an action is made of, as sros2 translates it.
ACTION_SERVICES = ('cancel_goal', 'get_result', 'send_goal')
ACTION_TOPICS = ('feedback', 'status')


@pytest.fixture(scope='module')
def graph(domain, client):
    """Run all nodes with everything on that opens topics, in a namespace."""
    before = os.environ.get('PYTHONPATH', '')
    os.environ['PYTHONPATH'] = os.pathsep.join(filter(None, [STAND_INS, before]))
    place = '-r', '__ns:=/robot'
    try:
        with running('ris_ros.node.ris_node', domain, *place, autostart='false', mode='track',
                     target_frame='base_link', use_sim_time='true'), \
                running('ris_ros.node.speech_node', domain, *place, source='topic',
                        use_sim_time='true'), \
                running('ris_sim.node.camera', domain, *place, width=64, height=48,
                        use_sim_time='true'):
            yield client
    finally:
        os.environ['PYTHONPATH'] = before


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
        yield
    node.destroy_node()
    rclpy.shutdown(context=context)


def full(name, node):
    """Return the full name of a name in a policy."""
    if name.startswith('~'):
        return f'/robot/{node}{name[1:]}'
    return name if name.startswith('/') else f'/robot/{name}'


def allowed(node, **choices):
    """Return what the policy allows a node: publishers, subscribers, services and clients."""
    policy = ElementTree.fromstring(make_policy((node,), '/robot', **choices))
    found = {kind: set() for kind in ('publisher', 'subscriber', 'service', 'client')}
    for rules in policy.find('.//profile'):
        names = {full(item.text, node) for item in rules}
        (rule, _), = rules.items()
        if rules.tag == 'actions':
            services = {f'{name}/_action/{part}' for name in names for part in ACTION_SERVICES}
            topics = {f'{name}/_action/{part}' for name in names for part in ACTION_TOPICS}
            executes = rule == 'execute'
            found['service' if executes else 'client'] |= services
            found['publisher' if executes else 'subscriber'] |= topics
        else:
            found[{'publish': 'publisher', 'subscribe': 'subscriber', 'reply': 'service',
                   'request': 'client'}[rule]] |= names
    if Detection2DArray is None:  # a topic only where vision_msgs is installed
        found['publisher'].discard('/robot/ris_node/detections')
    return found


def used(graph, node):
    """Return what a node has in the graph."""
    found = {}
    for kind in ('publisher', 'subscriber', 'service', 'client'):
        ask = getattr(graph.node, f'get_{kind}_names_and_types_by_node')
        try:
            found[kind] = {name for name, _ in ask(node, '/robot')}
        except rclpy.node.NodeNameNonExistentError:
            found[kind] = set()
    return found


def check(graph, node, **choices):
    """Wait until a node has what it is allowed, and require that it has nothing else."""
    wanted = allowed(node, **choices)
    graph.grounding.wait(lambda: all(wanted[kind] <= names
                                     for kind, names in used(graph, node).items()),
                         PATIENCE_S, f'{node} with {wanted}; it has {used(graph, node)}')
    assert used(graph, node) == wanted


def transition(graph, label):
    request = ChangeState.Request()
    request.transition.label = label
    assert graph.call(ChangeState, '/robot/ris_node/change_state', request).success


@pytest.mark.parametrize('node', ['ris_speech', 'ris_camera'])
def test_policy_of_a_node_is_its_graph(graph, node):
    check(graph, node)


def test_policy_of_a_commander_is_its_graph(graph, commander):
    check(graph, 'ris_client')


def test_policy_of_ris_node_is_its_graph_with_either_image_transport(graph):
    transition(graph, 'configure')
    for transport in ('raw', 'compressed'):
        assert graph.set_parameter('/robot/ris_node', 'image_transport', transport).successful
        transition(graph, 'activate')
        check(graph, 'ris_node', compressed=transport == 'compressed')
        transition(graph, 'deactivate')
