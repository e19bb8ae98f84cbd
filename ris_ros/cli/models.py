# SPDX-License-Identifier: Apache-2.0
"""``ris models``: list, fetch and verify pretrained weights."""
from __future__ import annotations

import argparse
from collections.abc import Iterator
import contextlib
from dataclasses import asdict
import json
import os
from pathlib import Path
import sys

from ris_ros.errors import ModelError
from ris_ros.models.download import Progress
from ris_ros.models.fetching import fetch, fetch_local
from ris_ros.models.hashes import known_hash, only_writer
from ris_ros.models.registry import MODELS, ModelFile, find_model, find_model_file, user_folder
from ris_ros.models.verifying import state_of, verify

_EPILOG = """The files lie in RIS_MODELS_DIR, or in ris_ros in the user's cache. RIS_MODELS_URL
names an internal mirror, which has each file under its own name. With RIS_OFFLINE=1 nothing is
downloaded. HF_TOKEN opens models that are given only to those who have accepted the licence. The
exit status is 1 when a file fails its check, 2 after another error, else 0."""


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the subcommand's arguments."""
    parser = subparsers.add_parser('models', help='list, fetch and verify pretrained weights',
                                   epilog=_EPILOG)
    actions = parser.add_subparsers(dest='action', required=True, metavar='ACTION')
    listing = actions.add_parser('list', help='list the weights, and say which files are here')
    listing.add_argument('--json', action='store_true', help='print a JSON line for each model')
    listing.set_defaults(func=run_list)
    fetching = actions.add_parser('fetch', help='download weights, or resume a download')
    fetching.add_argument('names', nargs='*', metavar='NAME', help='see `ris models list`')
    fetching.add_argument('--profile', metavar='PROFILE',
                          help='fetch the weights that a profile (name or YAML file) needs')
    fetching.add_argument('--from', dest='source', type=Path, metavar='FILE',
                          help='copy this local file, or the folder of a model with several '
                          'files (with one NAME)')
    fetching.add_argument('--offline', action='store_true', help='never use the network')
    fetching.set_defaults(func=run_fetch)
    verifying = actions.add_parser('verify', help='compare the files with their SHA-256')
    verifying.add_argument('names', nargs='*', metavar='NAME', help='[all that are here]')
    verifying.set_defaults(func=run_verify)


def run_list(args: argparse.Namespace) -> int:
    """Print a table, or a JSON line for each model."""
    folder = user_folder()
    states = [(model, state_of(model, folder)) for model in MODELS]
    if args.json:
        for model, state in states:
            print(json.dumps({**asdict(model), 'state': state, 'path': str(folder / model.file)}))
        return 0
    for model, state in states:
        print(f'{model.name:14} {_megabytes(model.size):>8}  {state:8}  {model.licence:11}  '
              f'{model.purpose}{_hash_note(model, folder)}')
    print(f'in {folder}')
    return 0


def run_fetch(args: argparse.Namespace) -> int:
    """Fetch each model in turn."""
    models = [find_model(name) for name in args.names]
    if args.profile:
        models += [model for model in _models_of(args.profile) if model not in models]
        if not models:
            print(f'The profile {args.profile!r} needs nothing from the network.')
            return 0
    if not models:
        raise ModelError('There is nothing to fetch; give a NAME or --profile PROFILE.')
    folder = user_folder()
    if args.source is not None:
        if len(models) != 1:
            raise ModelError('--from is one file; give the NAME of one model.')
        _copy(models[0], folder, args.source)
        return 0
    offline = args.offline or os.environ.get('RIS_OFFLINE', '0') not in ('', '0')
    for part in (part for model in models for part in model.parts):
        try:
            with _progress_bar(part) as progress:
                path = fetch(part, folder, mirror=os.environ.get('RIS_MODELS_URL', ''),
                             offline=offline, progress=progress,
                             token=os.environ.get('HF_TOKEN', ''))
        except KeyboardInterrupt:
            print('Interrupted; repeat the command to resume.', file=sys.stderr)
            return 130
        print(path)
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Check the named models, or all that are here."""
    folder = user_folder()
    models = [find_model(name) for name in args.names] or [
        model for model in MODELS if (folder / model.file).is_file()]
    if not models:
        print(f'None of the models is in {folder}.')
        return 0
    bad = []
    with only_writer(folder):
        for model in models:
            verdicts = {part.name: verify(part, folder) for part in model.parts}
            for name, verdict in verdicts.items():
                print(f'{name}: {verdict.message}')
            if not all(verdict.good for verdict in verdicts.values()):
                bad.append(model.name)
    if bad:
        print(f'Not good: {", ".join(bad)}. `ris models fetch {" ".join(bad)}` fetches '
              f'{"it" if len(bad) == 1 else "them"}.', file=sys.stderr)
    return 1 if bad else 0


def _models_of(name: str) -> list[ModelFile]:
    """Return the models that a profile needs, without those whose files lie elsewhere."""
    # Imported here, because it imports torch, which the other actions do not need.
    from ris_ros.profile import load_profile
    there = {user_folder() / model.place for model in MODELS}
    paths = [find_model_file(file) for file in load_profile(name).weight_files]
    return [find_model(path.name) for path in paths if path in there or not path.exists()]


def _copy(model: ModelFile, folder: Path, source: Path) -> None:
    """Copy a model's file, or all files of its folder, to their place."""
    if model.companions and not source.is_dir():
        raise ModelError(f'{model.name} has several files ({", ".join(_names(model))}); give the '
                         'folder that holds them with --from.')
    for part in model.parts:
        name = source / Path(part.file).name if model.companions else source
        print(fetch_local(part, folder, name))


def _names(model: ModelFile) -> list[str]:
    """Return the names of a model's files within their folder."""
    return [Path(part.file).name for part in model.parts]


@contextlib.contextmanager
def _progress_bar(model: ModelFile) -> Iterator[Progress]:
    """Yield a callback that shows the progress on a terminal, and nothing elsewhere."""
    from tqdm import tqdm
    with tqdm(desc=model.name, total=model.size, unit='B', unit_scale=True, unit_divisor=1000,
              disable=None) as bar:
        def show(done: int, total: int | None) -> None:
            """Show the bytes that are done."""
            bar.total = total or bar.total
            bar.update(done - bar.n)
        yield show


def _megabytes(size: int | None) -> str:
    """Return a size in bytes as text."""
    return '? MB' if size is None else f'{size / 1e6:.0f} MB'


def _hash_note(model: ModelFile, folder: Path) -> str:
    """Return a remark on a model without a published SHA-256."""
    if model.sha256:
        return ''
    return ' (SHA-256 not known to us, ' + (
        'pinned at first use)' if known_hash(model, folder) else 'will be pinned at first use)')
