# SPDX-License-Identifier: Apache-2.0
"""The public client on a node that others use, too."""
import concurrent.futures

from rclpy.executors import MultiThreadedExecutor

from ris_ros.client import GroundingClient
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
