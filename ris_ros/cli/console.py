# SPDX-License-Identifier: Apache-2.0
"""``ris console``: the operator's page."""
from __future__ import annotations

import argparse
from pathlib import Path

from ris_ros.cli.rooms import import_room

_EPILOG = """What comes after --ros-args is for ROS, such as -r __ns:=/robot1. docs/console.md tells
more. Example: ris console --host 0.0.0.0 --certificate robot.pem --key robot.key"""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'console', help="open the operator's page: picture, commands, STOP", epilog=_EPILOG)
    parser.add_argument('--host', default='127.0.0.1', metavar='ADDRESS',
                        help='address to listen on; another one than this computer asks for a '
                             'token [%(default)s]')
    parser.add_argument('--port', type=int, default=8080, metavar='N',
                        help='port of the page; 0 for a free one [%(default)s]')
    parser.add_argument('--stop-port', type=int, metavar='N',
                        help='port of STOP, which has a path of its own [the next one]')
    parser.add_argument('--node', default='ris_node', metavar='NAME',
                        help='name of ris_node, with its namespace [%(default)s]')
    parser.add_argument('--token-file', type=Path, metavar='FILE',
                        help='file that holds the token [the variable RIS_CONSOLE_TOKEN, else a '
                             'new one]')
    parser.add_argument('--certificate', type=Path, metavar='FILE', help='PEM file, for HTTPS')
    parser.add_argument('--key', type=Path, metavar='FILE', help="PEM file, the certificate's key")
    parser.add_argument('--rate', type=_rate, default=12.0, metavar='HZ',
                        help='the most pictures a second [%(default)s]')
    parser.add_argument('--no-browser', action='store_true', help='open no browser')
    parser.add_argument('--ros-args', nargs=argparse.REMAINDER, default=[], metavar='...',
                        help='arguments for ROS')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Serve the page."""
    server = import_room('ris_ros.console.server', 'console.txt')
    stop_port = args.stop_port
    if stop_port is None:
        stop_port = args.port + 1 if args.port else 0
    return server.run(server.ConsoleOptions(
        args.host, args.port, stop_port, args.node, args.token_file, args.certificate, args.key,
        args.rate, not args.no_browser,
        ('--ros-args', *args.ros_args) if args.ros_args else ()))


def _rate(text: str) -> float:
    """Return a rate that can be kept."""
    rate = float(text)
    if not 0.1 <= rate <= 60:
        raise argparse.ArgumentTypeError(f'{rate:g} is no rate; expected 0.1 to 60')
    return rate
