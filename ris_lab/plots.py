# SPDX-License-Identifier: Apache-2.0
"""Figures by matplotlib, drawn without a window."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DOTS_PER_INCH = 100


def new_figure(width: int, height: int, columns: int = 1,
               rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Make an empty figure with a light grid.

    Args:
        width: Of the whole figure in pixels.
        height: Likewise.
        columns: Number of axes side by side.
        rows: Number of axes one below the other.

    Returns:
        The figure and its axes, row by row from left to right.
    """
    # A figure of its own, without pyplot, needs no display and is freed when it is dropped.
    from matplotlib.figure import Figure

    figure = Figure((width / _DOTS_PER_INCH, height / _DOTS_PER_INCH), dpi=_DOTS_PER_INCH,
                    layout='constrained')
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for each in axes:
        each.grid(color='0.9')
        each.set_axisbelow(True)
        each.spines[['top', 'right']].set_visible(False)
    return figure, list(axes)


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG and make its folder where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format='png')


def to_pixels(figure: Figure) -> np.ndarray:
    """Return a figure as (H, W, 3) uint8 RGB."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
