"""The ``ris`` command: dispatches to one file for each subcommand."""
from __future__ import annotations

import argparse
from collections.abc import Sequence
import logging
import sys

from ris_ros import __version__
from ris_ros.cli import bench, evaluate, ground, models, parse, simulate
from ris_ros.errors import RisError


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all subcommands."""
    parser = argparse.ArgumentParser(
        prog='ris', description="Find the object that a person means, in the camera's picture.")
    parser.add_argument('--version', action='version', version=f'ris_ros {__version__}')
    subparsers = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')
    for module in (ground, parse, simulate, evaluate, bench, models):
        module.add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``ris``; a mistake that the user can mend is a sentence on stderr and exit status 2."""
    logging.basicConfig(level=logging.WARNING, format='%(levelname)s: %(message)s')
    args = make_parser().parse_args(argv)
    try:
        return args.func(args) or 0
    except (RisError, OSError) as error:  # OSError: a folder that cannot be written, say
        print(f'ris {args.command}: {error}', file=sys.stderr)
        return 2


if __name__ == '__main__':
    sys.exit(main())
