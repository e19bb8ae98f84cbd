# SPDX-License-Identifier: Apache-2.0
"""``ris train``: how the embedded CLIP and the embedded proposer are made, step by step."""
from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from ris_ros.errors import RisError
from ris_sim.style import Style

if TYPE_CHECKING:
    from ris_lab.training.loop import TrainingOptions

_EPILOG = 'The READMEs in ris_lab/training say which commands made the packaged weights.'


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'train', help='render training data; train, test and export the embedded models',
        epilog=_EPILOG)
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')
    _add_data(actions)
    _add_clip(actions)
    _add_proposer(actions)


# The modules are imported below, so that the other subcommands start without torch.
def run_render(args: argparse.Namespace) -> int:
    """Render the shards that are not there yet."""
    _check_counts(args, 'shards', 'workers')
    from ris_lab.training.render import render_shards
    render_shards(args.out, args.split, args.shards, args.workers, Style(args.style))
    return 0


def run_offers(args: argparse.Namespace) -> int:
    """Write the embedded proposer's proposals for the shards that have none yet."""
    _check_counts(args, 'workers')
    _check_shards(args.data, 'train')
    from ris_lab.training.offers import offer_shards
    offer_shards(args.data, args.workers)
    return 0


def run_clip(args: argparse.Namespace) -> int:
    """Train the embedded CLIP."""
    options = _options(args)
    for folder in args.data:
        _check_shards(folder, 'train')
    _check_shards(args.tests, 'test')
    from ris_lab.training.train import train_clip
    train_clip(args.data, args.tests, options)
    return 0


def run_clip_export(args: argparse.Namespace) -> int:
    """Write the averaged weights and the configuration for open_clip."""
    from ris_lab.training.export import export_clip
    export_clip(args.checkpoint, args.out)
    return 0


def run_clip_report(args: argparse.Namespace) -> int:
    """Print the tables of a checkpoint and draw its learning curve."""
    from ris_lab.training.report import report_clip
    report_clip(args.checkpoint, args.tests, args.scenes, args.curve)
    return 0


def run_clip_compare(args: argparse.Namespace) -> int:
    """Print one table: each set of scenes with each set of weights."""
    if not args.tests and not args.others:
        raise RisError('There are no scenes to compare the weights on; give --tests or --others.')
    from ris_lab.training.compare import compare_weights
    compare_weights(args.weights, args.tests, args.others, args.scenes)
    return 0


def run_proposer(args: argparse.Namespace) -> int:
    """Train the segmenter of the embedded proposer."""
    options = _options(args)
    for folder in args.data:
        _check_shards(folder, 'train')
    tests = args.tests or args.data[0]
    _check_shards(tests, 'test')
    from ris_lab.training.proposer.train import train_segmenter
    train_segmenter(args.data, tests, options)
    return 0


def run_proposer_export(args: argparse.Namespace) -> int:
    """Write the averaged weights of the segmenter."""
    from ris_lab.training.proposer.export import export_segmenter
    export_segmenter(args.checkpoint, args.out, args.mean_with, args.int8)
    return 0


def run_proposer_report(args: argparse.Namespace) -> int:
    """Print the history of a checkpoint and draw its learning curve."""
    from ris_lab.training.proposer.report import report_segmenter
    report_segmenter(args.checkpoint, args.curve)
    return 0


def run_proposer_recall(args: argparse.Namespace) -> int:
    """Print the embedded proposer's recall on fresh scenes."""
    from ris_lab.training.proposer.evaluate import print_recall
    print_recall(args.scenes, args.seed)
    return 0


def _add_data(actions: argparse._SubParsersAction) -> None:
    parser = actions.add_parser('render', help='render shards of 25 training or test scenes')
    parser.add_argument('--out', type=Path, required=True, help='folder of the shards')
    parser.add_argument('--split', choices=('test', 'train'), required=True)
    parser.add_argument('--style', choices=[style.value for style in Style],
                        default=Style.TOY.value,
                        help='what the scenes look like; a folder has one [%(default)s]')
    parser.add_argument('--shards', type=int, required=True, metavar='N', help='how many')
    _add_workers(parser)
    parser.set_defaults(func=run_render)
    parser = actions.add_parser(
        'offers', help='keep what the embedded proposer proposes for the training scenes')
    parser.add_argument('--data', type=Path, required=True, help='folder of rendered shards')
    _add_workers(parser)
    parser.set_defaults(func=run_offers)


def _add_clip(actions: argparse._SubParsersAction) -> None:
    parser = actions.add_parser('clip', help='train the embedded CLIP')
    parser.add_argument('--data', type=Path, nargs='+', required=True,
                        help='folders of rendered shards; each gives the same number of scenes')
    parser.add_argument('--tests', type=Path, required=True, help='folder of the test shards')
    _add_training(parser, steps=4000, batch=9, rate=2e-3, report=250, test_scenes=100)
    parser.set_defaults(func=run_clip)
    parser = actions.add_parser('clip-export', help='write a trained CLIP for open_clip')
    _add_checkpoint(parser)
    parser.add_argument('--out', type=Path, required=True,
                        help='folder for clip.safetensors and clip.json')
    parser.set_defaults(func=run_clip_export)
    parser = actions.add_parser('clip-report', help='test a trained CLIP; draw its learning curve')
    _add_checkpoint(parser)
    parser.add_argument('--tests', type=Path, required=True, help='folder of the test shards')
    parser.add_argument('--scenes', type=int, default=200,
                        help='scenes of the tables [%(default)s]')
    parser.add_argument('--curve', type=Path, help='PNG of the learning curve to write')
    parser.set_defaults(func=run_clip_report)
    parser = actions.add_parser('clip-compare', help='test several weights on the same scenes')
    parser.add_argument('--weights', type=Path, nargs='+', required=True,
                        help='exported clip.safetensors')
    parser.add_argument('--tests', type=Path, nargs='*', default=[], help='folders of test shards')
    parser.add_argument('--others', type=Path, nargs='*', default=[],
                        help='data sets of `ris renderers collect`, the same scenes by several '
                        'renderers; scenes that one of them lacks are left out')
    parser.add_argument('--scenes', type=int, default=200,
                        help='most scenes of a folder of test shards [%(default)s]')
    parser.set_defaults(func=run_clip_compare)


def _add_proposer(actions: argparse._SubParsersAction) -> None:
    parser = actions.add_parser('proposer', help='train the segmenter of the embedded proposer')
    parser.add_argument('--data', type=Path, nargs='+', required=True,
                        help='folders of rendered shards; each gives as many pictures')
    parser.add_argument('--tests', type=Path,
                        help='folder of the test shards [the first of --data]')
    _add_training(parser, steps=3000, batch=4, rate=3e-3, report=300, test_scenes=50)
    parser.set_defaults(func=run_proposer)
    parser = actions.add_parser('proposer-export', help='write a trained segmenter')
    _add_checkpoint(parser)
    parser.add_argument('--out', type=Path, required=True, help='the .safetensors file')
    parser.add_argument('--mean-with', type=Path, nargs='+', default=[], metavar='WEIGHTS',
                        help='exported weights of other stages; their mean is written')
    parser.add_argument('--int8', action='store_true', help='half as large as float16')
    parser.set_defaults(func=run_proposer_export)
    parser = actions.add_parser('proposer-report',
                                help='draw the learning curve of a trained segmenter')
    _add_checkpoint(parser)
    parser.add_argument('--curve', type=Path, required=True, help='the PNG to write')
    parser.set_defaults(func=run_proposer_report)
    parser = actions.add_parser(
        'proposer-recall', help='how many objects of fresh scenes the embedded proposer finds')
    parser.add_argument('--scenes', type=int, default=60, help='number [%(default)s]')
    parser.add_argument('--seed', type=int, default=9000, help='[%(default)s]')
    parser.set_defaults(func=run_proposer_recall)


def _add_training(parser: argparse.ArgumentParser, *, steps: int, batch: int, rate: float,
                  report: int, test_scenes: int) -> None:
    """Add the arguments that both trainings share, with the defaults of one of them."""
    parser.add_argument('--out', type=Path, required=True, help='folder of the checkpoint')
    parser.add_argument('--from', type=Path, dest='weights', metavar='WEIGHTS',
                        help='exported weights (.safetensors) to start from')
    parser.add_argument('--steps', type=int, default=steps,
                        help='of the whole schedule [%(default)s]')
    parser.add_argument('--minutes', type=float, default=math.inf,
                        help='end, and complete the schedule, after this time where that is '
                        'earlier')
    parser.add_argument('--batch', type=int, default=batch,
                        help='scenes or pictures a step [%(default)s]')
    parser.add_argument('--seed', type=int, default=0, help='[%(default)s]')
    parser.add_argument('--rate', type=float, default=rate, help='peak learning rate [%(default)s]')
    parser.add_argument('--report', type=int, default=report,
                        help='steps between tests [%(default)s]')
    parser.add_argument('--test-scenes', type=int, default=test_scenes, help='[%(default)s]')
    parser.add_argument('--device', default='cpu', help='of PyTorch, such as cuda [%(default)s]')
    parser.add_argument('--bfloat16', action='store_true',
                        help='compute in bfloat16, which is slower on a CPU without it')
    _add_workers(parser)


def _add_workers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--workers', type=int, default=1, metavar='N',
                        help='processes that make the data [%(default)s]')


def _add_checkpoint(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--checkpoint', type=Path, required=True, help='a checkpoint.pt')


def _check_counts(args: argparse.Namespace, *names: str) -> None:
    """Raise RisError where one of the named arguments is less than 1."""
    for name in names:
        if getattr(args, name) < 1:
            raise RisError(f'--{name} is {getattr(args, name)}; expected 1 or more.')


def _check_shards(folder: Path, split: str) -> None:
    """Raise RisError where a folder holds no finished shard of a split."""
    if not any(folder.glob(f'{split}_*.json')):
        raise RisError(f'{folder} holds no finished shard ({split}_*.json); '
                       f'ris train render --split {split} --out {folder} makes them.')


def _options(args: argparse.Namespace) -> TrainingOptions:
    """Return what both trainings are told."""
    from ris_lab.training.loop import Plan, TrainingOptions
    _check_counts(args, 'steps', 'batch', 'report', 'workers')
    if args.minutes <= 0:
        raise RisError(f'--minutes is {args.minutes:g}; expected more than 0.')
    return TrainingOptions(
        args.out, Plan(args.steps, args.rate, args.report, args.minutes), args.weights,
        args.batch, args.seed, args.test_scenes, args.device, args.bfloat16, args.workers)
