"""The ``ris`` command: dispatches to one file for each subcommand."""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
import logging
import sys

from ris_ros import __version__
from ris_ros.cli import ground, models, parse
from ris_ros.errors import RisError

# Subcommands of the packages that stand beside ris_ros, and the pip extra that each one needs.
# They are named, not imported, because a robot works without these packages.
BESIDE = {
    'simulate': ('ris_sim.cli.simulate', 'sim'),
    'worlds': ('ris_sim.cli.worlds', 'sim'),
    'evaluate': ('ris_lab.cli.evaluate', 'lab'),
    'bench': ('ris_lab.cli.bench', 'lab'),
    'demo': ('ris_lab.cli.demo', 'lab'),
}


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all subcommands."""
    parser = argparse.ArgumentParser(
        prog='ris', description="Find the object that a person means, in the camera's picture.")
    parser.add_argument('--version', action='version', version=f'ris_ros {__version__}')
    subparsers = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')
    for module in (ground, parse, models):
        module.add_parser(subparsers)
    for command, (name, extra) in BESIDE.items():
        try:
            import_module(name).add_parser(subparsers)
        except ModuleNotFoundError:
            missing = subparsers.add_parser(command, help=f'needs the extra {extra}')
            missing.set_defaults(func=_refuse)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``ris``; a mistake that the user can mend is a sentence on stderr and exit status 2."""
    logging.basicConfig(level=logging.WARNING, format='%(levelname)s: %(message)s')
    args, unknown = make_parser().parse_known_args(argv)
    if unknown and args.func is not _refuse:
        # What a subcommand without its package would have taken is not known here.
        make_parser().parse_args(argv)
    try:
        return args.func(args) or 0
    except (RisError, OSError) as error:  # OSError: a folder that cannot be written, say
        print(f'ris {args.command}: {error}', file=sys.stderr)
    except ModuleNotFoundError as error:
        if args.command not in BESIDE:
            raise
        print(f'ris {args.command}: {_advice(args.command, error.name)}', file=sys.stderr)
    return 2


def _refuse(args: argparse.Namespace) -> int:
    """Import the package of a subcommand that is not there, which tells what is missing."""
    import_module(BESIDE[args.command][0])
    return 0


def _advice(command: str, missing: str | None) -> str:
    """Return what to install for a subcommand whose module is missing."""
    module, extra = BESIDE[command]
    package = module.partition('.')[0]
    if missing == package:
        return (f'The package {package} is not installed: build ris_ros with it, which leaving out '
                'the CMake option RIS_ROBOT_ONLY does.')
    return (f'The Python package {missing} is not installed: run '
            f"pip install -r requirements/{extra}.txt in ris_ros's folder.")


if __name__ == '__main__':
    sys.exit(main())
