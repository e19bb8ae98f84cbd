# SPDX-License-Identifier: Apache-2.0
"""A node knows the public client before it gets a command, since ROS drops its answer else."""
import pytest

from ris_ros.client import GroundingClient, WaitTimeoutError

TIMEOUT = 60
COMMANDS = {'ground': ('the mug', 'the mug'), 'ground_all': (['the mug'], 'GroundAll_Request'),
            'let_go': (7, 'LetGo_Request'), 'start_goal': ('the mug', 'the mug')}


@pytest.mark.parametrize('way', COMMANDS)
def test_a_node_knows_the_client_before_it_gets_a_command(answering, domain, way):
    node = answering('ris_node')
    argument, asked = COMMANDS[way]
    with GroundingClient(domain_id=domain) as client:
        for _ in range(2):
            getattr(client, way)(argument, timeout=TIMEOUT)
        client.wait(lambda: node.asked.count(asked) == 2, TIMEOUT, 'both commands')
    assert node.asked[0] == 'state'


@pytest.mark.parametrize('way', ['ground_all', 'let_go'])
def test_a_node_that_knows_the_client_gets_to_know_what_the_client_makes_later(
        answering, domain, way):
    node = answering('ris_node')
    argument, asked = COMMANDS[way]
    with GroundingClient(domain_id=domain) as client:
        client.ground('the bowl', TIMEOUT)
        earlier = len(node.asked)
        getattr(client, way)(argument, timeout=TIMEOUT)
    *states, last = node.asked[earlier:]
    assert (set(states), last) == ({'state'}, asked)


def test_a_node_that_was_started_anew_knows_the_client_before_it_gets_a_command(answering, domain):
    node = answering('ris_node')
    with GroundingClient(domain_id=domain) as client:
        client.ground('the mug', TIMEOUT)
        node.close()
        client.wait(lambda: not client.is_present(), TIMEOUT, 'the end of the node')
        node = answering('ris_node')
        client.wait(client.is_present, TIMEOUT, 'the next node')
        client.ground('the bowl', TIMEOUT)
    *states, last = node.asked
    assert (set(states), last) == ({'state'}, 'the bowl')


@pytest.mark.parametrize('way', COMMANDS)
def test_no_command_is_sent_when_no_time_is_left_for_its_answer(answering, domain, way):
    node = answering('ris_node')
    argument, asked = COMMANDS[way]
    with GroundingClient(domain_id=domain) as client:
        getattr(client, way)(argument, timeout=TIMEOUT)
        with pytest.raises(WaitTimeoutError, match='Waited 0 s in vain for an answer of '):
            getattr(client, way)(argument, timeout=0.0)
        getattr(client, way)(argument, timeout=TIMEOUT)
    assert node.asked.count(asked) == 2
