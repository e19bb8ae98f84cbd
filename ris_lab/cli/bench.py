"""``ris bench``: what each stage costs, beside the straightforward way to do it."""
from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
import sys

from ris_ros.errors import RisError

_EPILOG = """CPU time of the process, medians of interleaved runs; the models have random weights of
the real architectures (ViT-B/32, SAM ViT-B), the profile embedded its own. No line takes more than
a minute of CPU time, or with --quick some seconds, for each number of threads."""

# CPU seconds after which a line is not repeated any more.
_MOST, _MOST_QUICK = 20.0, 2.0


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'bench', help='measure the speed on this machine', epilog=_EPILOG)
    parser.add_argument('--threads', type=int, nargs='+', default=None, metavar='N',
                        help='numbers of threads to measure with [1, and all cores]')
    parser.add_argument('--quick', action='store_true',
                        help='less work for the straightforward ways, nothing repeated, no '
                        'curves: rough figures')
    parser.add_argument('--precision', choices=('auto', 'fp32', 'bf16'), default='auto',
                        help='also measured where it is not fp32; auto: bf16 where the CPU has '
                        'it [%(default)s]')
    parser.add_argument('--node', action='store_true',
                        help='measure the node in place of the stages: command to answer over '
                        'DDS while two cameras run, dropped pictures, CPU, memory')
    parser.add_argument('--commands', type=int, default=200, metavar='N',
                        help='with --node, how many [%(default)s]')
    parser.add_argument('--camera-seconds', type=float, default=10.0, metavar='S',
                        help='with --node, how long the cameras run on alone [%(default)s]')
    parser.add_argument('--keep-freed', action='store_true',
                        help="with the node's setting of the allocator, for both ways alike")
    parser.add_argument('--json', action='store_true', help='print JSON in place of the table')
    parser.add_argument('--out', type=Path, default=Path('ris_benchmark'),
                        help='folder for benchmark.json, table.md and curves.png, or node.json and '
                        'node.png [%(default)s]')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Measure, write the results, print them."""
    if args.node:
        from ris_lab.benchmark.node_run import bench
        print(bench(args.out, count=args.commands, camera_seconds=args.camera_seconds,
                    as_json=args.json))
        return 0
    threads = args.threads or sorted({1, os.cpu_count() or 1})
    if min(threads) < 1:
        raise RisError('--threads takes numbers of 1 or more.')
    # Imported here, so that the other subcommands start without torch.
    from tqdm import tqdm

    from ris_lab.benchmark.command_lines import new_commands, simulated_frame
    from ris_lab.benchmark.curves import CURVES, measure_curves
    from ris_lab.benchmark.plot import draw_curves
    from ris_lab.benchmark.report import as_json, as_table, machine
    from ris_lab.benchmark.run import all_lines, left_out
    from ris_lab.benchmark.run import run as run_lines
    from ris_ros.allocator import keep_freed_memory
    from ris_ros.blas import use_one_blas_thread
    from ris_ros.image_files import write_image
    from ris_ros.pipeline import Pipeline

    use_one_blas_thread()
    if args.keep_freed:
        keep_freed_memory()
    pipeline, texts = Pipeline.load('embedded'), new_commands()
    lines = all_lines(pipeline, texts, args.precision, args.quick)
    curves, steps = [], len(lines) * len(threads) + (0 if args.quick else CURVES)
    with tqdm(total=steps, unit='line', file=sys.stderr) as bar:
        figures = run_lines(lines, threads, lambda figure: (
            bar.set_postfix_str(figure.name), bar.update()),
            _MOST_QUICK if args.quick else _MOST)
        further = () if args.quick else measure_curves(pipeline, simulated_frame(), texts)
        for curve in further:
            curves.append(curve)
            bar.set_postfix_str(curve.title)
            bar.update()
    missing = left_out(args.precision, lines)
    result = as_json(figures, curves, missing)
    table = '\n\n'.join([as_table(figures), *missing])
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / 'benchmark.json').write_text(json.dumps(result, indent=1) + '\n')
    (args.out / 'table.md').write_text(f'{machine()}\n\n{table}\n')
    if curves:
        write_image(args.out / 'curves.png', draw_curves(curves))
    print(json.dumps(result) if args.json else table)
    return 0
