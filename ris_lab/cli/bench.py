# SPDX-License-Identifier: Apache-2.0
"""``ris bench``: what the stages cost on this machine, on a GPU, or in a running node."""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from ris_ros.errors import RisError

_EPILOG = """Without --node or --gpu: CPU time of the process, medians of interleaved runs. The
models have random weights of the real architectures (ViT-B/32, SAM ViT-B), the profile embedded its
own. No line takes more than a minute of CPU time, or with --quick some seconds, for each number of
threads. --gpu needs neither ROS nor spaCy."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'bench', help='measure the speed on this machine', epilog=_EPILOG)
    subject = parser.add_mutually_exclusive_group()
    subject.add_argument('--node', action='store_true',
                         help='measure a running node: command to answer over DDS while two '
                         'cameras run, dropped pictures, CPU, memory')
    subject.add_argument('--gpu', action='store_true',
                         help="measure the stages on a GPU by the clock, and how far their results "
                         "are from the CPU's")
    subject.add_argument('--profiles', action='store_true',
                         help='measure index and command of each profile on --device, with random '
                         'weights: clock and CPU times, features and verdicts '
                         'against fp32, commands beside an index, copies, memory')
    parser.add_argument('--json', action='store_true',
                        help='print JSON in place of the table; not with --gpu')
    parser.add_argument('--out', type=Path, default=Path('ris_benchmark'),
                        help='folder for benchmark.json, table.md and curves.png, or node.json and '
                        'node.png [%(default)s]')
    _add_stages(parser.add_argument_group('the stages on a CPU'))
    _add_node(parser.add_argument_group('with --node'))
    _add_gpu(parser.add_argument_group('with --gpu'))
    _add_profiles(parser.add_argument_group('with --profiles (and --device, --precisions, '
                                            '--repeats)'))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Measure, write the results, print them."""
    if args.gpu or args.profiles:
        args.device = args.device or 'cuda'
    if args.gpu:
        return _run_gpu(args)
    if args.profiles:
        return _run_profiles(args)
    return _run_node(args) if args.node else _run_stages(args)


def _add_stages(group: argparse._ArgumentGroup) -> None:
    group.add_argument('--threads', type=int, nargs='+', default=None, metavar='N',
                       help='numbers of threads to measure with [1, and all cores]')
    group.add_argument('--quick', action='store_true',
                       help='less work for the straightforward ways, nothing repeated, no curves: '
                       'rough figures')
    group.add_argument('--precision', choices=('auto', 'fp32', 'bf16'), default='auto',
                       help='also measured where it is not fp32; auto: bf16 where the CPU has it '
                       '[%(default)s]')
    group.add_argument('--keep-freed', action='store_true',
                       help="with the node's setting of the allocator, for both ways alike")


def _add_node(group: argparse._ArgumentGroup) -> None:
    group.add_argument('--commands', type=int, default=200, metavar='N',
                       help='how many [%(default)s]')
    group.add_argument('--interval', type=float, default=0.1, metavar='S',
                       help='seconds from one command to the next, at least [%(default)s]')
    group.add_argument('--camera-seconds', type=float, default=10.0, metavar='S',
                       help='how long the cameras run on alone [%(default)s]')
    group.add_argument('--kind', default='still',
                       help='what the small camera sees: still, moving_object, other_moves, '
                       'panning, light_change … [%(default)s]')
    group.add_argument('--policy', default='on_change', help='index_policy [%(default)s]')
    group.add_argument('--profile', default='embedded', help='profile [%(default)s]')
    group.add_argument('--random-weights', action='store_true',
                       help='with random weights for the models of the profile, saved in the '
                       'published formats (with --small models of a few blocks)')


def _add_gpu(group: argparse._ArgumentGroup) -> None:
    group.add_argument('--device', help='[cuda; with --node cpu]')
    group.add_argument('--precisions', nargs='+', default=['fp32', 'fp16'],
                       choices=('fp32', 'fp16', 'bf16'), help='[fp32 fp16]')
    group.add_argument('--points', type=int, default=1024, metavar='N',
                       help='points of SAM [%(default)s]')
    group.add_argument('--repeats', type=int, default=5, metavar='N', help='[%(default)s]')


def _add_profiles(group: argparse._ArgumentGroup) -> None:
    group.add_argument('--only', nargs='+', metavar='PROFILE',
                       help='profiles to measure; the memory of the last one is watched [all]')
    group.add_argument('--frames', type=int, default=2000, metavar='N',
                       help='frames over which memory is watched [%(default)s]')
    group.add_argument('--small', action='store_true',
                       help='models of a few blocks, to try this out; also with --node '
                       '--random-weights')


# The modules are imported below, so that the other subcommands start without torch and ROS.
def _run_stages(args: argparse.Namespace) -> int:
    """Measure the stages on the CPU."""
    threads = args.threads or sorted({1, os.cpu_count() or 1})
    if min(threads) < 1:
        raise RisError('--threads takes numbers of 1 or more.')
    from ris_lab.benchmark.stages import bench_stages
    from ris_ros.process import keep_freed_memory
    if args.keep_freed:
        keep_freed_memory()
    table, values = bench_stages(args.out, threads, args.precision, args.quick)
    print(json.dumps(values) if args.json else table)
    return 0


def _run_node(args: argparse.Namespace) -> int:
    """Measure a running node."""
    if args.commands < 1:
        raise RisError(f'--commands is {args.commands}; expected 1 or more.')
    from ris_lab.benchmark.node_report import table
    from ris_lab.benchmark.node_run import NodeWorkload, bench_node
    from ris_sim.motions import KINDS
    if args.kind not in KINDS:
        raise RisError(f'--kind is {args.kind!r}; expected one of {", ".join(KINDS)}.')
    with TemporaryDirectory() as folder:
        profile = args.profile
        if args.random_weights:
            from ris_lab.benchmark.random_profiles import write_random_profile
            _check_profiles([profile], '--profile')
            profile = write_random_profile(profile, Path(folder), args.small)
        report = bench_node(args.out, NodeWorkload(
            profile, args.policy, args.kind, args.commands, args.interval, args.camera_seconds,
            args.device or NodeWorkload.device))
    print(json.dumps(report.as_dict()) if args.json else table(report))
    return 0


def _run_gpu(args: argparse.Namespace) -> int:
    """Measure the stages on a GPU."""
    if args.json:
        raise RisError('--gpu prints a table; leave out --json.')
    from ris_lab.benchmark.gpu import agreement, check_device, measure_stages
    check_device(args.device)
    for precision in args.precisions:
        for line in agreement(args.device, precision, 4):
            print(line, flush=True)
        for row in measure_stages(args.device, precision, args.points, args.repeats):
            print(row, flush=True)
    return 0


def _run_profiles(args: argparse.Namespace) -> int:
    """Measure whole profiles on a device."""
    from ris_lab.benchmark.gpu import check_device
    from ris_lab.benchmark.random_profiles import PROFILES
    profiles = args.only or PROFILES
    _check_profiles(profiles, '--only')
    if args.frames < 1 or args.repeats < 1:
        raise RisError('--frames and --repeats take numbers of 1 or more.')
    check_device(args.device)
    from ris_lab.benchmark.profile_times import bench_profiles
    report = bench_profiles(args.out, profiles, args.device, args.precisions, args.repeats,
                            args.frames, args.small)
    print(json.dumps(asdict(report)) if args.json else report.page())
    return 0


def _check_profiles(names: Sequence[str], option: str) -> None:
    """Raise RisError where a profile cannot have random weights."""
    from ris_lab.benchmark.random_profiles import PROFILES
    if unknown := set(names) - set(PROFILES):
        raise RisError(f'{option} names {", ".join(sorted(unknown))}; expected some of '
                       f'{", ".join(PROFILES)}.')
