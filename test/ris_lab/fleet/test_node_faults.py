# SPDX-License-Identifier: Apache-2.0
"""Lost and doubled answers of nodes are seen as such."""
from types import SimpleNamespace

from ris_lab.fleet.node_faults import CommandedNode, sum_up
from ris_ros.msg import Grounding


def node(responses, published):
    """Return a node with a command for each number of responses and of published answers."""
    listeners = []
    robot = CommandedNode('robot0', None, SimpleNamespace(on_answer=listeners.append))
    robot.seconds = [0.1, 0.4]
    for number, (many, more) in enumerate(zip(responses, published, strict=True)):
        sent = robot.ledger.send('service', 'the mug', f'id{number}')
        answer = Grounding(command_id=f'id{number}', status=Grounding.FOUND)
        for _ in range(more):
            listeners[0](answer)
        for _ in range(many):
            robot.ledger.take_response(sent, answer)
    return robot


def test_a_command_is_answered_by_its_response_and_its_message():
    run = sum_up([node([1, 1], [1, 1]), node([1], [1])], 2, 3.0)
    assert (run.robots, run.commands, run.answered, run.lost, run.twice) == (2, 3, 3, 0, 0)
    assert (run.deaths, run.slowest) == (2, 0.4)


def test_what_is_lost_on_either_way_or_comes_twice_is_counted():
    run = sum_up([node([1, 0, 1, 2], [1, 1, 0, 1]), node([1], [2])], 0, 3.0)
    assert (run.commands, run.answered, run.lost, run.twice) == (5, 3, 2, 2)
