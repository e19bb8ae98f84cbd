# SPDX-License-Identifier: Apache-2.0
"""How a node has borne a flood of messages, as a table and as numbers."""
from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from ris_lab.fuzz.ledger import CommandCount

# The first part of a run, in which caches fill; and the shortest run whose growth says something.
_WARM_SHARE = 0.2
_LONG_RUN_S = 120


@dataclass
class RequestCount:
    """Calls of services that are not commands.

    Attributes:
        sent: Their number.
        answered: How many got a response.
    """

    sent: int = 0
    answered: int = 0


@dataclass(frozen=True)
class MemorySample:
    """The node's resident memory at a time.

    Attributes:
        at: Seconds since the beginning.
        megabytes: The memory.
    """

    at: float
    megabytes: float


@dataclass(frozen=True, eq=False)
class FloodReport:
    """What was sent in a flood and what came back.

    Attributes:
        seconds: How long it took.
        sent: Messages, commands and requests by kind.
        commands: How commands were answered, by topic, service and action.
        requests: Parameter sets and transitions.
        statuses: How many answers had each status.
        unasked: Answers to commands that nobody sent.
        memory: Of the node over time; empty where it was not started here.
        fault: Why the flood ended early, or the node did not work after it; '' where all is well.
    """

    seconds: float
    sent: dict[str, int]
    commands: dict[str, CommandCount]
    requests: dict[str, RequestCount]
    statuses: dict[str, int]
    unasked: int
    memory: list[MemorySample]
    fault: str

    @property
    def is_good(self) -> bool:
        """Whether the node lives, and every command and request was answered exactly once."""
        return not (self.fault or self.unasked
                    or any(count.lost or count.twice for count in self.commands.values())
                    or any(count.sent != count.answered for count in self.requests.values()))

    def as_dict(self) -> dict[str, object]:
        """Return all numbers for JSON."""
        return {**asdict(self), 'is_good': self.is_good}


def flood_table(report: FloodReport) -> str:
    """Return the report as lines of text."""
    lines = [f'{"":24} {"sent":>8} {"answered":>9} {"lost":>6} {"twice":>6}']
    lines += [f'{kind:24} {number:8}' for kind, number in sorted(report.sent.items())]
    lines.append('')
    lines += [f'{f"commands by {way}":24} {count.sent:8} {count.answered:9} {count.lost:6} '
              f'{count.twice:6}' for way, count in report.commands.items()]
    lines += [f'{kind:24} {count.sent:8} {count.answered:9} {count.sent - count.answered:6} '
              f'{"-":>6}' for kind, count in report.requests.items()]
    answers = ', '.join(f'{name} {number}' for name, number in sorted(report.statuses.items()))
    lines += ['', f'answers: {answers}']
    if report.unasked:
        lines.append(f'answers to commands that nobody sent: {report.unasked}')
    if report.memory:
        lines.append(_memory_line(report.memory))
    lines.append(f'fuzz: {sum(report.sent.values())} messages in {report.seconds:.0f} s, '
                 + ('every command answered once' if report.is_good
                    else report.fault or 'not every command was answered once'))
    return '\n'.join(lines)


def _memory_line(memory: list[MemorySample]) -> str:
    """Return how the node's memory went, in words."""
    at, used = np.array([(sample.at, sample.megabytes) for sample in memory]).T
    quarters = [f'{part.mean():.0f}' for part in np.array_split(used, 4) if len(part)]
    line = (f'memory of the node, MB: {used[0]:.0f} at first, {used.max():.0f} at most, '
            f'{used[-1]:.0f} at last; means of the quarters {", ".join(quarters)}')
    if at[-1] < _LONG_RUN_S:
        return line
    warm = at >= _WARM_SHARE * at[-1]
    slope = np.polyfit(at[warm], used[warm], 1)[0] * 60
    return f'{line}; {slope:+.1f} a minute after the first fifth'
