# SPDX-License-Identifier: Apache-2.0
"""The command line of a node's program: its own arguments, and its help."""
from __future__ import annotations

from collections.abc import Sequence
import sys

from rclpy.utilities import remove_ros_args

_ROS_HELP = """
What follows --ros-args is ROS's own:
  -p NAME:=VALUE         set a parameter (`ros2 param describe` explains each of a running node)
  --params-file FILE     set parameters of a YAML file
  -r FROM:=TO            give a topic or service another name; -r __ns:=/NAME a namespace
  --log-level LEVEL      debug, info, warn, error or fatal
"""


def own_arguments(arguments: Sequence[str] | None) -> list[str]:
    """Return the arguments that are not ROS's; none where ROS's own are wrong.

    Args:
        arguments: Of the command line with the name of the program; None for sys.argv.
    """
    try:
        return list(remove_ros_args(sys.argv if arguments is None else arguments))[1:]
    except RuntimeError:
        return []  # rclpy.init tells what is wrong with them


def take_no_arguments(arguments: Sequence[str] | None, program: str, usage: str) -> None:
    """Serve a program that has no arguments of its own: print its help, or refuse any other.

    Args:
        arguments: As for `own_arguments`.
        program: Its name.
        usage: What it does.
    """
    help_if_asked(arguments, usage)
    if own := own_arguments(arguments):
        print(f'The arguments {" ".join(own)!r} are not known; {program} takes those of ROS only, '
              'after --ros-args.', file=sys.stderr)
        sys.exit(2)


def help_if_asked(arguments: Sequence[str] | None, usage: str) -> None:
    """Print a program's help and end the process, if its command line asks for it.

    Args:
        arguments: As for `own_arguments`.
        usage: What the program does, and its own arguments.
    """
    if {'-h', '--help'} & {*own_arguments(arguments)}:
        print(f'{usage.strip()}\n{_ROS_HELP.rstrip()}')
        sys.exit(0)
