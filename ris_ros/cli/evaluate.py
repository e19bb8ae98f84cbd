"""``ris evaluate``: the standard figures on published data sets and on simulated scenes."""
from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
import re
from typing import TYPE_CHECKING

from ris_ros.errors import RisError

if TYPE_CHECKING:
    from ris_ros.evaluation.results import Record
    from ris_ros.evaluation.sample import Sample
    from ris_ros.profile import Profile

DATASETS = ('refcoco', 'refcoco+', 'refcocog', 'phrasecut', 'simulation')

_EPILOG = """A run that was stopped goes on where it was when the same command is given again.
Shards write results_<i>of<n>.jsonl into --out; gather them in one folder and give the same
command with --merge in place of --shard."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser(
        'evaluate', help='measure oIoU, mIoU and P@.5 to .9 on a data set', epilog=_EPILOG)
    parser.add_argument('--dataset', choices=DATASETS, required=True)
    parser.add_argument('--root', type=Path, required=True, help='folder with the data set')
    parser.add_argument('--split', required=True, help="'val', 'testA' … as in the data set")
    parser.add_argument('--split-by', choices=('umd', 'google'), default='umd',
                        help='which division of refcocog [%(default)s]')
    parser.add_argument('--protocol', choices=('default', 'paper'), default='default',
                        help='paper: as published, skipping pictures without proposals; default: '
                        'these and refusals are misses, true masks are whole [%(default)s]')
    parser.add_argument('--profile', default='embedded', help='name or YAML file [%(default)s]')
    parser.add_argument('--weights', default='', help="CLIP weights in place of the profile's")
    parser.add_argument('--device', default='cpu', help="'cpu' or 'cuda' [%(default)s]")
    parser.add_argument('--masks-dir', type=Path,
                        help='proposals to use: <image id>.npz or .json (COCO RLE)')
    parser.add_argument('--shard', type=_shard, metavar='I/N', help='do only part I of N, from 1')
    parser.add_argument('--merge', action='store_true', help='sum up the shards in --out')
    parser.add_argument('--worst', type=int, default=16, metavar='N',
                        help='draw the N worst answers; 0 for none [%(default)s]')
    parser.add_argument('--out', type=Path, default=Path('ris_evaluation'),
                        help='folder for results, summary and pictures [%(default)s]')
    parser.add_argument('--json', action='store_true', help='print JSON in place of the table')
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Evaluate what is not yet, and sum up."""
    # Imported here, so that the other subcommands start without numpy's and torch's cost.
    from ris_ros.evaluation.datasets import read_samples
    from ris_ros.evaluation.results import read_shards
    from ris_ros.profile import load_profile

    _check(args)
    profile = load_profile(args.profile)
    samples = read_samples(args.dataset, args.root, args.split, args.protocol, args.split_by)
    settings = describe_run(args, profile)
    if args.merge:
        settings, records = read_shards(args.out, settings)
        return _report(args, settings, samples, records)
    settings, records, path = _evaluate(args, profile, settings, samples)
    if args.shard:
        print(json.dumps({'results': str(path), 'sentences': len(records)}) if args.json else
              f'Shard {args.shard[0]}/{args.shard[1]}: {len(records)} sentences in {path}.')
        return 0
    return _report(args, settings, samples, records)


def describe_run(args: argparse.Namespace, profile: Profile) -> Record:
    """Return what must be the same for results to belong together."""
    split_by = args.split_by if args.dataset == 'refcocog' else None
    return {'dataset': args.dataset, **({'split_by': split_by} if split_by else {}),
            'split': args.split, 'protocol': args.protocol, 'profile': profile.name,
            'settings_sha256': hashlib.sha256(repr(profile).encode()).hexdigest(),
            'weights': Path(args.weights or profile.weights).name,
            'proposals': 'precomputed' if args.masks_dir else profile.proposals['source']}


def _check(args: argparse.Namespace) -> None:
    """Raise RisError where arguments do not go together."""
    if args.merge and args.shard:
        raise RisError('--merge sums up all shards; leave out --shard.')
    if args.worst < 0:
        raise RisError(f'--worst is {args.worst}; expected 0 or more.')
    if args.masks_dir and not args.masks_dir.is_dir():
        raise RisError(f'There is no folder of masks {args.masks_dir}.')


def _evaluate(args: argparse.Namespace, profile: Profile, settings: Record,
              samples: tuple[Sample, ...]) -> tuple[Record, list[Record], Path]:
    """Return what run it is, the results of the samples or of the shard's, and their file."""
    from ris_ros.evaluation.answers import PipelineAnswers, check_masks_dir, for_dataset
    from ris_ros.evaluation.results import ResultsFile
    from ris_ros.evaluation.runner import run as run_samples
    from ris_ros.evaluation.sample import shard_of
    from ris_ros.models.locations import find_model_file
    from ris_ros.pipeline import Pipeline

    if args.masks_dir:
        check_masks_dir(args.masks_dir, samples)
    elif profile.proposals['source'] == 'given':
        raise RisError(f'The profile {profile.name!r} has no proposals of its own; give '
                       '--masks-dir.')
    name = 'results.jsonl'
    if args.shard:
        samples = shard_of(samples, *args.shard)
        name = 'results_{}of{}.jsonl'.format(*args.shard)
    pipeline = Pipeline.load(args.profile, weights=args.weights, device=args.device)
    weights = find_model_file(args.weights or profile.weights)
    settings = {**settings, 'weights_sha256': _hash(weights)}
    # The published method always answers.
    answers = PipelineAnswers(for_dataset(pipeline, args.dataset), args.masks_dir,
                              forced=args.protocol == 'paper')
    with ResultsFile(args.out / name, settings) as results:
        run_samples(samples, answers, results, args.protocol)
        return settings, results.records, args.out / name


def _report(args: argparse.Namespace, settings: Record, samples: tuple[Sample, ...],
            records: list[Record]) -> int:
    """Write the summary and the picture of the worst answers, and print the figures."""
    from ris_ros.evaluation.summary import as_table, summarise, worst, write_summary
    from ris_ros.evaluation.worst_cases import contact_sheet
    from ris_ros.image_files import write_image

    summary = summarise(settings, samples, records)
    if shown := worst(records, args.worst):
        write_image(args.out / 'worst.png', contact_sheet(samples, shown))
    write_summary(args.out / 'summary.json', summary)
    print(json.dumps(summary) if args.json else as_table(summary))
    return 0


def _hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _shard(text: str) -> tuple[int, int]:
    """Read i/n."""
    match = re.fullmatch(r'(\d+)/(\d+)', text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError(f'{text!r} is not i/n with 1 <= i <= n')
    return int(match[1]), int(match[2])
