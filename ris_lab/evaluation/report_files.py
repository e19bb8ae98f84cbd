# SPDX-License-Identifier: Apache-2.0
"""The files that a run leaves beside its results: the summary, a report, the worst answers."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ris_lab.evaluation.box_matching import box_figures
from ris_lab.evaluation.generalized import generalized_figures
from ris_lab.evaluation.html_report import make_report
from ris_lab.evaluation.pictures import contact_sheet
from ris_lab.evaluation.results import Record
from ris_lab.evaluation.sample import Sample
from ris_lab.evaluation.summary import as_table, summarise, worst, write_summary
from ris_lab.evaluation.verdicts import compare, method_of
from ris_ros.files import write_whole
from ris_ros.image_files import write_image

# Data sets whose answers are judged right, wrong or refused.
JUDGED = ('pictures', 'simulation', 'grefcoco', 'openref')


def write_reports(out: Path, samples: Sequence[Sample],
                  runs: Mapping[str, tuple[Record, Sequence[Record]]], shown: int
                  ) -> tuple[dict[str, object], str]:
    """Sum up runs on the same samples, and write the summary and the pictures.

    Args:
        out: Folder to write to.
        samples: Samples of the split.
        runs: What run it is and its results, by the name of the run; the first is summed up.
        shown: Number of the worst answers to draw.

    Returns:
        All figures as plain JSON values, and as lines of text.

    Raises:
        RisError: A sentence has no result or several, or a file cannot be written.
    """
    settings, records = next(iter(runs.values()))
    dataset = settings['dataset']
    summary = summarise(settings, samples, records)
    table = as_table(summary)
    if dataset == 'grefcoco':
        summary['generalized'] = generalized_figures(samples, records)
        table += '\n' + figures_line(summary['generalized'])
    if dataset == 'openref':
        summary['boxes'] = box_figures(samples, records)
        table += '\n' + figures_line(summary['boxes'])
    if dataset in JUDGED:
        comparison = compare(samples, {name: found for name, (_, found) in runs.items()})
        summary |= comparison.figures
        table += f'\n\n{comparison.table}'
        cases = {name: some for name, some in comparison.cases.items()
                 if method_of(name) == 'full'}
        write_whole(out / 'report.html', make_report(
            f'ris evaluate: {dataset} {settings["split"]}', table, cases))
    if bad := worst(records, shown):
        write_image(out / 'worst.png', contact_sheet(samples, bad))
    write_summary(out / 'summary.json', summary)
    return summary, table


def figures_line(figures: Mapping[str, float | int | None]) -> str:
    """Return figures of a data set with expressions that mean nothing, in per cent, as a line."""
    shares = ', '.join(f'{name} {"-" if value is None else format(100 * value, ".2f")}'
                       for name, value in figures.items() if not name.endswith('targeted'))
    return (f'{figures["targeted"]} sentences with a target and {figures["untargeted"]} without: '
            f'{shares}')
