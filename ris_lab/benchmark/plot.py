# SPDX-License-Identifier: Apache-2.0
"""The benchmark's figures: cost curves of the stages, and the node's latency and memory."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ris_lab.benchmark.curves import Curve
from ris_lab.plots import new_figure, to_pixels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ris_lab.benchmark.node_report import NodeReport

_CURVE_SIZE, _NODE_SIZE = (520, 400), (900, 520)
_OURS, _PLAIN, _MARK = '#146ebe', '#d77814', '#c82828'


def draw_curves(curves: Sequence[Curve]) -> np.ndarray:
    """Draw a panel for each curve, both axes logarithmic.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    figure, panels = new_figure(_CURVE_SIZE[0] * len(curves), _CURVE_SIZE[1], len(curves))
    for axes, curve in zip(panels, curves, strict=True):
        axes.plot(curve.numbers, curve.ours, 'o-', color=_OURS, linewidth=3, label='ours')
        if curve.plain:
            axes.plot(curve.numbers, curve.plain, 'o-', color=_PLAIN, linewidth=3,
                      label='straightforward')
        axes.set(title=curve.title, xlabel=curve.axis, ylabel='CPU time', xscale='log',
                 yscale='log')
        axes.set_xticks(curve.numbers, [f'{number:.3g}' for number in curve.numbers])
        axes.minorticks_off()
        axes.yaxis.set_major_formatter(lambda seconds, _: _as_time(seconds))
        # Whole decades, so that each panel has labels.
        powers = np.log10([*curve.ours, *curve.plain])
        axes.set_ylim(10 ** np.floor(powers.min()), 10 ** np.ceil(powers.max()))
        axes.legend(loc='upper left')
    return to_pixels(figure)


def draw_node_report(report: NodeReport) -> np.ndarray:
    """Draw latency and memory over time.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    figure, (latency, memory) = new_figure(*_NODE_SIZE, rows=2)
    latency.plot([answer.at for answer in report.answers],
                 [1000 * answer.seconds for answer in report.answers], '.', color=_OURS,
                 markersize=4)
    p95 = 1000 * report.latency(95)
    latency.axhline(p95, color=_MARK, label=f'p95: {p95:.0f} ms')
    latency.set(title='Command to answer over DDS', ylabel='ms')
    memory.plot([sample.at for sample in report.samples],
                [sample.memory for sample in report.samples], color=_OURS, linewidth=2)
    memory.axvline(report.commands_end, color=_MARK, label='end of the commands')
    memory.set(title='Resident memory of the node', ylabel='MB', xlabel='seconds')
    for axes in (latency, memory):
        _from_zero(axes, report.samples[-1].at)
        axes.legend(loc='lower right')
    return to_pixels(figure)


def _from_zero(axes: Axes, length: float) -> None:
    """Let both axes begin at zero."""
    axes.set_xlim(0, max(length, 1e-3))
    axes.set_ylim(0, 1.1 * axes.get_ylim()[1])


def _as_time(seconds: float) -> str:
    """Return a time as a person writes it."""
    return f'{seconds:g} s' if seconds >= 1 else f'{1000 * seconds:g} ms'
