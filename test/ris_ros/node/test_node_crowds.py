# SPDX-License-Identifier: Apache-2.0
"""Many commands at the same time, each answered once, by a node that has no models yet."""
import threading
import time

import pytest
import rclpy
from rclpy.action import ActionClient
from rclpy.executors import MultiThreadedExecutor
from ros_graph import TIMEOUT

from ris_ros.action import Ground as GroundAction
from ris_ros.client import GroundingClient, WaitTimeoutError
from ris_ros.msg import Grounding
from ris_ros.node.command_inputs import MOST_CALLS
from ris_ros.node.ris_node import THREADS, RisNode
from ris_ros.service_qos import ACTION_QOS

CROWD = 100


@pytest.fixture(scope='module')
def node(domain):
    """Spin a node that is not configured, as its process does."""
    rclpy.init(domain_id=domain, args=['--ros-args', '-p', 'autostart:=false'])
    node = RisNode()
    executor = MultiThreadedExecutor(THREADS)
    executor.add_node(node)
    spinning = threading.Thread(target=executor.spin, daemon=True)
    spinning.start()
    yield node
    node.close()
    executor.shutdown()
    spinning.join(20)
    node.destroy_node()
    rclpy.try_shutdown()


@pytest.fixture
def friend(node, domain):
    """Return a client that the node knows."""
    with GroundingClient(domain_id=domain) as client:
        client.wait(client.is_present, TIMEOUT, 'the node')
        assert client.ground('the red mug', TIMEOUT).status == Grounding.MODEL_ERROR
        yield client


@pytest.fixture
def busy(node, friend):
    """Let commands wait, as for a model at work."""
    node._answerer.begin_start()
    yield node
    node._answerer.end_start()


def test_each_of_a_hundred_calls_at_once_is_answered(friend):
    calls = [friend.ground_async(f'mug {number}') for number in range(CROWD)]
    for number, call in enumerate(calls):
        assert friend.result(call, TIMEOUT, f'an answer to {number}').command == f'mug {number}'


def test_each_of_a_hundred_goals_at_once_has_a_result(friend):
    goals = ActionClient(friend.node, GroundAction, 'ris_node/ground', **ACTION_QOS)
    friend.wait(goals.server_is_ready, TIMEOUT, 'the action')
    sent = [goals.send_goal_async(GroundAction.Goal(text=f'mug {number}'))
            for number in range(CROWD)]
    handles = [friend.result(goal, TIMEOUT, 'a goal to be accepted') for goal in sent]
    ends = [handle.get_result_async() for handle in handles]
    for end in ends:
        assert friend.result(end, TIMEOUT, 'a result').result.grounding.message


def test_goal_that_is_accepted_after_its_client_gave_up_is_cancelled(busy, friend):
    answers = []
    friend.on_answer(answers.append, include_earlier=True)
    friend.wait(lambda: answers, TIMEOUT, 'an earlier answer')
    with busy._commands._action._ending, pytest.raises(WaitTimeoutError, match='to accept'):
        friend.start_goal('the late mug', timeout=1)
    friend.wait(lambda: any(
        (one.command, one.message) == ('the late mug', 'Cancelled by its client.')
        for one in answers), 30, 'the end of the goal')


def test_slow_listener_hears_every_answer_of_a_call_with_a_hundred_texts(friend, node, domain):
    heard = []

    def hear(answer):
        time.sleep(0.005)
        heard.append(answer.command)
    with GroundingClient(domain_id=domain) as listener:
        listener.on_answer(hear)
        texts = [f'mug {number}' for number in range(CROWD)]
        friend.wait(lambda: node.count_subscribers('ris_node/grounding') == 1, TIMEOUT,
                    'a listener')
        listener.wait(lambda: friend.ground('are you there?', TIMEOUT) and heard, TIMEOUT,
                      'an answer')
        assert len(friend.ground_all(texts, TIMEOUT)) == CROWD
        listener.wait(lambda: len([text for text in heard if text in texts]) >= CROWD, 30,
                      'all answers')


def test_stop_is_heard_while_as_many_calls_wait_as_may_and_more_are_refused(busy, friend):
    calls = [friend.ground_async(f'mug {number}') for number in range(MOST_CALLS + 20)]
    friend.wait(lambda: sum(call.done() for call in calls) >= 20, TIMEOUT, 'the refusals')
    refused = [call.result() for call in calls if call.done()]
    assert len(refused) == 20
    assert {answer.status for answer in refused} == {Grounding.UNKNOWN}
    assert refused[0].message.startswith(f'The node is busy: {MOST_CALLS} calls wait')
    [batch, another] = friend.ground_all(['the mug', 'the bowl'], TIMEOUT)
    assert (batch.message, another.message) == (refused[0].message,) * 2
    assert friend.state(TIMEOUT) == 'unconfigured'
    friend.publish('stop', TIMEOUT)
    answers = [friend.result(call, TIMEOUT, 'an answer') for call in calls]
    assert sum(answer.message.startswith('Stopped by the command') for answer in answers) == (
        MOST_CALLS)
    busy._answerer.end_start()
    assert friend.ground('the mug', TIMEOUT).status == Grounding.MODEL_ERROR
