# SPDX-License-Identifier: Apache-2.0
"""``ris worlds``: write the packaged worlds anew."""
from __future__ import annotations

import argparse
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'worlds', help='write the packaged worlds anew, for Gazebo and the simulated camera')
    parser.add_argument('--out', type=Path, default=Path('worlds'),
                        help='folder to write [%(default)s]')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write the worlds and their meshes; their commands are kept by hand."""
    # Imported here, so that `ris` starts without the simulator's libraries.
    from ris_sim.worlds.packaged import write_packaged_worlds
    paths = write_packaged_worlds(args.out)
    print(f'Wrote {len(paths)} worlds and their meshes to {args.out}.')
    return 0
