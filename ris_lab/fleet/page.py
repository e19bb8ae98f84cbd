# SPDX-License-Identifier: Apache-2.0
"""The page of the bench, in Markdown: what was measured of each profile."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ris_lab.fleet.bench import FleetReport
from ris_lab.fleet.cost_model import MOST_BUSY, FleetPlan, ModelCheck
from ris_lab.fleet.loads import PATIENCE_S, RATE_HZ
from ris_lab.fleet.measures import (
    SERVED_SHARE,
    AloneRun,
    FallbackTimes,
    FaultRun,
    FleetLoad,
    IndexCost,
    Pace,
    WindowBytes,
    most_served,
)
from ris_lab.fleet.plot import draw_loads
from ris_lab.fleet.pools import BATCHED, TWO_REPLICAS, UNBATCHED
from ris_ros.files import write_whole

_PAGE = 'fleet_figures.md'


def write_page(folder: Path, command: str, reports: Sequence[FleetReport]) -> str:
    """Write the page and its plots; return the text of the page.

    Args:
        folder: For both.
        command: By which they were measured.
        reports: The first one is told in full, of the others the ratios.
    """
    folder.mkdir(parents=True, exist_ok=True)
    first = reports[0]
    parts = [
        '# Figures of a fleet',
        f'By `{command}`, on {first.cores} cores, which robots and pool share (load of all others '
        f'before: {first.busy:.1f}). Take the ratios, not the seconds: a fleet brings cores of '
        'its own. [fleet.md](fleet.md) says what the figures mean.',
        '## Ratios', _ratio_table(reports), *_chapters(first, folder)]
    text = '\n\n'.join(part for part in parts if part) + '\n'
    write_whole(folder / _PAGE, text)
    return text


def _chapters(report: FleetReport, folder: Path) -> list[str]:
    """Return the chapters on a profile, and draw its plots."""
    picture = f'fleet_{report.profile}.png'
    draw_loads(folder / picture, report.loads)
    chapters = [
        f'## What an index costs, profile `{report.profile}`', _cost_table(report.costs),
        _window_lines(report.windows),
        '## Robots at once', f'![Throughput, times, share and fairness by robots]({picture})',
        _served_lines(report.loads), _load_table(report.loads)]
    if report.fallback is not None or report.faults is not None:
        chapters += ['## Faults', _fallback_lines(report.fallback), _fault_lines(report.faults)]
    return [*chapters, '## 1,000 robots, on paper', _plan_table(report.plans),
            '## The model against other runs', _check_lines(report.alone, report.cores),
            _check_table(report.checks)]


def _table(head: str, rows: Sequence[str]) -> str:
    """Return a table of lines whose cells ' | ' divides."""
    return '\n'.join([f'| {head} |', '|' + ' --- |' * len(head.split(' | ')),
                      *(f'| {row} |' for row in rows)])


def _ratio_table(reports: Sequence[FleetReport]) -> str:
    rows = [f'`{report.profile}` | {_pool_against_local(report.alone, report.costs)} | '
            f'{report.batches.ratio:.2f} | {_ratio(report.loads, BATCHED.name, UNBATCHED.name)} | '
            f'{_ratio(report.loads, TWO_REPLICAS.name, UNBATCHED.name)}' for report in reports]
    frames = reports[0].batches.frames
    return _table(
        'profile | pool ÷ robot alone: time to an answer, CPU of a whole index | '
        f'batched ÷ unbatched, CPU of {frames} frames | batched ÷ unbatched, answers a second | '
        'two replicas ÷ one, answers a second', rows) + (
            '\n\nIn brackets: robots.')


def _pool_against_local(alone: AloneRun, costs: Sequence[IndexCost]) -> str:
    """Return the ratios of a robot's times and CPU with the pool to those by itself."""
    whole = next(cost for cost in costs if cost.frame == 'whole')
    return f'{alone.answer / alone.own:.2f}, {(whole.robot + whole.pool) / whole.whole:.2f}'


def _ratio(loads: Sequence[FleetLoad], one: str, other: str) -> str:
    """Return the throughput of one deployment over that of another, by robots."""
    found = {(load.deployment, load.robots): load.throughput
             for load in loads if load.pace is Pace.SATURATED}
    return ', '.join(f'{found[one, robots] / found[other, robots]:.2f} ({robots})'
                     for robots in sorted({robots for _, robots in found}) if robots > 1
                     if {(one, robots), (other, robots)} <= set(found)) or '-'


def _cost_table(costs: Sequence[IndexCost]) -> str:
    rows = [f'{cost.frame} | {cost.colour} | {_ms(cost.whole)} | {_ms(cost.update)} | '
            f'{_ms(cost.robot)} | {_ms(cost.pool)} | {_ms(cost.over_whole)} | '
            f'{"-" if cost.frame == "whole" else _ms(cost.over_update)} | {cost.sent / 1e3:.1f} | '
            f'{cost.received / 1e3:.1f}' for cost in costs]
    return 'Times are ms of CPU, on one thread.\n\n' + _table(
        'sent | colour | alone: whole index | alone: update | with the pool: robot | pool | '
        'more than a whole index | more than an update | request, KB | reply, KB', rows)


def _window_lines(windows: Sequence[WindowBytes]) -> str:
    rows = [f'{each.colour} | {each.mean / 1e3:.0f} | {each.most / 1e3:.0f}' for each in windows]
    return (f'{windows[0].windows} windows of a tenth of the picture, with depth, '
            'request and reply together:\n\n' + _table('colour | KB | KB at most', rows))


def _served_lines(loads: Sequence[FleetLoad]) -> str:
    names = dict.fromkeys(load.deployment for load in loads if load.pace is Pace.NODE)
    counts = ', '.join(f'{most_served(loads, name)} ({name})' for name in names)
    return counts and (
        f'*{Pace.NODE.value}*: each robot looks {RATE_HZ:g} times a second and waits '
        f'{PATIENCE_S:g} s for the pool; after that, or at once where the pool is full, it indexes '
        'the frame itself, and its bytes count trials whether the pool is back. '
        f'*{Pace.SATURATED.value}*: '
        'each commands as fast as it is answered, and waits for a minute, which no robot does. '
        'Robots that fall back take the cores of the pool here, as they do nowhere else, so the '
        'times of rows with a small share by the pool say nothing. '
        f'Robots that are served, by the pool in {SERVED_SHARE:.0%} of their frames: {counts}.')


def _load_table(loads: Sequence[FleetLoad]) -> str:
    rows = [f'{load.deployment} | {load.pace.value} | {load.robots} | {load.throughput:.1f} | '
            f'{load.by_pool:.0%} | {_row(load.index)} | {_row(load.command)} | '
            f'{_ms(load.worst)} / {_ms(load.best)} = {load.fairness:.2f} | '
            f'{load.bytes / 1e3:.0f}' for load in loads]
    return _table(
        'deployment | pace | robots | answers a second | indexes by the pool | '
        'index p50 / p95 / p99, ms | command p50 / p95 / p99, ms | '
        'index p95 of the worst / best robot, ms | KB a frame', rows)


def _fallback_lines(times: FallbackTimes | None) -> str:
    if times is None:
        return ''
    p50, p95, most = times.later
    return (f'The pool takes the request and never answers (patience {times.patience:g} s): the '
            f'very first index by the robot itself is there after {times.first:.2f} s, with '
            f'models that have not run before; those of {times.count} further robots, which have '
            f'no earlier frame either, after {p50:.2f} s (p95 {p95:.2f}, most {most:.2f}).')


def _fault_lines(run: FaultRun | None) -> str:
    if run is None:
        return ''
    return (f'{run.commands} commands to {run.robots} nodes over DDS, each with an id, while '
            f'replicas were killed ({run.deaths} in {run.seconds:.0f} s): {run.lost} lost, '
            f'{run.twice} answered twice, {run.without_verdict} without a verdict; '
            f'{run.by_pool} of the answers are from indexes by the pool. The slowest took '
            f'{run.slowest:.2f} s.')


def _plan_table(plans: Sequence[FleetPlan]) -> str:
    rows = [f'{plan.name} | {plan.requests:.0f} | {plan.replicas} | {plan.sent / 1e3:.0f} + '
            f'{plan.received / 1e3:.0f} | {plan.megabits / 1e3:.2f}' for plan in plans]
    return (f'{plans[0].robots} robots look {plans[0].rate:g} times a second. Of a still camera, '
            f'{plans[0].changed:.0%} of the frames show something new, in a tenth of the picture; '
            'a moving one sends whole frames (`jpeg`). No replica is busy for more than '
            f'{MOST_BUSY:.0%} of its time.\n\n' + _table(
                'profile and camera | requests a second | replicas | KB a frame, up + down | '
                'Gbit/s', rows))


def _check_lines(alone: AloneRun, cores: int) -> str:
    return ('The model knows a run of one robot, which is in no table above: an answer takes '
            f'{alone.answer:.3f} s, {alone.pool:.3f} s CPU of the pool and {alone.robot:.3f} s of '
            f'the robot. {cores} cores, which all share here, do '
            f'{cores / (alone.pool + alone.robot):.1f} a second at most. It expects of saturated '
            'robots:')


def _check_table(checks: Sequence[ModelCheck]) -> str:
    return _table('deployment | robots | expected a second | measured', [
        f'{check.deployment} | {check.robots} | {check.expected:.1f} | {check.measured:.1f}'
        for check in checks])


def _row(seconds: Sequence[float]) -> str:
    return ' / '.join(map(_ms, seconds))


def _ms(seconds: float) -> str:
    return f'{1e3 * seconds:.0f}'
