# SPDX-License-Identifier: Apache-2.0
"""``ris evaluate``: the standard figures on published data sets and on simulated scenes."""
from __future__ import annotations

import argparse
import json
from pathlib import Path
import re
import sys
from typing import TYPE_CHECKING

from ris_lab.cli.evaluate_all import run_all
from ris_ros.errors import RisError

if TYPE_CHECKING:
    from ris_lab.evaluation.results import Record
    from ris_lab.evaluation.sample import Sample
    from ris_lab.evaluation.subject import Subject

    Run = tuple[Record, list[Record]]  # what run it is, and its results

METHODS = ('full', 'clip', 'paper', 'oracle')
DATASETS = ('refcoco', 'refcoco+', 'refcocog', 'refcoco-m', 'grefcoco', 'openref', 'phrasecut',
            'pictures', 'simulation')

_EPILOG = """A run that was stopped goes on where it was when the same command is given again.
Shards write results_<i>of<n>.jsonl into --out; gather them in one folder and give the same
command with --merge in place of --shard. On a Ray cluster each machine needs this package, and
the data set, masks, profile and weights at the same paths; the results are written here."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'evaluate', help='measure oIoU, mIoU and P@.5 to .9 on a data set', epilog=_EPILOG)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument('--dataset', choices=DATASETS)
    what.add_argument('--all', type=Path, metavar='ROOT',
                      help='run every data set below this folder with every profile whose weights '
                      'are here, and write one page, index.html')
    parser.add_argument('--root', type=Path, help='folder with the data set')
    parser.add_argument('--split', default='',
                        help="'val', 'testA' … as in the data set; own pictures need none")
    parser.add_argument('--split-by', choices=('umd', 'google'), default='umd',
                        help='which division of refcocog [%(default)s]')
    parser.add_argument('--protocol', choices=('default', 'paper'),
                        help='paper: as published, skipping pictures without proposals; default: '
                        'these and refusals are misses, true masks are whole [default; with --all '
                        'that by which each data set is published]')
    parser.add_argument('--profile', help='name or YAML file [embedded; with --all all]')
    parser.add_argument('--architecture', default='',
                        help="CLIP architecture in place of the profile's, with the weights that "
                        '`ris models list` shows for it')
    parser.add_argument('--weights', default='', help="CLIP weights in place of the profile's")
    parser.add_argument('--device', default='cpu',
                        help="'cpu', 'cuda', 'cuda:N' or 'mps' [%(default)s]")
    parser.add_argument('--masks', type=Path, metavar='PATH',
                        help='proposals to use: a folder of <image id>.npz or .json (COCO RLE), '
                        'or for all pictures one .json of COCO results or .npz of arrays named '
                        'by image id')
    parser.add_argument('--true-masks', action='store_true',
                        help='answer with the true masks as well and compare (simulation only)')
    parser.add_argument('--methods', nargs='+', metavar='METHOD',
                        help='of full, clip (looks only), paper (its phrase rule) and oracle (a '
                        'perfect eye); all on simulated scenes, else full')
    parser.add_argument('--shard', type=_shard, metavar='I/N', help='do only part I of N, from 1')
    parser.add_argument('--merge', action='store_true', help='sum up the shards in --out')
    parser.add_argument('--ray', nargs='?', const='local', metavar='ADDRESS',
                        help="use a running Ray cluster ('auto' or host:port), or without ADDRESS "
                        'one that is started on this machine')
    parser.add_argument('--ray-workers', type=int, default=0, metavar='N',
                        help='copies of the models on the cluster; 0 for one for each CPU, or GPU '
                        'with --device cuda [%(default)s]')
    parser.add_argument('--pictures', type=int, metavar='N',
                        help='with --all: use the first N pictures of each split')
    parser.add_argument('--worst', type=int, default=16, metavar='N',
                        help='draw the N worst answers; 0 for none [%(default)s]')
    parser.add_argument('--out', type=Path, default=Path('ris_evaluation'),
                        help='folder for results, summary and pictures [%(default)s]')
    parser.add_argument('--json', action='store_true', help='print JSON in place of the table')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Evaluate what is not yet, and sum up."""
    # Imported here, so that the other subcommands start without numpy's and torch's cost.
    from ris_lab.evaluation.datasets import read_samples
    from ris_lab.evaluation.results import read_shards
    from ris_lab.evaluation.sample import shard_of

    if args.all:
        return run_all(args)
    _check(args)
    args.profile, args.protocol = args.profile or 'embedded', args.protocol or 'default'
    subjects = _subjects(args)
    samples = read_samples(args.dataset, args.root.resolve(), args.split, args.protocol,
                           args.split_by)
    if args.merge:
        return _report(args, samples, {stem: read_shards(args.out, subject.describe(), stem)
                                       for stem, subject in subjects.items()})
    part = shard_of(samples, *args.shard) if args.shard else samples
    try:
        runs = _evaluate(args, subjects, part)
    except KeyboardInterrupt:
        print('Interrupted; give the same command to go on.', file=sys.stderr)
        return 130
    if args.shard:
        for stem, (_, records) in runs.items():
            path = _results_path(args, stem)
            print(json.dumps({'results': str(path), 'sentences': len(records)}) if args.json else
                  f'Shard {args.shard[0]}/{args.shard[1]}: {len(records)} results in {path}.')
        return 0
    return _report(args, samples, runs)


def _check(args: argparse.Namespace) -> None:
    """Raise RisError where arguments do not go together."""
    if args.root is None:
        raise RisError('--dataset needs --root, the folder with the data set.')
    if args.pictures is not None:
        raise RisError('--pictures goes with --all.')
    if not args.split and args.dataset != 'pictures':
        raise RisError(f'--dataset {args.dataset} needs --split.')
    if args.merge and (args.shard or args.ray):
        raise RisError('--merge sums up all shards; leave out --shard and --ray.')
    if args.worst < 0:
        raise RisError(f'--worst is {args.worst}; expected 0 or more.')
    if args.ray_workers < 0 or (args.ray_workers and not args.ray):
        raise RisError('--ray-workers is a number of 0 or more that goes with --ray.')
    if args.true_masks and args.dataset != 'simulation':
        raise RisError('--true-masks goes with --dataset simulation.')
    if unknown := set(args.methods or ()) - set(METHODS):
        raise RisError(f'There is no method {", ".join(sorted(unknown))}; choose from '
                       f'{", ".join(METHODS)}.')
    if args.methods and args.dataset != 'simulation':
        raise RisError('--methods goes with --dataset simulation.')
    if args.ray and ':' in args.device:
        raise RisError(f'Ray chooses the GPU of each worker; give --device cuda, not '
                       f'{args.device}.')


def _subjects(args: argparse.Namespace) -> dict[str, Subject]:
    """Return what is evaluated by the stem of its results' file.

    Paths in it do not hang on the current folder.
    """
    from dataclasses import replace

    from ris_lab.evaluation.subject import Subject

    profile = Path(args.profile)
    subject = Subject(dataset=args.dataset, split=args.split,
                      split_by=args.split_by if args.dataset == 'refcocog' else '',
                      protocol=args.protocol,
                      profile=str(profile.resolve()) if profile.is_file() else args.profile,
                      architecture=args.architecture, weights=args.weights, device=args.device,
                      masks=args.masks.resolve() if args.masks else None)
    methods = args.methods or (METHODS if args.dataset == 'simulation' else ('full',))
    proposals = {'results': subject}
    if args.true_masks:
        proposals['true_masks'] = replace(subject, masks=args.root.resolve())
    return {stem if method == 'full' else f'{stem}_{method}': replace(one, method=method)
            for stem, one in proposals.items() for method in methods}


def _results_path(args: argparse.Namespace, stem: str) -> Path:
    return args.out / (f'{stem}_{args.shard[0]}of{args.shard[1]}.jsonl' if args.shard
                       else f'{stem}.jsonl')


def _evaluate(args: argparse.Namespace, subjects: dict[str, Subject],
              samples: tuple[Sample, ...]) -> dict[str, Run]:
    """Return what run each is and all results of the samples, the missing ones made first."""
    from contextlib import ExitStack

    from ris_lab.evaluation.answers import PipelineAnswers
    from ris_lab.evaluation.given_masks import check_masks, open_masks
    from ris_lab.evaluation.results import ResultsFile
    from ris_lab.evaluation.runner import run_together

    runs: dict[str, Run] = {}
    with ExitStack() as opened:
        together, loaded = [], {}
        for stem, subject in subjects.items():
            if subject.masks:
                check_masks(open_masks(subject.masks), subject.masks,
                            [s.image_id for s in samples])
            elif subject.describe()['proposals'] == 'given':
                raise RisError(f'The profile {args.profile!r} has no proposals of its own; give '
                               '--masks.')
            settings, path = subject.identify(), _results_path(args, stem)
            if args.ray:
                runs[stem] = settings, _run_on_ray(args, subject, settings, samples, path)
                continue
            if not loaded:
                loaded[subject.masks] = subject.load_models()
            elif subject.masks not in loaded:  # the same models
                loaded[subject.masks] = PipelineAnswers(
                    next(iter(loaded.values())).pipeline, open_masks(subject.masks))
            results = opened.enter_context(ResultsFile(path, settings))
            together.append((loaded[subject.masks].by(subject.method), results))
            runs[stem] = settings, results.records
        run_together(samples, together, args.protocol)
    return runs


def _run_on_ray(args: argparse.Namespace, subject: Subject, settings: Record,
                samples: tuple[Sample, ...], path: Path) -> list[Record]:
    """Return all results, the missing ones made on a cluster."""
    from functools import partial

    from ris_lab.evaluation.ray_run import connected, run_on_ray, worker_count
    from ris_lab.evaluation.results import ResultsFile

    gpu = args.device == 'cuda'
    with connected(args.ray), ResultsFile(path, settings) as results:
        run_on_ray(samples, partial(subject.load_as, settings), results, args.protocol,
                   worker_count(args.ray_workers, gpu), gpu)
        return results.records


def _report(args: argparse.Namespace, samples: tuple[Sample, ...], runs: dict[str, Run]) -> int:
    """Write the summary and the pictures, and print the figures."""
    from ris_lab.evaluation.report_files import write_reports

    summary, table = write_reports(args.out, samples, {
        _name(args, stem): run for stem, run in runs.items()}, args.worst)
    print(json.dumps(summary) if args.json else table)
    return 0


def _name(args: argparse.Namespace, stem: str) -> str:
    """Return what a run is called in the table: its proposals and, where not full, its method."""
    method = next((name for name in METHODS if stem.endswith(f'_{name}')), '')
    proposals = ('true masks' if stem.startswith('true_masks')
                 else 'given masks' if args.masks else 'own proposals')
    return f'{proposals}, {method}' if method else proposals


def _shard(text: str) -> tuple[int, int]:
    """Read i/n."""
    match = re.fullmatch(r'(\d+)/(\d+)', text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError(f'{text!r} is not i/n with 1 <= i <= n')
    return int(match[1]), int(match[2])
