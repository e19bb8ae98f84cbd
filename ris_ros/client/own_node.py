# SPDX-License-Identifier: Apache-2.0
"""A node in a context of its own, for a program that has none."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

import rclpy
from rclpy.context import Context
from rclpy.node import Node

from ris_ros.errors import RisError
from ris_ros.ros_words import reason_of

# Beyond it there are no ports, and Fast DDS ends the process.
_LAST_DOMAIN = 232


@contextmanager
def own_node(domain_id: int | None, name: str, arguments: Sequence[str]) -> Iterator[Node]:
    """Hold a node, which leaves the graph in the end.

    Args:
        domain_id: Its ROS domain; None takes ``ROS_DOMAIN_ID``.
        name: Its name; '' for one that no other node has.
        arguments: Such as ``['--ros-args', '-r', '__ns:=/robot']``.

    Raises:
        RisError: ROS refuses the domain or the arguments.
    """
    if domain_id is not None and not 0 <= domain_id <= _LAST_DOMAIN:
        raise RisError(f'There is no ROS domain {domain_id}; choose one from 0 to {_LAST_DOMAIN}.')
    context = Context()
    try:
        rclpy.init(args=list(arguments), context=context, domain_id=domain_id)
    except RuntimeError as error:
        raise RisError(f'ROS refuses the arguments {list(arguments)}: {reason_of(error)}'
                       ) from error
    try:
        node = Node(name or f'grounding_client_{uuid4().hex[:8]}', context=context)
        try:
            yield node
        finally:
            node.destroy_node()
    finally:
        rclpy.try_shutdown(context=context)
