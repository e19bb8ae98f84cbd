# SPDX-License-Identifier: Apache-2.0
"""The public client on a node that others use, too."""
import concurrent.futures

from rclpy.executors import MultiThreadedExecutor, SingleThreadedExecutor

from ris_ros.client import GroundingClient
from ris_ros.client.node_turns import NodeTurns
from ris_ros.srv import Ground

TIMEOUT = 60


def test_a_coroutine_goes_on_when_the_answer_that_it_awaits_is_there(answering, spun):
    answering('ris_node')
    node, heard = spun(MultiThreadedExecutor), concurrent.futures.Future()
    with GroundingClient(node) as client:
        client.wait_until_active(TIMEOUT)

        async def ask():
            # One of ten came while the executor looked for something to wait for.
            heard.set_result([(await client.ground_async(f'mug {number}')).command
                              for number in range(100)])
        node.executor.create_task(ask)
        assert heard.result(TIMEOUT) == [f'mug {number}' for number in range(100)]


def test_what_one_client_has_taken_in_is_handed_over_while_another_waits(answering, own_node):
    answering('ris_node')
    with GroundingClient(own_node) as one, GroundingClient(own_node) as other:
        for client in (one, other):
            client.wait_until_active(TIMEOUT)
        answers, service = [], own_node.create_client(Ground, 'ris_node/ground')
        one.wait(service.service_is_ready, TIMEOUT, 'the service')
        answer = service.call_async(Ground.Request(text='the mug'))
        answer.add_done_callback(answers.append)
        one.wait(answer.done, TIMEOUT, 'the answer')
        other.wait(lambda: answers, TIMEOUT, 'the callback of the answer')


def test_a_node_that_its_owner_has_just_begun_to_spin_is_left_to_the_owner(own_node):
    owner, turns = SingleThreadedExecutor(context=own_node.context), NodeTurns.join(own_node)

    class LateTurn:
        """A turn that comes when the owner of the node has begun to spin it."""

        def acquire(self, blocking):
            return owner.add_node(own_node)

        def release(self):
            pass
    turns._turn = LateTurn()
    turns.take(0, 0.0)
    assert own_node.executor is owner
    turns.leave()
    owner.shutdown()


def test_a_node_is_not_spun_once_its_last_client_has_left(own_node):
    turns = NodeTurns.join(own_node)
    turns.leave()
    turns.take(0, 0.0)
    assert own_node.executor is None
