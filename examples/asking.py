"""What the examples share: a node of their own, what ris_node answers, and waiting for it."""
from collections.abc import Callable
import sys
import time

import rclpy
from rclpy.node import Node

from ris_ros.msg import Grounding
from ris_ros.srv import Ground

PATIENCE_S = 120.0


class Failure(Exception):
    """Says in one sentence why an example cannot go on."""


def run(name: str, work: Callable[[Node], None]) -> int:
    """Give work a node of that name; return the exit status, 1 where it raises Failure."""
    rclpy.init()
    node = Node(name)
    try:
        work(node)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        node.destroy_node()
        rclpy.try_shutdown()
    return 0


def wait(node: Node, condition: Callable[[], object], what: str) -> None:
    """Spin until a condition holds; raise Failure when that takes too long."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise Failure(f'Waited {PATIENCE_S:.0f} s in vain for {what}.')
        rclpy.spin_once(node, timeout_sec=.1)


def call(node: Node, kind: type, name: str, request: object) -> object:
    """Call a service and return its response."""
    client = node.create_client(kind, name)
    wait(node, client.service_is_ready, f'the service {name}')
    future = client.call_async(request)
    wait(node, future.done, f'an answer of {name}')
    return future.result()


def find(node: Node, text: str) -> Grounding:
    """Ask ris_node what a command means; raise Failure unless that is one object with a position.

    Waits until the node has an image.
    """
    answers = []

    def answered() -> bool:
        answers.append(call(node, Ground, 'ris_node/ground', Ground.Request(text=text)).grounding)
        return answers[-1].status not in (Grounding.NO_IMAGE, Grounding.UNKNOWN)

    wait(node, answered, 'ris_node to see something')
    answer = answers[-1]
    if answer.status != Grounding.FOUND:
        raise Failure(answer.message)
    if answer.position_status != Grounding.FOUND:
        raise Failure(f'{answer.message} But where it is, is not known: {answer.position_note}')
    return answer
