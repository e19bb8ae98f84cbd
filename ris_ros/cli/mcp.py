# SPDX-License-Identifier: Apache-2.0
"""``ris mcp``: the robot as tools of a language model, by the Model Context Protocol."""
from __future__ import annotations

import argparse

from ris_ros.cli.rooms import import_room

_EPILOG = """The program that uses the tools starts this one and talks to it by stdin and stdout;
docs/mcp.md tells how it is set up. What comes after --ros-args is for ROS."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'mcp', help='offer a language model the tools ground, look, ask and stop', epilog=_EPILOG)
    parser.add_argument('--node', default='ris_node', metavar='NAME',
                        help='name of ris_node, with its namespace [%(default)s]')
    parser.add_argument('--timeout', type=_seconds, default=30.0, metavar='S',
                        help='seconds for an answer [%(default)s]')
    parser.add_argument('--ros-args', nargs=argparse.REMAINDER, default=[], metavar='...',
                        help='arguments for ROS')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Serve the tools."""
    server = import_room('ris_ros.mcp.server', 'mcp.txt')
    return server.run(server.McpOptions(
        args.node, args.timeout, ('--ros-args', *args.ros_args) if args.ros_args else ()))


def _seconds(text: str) -> float:
    """Return a time to wait."""
    seconds = float(text)
    if not 0.1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f'{seconds:g} is no time to wait; expected 0.1 to 3600')
    return seconds
