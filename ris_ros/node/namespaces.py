# SPDX-License-Identifier: Apache-2.0
"""Which cameras one process serves: the argument --namespaces of ris_node."""
from __future__ import annotations

from collections.abc import Sequence
import sys

from rclpy.utilities import remove_ros_args

from ris_ros.errors import RisError
from ris_ros.launch_arguments import read_namespaces

_OPTION = '--namespaces'


def namespaces_of(arguments: Sequence[str] | None) -> list[str]:
    """Return the namespaces that a command line names, one for each camera; none for a single node.

    Args:
        arguments: Of the command line with the name of the program; None for sys.argv.

    Raises:
        RisError: One of them is none, or given twice, or there is another argument.
    """
    try:
        own = remove_ros_args(sys.argv if arguments is None else arguments)[1:]
    except RuntimeError:
        own = []  # rclpy.init tells what is wrong with ROS's own
    if not own:
        return []
    if own[0] != _OPTION or len(own) < 2:
        raise RisError(f'The arguments {" ".join(own)!r} are not known; expected {_OPTION} with '
                       'the namespaces of several cameras, such as --namespaces left right, or '
                       'none; those of ROS come after --ros-args.')
    return read_namespaces(_OPTION, own[1:])
