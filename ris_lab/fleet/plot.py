# SPDX-License-Identifier: Apache-2.0
"""Plots of loads by the number of robots."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from ris_lab.fleet.measures import PERCENTILES, SERVED_SHARE, FleetLoad, Pace
from ris_lab.plots import new_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = ('#1f6f8b', '#d1495b', '#edae49')
_SHADES = ('#1f6f8b', '#6aa6bb', '#b5d4de')


def draw_loads(path: Path, loads: Sequence[FleetLoad]) -> None:
    """Draw throughput, times, shares and fairness over the number of robots."""
    figure, axes = new_figure(1500, 860, columns=3, rows=2)
    saturated = [load for load in loads if load.pace is Pace.SATURATED]
    as_node = [load for load in loads if load.pace is Pace.NODE]
    name = loads[0].deployment
    colours = dict(zip(dict.fromkeys(load.deployment for load in loads), _COLOURS, strict=False))
    _draw_deployments(axes[0], saturated, colours, attrgetter('throughput'),
                      'saturated: answers a second')
    _draw_times(axes[1], [load for load in saturated if load.deployment == name],
                attrgetter('index'), f'saturated, {name}: time to an index, s')
    _draw_times(axes[2], [load for load in saturated if load.deployment == name],
                attrgetter('command'), f'saturated, {name}: time to an answer, s')
    _draw_deployments(axes[3], as_node, colours, attrgetter('by_pool'),
                      'as the node: share of indexes by the pool')
    axes[3].axhline(SERVED_SHARE, color='0.5', linestyle=':')
    _draw_deployments(axes[4], as_node, colours, attrgetter('slow_command'),
                      'as the node: p95 to an answer, s')
    _draw_deployments(axes[5], saturated, colours, attrgetter('fairness'),
                      'saturated: worst p95 over the best')
    axes[5].axhline(2, color='0.5', linestyle=':')
    for axis in axes:
        axis.set_xscale('log', base=2)
        ticks = sorted({load.robots for load in loads})
        axis.set_xticks(ticks, [str(tick) for tick in ticks])
        axis.set_xlabel('robots')
        axis.set_ylim(bottom=0)
        if axis.get_legend_handles_labels()[1]:
            axis.legend(frameon=False, fontsize=9)
    save_figure(figure, path)


def _draw_deployments(axis: Axes, loads: Sequence[FleetLoad], colours: Mapping[str, str],
                      value: Callable[[FleetLoad], float], title: str) -> None:
    """Draw a value of the loads: a line for each deployment, of one colour in all plots."""
    axis.set_title(title, fontsize=11)
    for name in dict.fromkeys(load.deployment for load in loads):
        mine = [load for load in loads if load.deployment == name]
        axis.plot([load.robots for load in mine], [value(load) for load in mine], 'o-',
                  color=colours[name], label=name)


def _draw_times(axis: Axes, loads: Sequence[FleetLoad],
                values: Callable[[FleetLoad], Sequence[float]], title: str) -> None:
    """Draw times of the loads: a line for each percentile."""
    axis.set_title(title, fontsize=11)
    for number, (percentile, colour) in enumerate(zip(PERCENTILES, _SHADES, strict=True)):
        axis.plot([load.robots for load in loads], [values(load)[number] for load in loads], 'o-',
                  color=colour, label=f'p{percentile}')

