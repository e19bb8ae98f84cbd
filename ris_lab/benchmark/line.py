# SPDX-License-Identifier: Apache-2.0
"""A line of the benchmark's table: its two ways, their agreement, and their measured costs."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import math
from typing import Any


@dataclass(frozen=True)
class Agreement:
    """How far our result is from that of the straightforward way.

    Attributes:
        what: Name of the measure: 'cosine', or a difference.
        found: Its value.
        limit: The least cosine, or the largest difference, that is right.
    """

    what: str
    found: float
    limit: float

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        if self.what == 'cosine':
            return self.found >= self.limit
        return self.found <= self.limit


@dataclass(frozen=True)
class Line:
    """A line of the table: two ways to do the same.

    Attributes:
        name: What is done.
        ours: Does it once, our way.
        plain: Does it once, the straightforward way; None where there is none.
        at_least: The wanted ratio of their CPU times, 0 for none.
        most_ms: The wanted CPU milliseconds of ours, infinite for none.
        plain_share: Share of the whole that the straightforward way does. One that repeats the
            same for each mask is measured on a few of them.
        ours_share: Share of the whole that ours does.
        agree: Compares the result of ours with that of the straightforward way.
        repeats: Runs that count.
        note: For the reader.
    """

    name: str
    ours: Callable[[], object]
    plain: Callable[[], object] | None = None
    at_least: float = 0.0
    most_ms: float = math.inf
    plain_share: float = 1.0
    ours_share: float = 1.0
    agree: Callable[[Any, Any], Agreement] | None = None
    repeats: int = 3
    note: str = ''


@dataclass(frozen=True)
class LineResult:
    """The measured costs of a line.

    Attributes:
        name: Of the line.
        threads: Number of threads that torch and OpenCV used.
        plain_s: CPU seconds of the straightforward way, nan where there is none.
        ours_s: CPU seconds of ours.
        at_least: As in Line.
        most_ms: As in Line.
        agreement: Of the two results; None where they are not compared.
        note: For the reader.
    """

    name: str
    threads: int
    plain_s: float
    ours_s: float
    at_least: float
    most_ms: float
    agreement: Agreement | None
    note: str

    @property
    def ratio(self) -> float:
        """How many times ours is cheaper."""
        return self.plain_s / self.ours_s

    @property
    def verdict(self) -> str:
        """'pass', 'short', or '' where nothing is wanted."""
        asked = self.at_least > 0 or math.isfinite(self.most_ms) or self.agreement is not None
        if not asked:
            return ''
        fast = ((not self.at_least or self.ratio >= self.at_least)
                and 1000 * self.ours_s <= self.most_ms)
        return 'pass' if fast and (self.agreement is None or self.agreement.holds) else 'short'


def total(name: str, parts: Sequence[tuple[LineResult, float]], **wanted: float) -> LineResult:
    """Add up results of one run.

    Args:
        name: Of the sum.
        parts: The results, each with the number of times that it counts.
        wanted: at_least and most_ms of the sum, as in Line.
    """
    first = parts[0][0]
    return LineResult(
        name, first.threads, sum(times * part.plain_s for part, times in parts),
        sum(times * part.ours_s for part, times in parts), wanted.get('at_least', 0.0),
        wanted.get('most_ms', math.inf), None, 'the sum of lines above')
