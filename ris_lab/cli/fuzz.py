# SPDX-License-Identifier: Apache-2.0
"""``ris fuzz``: floods a node with valid and hostile messages, and counts its answers."""
from __future__ import annotations

import argparse
import json
from pathlib import Path

from ris_ros.errors import RisError

_EPILOG = """The exit status is 1 where a command or request was lost or answered twice, where the
node died, or where it does not work after the flood. Never flood a node that moves a robot."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'fuzz', help='flood a node with valid and hostile messages, and count its answers',
        epilog=_EPILOG)
    parser.add_argument('--messages', type=int, default=1000, metavar='N',
                        help='how many, commands and parameter sets included [%(default)s]')
    parser.add_argument('--seed', type=int, default=0, metavar='S',
                        help='of everything that is chosen [%(default)s]')
    parser.add_argument('--rate', type=float, default=0.0, metavar='HZ',
                        help='messages a second, at most; 0: as fast as the node answers '
                        '[%(default)s]')
    parser.add_argument('--patience', type=float, default=120.0, metavar='S',
                        help='an answer that has not come after this is lost [%(default)s]')
    parser.add_argument('--node', default='', metavar='NAME',
                        help='a running node, such as /left/ris_node; without it one is started')
    parser.add_argument('--profile', default='embedded',
                        help='profile of the node that is started [%(default)s]')
    parser.add_argument('--out', type=Path, default=Path('ris_fuzz'),
                        help="folder for fuzz.json and the node's log [%(default)s]")
    parser.add_argument('--json', action='store_true', help='print JSON in place of the table')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Flood the node; exit status 0 where every command was answered once."""
    if args.messages < 1:
        raise RisError(f'--messages is {args.messages}; expected 1 or more.')
    if not 0 <= args.rate < float('inf'):
        raise RisError(f'--rate is {args.rate}; expected 0 or more messages a second.')
    if not 0 < args.patience < float('inf'):
        raise RisError(f'--patience is {args.patience}; expected seconds above 0.')
    # Imported here, so that `ris` starts without rclpy and the simulator's libraries.
    from ris_lab.fuzz.flood import FloodPlan
    from ris_lab.fuzz.flood_report import flood_table
    from ris_lab.fuzz.run import fuzz_node
    plan = FloodPlan(args.messages, args.seed, args.rate, args.patience)
    report = fuzz_node(args.out, plan, args.node, args.profile)
    print(json.dumps(report.as_dict()) if args.json else flood_table(report))
    return 0 if report.is_good else 1
