# SPDX-License-Identifier: Apache-2.0
"""``ris pool bench``: what a pool costs on this machine, and what happens when replicas die."""
from __future__ import annotations

import argparse
from contextlib import ExitStack
from dataclasses import asdict
import json
from pathlib import Path
import tempfile

from ris_ros.errors import RisError
from ris_ros.files import write_whole

_PROFILES = ('embedded', 'home', 'tabletop', 'tabletop_b32', 'robot')
# As the node's parameter pool_patience.
_PATIENCE_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument('--profile', choices=_PROFILES, default='embedded',
                        help='random weights where the package has none [%(default)s]')
    parser.add_argument('--robots', type=int, nargs='+', default=[1, 2, 4, 8, 16, 32], metavar='N',
                        help='numbers of robots at once [1 2 4 8 16 32]')
    parser.add_argument('--seconds', type=float, default=6.0, metavar='S',
                        help='for each number [%(default)s]')
    parser.add_argument('--commands', type=int, default=0, metavar='N',
                        help='commands while replicas are killed [none]')
    parser.add_argument('--kill-every', type=float, default=10.0, metavar='S',
                        help='seconds from one killing to the next [%(default)s]')
    parser.add_argument('--only-first', action='store_true',
                        help='only one replica with batches, in place of three deployments')
    parser.add_argument('--out', type=Path, default=Path('ris_pool_bench'), metavar='FOLDER',
                        help='for fleet.md, fleet.json and fleet.png [%(default)s]')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Measure, write the page, print it."""
    if min(args.robots) < 1 or args.seconds <= 0 or args.commands < 0 or args.kill_every <= 0:
        raise RisError('--robots, --seconds and --kill-every take numbers above 0, and --commands '
                       'none below 0.')
    from ris_lab.benchmark.random_profiles import write_random_profile
    from ris_lab.fleet import bench
    from ris_lab.fleet.page import write_page
    from ris_lab.fleet.robot import record_streams
    from ris_ros.pipeline import Pipeline
    streams = record_streams(6, 8)
    loads, faults = [], None
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        profile = write_random_profile(args.profile, Path(folder))
        pipeline = Pipeline.load(profile)
        url = stack.enter_context(bench.bench_pool(profile))
        costs = bench.run_costs(url, pipeline, streams[0])
        for deployment in bench.DEPLOYMENTS[:1 if args.only_first else None]:
            bench.deploy(profile, deployment)
            for robots in args.robots:
                loads.append(bench.run_load(url, deployment.name, pipeline, streams, robots,
                                            args.seconds))
                print(loads[-1], flush=True)
        if args.commands:
            bench.deploy(profile, bench.DEPLOYMENTS[-1])
            faults = bench.run_faults(url, pipeline, streams[0], args.commands, args.kill_every,
                                      _PATIENCE_S)
    print(write_page(args.out, args.profile, loads, costs, faults))
    write_whole(args.out / 'fleet.json', json.dumps({
        'profile': args.profile, 'loads': [asdict(load) for load in loads],
        'costs': [asdict(cost) for cost in costs], 'faults': faults and asdict(faults)}, indent=1))
    return 0
