# SPDX-License-Identifier: Apache-2.0
"""The ``ris`` command: dispatches to one file for each subcommand."""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
import logging
import sys

from ris_ros import __version__
from ris_ros.cli import console, ground, mcp, models, parse, policy, pool
from ris_ros.errors import RisError

# Subcommands whose module is in another package.  They are named, not imported, because a robot
# works without these packages.
OPTIONAL_COMMANDS = {
    'simulate': 'ris_sim.cli.simulate',
    'worlds': 'ris_sim.cli.worlds',
    'evaluate': 'ris_lab.cli.evaluate',
    'bench': 'ris_lab.cli.bench',
    'demo': 'ris_lab.cli.demo',
    'fuzz': 'ris_lab.cli.fuzz',
    'measure': 'ris_lab.cli.measure',
    'label': 'ris_lab.cli.label',
    'calibrate': 'ris_lab.cli.calibrate',
    'train': 'ris_lab.cli.train',
    'renderers': 'ris_lab.cli.renderers',
}
# The file in requirements/ that each of these packages needs.
REQUIREMENTS = {'ris_sim': 'sim.txt', 'ris_lab': 'lab.txt'}
# What comes with ROS and with a build of ris_ros.
ROS_MODULES = frozenset({'rclpy', 'ris_ros.msg', 'ris_ros.srv', 'ris_ros.action'})


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all subcommands."""
    parser = argparse.ArgumentParser(
        prog='ris', description="Find the object that a person means, in the camera's picture.")
    parser.add_argument('--version', action='version', version=f'ris_ros {__version__}')
    subparsers = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')
    for module in (ground, parse, models, policy, console, mcp, pool):
        module.add_parser(subparsers)
    for command, name in OPTIONAL_COMMANDS.items():
        try:
            import_module(name).add_parser(subparsers)
        except ModuleNotFoundError as error:
            _add_missing(subparsers, command, error)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``ris``.

    Args:
        argv: The arguments after the command's name; those of the process by default.

    Returns:
        The exit status: 2 after a mistake that the user can mend, which is told in one sentence
        on stderr; else what the subcommand returns.
    """
    logging.basicConfig(level=logging.WARNING, format='%(levelname)s: %(message)s')
    args = make_parser().parse_args(argv)
    try:
        return args.func(args) or 0
    except (RisError, OSError) as error:  # OSError: a folder that cannot be written, for example
        message = str(error)
    except ModuleNotFoundError as error:
        missing = error.name or str(error)
        if args.command not in OPTIONAL_COMMANDS or (
                _is_ours(missing) and missing not in ROS_MODULES):
            raise
        message = _advice(args.command, missing)
    print(f'ris {args.command}: {message}', file=sys.stderr)
    return 2


def _add_missing(subparsers: argparse._SubParsersAction, command: str,
                 error: ModuleNotFoundError) -> None:
    """Add a subcommand that cannot be imported: whatever its arguments are, it says why."""
    advice = _advice(command, error.name or str(error))
    # No argument begins with a line feed, so that all of them, --help included, are positional.
    parser = subparsers.add_parser(command, help=advice, add_help=False, prefix_chars='\n')
    parser.add_argument('ignored', nargs='*')
    parser.set_defaults(func=_refuse, advice=advice)


def _refuse(args: argparse.Namespace) -> int:
    """Say why a subcommand cannot be imported."""
    raise RisError(args.advice)


def _advice(command: str, missing: str) -> str:
    """Return what to install for a subcommand where a module is missing."""
    if missing in ROS_MODULES:
        return (f'It needs {missing}, which is not here; build ris_ros in a ROS 2 workspace and '
                'source its setup file, or install ris_ros with pip.')
    package = OPTIONAL_COMMANDS[command].partition('.')[0]
    missing = missing.partition('.')[0]
    way = ('build ris_ros without the CMake option RIS_ROBOT_ONLY.' if _is_ours(missing) else
           f"run pip install -r requirements/{REQUIREMENTS[package]} in ris_ros's folder.")
    return f'It needs the package {missing}, which is not installed; {way}'


def _is_ours(module: str) -> bool:
    """Tell whether a module belongs to this repository."""
    return module.partition('.')[0] in ('ris_ros', *REQUIREMENTS)


if __name__ == '__main__':
    sys.exit(main())
