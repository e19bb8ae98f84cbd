# SPDX-License-Identifier: Apache-2.0
"""One HTML file with all figures of a survey beside the published ones; it needs no other file."""
from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from ris_lab.evaluation.published import PublishedFigure, published_for
from ris_lab.evaluation.survey import Survey, SurveyRun
from ris_lab.evaluation.survey_figures import (
    as_png,
    draw_comparison,
    draw_verdicts,
    shown_figures,
)

_STYLE = """
body { font: 15px/1.45 sans-serif; margin: 2em auto; max-width: 960px; color: #222;
       background: #fff; padding: 0 1em; }
table { border-collapse: collapse; margin: .6em 0 1.4em; }
th, td { padding: .25em .8em; border-bottom: 1px solid #ddd; text-align: left; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.ours td { background: #eef5fc; }
img { max-width: 100%; }
small, .note { color: #555; }
"""
_TITLE = 'ris evaluate --all'


def make_survey_page(survey: Survey) -> str:
    """Return the text of the page.

    Args:
        survey: What was run and what was not.
    """
    runs = survey.runs
    splits = list(dict.fromkeys(run.split for run in runs))
    parts = [
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{_TITLE}</title>'
        f'<style>{_STYLE}</style></head><body><h1>{_TITLE}</h1>',
        f'<p>{len(runs)} runs on {len(splits)} splits. All figures are in per cent; rows in blue '
        'are measured here. Published figures are of the whole split, with the weights and '
        'proposals of their authors.</p>', _first_pictures(survey.pictures),
        *(_image(name, picture) for name, picture in (
            ('Our figures beside published ones', draw_comparison(runs)),
            ('Right, wrong and refused answers', draw_verdicts(runs))) if picture is not None)]
    for split in splits:
        some = [run for run in runs if run.split == split]
        parts += [f'<h2>{escape(split.title)}</h2>', _note(some[0]), _table(some)]
    parts += [_omissions(survey), _settings(runs)]
    return '\n'.join([*parts, '</body></html>\n'])


def _first_pictures(pictures: int | None) -> str:
    return '' if pictures is None else (
        f'<p><b>Only the first {pictures} pictures of each split were used:</b> these figures are '
        'not those of the whole split, and published ones are.</p>')


def _image(name: str, picture: object) -> str:
    data = base64.b64encode(as_png(picture)).decode()
    return f'<p><img alt="{name}" src="data:image/png;base64,{data}"></p>'


def _note(run: SurveyRun) -> str:
    """Say how many expressions a split has, and by which protocol they were answered."""
    summary = run.summary
    told = summary.get('generalized') or summary.get('boxes')
    count = (f'{told["targeted"]} expressions with a target and {told["untargeted"]} without'
             if told else f'{summary["verdicts"]["own proposals"]["all"]["n"]} expressions'
             if 'verdicts' in summary else f'{summary["sentences"]} expressions')
    skipped = summary['skipped_refs']
    more = f'; {skipped} references without proposals are skipped' if skipped else ''
    always = (' An answer is always given, as published.' if summary['protocol'] == 'paper'
              else ' The profile may refuse to answer.')
    return f'<p class="note">{count}{more}.{always}</p>'


def _table(runs: Sequence[SurveyRun]) -> str:
    """Return the table of a split: our profiles, then the published figures."""
    split = runs[0].split
    theirs = published_for(split.dataset, split.split, split.split_by)
    names = list(dict.fromkeys([*shown_figures(runs[0]), *(one.measure for one in theirs)]))
    head = ''.join(f'<th class="number">{name}</th>' for name in names)
    rows = [_row(f'profile {run.profile}', [shown_figures(run).get(name) for name in names],
                 f'{run.summary["architecture"]}, {run.summary["proposals"]} proposals', 'ours')
            for run in runs]
    for method in dict.fromkeys(one.method for one in theirs):
        some = {one.measure: one for one in theirs if one.method == method}
        rows.append(_row(method, [some[name].value if name in some else None for name in names],
                         _source(next(iter(some.values()))), ''))
    return (f'<table><tr><th>method</th>{head}<th>settings or source</th></tr>{"".join(rows)}'
            '</table>')


def _source(figure: PublishedFigure) -> str:
    return figure.source + (' (trained on such data)' if figure.trained else '')


def _row(name: str, values: Iterable[float | None], note: str, kind: str) -> str:
    cells = ''.join(f'<td class="number">{"" if value is None else format(value, ".1f")}</td>'
                    for value in values)
    return (f'<tr class="{kind}"><td>{escape(name)}</td>{cells}'
            f'<td><small>{escape(note)}</small></td></tr>')


def _omissions(survey: Survey) -> str:
    if not survey.omissions:
        return ''
    items = ''.join(f'<tr><td>{escape(one.name)}</td><td>{escape(one.reason)}</td></tr>'
                    for one in survey.omissions)
    return f'<h2>Left out</h2><table><tr><th>what</th><th>why</th></tr>{items}</table>'


def _settings(runs: Sequence[SurveyRun]) -> str:
    """Return a table that tells which weights and settings each profile had."""
    rows = dict.fromkeys(
        (run.profile, str(run.summary['weights']), str(run.summary['weights_sha256'])[:12],
         f'{run.summary["global_weight"]:g}', str(run.summary['settings_sha256'])[:12])
        for run in runs)
    cells = ''.join('<tr>' + ''.join(f'<td><small>{escape(cell)}</small></td>' for cell in row)
                    + '</tr>' for row in rows)
    return ('<h2>Profiles</h2><table><tr><th>profile</th><th>weights</th><th>SHA-256</th>'
            f'<th>global weight</th><th>settings</th></tr>{cells}</table>')
