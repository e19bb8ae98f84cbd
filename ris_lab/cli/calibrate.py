# SPDX-License-Identifier: Apache-2.0
"""``ris calibrate``: fit a profile's probabilities on simulated scenes or on pictures."""
from __future__ import annotations

import argparse
from pathlib import Path

from ris_ros.errors import RisError

_EPILOG = """Make scenes first: ris simulate --seed 551000 --scenes 120 --split calibration --absent
--out S. Their indexes are kept beside them until weights or settings change. Or take pictures of
your own robot, labelled with ris label. Or take a published data set; where it names nothing that
is absent, expressions of other pictures do. What --out or --write stores is
fitted on all of them; the figures and the plot show each half with the calibration that was fitted
on the other half."""
DATASETS = ('refcoco', 'refcoco+', 'refcocog', 'grefcoco')


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'calibrate', help='fit how sure the answers of a profile are', epilog=_EPILOG)
    data = parser.add_mutually_exclusive_group(required=True)
    data.add_argument('--scenes', type=Path, help='folder of `ris simulate`')
    data.add_argument('--pictures', type=Path, help='folder with pictures.json')
    data.add_argument('--dataset', choices=DATASETS, help='published data set, with --root')
    parser.add_argument('--root', type=Path, help='folder with the data set')
    parser.add_argument('--split', default='val', help='of the data set [%(default)s]')
    parser.add_argument('--split-by', choices=('umd', 'google'), default='umd',
                        help='which division of refcocog [%(default)s]')
    parser.add_argument('--profile', default='embedded', help='name or YAML file [%(default)s]')
    parser.add_argument('--limit', type=int, metavar='N', help='use only the first N scenes '
                        'or pictures [all; 200 pictures of a data set]')
    target = parser.add_mutually_exclusive_group()
    target.add_argument('--out', type=Path, metavar='YAML',
                        help='store it with a copy of the profile in this file')
    target.add_argument('--write', action='store_true', help='store it with the profile itself')
    parser.add_argument('--plot', type=Path, help='PNG to write')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Fit, print the figures and, where asked for, write the profile and the plot."""
    if args.limit is not None and args.limit < 2:
        raise RisError(f'--limit is {args.limit}; expected at least 2, one for each half.')
    if args.out and args.out.suffix not in ('.yaml', '.yml'):
        raise RisError(f'--out is {args.out}; expected a name that ends in .yaml.')
    if bool(args.dataset) != bool(args.root):
        raise RisError('--dataset and --root, the folder with the data set, go together.')
    # Imported here, so that `ris` starts without torch and scipy.
    from ris_lab.training.calibrate import CaseKind, CaseSource, calibrate, profile_path
    if args.dataset:
        source = CaseSource(CaseKind.PUBLISHED, args.root, args.limit, args.dataset, args.split,
                            args.split_by)
    else:
        kind = CaseKind.SCENES if args.scenes else CaseKind.PICTURES
        source = CaseSource(kind, args.scenes or args.pictures, args.limit)
    calibrate(args.profile, source, profile_path(args.profile) if args.write else args.out,
              args.plot)
    return 0
