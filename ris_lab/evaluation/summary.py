# SPDX-License-Identifier: Apache-2.0
"""The figures of a run, overall and for each kind of expression."""
from __future__ import annotations

from collections.abc import Sequence
import json
from pathlib import Path

from ris_lab.evaluation.metrics import THRESHOLDS, iou, measure
from ris_lab.evaluation.results import Record
from ris_lab.evaluation.sample import Sample, group_by_kind, keys_of
from ris_ros.errors import RisError
from ris_ros.files import write_whole

_COLUMNS = ('sentences', 'oIoU', 'mIoU', *(f'P@.{tenths}' for tenths in THRESHOLDS))


def summarise(run: Record, samples: Sequence[Sample], records: Sequence[Record]
              ) -> dict[str, object]:
    """Return all figures as plain JSON values, shares from 0 to 1.

    Args:
        run: Description of the run, which is copied into the result.
        samples: Samples of the split.
        records: Their results, in any order.

    Raises:
        RisError: A key of the samples does not have exactly one record.
    """
    kinds = {key: sample.kind for sample in samples for key in sample.keys}
    _check_complete(keys_of(samples), [record['key'] for record in records])
    counted = [record for record in records if 'i' in record]
    skipped = {record['key'].rpartition('/')[0] for record in records if record.get('skipped')}
    counts = [(record['i'], record['u']) for record in counted]
    groups = group_by_kind([kinds[record['key']] for record in counted], counts)
    return {
        **run, 'refs': len(samples), 'skipped_refs': len(skipped),
        'skipped_sentences': sum('skipped' in record for record in records),
        'unanswered': sum(record['mask'] is None for record in counted),
        **measure(counts), 'kinds': {kind: measure(group) for kind, group in groups.items()}}


def _check_complete(expected: list[str], found: list[str]) -> None:
    """Raise RisError unless there is one result for each key."""
    if len(set(found)) < len(found):
        raise RisError('Some sentences have several results; do the shards overlap? Expected '
                       'all of one n in --shard i/n.')
    if unknown := set(found) - set(expected):
        raise RisError(f'There are results for {len(unknown)} sentences that are not in the '
                       f'split, such as {min(unknown)}; is it the same data set?')
    if missing := len(expected) - len(found):
        raise RisError(f'{missing} of {len(expected)} sentences have no result yet; run the '
                       'missing shards, or those that were stopped, again.')


def worst(records: Sequence[Record], count: int) -> list[Record]:
    """Return the results of the lowest IoU; of equal ones, the larger union first.

    Args:
        records: The results of a run; those without pixel counts are left out.
        count: Most results.
    """
    counted = [record for record in records if 'i' in record]
    return sorted(counted, key=lambda record: (
        iou(record['i'], record['u']), -record['u'], record['key']))[:count]


def as_table(summary: dict[str, object]) -> str:
    """Return the figures in per cent as lines of text, the protocol named first."""
    rows = [('all', summary)]
    if set(summary['kinds']) - {''}:
        rows += [(kind or '(none)', figures) for kind, figures in summary['kinds'].items()]
    width = max(len(name) for name, _ in rows)
    lines = [
        f'{" ".join(filter(None, (summary["dataset"], summary["split"])))}, '
        f'{summary["protocol"]} protocol, profile '
        f'{summary["profile"]} ({summary["architecture"]}, {_settings(summary)}): '
        f'{summary["refs"]} references, {summary["skipped_refs"]} skipped for want of proposals, '
        f'{summary["unanswered"]} sentences without an answer',
        ' ' * width + ''.join(f'{name:>10}' for name in _COLUMNS)]
    for name, figures in rows:
        cells = (f'{figures[column]:>10}' if column == 'sentences'
                 else f'{100 * figures[column]:>10.2f}' for column in _COLUMNS)
        lines.append(f'{name:<{width}}' + ''.join(cells))
    return '\n'.join(lines)


def _settings(summary: dict[str, object]) -> str:
    """Return the settings in which published runs of the method differ."""
    words = f'global weight {summary["global_weight"]:g}'
    antialias = summary['antialias']
    return words if antialias is None else f'{words}, antialias {"on" if antialias else "off"}'


def write_summary(path: Path, summary: dict[str, object]) -> None:
    """Write the figures as JSON; the file is there in full or not at all."""
    write_whole(path, json.dumps(summary, indent=1) + '\n')
