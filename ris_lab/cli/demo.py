# SPDX-License-Identifier: Apache-2.0
"""``ris demo``: commands to a node in front of the simulated camera, and how right it was."""
from __future__ import annotations

import argparse
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'demo', help='command a node in front of the simulated camera, and judge its answers')
    parser.add_argument('--worlds', type=Path, default=Path('worlds'),
                        help='folder of SDF worlds with their commands [%(default)s]')
    parser.add_argument('--profile', default='embedded', help='profile [%(default)s]')
    parser.add_argument('--out', type=Path, default=Path('demo_output'),
                        help='folder for pictures and logs [%(default)s]')
    parser.add_argument('--quick', action='store_true', help='send six commands')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Run the demo; exit status 0 when every command was answered, right or wrong."""
    # Imported here, so that `ris` starts without rclpy and the simulator's libraries.
    from ris_lab.demo.demo import show_demo
    show_demo(args.worlds, args.profile, args.out, args.quick)
    return 0
