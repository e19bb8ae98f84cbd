# SPDX-License-Identifier: Apache-2.0
"""Test a checkpoint and draw its learning curve: ``ris train clip-report``."""
from __future__ import annotations

from collections import Counter
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ris_lab.plots import new_figure, save_figure
from ris_lab.training.captions import KINDS
from ris_lab.training.evaluate import (
    DEFAULT_WEIGHT,
    GLOBAL_WEIGHTS,
    NEW_NOUN,
    PHANTOM,
    Report,
    Trial,
    evaluate,
    load_test_scenes,
)
from ris_lab.training.model import Vocabulary, new_clip
from ris_lab.training.scenes import LabelledScene

QUANTILES = (5, 25, 50, 75, 95)
CURVE_SIZE = (480, 300)
LINES = {'colour': 'tab:red', 'category': 'tab:blue', 'colour category': 'tab:green'}
# Terms of the loss that are drawn too.
LOSSES = {'local pairs': '#969696', 'local scene': '#5a5a5a'}


def table(report: Report) -> str:
    """Return the share of right answers by kind and global weight, as Markdown."""
    rows = ['| expression | n | ' + ' | '.join(f'a = {weight}' for weight in GLOBAL_WEIGHTS) + ' |',
            '|---' * (len(GLOBAL_WEIGHTS) + 2) + '|']
    for kind in KINDS:
        shares = ' | '.join(f'{report.share(kind, weight):.3f}' for weight in GLOBAL_WEIGHTS)
        rows.append(f'| {kind} | {report.count(kind)} | {shares} |')
    return '\n'.join(rows)


def confusions(report: Report, count: int = 12) -> list[tuple[str, str, int]]:
    """Return the commonest (asked, chosen, times) of wrong answers to category expressions."""
    column = GLOBAL_WEIGHTS.index(DEFAULT_WEIGHT)
    wrong = Counter()
    for trial in report.trials:
        chosen = int(trial.scores[column].argmax())
        if trial.kind == 'category' and trial.target not in (None, chosen):
            what = trial.things[chosen].category if chosen < len(trial.things) else 'no object'
            wrong[trial.things[trial.target].category, what] += 1
    return [(*pair, times) for pair, times in wrong.most_common(count)]


def tops(trials: list[Trial]) -> tuple[np.ndarray, np.ndarray]:
    """Return each trial's best score with the default weight and its lead over the second."""
    column = GLOBAL_WEIGHTS.index(DEFAULT_WEIGHT)
    ordered = [np.sort(trial.scores[column])[::-1] for trial in trials]
    return (np.array([scores[0] for scores in ordered]),
            np.array([scores[0] - scores[1] for scores in ordered]))


def score_table(report: Report) -> str:
    """Return quantiles of best score and lead for present and for absent things, as Markdown."""
    head = ' | '.join(f'{quantile} %' for quantile in QUANTILES)
    rows = [f'| expression | thing is | n | value | {head} |',
            '|---' * (len(QUANTILES) + 4) + '|']
    for kind in (*KINDS[:3], PHANTOM, NEW_NOUN):
        for present in (True, False):
            trials = [trial for trial in report.trials
                      if trial.kind == kind and len(trial.matching) == present]
            if not trials:
                continue
            for name, values in zip(('best', 'lead'), tops(trials), strict=True):
                cells = ' | '.join(f'{value:.1f}' for value in np.percentile(values, QUANTILES))
                rows.append(f'| {kind} | {"there" if present else "absent"} | {len(trials)} | '
                            f'{name} | {cells} |')
    return '\n'.join(rows)


def draw_curve(history: list[dict], path: Path) -> None:
    """Draw the share of right answers, and terms of the loss below 1, over the crops seen.

    Args:
        history: Rows of a checkpoint's history.
        path: PNG to write.
    """
    figure, (axes,) = new_figure(*CURVE_SIZE)
    for kind, colour in LINES.items():
        axes.plot([row['crops'] / 1000 for row in history],
                  [row['right'][str(DEFAULT_WEIGHT)][kind] for row in history],
                  color=colour, label=kind)
    for term, colour in LOSSES.items():
        points = [(row['crops'] / 1000, row['loss'][term]) for row in history
                  if row['loss'].get(term, 2) < 1]
        axes.plot(*(zip(*points, strict=True) if points else ([], [])), color=colour,
                  label=f'loss: {term}')
    axes.set(xlabel='thousand crops seen', xlim=(0, history[-1]['crops'] / 1000), ylim=(0, 1))
    axes.legend(loc='lower center', fontsize='small')
    save_figure(figure, path)


def both_reports(clip: nn.Module, vocabulary: Vocabulary,
                 scenes: list[LabelledScene]) -> tuple[Report, Report]:
    """Test with the true masks alone, and with wrong masks among them."""
    return (evaluate(clip, vocabulary, scenes),
            evaluate(clip, vocabulary, scenes, with_distractors=True))


def report_clip(checkpoint: Path, tests: Path, scenes: int, curve: Path | None = None) -> None:
    """Print the tables of a checkpoint's averaged weights, and draw its learning curve.

    Args:
        checkpoint: The checkpoint.pt of a training.
        tests: Folder of the test shards.
        scenes: Most scenes of the tables.
        curve: PNG to write, if any.
    """
    torch.set_num_threads(1)
    state = torch.load(checkpoint, weights_only=True)
    vocabulary = Vocabulary()
    clip = new_clip(vocabulary.size)
    clip.load_state_dict(state['average'])
    print(json.dumps({'step': state['step'], 'cpu minutes': state['seconds'] / 60,
                      'crops': state['crops']}))
    loaded = load_test_scenes(tests, scenes)
    true, mixed = both_reports(clip, vocabulary, loaded)
    print(f'True masks, {len(loaded)} scenes\n\n{table(true)}\n')
    print('\n'.join(f'{asked} -> {chosen}: {times}' for asked, chosen, times in confusions(true)))
    print(f'\nWith wrong masks (table, parts, pairs)\n\n{table(mixed)}\n\n'
          f'{score_table(mixed)}')
    if curve:
        draw_curve(state['history'], curve)
