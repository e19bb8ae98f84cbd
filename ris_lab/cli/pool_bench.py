# SPDX-License-Identifier: Apache-2.0
"""``ris pool bench``: what a pool costs on this machine, and what happens when replicas die."""
from __future__ import annotations

import argparse
from dataclasses import asdict
import json
from pathlib import Path
import shlex
import sys
import tempfile

from ris_ros.errors import RisError
from ris_ros.files import write_whole

_PROFILES = ('embedded', 'home', 'tabletop', 'tabletop_b32', 'robot')
_STREAMS, _PICTURES, _BATCH = 6, 8, 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument('--profile', choices=_PROFILES, default='embedded',
                        help='random weights where the package has none [%(default)s]')
    parser.add_argument('--ratios-of', choices=_PROFILES, nargs='*', default=[], metavar='PROFILE',
                        help='profiles of which ratios alone are measured, such as robot: pool to '
                        'robot alone, batched to unbatched, two replicas to one [none]')
    parser.add_argument('--small', action='store_true',
                        help='models of a few blocks where the package has no weights')
    parser.add_argument('--robots', type=int, nargs='+', default=[1, 2, 4, 8, 16, 32], metavar='N',
                        help='numbers of robots at once [1 2 4 8 16 32]')
    parser.add_argument('--seconds', type=float, default=5.0, metavar='S',
                        help='for each number [%(default)s]')
    parser.add_argument('--cost-frames', type=int, default=28, metavar='N',
                        help='frames for each row of costs, robots falling back, and frames of a '
                        'batch, of which there are 8 at most [%(default)s]')
    parser.add_argument('--size', type=int, nargs=2, default=[640, 480], metavar=('W', 'H'),
                        help='of the pictures [640 480]')
    parser.add_argument('--commands', type=int, default=0, metavar='N',
                        help='commands to nodes while replicas are killed; needs ROS [none]')
    parser.add_argument('--nodes', type=int, default=3, metavar='N',
                        help='that share these commands [%(default)s]')
    parser.add_argument('--kill-every', type=float, default=10.0, metavar='S',
                        help='seconds from one killing to the next [%(default)s]')
    parser.add_argument('--only-first', action='store_true',
                        help='only one replica without batches, in place of three deployments')
    parser.add_argument('--out', type=Path, default=Path('ris_pool_bench'), metavar='FOLDER',
                        help='for fleet_figures.md, fleet_PROFILE.png and fleet_figures.json '
                        '[%(default)s]')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Measure, write the page, print it."""
    if (min(*args.robots, *args.size, args.cost_frames, args.nodes) < 1 or args.commands < 0
            or min(args.seconds, args.kill_every) <= 0):
        raise RisError('--robots, --size, --seconds, --cost-frames, --nodes and --kill-every take '
                       'numbers above 0, and --commands none below 0.')
    from ris_lab.benchmark.random_profiles import write_random_profile
    from ris_lab.fleet.bench import BenchPlan, measure_profile
    from ris_lab.fleet.page import write_page
    from ris_lab.fleet.pools import DEPLOYMENTS
    from ris_lab.fleet.robot import record_streams
    plan = BenchPlan(robots=tuple(args.robots), seconds=args.seconds, indexes=args.cost_frames,
                     batch=min(_BATCH, max(args.cost_frames, 2)), fallbacks=args.cost_frames,
                     deployments=DEPLOYMENTS[:1] if args.only_first else DEPLOYMENTS,
                     nodes=args.nodes, commands=args.commands, kill_every=args.kill_every)
    streams = record_streams(min(_STREAMS, max(args.robots)), _PICTURES, *args.size)
    reports = []
    with tempfile.TemporaryDirectory() as folder:
        for name, what in [(args.profile, plan),
                           *((name, plan.ratios_only()) for name in args.ratios_of)]:
            profile = write_random_profile(name, Path(folder) / name, args.small)
            reports.append(measure_profile(name, profile, streams, what, args.out / 'logs'))
            write_whole(args.out / 'fleet_figures.json',
                        json.dumps([asdict(report) for report in reports], indent=1))
    print(write_page(args.out, shlex.join(['ris', *sys.argv[1:]]), reports))
    return 0
