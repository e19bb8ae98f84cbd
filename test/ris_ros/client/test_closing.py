# SPDX-License-Identifier: Apache-2.0
"""How the public client leaves the graph, also where it could not wholly join it."""
import concurrent.futures
import math
import threading

import pytest

from ris_ros.client import GroundingClient
from ris_ros.client.node_turns import NodeTurns
from ris_ros.errors import RisError

TIMEOUT = 60


def test_a_callback_may_close_a_client_that_spins_its_own_node(answering, domain):
    answering('ris_node')
    closed = concurrent.futures.Future()
    client = GroundingClient(domain_id=domain)
    client.wait_until_active(TIMEOUT)

    def close(_):
        client.close()
        closed.set_result('in the callback')
    client.ground_async('the mug').add_done_callback(close)
    with pytest.raises(RisError, match=r'The client was closed while it waited for rain\.'):
        client.wait(lambda: False, TIMEOUT, 'rain')
    assert closed.result(TIMEOUT) == 'in the callback'
    client.close()  # waits until the thread has ended
    assert not client.node.context.ok()


def started(function, *arguments):
    """Return the future of a call in a thread of its own, which no failed test waits for."""
    future = concurrent.futures.Future()

    def call():
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
    threading.Thread(target=call, daemon=True).start()
    return future


def parts(node):
    """Return what is made in a node."""
    return [*node.publishers, *node.subscriptions, *node.clients, *node.waitables]


@pytest.fixture(params=['made', 'handed in'])
def client(request, domain, own_node):
    """Return a client with a node of its own, and one of a node that nobody spins."""
    with GroundingClient(own_node if request.param == 'handed in' else None,
                         domain_id=domain) as client:
        yield client


def test_spinning_ends_when_a_callback_closes_the_client(client):
    client.node.create_timer(0.0, client.close)
    started(client.spin_for, math.inf).result(TIMEOUT)


@pytest.mark.parametrize('way', ['ground', 'publish', 'start_goal', 'wait_until_active'])
def test_a_wait_for_what_is_not_there_ends_with_a_sentence_when_another_thread_closes_the_client(
        client, monkeypatch, way):
    waits, is_closed = threading.Event(), threading.Event()

    def take(self, seen, seconds):
        waits.set()
        is_closed.wait(TIMEOUT)
    monkeypatch.setattr(NodeTurns, 'take', take)
    arguments = () if way == 'wait_until_active' else ('the mug',)
    asked = started(lambda: getattr(client, way)(*arguments, timeout=math.inf))
    waits.wait(TIMEOUT)
    client.close()
    is_closed.set()
    with pytest.raises(RisError, match='The client was closed while it waited for '):
        asked.result(TIMEOUT)


@pytest.mark.parametrize(('way', 'arguments'), [
    ('ground', ('the mug', 0.0)), ('let_go', (0, 0.0)), ('start_goal', ('the mug', None, 0.0)),
    ('ground_async', ('the mug',)), ('state', (0.0,)), ('is_present', ()), ('on_answer', (print,))])
def test_a_closed_client_makes_nothing_any_more(client, own_node, way, arguments):
    client.close()
    before = parts(own_node)
    with pytest.raises(RisError, match=r'^The client is closed\.$'):
        getattr(client, way)(*arguments)
    assert parts(own_node) == before


WRONG = [({'ris_node': 'bad-name'}, "Invalid service name: .* 'bad-name/ground'$"),
         ({'ris_node': 7}, 'rfind'),
         ({'command_topic': 'no topic'}, "Invalid topic name: .* 'no topic'$"),
         ({'node_name': 'bad-name'}, "Invalid node name: .* 'bad-name'$"),
         ({'arguments': ['--ros-args', '--all']}, r"refuses the arguments .*: \['--all'\]$"),
         ({'arguments': ['--ros-args', '-p', 'use_sim_time:=7']}, 'use_sim_time'),
         ({'domain_id': -1}, 'no ROS domain -1; '),
         ({'domain_id': 233}, 'no ROS domain 233; choose one from 0 to 232')]


@pytest.mark.parametrize(('options', 'reason'), WRONG)
def test_nothing_is_left_of_a_client_that_cannot_be_made(domain, options, reason):
    threads = threading.enumerate()
    with pytest.raises(AttributeError if 7 in options.values() else RisError, match=reason):
        GroundingClient(**{'domain_id': domain} | options)
    assert threading.enumerate() == threads


@pytest.mark.parametrize(('options', 'reason'), WRONG[:3])
def test_a_node_that_is_handed_in_keeps_nothing_of_a_client_that_cannot_be_made(
        own_node, options, reason):
    before = parts(own_node)
    with pytest.raises((RisError, AttributeError), match=reason):
        GroundingClient(own_node, **options)
    assert parts(own_node) == before
