# SPDX-License-Identifier: Apache-2.0
"""What the examples share: a client of ris_node, and finding the object that a command means."""
import argparse
from collections.abc import Callable
import signal
import sys
import time

import rclpy
from rclpy.node import Node

from ris_ros.client import GroundingClient
from ris_ros.errors import RisError
from ris_ros.msg import Grounding

PATIENCE_S = 120.0
PAUSE_S = 0.5
WAITING = (Grounding.NO_IMAGE, Grounding.UNKNOWN)


def run(name: str, work: Callable[[GroundingClient], None]) -> int:
    """Give work a client whose node has that name; return the exit status, 1 after a RisError."""
    rclpy.init()
    node = Node(name)
    try:
        with GroundingClient(node) as client:
            work(client)
    except RisError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        node.destroy_node()
        rclpy.try_shutdown()
    return 0


def find(client: GroundingClient, text: str) -> Grounding:
    """Ask ris_node what a command means; wait until the node has an image.

    Raises:
        RisError: The answer is not one object with a position.
    """
    deadline, told = time.monotonic() + PATIENCE_S, ''
    while (answer := client.ground(text, PATIENCE_S)).status in WAITING:
        if time.monotonic() > deadline:
            break
        if answer.message != told:
            told = answer.message
            print(f'Waiting: {told}', file=sys.stderr)
        client.spin_for(PAUSE_S)
    if answer.status != Grounding.FOUND:
        raise RisError(answer.message)
    if answer.position_status != Grounding.FOUND:
        raise RisError(f'{answer.message} But its position is not known: {answer.position_note}')
    return answer


def drive_arguments(description: str) -> argparse.Namespace:
    """Read the command line of a program that drives to an object, without what is for ROS."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('text', help="command in plain words, e.g. 'go to the red mug'")
    parser.add_argument('--stop-before', type=float, default=.7, metavar='M',
                        help='metres before the object [%(default)s]')
    return parser.parse_args(rclpy.utilities.remove_ros_args(sys.argv)[1:])


def catch_signals() -> list[int]:
    """Return a list that each Ctrl-C is appended to from now on.

    rclpy's own handlers would end its context, and what is on its way would be lost.
    """
    signals = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: signals.append(number))
    return signals
