# SPDX-License-Identifier: Apache-2.0
"""The page of the bench: tables in Markdown, and plots."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ris_lab.fleet.measures import FaultRun, FleetLoad, IndexCost
from ris_lab.plots import new_figure, save_figure
from ris_ros.files import write_whole

_COLOURS = ('#1f6f8b', '#d1495b', '#edae49')


def write_page(folder: Path, profile: str, loads: Sequence[FleetLoad],
               costs: Sequence[IndexCost], faults: FaultRun | None) -> str:
    """Write fleet.md and fleet.png; return the text of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [f'# A pool with the profile {profile}', '![Throughput, time and fairness](fleet.png)',
             _load_table(loads), _cost_table(costs), _ratios(loads)]
    if faults is not None:
        parts.append(_fault_lines(faults))
    text = '\n\n'.join(part for part in parts if part) + '\n'
    write_whole(folder / 'fleet.md', text)
    if loads:
        _plot(folder / 'fleet.png', loads)
    return text


def _load_table(loads: Sequence[FleetLoad]) -> str:
    lines = ['| deployment | robots | indexes a second | index p50 / p95 / p99, ms | '
             'command p50 / p95 / p99, ms | worst p95 / best p95 | KB a frame |',
             '| --- | --- | --- | --- | --- | --- | --- |']
    for load in loads:
        index, command = (' / '.join(f'{1e3 * value:.0f}' for value in values)
                          for values in (load.index, load.command))
        lines.append(f'| {load.deployment} | {load.robots} | {load.throughput:.1f} | {index} | '
                     f'{command} | {load.fairness:.2f} | {load.bytes / 1e3:.0f} |')
    return '\n'.join(lines)


def _cost_table(costs: Sequence[IndexCost]) -> str:
    if not costs:
        return ''
    lines = ['| sent | colour | by itself, ms CPU | with the pool: robot, ms CPU | pool, ms CPU | '
             'overhead, ms CPU | request, KB | reply, KB |',
             '| --- | --- | --- | --- | --- | --- | --- | --- |']
    lines += [f'| {cost.frame} | {cost.colour} | {1e3 * cost.local:.0f} | {1e3 * cost.robot:.0f} | '
              f'{1e3 * cost.pool:.0f} | {1e3 * cost.overhead:.0f} | {cost.sent / 1e3:.1f} | '
              f'{cost.received / 1e3:.1f} |' for cost in costs]
    return '\n'.join(lines)


def _ratios(loads: Sequence[FleetLoad]) -> str:
    """Return the throughput of each deployment over that of the first, for as many robots."""
    names = list(dict.fromkeys(load.deployment for load in loads))
    found = {(load.deployment, load.robots): load.throughput for load in loads}
    lines = []
    for name in names[1:]:
        ratios = ', '.join(
            f'{found[name, robots] / found[names[0], robots]:.2f} ({robots})'
            for robots in sorted({load.robots for load in loads})
            if (name, robots) in found and (names[0], robots) in found)
        lines.append(f'Throughput of "{name}" over "{names[0]}" (robots): {ratios}.')
    return '\n'.join(lines)


def _fault_lines(run: FaultRun) -> str:
    return (f'{run.commands} commands while replicas were killed ({run.deaths} deaths): '
            f'{run.answered} answers, {run.by_pool} of them by the pool; the slowest answer took '
            f'{run.slowest:.2f} s, the slowest index without the pool '
            f'{run.slowest_fallback:.2f} s.')


def _plot(path: Path, loads: Sequence[FleetLoad]) -> None:
    """Draw throughput, p95 and fairness over the number of robots."""
    figure, axes = new_figure(1200, 360, columns=3)
    for name, colour in zip(dict.fromkeys(load.deployment for load in loads), _COLOURS,
                            strict=False):
        mine = [load for load in loads if load.deployment == name]
        robots = [load.robots for load in mine]
        axes[0].plot(robots, [load.throughput for load in mine], 'o-', color=colour, label=name)
        axes[1].plot(robots, [load.index[1] for load in mine], 'o-', color=colour, label=name)
        axes[2].plot(robots, [load.fairness for load in mine], 'o-', color=colour, label=name)
    for axis, title in zip(axes, ('indexes a second', 'p95 to an index, seconds',
                                  'worst p95 of a robot over the best'), strict=True):
        axis.set_xscale('log', base=2)
        ticks = sorted({load.robots for load in loads})
        axis.set_xticks(ticks, [str(tick) for tick in ticks])
        axis.set_xlabel('robots')
        axis.set_title(title, fontsize=11)
        axis.set_ylim(bottom=0)
    axes[0].legend(frameon=False, fontsize=9)
    save_figure(figure, path)
