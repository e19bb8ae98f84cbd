"""``ris calibrate``: fit a profile's probabilities on simulated scenes."""
from __future__ import annotations

import argparse
from pathlib import Path

_EPILOG = """Make the scenes first: ris simulate --seed 551000 --scenes 120 --split calibration
--absent --out S. Their indexes are kept beside them until weights or settings change. What --write
stores is fitted on all scenes; the figures and the plot show each half of them with the
calibration that was fitted on the other half."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'calibrate', help='fit how sure the answers of a profile are', epilog=_EPILOG)
    parser.add_argument('--scenes', type=Path, required=True, help='folder of `ris simulate`')
    parser.add_argument('--profile', default='embedded', help='name or YAML file [%(default)s]')
    parser.add_argument('--limit', type=int, metavar='N', help='use only the first N scenes')
    parser.add_argument('--write', action='store_true', help='store it with the profile')
    parser.add_argument('--plot', type=Path, help='PNG to write')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Fit, print the figures and, where asked for, write the profile and the plot."""
    # Imported here, so that `ris` starts without torch and scipy.
    from ris_lab.training.calibrate import calibrate
    calibrate(args.profile, args.scenes, args.limit, args.write, args.plot)
    return 0
