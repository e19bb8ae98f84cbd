# SPDX-License-Identifier: Apache-2.0
"""Which figures of a run are compared with published ones, and their drawing."""
from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ris_lab.evaluation.published import published_for
from ris_lab.evaluation.report_files import JUDGED
from ris_lab.evaluation.survey import SurveyRun
from ris_lab.evaluation.verdicts import VERDICTS
from ris_lab.plots import new_figure, to_pixels

_OURS, _THEIRS, _TRAINED = 'tab:blue', '0.55', '0.8'
_VERDICT_COLOURS = {'right': '#2c9f45', 'wrong': '#d03030', 'refused': '#c9a227'}
_WIDTH, _BAR, _FRAME = 900, 24, 90  # pixels
_GENERALIZED = ('gIoU', 'cIoU', 'N-acc', 'T-acc')
_BOXES = ('F1', 'NSR')
_CLASSIC = ('mIoU', 'oIoU', 'P@.5')


def shown_figures(run: SurveyRun) -> dict[str, float | None]:
    """Return the figures of a run in per cent, the one that is drawn first."""
    summary = run.summary
    if 'generalized' in summary:
        found = {name: summary['generalized'][name] for name in _GENERALIZED}
    elif 'boxes' in summary:
        found = {name: summary['boxes'][name] for name in _BOXES}
    elif run.split.dataset in JUDGED:
        found = {name: _shares(run)[name] for name in VERDICTS}
    else:
        found = {name: summary[name] for name in _CLASSIC}
    return {name: None if value is None else 100 * value for name, value in found.items()}


def draw_comparison(runs: Sequence[SurveyRun]) -> np.ndarray | None:
    """Draw the first figure of each run beside what is published for its split.

    Args:
        runs: All runs.

    Returns:
        (H, W, 3) uint8 RGB; None if there is nothing to compare.
    """
    runs = [run for run in runs if 'right' not in shown_figures(run)]
    bars: list[tuple[str, float, str]] = []
    for split in dict.fromkeys(run.split for run in runs):
        ours = [run for run in runs if run.split == split]
        measure = next(iter(shown_figures(ours[0])))
        head = f'{split.title}, {measure}'
        bars += [(f'{head}: {run.profile}', shown_figures(run)[measure] or 0.0, _OURS)
                 for run in ours]
        bars += [(f'{head}: {one.method}', one.value, _TRAINED if one.trained else _THEIRS)
                 for one in published_for(split.dataset, split.split, split.split_by)
                 if one.measure == measure]
    if not bars:
        return None
    from matplotlib.patches import Patch

    figure, (axes,) = new_figure(_WIDTH, _FRAME + _BAR * len(bars))
    names, values, colours = zip(*reversed(bars), strict=True)
    drawn = axes.barh(range(len(bars)), values, color=colours)
    axes.bar_label(drawn, [f'{value:.1f}' for value in values], padding=3, fontsize='small')
    axes.set_yticks(range(len(bars)), names, fontsize='small')
    axes.set(xlim=(0, 108), xlabel='per cent')
    legend = {'measured here': _OURS, 'published': _THEIRS, 'trained on such data': _TRAINED}
    figure.legend([Patch(color=colour) for colour in legend.values()], list(legend),
                  loc='outside upper right', ncols=3, frameon=False)
    return to_pixels(figure)


def draw_verdicts(runs: Sequence[SurveyRun]) -> np.ndarray | None:
    """Draw the shares of right, wrong and refused answers where answers are judged.

    Args:
        runs: All runs.

    Returns:
        (H, W, 3) uint8 RGB; None if no answers are judged.
    """
    judged = [run for run in reversed(runs) if run.split.dataset in JUDGED]
    if not judged:
        return None
    figure, (axes,) = new_figure(_WIDTH, _FRAME + 20 + _BAR * len(judged))
    left = np.zeros(len(judged))
    for verdict in VERDICTS:
        shares = np.array([100 * _shares(run)[verdict] for run in judged])
        drawn = axes.barh(range(len(judged)), shares, left=left, label=verdict,
                          color=_VERDICT_COLOURS[verdict])
        axes.bar_label(drawn, [f'{share:.0f}' if share >= 4 else '' for share in shares],
                       label_type='center', fontsize='small', color='white')
        left += shares
    axes.set_yticks(range(len(judged)),
                    [f'{run.split.title}: {run.profile}' for run in judged], fontsize='small')
    axes.set(xlim=(0, 100), xlabel='per cent of all expressions')
    figure.legend(loc='outside upper right', ncols=3, frameon=False)
    return to_pixels(figure)


def as_png(pixels: np.ndarray) -> bytes:
    """Return an (H, W, 3) uint8 RGB picture as the bytes of a PNG."""
    return cv2.imencode('.png', cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()


def _shares(run: SurveyRun) -> dict[str, float]:
    """Return the shares of right, wrong and refused answers of a run."""
    tally = run.summary['verdicts']['own proposals']['all']
    return {name: tally[f'{name}_share'] for name in VERDICTS}
