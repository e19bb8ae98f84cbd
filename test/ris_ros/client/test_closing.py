# SPDX-License-Identifier: Apache-2.0
"""How the public client leaves the graph, also where it could not wholly join it."""
import concurrent.futures
import threading

import pytest

from ris_ros.client import GroundingClient
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


WRONG = [({'ris_node': 'bad-name'}, "Invalid service name: .* 'bad-name/ground'$"),
         ({'ris_node': 7}, 'rfind'),
         ({'command_topic': 'no topic'}, "Invalid topic name: .* 'no topic'$"),
         ({'node_name': 'bad-name'}, "Invalid node name: .* 'bad-name'$"),
         ({'arguments': ['--ros-args', '--all']}, r"refuses the arguments .*: \['--all'\]$"),
         ({'arguments': ['--ros-args', '-p', 'use_sim_time:=7']}, 'use_sim_time'),
         ({'domain_id': -1}, 'the domain -1: ')]


@pytest.mark.parametrize(('options', 'reason'), WRONG)
def test_nothing_is_left_of_a_client_that_cannot_be_made(domain, options, reason):
    threads = threading.enumerate()
    with pytest.raises(AttributeError if 7 in options.values() else RisError, match=reason):
        GroundingClient(**{'domain_id': domain} | options)
    assert threading.enumerate() == threads


@pytest.mark.parametrize(('options', 'reason'), WRONG[:3])
def test_a_node_that_is_handed_in_keeps_nothing_of_a_client_that_cannot_be_made(
        own_node, options, reason):
    def parts():
        return [*own_node.publishers, *own_node.subscriptions, *own_node.clients,
                *own_node.waitables]
    before = parts()
    with pytest.raises((RisError, AttributeError), match=reason):
        GroundingClient(own_node, **options)
    assert parts() == before
