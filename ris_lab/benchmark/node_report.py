"""What the node's benchmark has found, as numbers, a table and a picture."""
from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
import os

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_PANEL = (900, 260)
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 24, 40, 46
_INK, _GRID, _LINE, _BAR = (40, 40, 40), (225, 225, 225), (20, 110, 190), (200, 40, 40)


@dataclass(frozen=True)
class Answered:
    """One command: when, how long the answer took over DDS, and the age of its index; seconds."""

    at: float
    seconds: float
    index_age: float
    status: str
    reused: float


@dataclass(frozen=True)
class Moment:
    """The node's process at a moment: resident memory in MB, CPU seconds so far."""

    seconds: float
    memory: float
    cpu: float


@dataclass(frozen=True)
class Counts:
    """Pictures sent and received."""

    sent: int
    received: int


@dataclass(frozen=True)
class NodeReport:
    """All that was measured.

    answered: the commands in order.  moments: once a second.  commands_end: seconds after which
    the cameras ran alone.  counts: by receiver and camera.  health: the last diagnostics.
    load: processes that wanted a core when the commands ended, as the system counts them.
    """

    answered: tuple[Answered, ...]
    moments: tuple[Moment, ...]
    commands_end: float
    counts: dict[str, Counts]
    health: dict[str, str]
    load: float

    def latency(self, percentile: float) -> float:
        """Return a percentile of command to answer, in seconds."""
        return float(np.percentile([item.seconds for item in self.answered], percentile))

    def cpu_share(self, commanded: bool) -> float:
        """Return the node's CPU seconds per second, with commands or with the cameras alone."""
        part = [m for m in self.moments if (m.seconds <= self.commands_end) == commanded]
        if len(part) < 2:
            return float('nan')
        return (part[-1].cpu - part[0].cpu) / (part[-1].seconds - part[0].seconds)

    def memory_growth(self) -> float:
        """Return by how many MB the last fifth's median is above the second fifth's."""
        memory = [moment.memory for moment in self.moments]
        fifth = max(1, len(memory) // 5)
        return float(np.median(memory[-fifth:]) - np.median(memory[fifth:2 * fifth] or memory))

    def as_dict(self) -> dict[str, object]:
        """Return the figures as plain JSON values; times in seconds, memory in MB."""
        ages = [item.index_age for item in self.answered]
        return {
            'commands': len(self.answered),
            'latency': {f'p{p}': self.latency(p) for p in (50, 95, 99, 100)},
            'index_age': {f'p{p}': float(np.percentile(ages, p)) for p in (50, 95, 100)},
            'statuses': dict(Counter(item.status for item in self.answered)),
            'reused': float(np.mean([item.reused for item in self.answered])),
            'pictures': {name: asdict(counts) for name, counts in self.counts.items()},
            'cpu_share': {'commands': self.cpu_share(True), 'cameras_alone': self.cpu_share(False)},
            'memory': {'first': self.moments[0].memory, 'last': self.moments[-1].memory,
                       'highest': max(moment.memory for moment in self.moments),
                       'growth': self.memory_growth()},
            'seconds': self.moments[-1].seconds,
            'load': self.load, 'cores': os.cpu_count(),
            'diagnostics': self.health,
            'samples': [[round(m.seconds, 1), round(m.memory, 1), round(m.cpu, 2)]
                        for m in self.moments],
        }


def table(report: NodeReport) -> str:
    """Return the figures as lines for a person."""
    figures = report.as_dict()
    milliseconds = {name: {key: f'{1000 * value:.1f}' for key, value in figures[name].items()}
                    for name in ('latency', 'index_age')}
    lines = [
        f'commands                {figures["commands"]}: ' + ', '.join(
            f'{status} {count}' for status, count in figures['statuses'].items()),
        'command to answer (ms)  p50 {p50}  p95 {p95} (at most 60)  p99 {p99}  slowest {p100}'
        .format(**milliseconds['latency']),
        'index age (ms)          p50 {p50}  p95 {p95}  oldest {p100}'.format(
            **milliseconds['index_age']),
        f'features reused         {figures["reused"]:.2f}',
        f'load of the machine     {report.load:.1f} on {figures["cores"]} cores',
        *(f'{name:23} {counts.received} of {counts.sent} pictures, '
          f'{max(0, counts.sent - counts.received)} dropped'
          for name, counts in report.counts.items()),
        'CPU of the node         {commands:.2f} of a core with commands, {cameras_alone:.2f} with '
        'the cameras alone'.format(**figures['cpu_share']),
        'memory (MB)             first {first:.0f}, last {last:.0f}, highest {highest:.0f}; '
        'growth {growth:+.1f}'.format(**figures['memory']),
        f'longest chunk of a build {figures["diagnostics"].get("index longest chunk (s)", "?")} s; '
        f'{figures["seconds"]:.0f} s in all',
    ]
    return '\n'.join(lines)


def draw(report: NodeReport) -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: latency and memory over time."""
    picture = Image.new('RGB', (_PANEL[0], 2 * _PANEL[1]), 'white')
    length = report.moments[-1].seconds
    latency = [(item.at, 1000 * item.seconds) for item in report.answered]
    memory = [(moment.seconds, moment.memory) for moment in report.moments]
    picture.paste(_panel('command to answer over DDS (ms); the line is p95', latency, length,
                         1000 * report.latency(95), dots=True), (0, 0))
    picture.paste(_panel('resident memory of the node (MB); the line is where commands end',
                         memory, length, None, dots=False, mark=report.commands_end),
                  (0, _PANEL[1]))
    return np.asarray(picture)


def _panel(title: str, points: list[tuple[float, float]], length: float, level: float | None,
           dots: bool, mark: float | None = None) -> Image.Image:
    """Draw values over seconds, with a level or a moment marked."""
    panel = Image.new('RGB', _PANEL, 'white')
    pen = ImageDraw.Draw(panel)
    highest = 1.15 * max(value for _, value in points)

    def place(seconds: float, value: float) -> tuple[float, float]:
        return (_LEFT + seconds / max(length, 1e-3) * (_PANEL[0] - _LEFT - _RIGHT),
                _PANEL[1] - _BOTTOM - value / highest * (_PANEL[1] - _TOP - _BOTTOM))

    small, large = ImageFont.load_default(14), ImageFont.load_default(17)
    pen.text((_LEFT, 10), title, _INK, large)
    for share in np.linspace(0, 1, 5):
        value, seconds = share * highest, share * length
        pen.line([place(0, value), place(length, value)], _GRID)
        pen.text((_LEFT - 8, place(0, value)[1]), f'{value:.0f}', _INK, small, anchor='rm')
        pen.text((place(seconds, 0)[0], _PANEL[1] - _BOTTOM + 8), f'{seconds:.0f} s', _INK, small,
                 anchor='mt')
    if dots:
        for point in points:
            u, v = place(*point)
            pen.ellipse([u - 1.5, v - 1.5, u + 1.5, v + 1.5], _LINE)
    else:
        pen.line([place(*point) for point in points], _LINE, 2)
    if level is not None:
        pen.line([place(0, level), place(length, level)], _BAR, 1)
    if mark is not None:
        pen.line([place(mark, 0), place(mark, highest)], _BAR, 1)
    return panel
