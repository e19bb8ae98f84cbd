# SPDX-License-Identifier: Apache-2.0
"""Runs every profile on every data set that is found, and keeps going where one cannot be used."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
import re

from ris_lab.evaluation.datasets import read_samples
from ris_lab.evaluation.found_sets import DatasetSplit, Omission, given_masks
from ris_lab.evaluation.given_masks import check_masks, open_masks
from ris_lab.evaluation.report_files import write_reports
from ris_lab.evaluation.results import ResultsFile
from ris_lab.evaluation.runner import missing_work, run
from ris_lab.evaluation.sample import Sample
from ris_lab.evaluation.subject import Subject
from ris_ros.errors import ModelError, RisError
from ris_ros.models.registry import fetch_hint, find_model_file
from ris_ros.profile import load_profile

# Data sets on which published methods always answer, and ours is made to.
_ALWAYS_ANSWERED = ('refcoco', 'refcoco+', 'refcocog', 'refcoco-m', 'phrasecut')
_WORST = 16


@dataclass(frozen=True)
class SurveyRun:
    """One profile on one split.

    Attributes:
        split: The split.
        profile: Name of the profile.
        summary: All figures, as in summary.json.
        folder: Where results, summary and pictures are.
    """

    split: DatasetSplit
    profile: str
    summary: dict[str, object]
    folder: Path


@dataclass(frozen=True)
class Survey:
    """What was run and what was not.

    Attributes:
        runs: All runs, profile by profile.
        omissions: What could not be used.
        pictures: How many pictures of each split were used; None for all.
    """

    runs: tuple[SurveyRun, ...]
    omissions: tuple[Omission, ...]
    pictures: int | None = None


def usable_profiles(names: Sequence[str]) -> tuple[list[str], list[Omission]]:
    """Divide profiles into those whose weights are here and those that lack some.

    Args:
        names: Names or paths of profiles.

    Raises:
        ModelError: There is no such profile.
    """
    usable, omissions = [], []
    for name in names:
        files = load_profile(name).weight_files
        missing = [path for path in map(find_model_file, files) if not path.exists()]
        if missing:
            omissions.append(Omission(name, f'Its weights {missing[0].name} are not here.'
                                      f'{fetch_hint(missing[0])}'))
        else:
            usable.append(name)
    return usable, omissions


def survey(splits: Sequence[DatasetSplit], profiles: Sequence[str], out: Path, device: str,
           pictures: int | None, tell: Callable[[str], None], keep: Callable[[Survey], None]
           ) -> Survey:
    """Run profiles on splits.

    Args:
        splits: As from `find_splits`.
        profiles: Names or paths of profiles whose weights are here.
        out: Folder; each run gets one of its own in it.
        device: Torch device.
        pictures: Use the first ones of each split; None for all.
        tell: Takes a line that says which run begins.
        keep: Takes what is known after each run, so that an interrupted survey has a page.

    Returns:
        All runs. What is damaged is an omission.
    """
    runs: list[SurveyRun] = []
    omissions: list[Omission] = []
    samples: dict[DatasetSplit, Sequence[Sample] | None] = {}
    total = len(splits) * len(profiles)
    for number, (profile, split) in enumerate(
            ((profile, split) for profile in profiles for split in splits), 1):
        try:
            if split not in samples:
                samples[split] = None  # so that a damaged one is named once
                samples[split] = read_first(split, pictures)
            if samples[split] is None:
                continue
            tell(f'{number}/{total} {split.title}, profile {profile}: {len(samples[split])} '
                 'expressions')
            runs.append(_run(split, samples[split], profile, out, device, pictures))
        except (RisError, OSError) as error:
            name = split.title if samples[split] is None else f'{split.title}, profile {profile}'
            omissions.append(Omission(name, str(error)))
            tell(f'{number}/{total} {name} is left out: {error}')
        keep(Survey(tuple(runs), tuple(omissions), pictures))
    return Survey(tuple(runs), tuple(omissions), pictures)


def read_first(split: DatasetSplit, pictures: int | None) -> Sequence[Sample]:
    """Read the samples of a split's first pictures, or of all if None."""
    samples = read_samples(split.dataset, split.root, split.split, protocol_of(split.dataset),
                           split.split_by)
    if pictures is None:
        return samples
    chosen = set(list(dict.fromkeys(sample.image_id for sample in samples))[:pictures])
    return tuple(sample for sample in samples if sample.image_id in chosen)


def protocol_of(dataset: str) -> str:
    """Return the protocol by which a data set's figures are published."""
    return 'paper' if dataset in _ALWAYS_ANSWERED else 'default'


def _run(split: DatasetSplit, samples: Sequence[Sample], profile: str, out: Path, device: str,
         pictures: int | None) -> SurveyRun:
    """Run a profile on a split, going on where an earlier run stopped."""
    needs_masks = load_profile(profile).proposals['source'] == 'given'
    masks = given_masks(split) if needs_masks else None
    if needs_masks and masks is None:
        raise ModelError(f'The profile has no proposals of its own; put them into '
                         f'{split.root / "masks"}, one file for each picture.')
    subject = Subject(split.dataset, split.split,
                      split.split_by if split.dataset == 'refcocog' else '',
                      protocol_of(split.dataset), profile, device=device, masks=masks)
    if masks:
        check_masks(open_masks(masks), masks, [sample.image_id for sample in samples])
    name = Path(profile).stem + (f' first {pictures}' if pictures else '')
    folder = out / file_name(split.title) / file_name(name)
    settings = subject.identify()
    with ResultsFile(folder / 'results.jsonl', settings) as results:
        if missing_work(samples, results):  # models take long to load
            run(samples, subject.load(), results, subject.protocol)
        records = results.records
    summary, _ = write_reports(folder, samples, {'own proposals': (settings, records)}, _WORST)
    return SurveyRun(split, Path(profile).stem, summary, folder)


def file_name(title: str) -> str:
    """Return a title as the name of a folder."""
    return re.sub(r'[^\w.+-]+', '_', title)
