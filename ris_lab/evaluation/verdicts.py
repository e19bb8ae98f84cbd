# SPDX-License-Identifier: Apache-2.0
"""Verdicts on answers, right, wrong or refused, for each kind of expression.

An answer with the status FOUND is confident; every other answer is a refusal. NOT_FOUND is right
if the object is absent, and AMBIGUOUS is right if the sentence may mean several objects.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ris_lab.evaluation.metrics import iou, precision_at
from ris_lab.evaluation.results import Record
from ris_lab.evaluation.sample import Sample, group_by_kind

RIGHT_IOU = 0.5
# A robot acts on answers with at least this confidence.
SURE = 0.9
VERDICTS = ('right', 'wrong', 'refused')
_HEADS = {'wrong_of_found': 'wr/found'}
Tally = dict[str, 'float | int | None']


@dataclass(frozen=True, eq=False)
class Case:
    """One sentence with its result.

    Attributes:
        sample: The sample of the sentence.
        sentence: Its text.
        record: Its result, which has a status.
    """

    sample: Sample
    sentence: str
    record: Record

    @property
    def verdict(self) -> str:
        """Return the verdict on the answer, one of VERDICTS."""
        found = self.record['status'] == 'FOUND'
        if self.sample.target is None:
            expected = self.record['status'] == self.sample.expected
            return 'wrong' if found else 'right' if expected else 'refused'
        if not found:
            return 'refused'
        same = self.record.get('count', 1) == self.sample.count
        overlap = iou(self.record['i'], self.record['u'])
        return 'right' if same and overlap >= RIGHT_IOU else 'wrong'


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs on the same samples, side by side.

    Attributes:
        figures: All figures as plain JSON values.
        table: The figures as lines of text.
        cases: The cases of each run, by its name.
    """

    figures: dict[str, object]
    table: str
    cases: dict[str, list[Case]]


def compare(samples: Sequence[Sample], runs: Mapping[str, Sequence[Record]]) -> Comparison:
    """Compare runs on the same samples.

    Args:
        samples: Samples of all runs.
        runs: Records of each run, by its name, such as 'own proposals' or 'own proposals, clip'.
    """
    cases = {name: list_cases(samples, records) for name, records in runs.items()}
    tallies = {name: tally(some) for name, some in cases.items()}
    recalls = {name: recall(records) for name, records in runs.items()}
    sure = {name: tally_sure(some) for name, some in cases.items()}
    firsts = {name: tally_first(some) for name, some in cases.items()}
    return Comparison({'verdicts': tallies, 'recall': recalls, 'sure': sure,
                       **({'first': firsts} if any(map(bool, firsts.values())) else {})},
                      '\n'.join([as_table(tallies, recalls, sure), *_first_lines(firsts)]), cases)


def list_cases(samples: Sequence[Sample], records: Sequence[Record]) -> list[Case]:
    """Return the sentences that have an answer or a refusal, in the order of the samples.

    Args:
        samples: All samples of a run.
        records: The results of that run, one for each sentence.
    """
    by_key = {record['key']: record for record in records}
    return [Case(sample, sentence, by_key[key]) for sample in samples
            for key, sentence in zip(sample.keys, sample.sentences, strict=True)
            if 'status' in by_key[key]]


def tally(cases: Sequence[Case]) -> dict[str, Tally]:
    """Count the verdicts for each kind in the cases, and for 'all'.

    Returns:
        Counts and shares by kind. 'wrong_of_found' is the share of wrong answers among the
        confident ones, None if there are none or if no case has a target.
    """
    groups = group_by_kind([case.sample.kind for case in cases], cases)
    return {kind: _tally(group) for kind, group in {**groups, 'all': cases}.items()}


def recall(records: Sequence[Record]) -> Tally:
    """Return how many objects the proposals cover.

    Args:
        records: The results of a run; those of whole pictures count.

    Returns:
        The numbers of pictures and objects, the shares of objects that a proposal covers with an
        IoU of .5 and .75, and the mean number of proposals.
    """
    pictures = [record for record in records if 'proposals' in record]
    best = [tuple(pair) for record in pictures for pair in record['objects']]
    return {'pictures': len(pictures), 'objects': len(best),
            'recall@.5': precision_at(best, 5), 'recall@.75': precision_at(best, 7.5),
            'proposals': sum(record['proposals'] for record in pictures) / max(len(pictures), 1)}


def tally_sure(cases: Sequence[Case]) -> Tally:
    """Count the answers with a confidence of at least SURE, and the share of wrong ones."""
    verdicts = [case.verdict for case in cases
                if case.record['status'] == 'FOUND' and case.record['confidence'] >= SURE]
    return {'answers': len(verdicts),
            'wrong_share': verdicts.count('wrong') / max(len(verdicts), 1)}


def tally_first(cases: Sequence[Case]) -> Tally:
    """Count the targets that are the first candidate, also where the answer is a refusal.

    Returns:
        Counts; empty if the records do not know their first candidate.
    """
    overlaps = [tuple(case.record['first']) for case in cases if 'first' in case.record]
    if not overlaps:
        return {}
    return {'targets': len(overlaps),
            'first': sum(iou(*overlap) >= RIGHT_IOU for overlap in overlaps)}


def as_table(tallies: Mapping[str, Mapping[str, Tally]], recalls: Mapping[str, Tally],
             sure: Mapping[str, Tally]) -> str:
    """Return the figures as lines of text, with a row for each kind and columns for each run.

    Args:
        tallies: By run, then by kind, as from `tally`.
        recalls: By run, as from `recall`.
        sure: By run, as from `tally_sure`.
    """
    kinds = list(dict.fromkeys(kind for rows in tallies.values() for kind in rows))
    width = max(map(len, kinds))
    # For methods other than the profile's own, only the share of right answers matters.
    shown = {name: (*VERDICTS, 'wrong_of_found') if method_of(name) == 'full' else ('right',)
             for name in tallies}
    head = ' ' * (width + 7) + ''.join(
        f'{name if method_of(name) == "full" else method_of(name):^{9 * len(columns)}}'
        for name, columns in shown.items())
    columns = f'{"":<{width}}{"n":>7}' + ''.join(
        f'{_HEADS.get(column, column):>9}' for row in shown.values() for column in row)
    lines = [head.rstrip(), columns]
    for kind in kinds:
        count = next(iter(tallies.values()))[kind]['n']
        lines.append(f'{kind:<{width}}{count:>7}' + ''.join(
            ''.join(f'{_per_cent(rows[kind], name):>9}'
                    for name in shown[run]) for run, rows in tallies.items()))
    lines += [f'{name}: recall@.5 {100 * found["recall@.5"]:.1f}, '
              f'@.75 {100 * found["recall@.75"]:.1f} of {found["objects"]} objects, '
              f'{found["proposals"]:.1f} a picture' for name, found in recalls.items()
              if method_of(name) == 'full' and found['objects']]
    lines += [f'{name}: {100 * some["wrong_share"]:.1f} wrong of the {some["answers"]} answers '
              f'with a confidence from {SURE} on' for name, some in sure.items()
              if method_of(name) == 'full']
    return '\n'.join(lines)


def _first_lines(firsts: Mapping[str, Tally]) -> list[str]:
    return [f'{name}: the first candidate is the right one for {some["first"]} of '
            f'{some["targets"]} targets, refused ones included'
            for name, some in firsts.items() if some and method_of(name) == 'full']


def method_of(run: str) -> str:
    """Return the method of a run that is named 'own proposals' or 'own proposals, clip'."""
    return run.partition(', ')[2] or 'full'


def _tally(cases: Sequence[Case]) -> Tally:
    verdicts = [case.verdict for case in cases]
    counts = {name: verdicts.count(name) for name in VERDICTS}
    found = sum(case.record['status'] == 'FOUND' for case in cases)
    # If no case has a target, every confident answer is wrong and the share says nothing.
    says = found and any(case.sample.target is not None for case in cases)
    return {'n': len(cases), **counts,
            **{f'{name}_share': counts[name] / max(len(cases), 1) for name in VERDICTS},
            'found': found, 'wrong_of_found': counts['wrong'] / found if says else None}


def _per_cent(row: Tally, name: str) -> str:
    share = row[f'{name}_share' if name in VERDICTS else name]
    return '-' if share is None else f'{100 * share:.1f}'
