# SPDX-License-Identifier: Apache-2.0
"""``ris policy``: the SROS2 policy of our nodes."""
from __future__ import annotations

import argparse
from pathlib import Path

from ris_ros.errors import RisError
from ris_ros.policy import PERMISSIONS, make_policy

_EPILOG = """docs/security.md tells how `ros2 security` makes a keystore and enclaves of it.
Example: ris policy ris_node --remap image:=/camera/camera/color/image_raw"""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'policy', help='print the SROS2 policy of the nodes: what each may use', epilog=_EPILOG)
    # Without choices, which argparse would also hold the empty list to.
    parser.add_argument('nodes', nargs='*', metavar='NODE',
                        help=f'some of {", ".join(PERMISSIONS)}; all by default')
    parser.add_argument('--namespace', default='/', metavar='NS',
                        help='namespace of the nodes [%(default)s]')
    parser.add_argument('-r', '--remap', action='append', default=[], metavar='OLD:=NEW',
                        help='name that a node is started with in place of its own; may be given '
                             'several times')
    parser.add_argument('--image-transport', choices=('raw', 'compressed'), default='raw',
                        help='as the parameter of ris_node [%(default)s]')
    parser.add_argument('--out', type=Path, metavar='FILE', help='write to a file')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print or write the policy."""
    if unknown := [node for node in args.nodes if node not in PERMISSIONS]:
        raise RisError(f'There is no node {unknown[0]!r}; expected some of '
                       f'{", ".join(PERMISSIONS)}.')
    remappings = dict(_split(remapping) for remapping in args.remap)
    policy = make_policy(tuple(dict.fromkeys(args.nodes)) or tuple(PERMISSIONS), args.namespace,
                         remappings, args.image_transport == 'compressed')
    if args.out:
        args.out.write_text(policy)
    else:
        print(policy, end='')
    return 0


def _split(remapping: str) -> tuple[str, str]:
    """Return the two names of a remapping."""
    old, sign, new = remapping.partition(':=')
    if not sign:
        raise RisError(f'The remapping {remapping!r} is none; expected OLD:=NEW, as for a node.')
    return old, new
