# SPDX-License-Identifier: Apache-2.0
"""Which cameras one process serves: the argument --namespaces of ris_node, and its nodes."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rclpy.node import Node

from ris_ros.errors import RisError
from ris_ros.launch_arguments import read_namespaces
from ris_ros.node.command_line import own_arguments

_OPTION = '--namespaces'
# What two nodes must not hear from one camera.
_CAMERA_TOPICS = ('image', 'image/compressed', 'depth', 'camera_info')


def namespaces_of(arguments: Sequence[str] | None) -> list[str]:
    """Return the namespaces that a command line names, one for each camera; none for a single node.

    Args:
        arguments: Of the command line with the name of the program; None for sys.argv.

    Raises:
        RisError: One of them is none, or given twice, or there is another argument.
    """
    own = own_arguments(arguments)
    if not own:
        return []
    if own[0] != _OPTION or len(own) < 2:
        raise RisError(f'The arguments {" ".join(own)!r} are not known; expected {_OPTION} with '
                       'the namespaces of several cameras, such as --namespaces left right, or '
                       'none; those of ROS come after --ros-args.')
    return read_namespaces(_OPTION, own[1:])


def check_nodes(nodes: Sequence[Node], namespaces: Sequence[str]) -> None:
    """Check that each node is in its namespace and has a camera of its own.

    Args:
        nodes: One for each namespace.
        namespaces: Theirs, without a leading slash.

    Raises:
        RisError: The command line sets a namespace as well, or gives two nodes one topic.
    """
    for node, namespace in zip(nodes, namespaces, strict=True):
        if node.get_namespace() != f'/{namespace}':
            raise RisError(f'The command line puts all nodes into {node.get_namespace()} (__ns), '
                           'but --namespaces gives each camera its own: leave one of them out.')
    for topic in _CAMERA_TOPICS:
        name, count = Counter(node.resolve_topic_name(topic) for node in nodes).most_common(1)[0]
        if count > 1:
            raise RisError(f'The command line gives {count} cameras one topic, {name}, for '
                           f'{topic}: leave out the slash before it, so that it is a topic within '
                           'each namespace.')
