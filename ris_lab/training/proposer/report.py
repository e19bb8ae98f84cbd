# SPDX-License-Identifier: Apache-2.0
"""Draw the learning curve of the segmenter: ``ris train proposer-report``."""
from __future__ import annotations

from pathlib import Path

import torch

from ris_lab.plots import new_figure, save_figure

_CURVE_SIZE = (640, 400)


def draw_curve(history: list[dict], path: Path) -> None:
    """Draw the recall of the segmenter alone over the pictures seen.

    Args:
        history: Rows of a checkpoint's history.
        path: PNG to write.
    """
    figure, (axes,) = new_figure(*_CURVE_SIZE)
    for name in ('at .5', 'at .75'):
        axes.plot([row['pictures'] for row in history], [row[name] for row in history],
                  marker='o', markersize=3, label=f'IoU {name}')
    axes.set(xlabel='pictures seen', ylabel='recall of the segmenter alone', ylim=(0, 1.02))
    axes.legend(loc='lower right')
    save_figure(figure, path)


def report_segmenter(checkpoint: Path, curve: Path) -> None:
    """Print the history of a checkpoint and draw its curve.

    Args:
        checkpoint: The checkpoint.pt of a training.
        curve: PNG to write.
    """
    history = torch.load(checkpoint, weights_only=True)['history']
    for row in history:
        print(row['step'], row['cpu minutes'], f'{row["at .5"]:.3f} {row["at .75"]:.3f}')
    draw_curve(history, curve)
