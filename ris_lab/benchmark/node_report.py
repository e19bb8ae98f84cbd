# SPDX-License-Identifier: Apache-2.0
"""What the node's benchmark has measured, as numbers and as a table."""
from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
import os

import numpy as np


@dataclass(frozen=True)
class AnswerSample:
    """One command and its answer.

    Attributes:
        at: When it was sent, seconds since the beginning.
        seconds: From the command to the answer over DDS.
        index_age: Age of the answer's image, seconds.
        status: Name of the status.
        reused: Share of the features that were kept from earlier images, 0 to 1.
    """

    at: float
    seconds: float
    index_age: float
    status: str
    reused: float


@dataclass(frozen=True)
class ProcessSample:
    """The node's process at a moment.

    Attributes:
        at: Seconds since the beginning.
        memory: Resident memory, MB.
        cpu: CPU seconds that it has taken so far.
    """

    at: float
    memory: float
    cpu: float


@dataclass(frozen=True)
class PictureCounts:
    """Numbers of pictures that a camera has sent and a node has received."""

    sent: int
    received: int


@dataclass(frozen=True)
class NodeReport:
    """All that was measured.

    Attributes:
        answers: In the order of the commands.
        samples: About one each second.
        commands_end: Seconds after which the cameras ran alone.
        counts: By receiver and camera.
        health: Values of the last diagnostics.
        load: Load average of the system when the commands ended.
    """

    answers: tuple[AnswerSample, ...]
    samples: tuple[ProcessSample, ...]
    commands_end: float
    counts: dict[str, PictureCounts]
    health: dict[str, str]
    load: float

    def latency(self, percentile: float) -> float:
        """Return a percentile of command to answer, in seconds."""
        return float(np.percentile([item.seconds for item in self.answers], percentile))

    def cpu_share(self, commanded: bool) -> float:
        """Return the node's CPU seconds per second, with commands or with the cameras alone."""
        part = [m for m in self.samples if (m.at <= self.commands_end) == commanded]
        if len(part) < 2:
            return float('nan')
        return (part[-1].cpu - part[0].cpu) / (part[-1].at - part[0].at)

    def memory_growth(self) -> float:
        """Return by how many MB the last fifth's median is above the second fifth's."""
        memory = [sample.memory for sample in self.samples]
        fifth = max(1, len(memory) // 5)
        return float(np.median(memory[-fifth:]) - np.median(memory[fifth:2 * fifth] or memory))

    def as_dict(self) -> dict[str, object]:
        """Return the figures as plain JSON values; times in seconds, memory in MB."""
        ages = [item.index_age for item in self.answers]
        return {
            'commands': len(self.answers),
            'latency': {f'p{p}': self.latency(p) for p in (50, 95, 99, 100)},
            'index_age': {f'p{p}': float(np.percentile(ages, p)) for p in (50, 95, 100)},
            'statuses': dict(Counter(item.status for item in self.answers)),
            'reused': float(np.mean([item.reused for item in self.answers])),
            'pictures': {name: asdict(counts) for name, counts in self.counts.items()},
            'cpu_share': {'commands': self.cpu_share(True), 'cameras_alone': self.cpu_share(False)},
            'memory': {'first': self.samples[0].memory, 'last': self.samples[-1].memory,
                       'highest': max(sample.memory for sample in self.samples),
                       'growth': self.memory_growth()},
            'seconds': self.samples[-1].at,
            'load': self.load, 'cores': os.cpu_count(),
            'diagnostics': self.health,
            'samples': [[round(m.at, 1), round(m.memory, 1), round(m.cpu, 2)]
                        for m in self.samples],
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
