# SPDX-License-Identifier: Apache-2.0
"""``ris evaluate --all``: every data set below a folder, with every profile that can run."""
from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from ris_ros.errors import RisError

if TYPE_CHECKING:
    from ris_lab.evaluation.found_sets import Omission
    from ris_lab.evaluation.survey import Survey

PAGE = 'index.html'
# What goes with one data set only: the option, and its value where it is not given.
_SINGLE = {'dataset': None, 'root': None, 'architecture': '', 'weights': '', 'masks': None,
           'true_masks': False, 'methods': None, 'shard': None, 'merge': False, 'ray': None,
           'json': False, 'protocol': None}


def run_all(args: argparse.Namespace) -> int:
    """Evaluate all that is found and write one page."""
    from ris_lab.evaluation.found_sets import find_splits
    from ris_lab.evaluation.survey import survey, usable_profiles
    from ris_ros.profile import profile_names

    _check(args)
    splits, unreadable = find_splits(args.all.resolve())
    splits = [split for split in splits if args.split in ('', split.split)]
    if not splits and not unreadable:
        raise RisError(f'There is no data set below {args.all}; docs/evaluation.md tells which '
                       'files each has.')
    profiles, missing = usable_profiles([args.profile] if args.profile else profile_names())
    before = [*unreadable, *missing]
    for one in before:
        _tell(f'{one.name} is left out: {one.reason}')
    keep = _PageFile(args.out / PAGE, before)
    try:
        found = survey(splits, profiles, args.out, args.device, args.pictures, _tell, keep.write)
    except KeyboardInterrupt:
        print('Interrupted; give the same command to go on.', file=sys.stderr)
        return 130
    keep.write(found)
    print(f'{len(found.runs)} runs, {len(before) + len(found.omissions)} left out: '
          f'{args.out / PAGE}')
    return 0


def _check(args: argparse.Namespace) -> None:
    """Raise RisError where arguments do not go together."""
    if given := [name for name, value in _SINGLE.items() if getattr(args, name) != value]:
        raise RisError(f'--{given[0].replace("_", "-")} goes with one data set, not with --all.')
    if args.pictures is not None and args.pictures < 1:
        raise RisError(f'--pictures is {args.pictures}; expected at least 1.')


def _tell(line: str) -> None:
    """Print a line of progress."""
    print(line, file=sys.stderr, flush=True)


class _PageFile:
    """The page, which is written again after each run."""

    def __init__(self, path: Path, before: list[Omission]) -> None:
        self._path = path
        self._before = tuple(before)

    def write(self, survey: Survey) -> None:
        """Write the page of what is known, with what was left out before the first run."""
        from ris_lab.evaluation.survey_page import make_survey_page
        from ris_ros.files import write_whole

        write_whole(self._path, make_survey_page(
            replace(survey, omissions=self._before + survey.omissions)))
