# SPDX-License-Identifier: Apache-2.0
"""The node's states, and what it says when its models cannot be loaded."""
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_msgs.srv import ChangeState, GetState
import pytest
from rclpy.qos import DurabilityPolicy, ReliabilityPolicy
from ros_graph import TIMEOUT, running

from ris_ros.msg import Grounding
from ris_ros.srv import Ground

NO_TOPIC = 'qos_overrides./imgae.subscription.reliability'


@pytest.fixture(scope='module')
def graph(domain, client):
    """Run a node that waits to be told, with a profile that does not exist."""
    overrides = {'qos_overrides./image.subscription.reliability': 'reliable', NO_TOPIC: 'reliable'}
    with running('ris_ros.node.ris_node', domain, autostart='false', profile='nonsense',
                 **overrides):
        yield client


def health(graph):
    """Return level, message and values of the next report on /diagnostics."""
    reports = graph.listen(DiagnosticArray, '/diagnostics')
    graph.wait(lambda: reports, 'diagnostics')
    status = reports[0].status[0]
    return status.level, status.message, {item.key: item.value for item in status.values}


@pytest.fixture
def inactive(graph):
    """Return the graph with a node that is configured with good parameters."""
    for name, value in (('profile', 'embedded'), ('weights', '')):
        assert graph.set_parameter('ris_node', name, value).successful
    assert graph.transition('configure')
    yield graph
    assert graph.transition('cleanup')


def test_untouched_node_answers_commands_and_says_what_to_do(graph):
    assert graph.state() == 'unconfigured'
    answer = graph.ask('the red mug')
    assert answer.status == Grounding.MODEL_ERROR
    assert 'configure the node (ros2 lifecycle set /ris_node configure)' in answer.message
    assert health(graph)[:2] == (DiagnosticStatus.ERROR, answer.message)
    assert graph.say('').status == Grounding.BAD_COMMAND


def test_unknown_profile_is_named_with_those_that_exist(graph):
    assert not graph.transition('configure')
    assert graph.state() == 'unconfigured'
    answer = graph.ask('the red mug')
    assert answer.status == Grounding.MODEL_ERROR
    assert "no profile 'nonsense'; expected one of embedded" in answer.message
    level, message, values = health(graph)
    assert level == DiagnosticStatus.ERROR
    assert "no profile 'nonsense'" in message
    assert values['state'] == 'unconfigured'


def test_weights_that_are_missing_or_damaged_are_named(graph, tmp_path):
    assert graph.set_parameter('ris_node', 'profile', 'embedded').successful
    damaged = tmp_path / 'damaged.safetensors'
    damaged.write_bytes(b'\x10\0\0\0\0\0\0\0 these are no weights' * 10)
    for weights in (tmp_path / 'missing.safetensors', damaged):
        assert graph.set_parameter('ris_node', 'weights', str(weights)).successful
        assert not graph.transition('configure')
        assert graph.state() == 'unconfigured'
        answer = graph.say('the red mug')
        assert answer.status == Grounding.MODEL_ERROR
        assert weights.name in answer.message


def test_node_goes_through_all_states_and_answers_in_each(inactive):
    assert inactive.state() == 'inactive'
    answer = inactive.ask('the red mug')
    assert answer.status == Grounding.UNKNOWN
    assert 'activate it (ros2 lifecycle set /ris_node activate)' in answer.message
    assert inactive.transition('activate')
    assert inactive.state() == 'active'
    assert health(inactive)[:2] == (DiagnosticStatus.WARN, 'No image has been received yet.')
    assert inactive.ask('the red mug').status == Grounding.NO_IMAGE
    assert inactive.transition('deactivate')
    assert inactive.ask('the red mug').status == Grounding.UNKNOWN


def test_quality_of_service_is_overridden_of_the_topic_that_is_named_alone(inactive):
    def reliability(topic):
        infos = inactive.node.get_subscriptions_info_by_topic(topic)
        return infos[0].qos_profile.reliability if infos else None
    assert inactive.transition('activate')
    inactive.wait(lambda: reliability('image') and reliability('depth'), 'the subscriptions')
    assert reliability('image') == ReliabilityPolicy.RELIABLE
    assert reliability('depth') == ReliabilityPolicy.BEST_EFFORT
    assert inactive.transition('deactivate')


def test_override_of_a_topic_that_the_node_lacks_is_named(inactive):
    assert inactive.transition('activate')
    warning = health(inactive)[2]['last warning']
    assert f'The node has no topic for these parameters: {NO_TOPIC}.' in warning
    assert inactive.transition('deactivate')


def test_node_that_was_cleaned_up_or_shut_down_answers_too(graph):
    assert graph.state() == 'unconfigured'
    assert graph.ask('the red mug').status == Grounding.MODEL_ERROR
    assert graph.transition('shutdown')
    assert graph.state() == 'finalized'
    answer = graph.ask('the red mug')
    assert answer.status == Grounding.MODEL_ERROR
    assert 'start it again' in answer.message


@pytest.mark.parametrize(('policy', 'value'), [
    ('deadline', 100), ('durabilty', 'transient_local'), ('durability', 'volatle'),
    ('depth', -1)])
def test_override_of_an_output_that_cannot_be_honoured_ends_the_start_with_a_sentence(
        domain, capfd, policy, value):
    name = f'qos_overrides./ris_node/grounding.publisher.{policy}'
    with running('ris_ros.node.ris_node', domain, **{name: value}) as process:
        assert process.wait(TIMEOUT) == 2
    said = capfd.readouterr().err
    assert f'The parameter {name}' in said
    assert 'expected' in said
    assert 'Traceback' not in said


def test_override_of_a_camera_topic_that_cannot_be_honoured_is_told_at_activation(client, domain):
    name = 'qos_overrides./late/camera_info.subscription.deadline'
    with running('ris_ros.node.ris_node', domain, '-r', '__ns:=/late', **{name: 100}):
        def ask():
            request = Ground.Request(text='the red mug')
            return client.call_again(Ground, '/late/ris_node/ground', request).grounding
        answer = client.wait(
            lambda: next((a for a in [ask()] if 'configure' not in a.message), None), 'the start')
        assert answer.status == Grounding.UNKNOWN
        assert f'Activating failed: The parameter {name} cannot be honoured' in answer.message
        assert 'depth, durability, history, reliability' in answer.message


def test_every_transition_is_logged(client, domain, capfd):
    with running('ris_ros.node.ris_node', domain, '-r', '__node:=logging', autostart='false'):
        client.call_again(GetState, 'logging/get_state', GetState.Request())  # it knows us then
        for label in ('configure', 'activate', 'deactivate', 'cleanup', 'shutdown'):
            request = ChangeState.Request()
            request.transition.label = label
            assert client.call(ChangeState, 'logging/change_state', request).success
    said = capfd.readouterr().err
    places = [said.find(word) for word in (
        "Configured: profile 'embedded'", 'Activated: ', 'Deactivated: ', 'Cleaned up: ',
        'Shut down')]
    assert -1 not in places
    assert places == sorted(places)


def test_durability_can_be_overridden(client, domain):
    overrides = {'qos_overrides./dur/camera_info.subscription.durability': 'transient_local',
                 'qos_overrides./dur/camera_info.subscription.reliability': 'reliable'}
    with running('ris_ros.node.ris_node', domain, '-r', '__ns:=/dur', **overrides):
        infos = client.wait(lambda: client.node.get_subscriptions_info_by_topic(
            '/dur/camera_info'), 'the subscription')
        assert infos[0].qos_profile.durability == DurabilityPolicy.TRANSIENT_LOCAL


def test_activation_that_fails_leaves_the_node_inactive_and_says_why(client, domain):
    overrides = {'qos_overrides./wrong/depth.subscription.reliability': 'relyable'}
    with running('ris_ros.node.ris_node', domain, '-r', '__ns:=/wrong', **overrides):
        def ask():
            request = Ground.Request(text='the red mug')
            return client.call_again(Ground, '/wrong/ris_node/ground', request).grounding
        # The first command waits for the start, unless it comes before it.
        answer = client.wait(
            lambda: next((a for a in [ask()] if 'configure' not in a.message), None), 'the start')
        assert answer.status == Grounding.UNKNOWN
        assert 'Activating failed' in answer.message
        assert 'relyable' in answer.message
        assert client.node.count_subscribers('/wrong/image') == 0


@pytest.mark.parametrize(('module', 'name', 'value'), [
    ('ris_ros.node.ris_node', 'threads', '-4'),
    ('ris_ros.node.ris_node', 'profile', '7'),
    ('ris_sim.node.camera', 'world', '/nowhere.sdf'),
    ('ris_sim.node.camera', 'depth_encoding', '8UC1'),
])
def test_bad_parameter_at_the_start_ends_it_with_a_sentence(domain, capfd, module, name, value):
    with running(module, domain, **{name: value}) as process:
        assert process.wait(TIMEOUT) == 2
    said = capfd.readouterr().err
    assert '[FATAL]' in said
    assert value in said
    assert 'Traceback' not in said
