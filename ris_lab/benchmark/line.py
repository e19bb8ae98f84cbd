"""A line of the benchmark: what is measured, against what, and what it has to reach."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import math
from typing import Any


@dataclass(frozen=True)
class Agreement:
    """How far ours is from the straightforward way.

    found: the difference, or for 'cosine' the similarity.  limit: what it has to keep.
    """

    what: str
    found: float
    limit: float

    @property
    def holds(self) -> bool:
        """Return whether it is kept."""
        if self.what == 'cosine':
            return self.found >= self.limit
        return self.found <= self.limit


@dataclass(frozen=True)
class Line:
    """Two ways to do the same.

    name: what is done.  plain, ours: do it once.  at_least: the wanted ratio of their CPU times,
    0 for none.  most_ms: the wanted CPU milliseconds of ours, infinite for none.
    plain_share, ours_share: how much of the whole each way does; a straightforward way that does
    the same again for each mask is measured on a few of them.  agree: compares what ours and the
    plain way return.  note: what a reader has to know.
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
class Figure:
    """What was measured of a line: CPU seconds of the whole, nan where there is no plain way."""

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
        """Return how many times ours is cheaper."""
        return self.plain_s / self.ours_s

    @property
    def verdict(self) -> str:
        """Return 'pass', 'short', or '' where nothing is asked for."""
        asked = self.at_least > 0 or math.isfinite(self.most_ms) or self.agreement is not None
        if not asked:
            return ''
        fast = ((not self.at_least or self.ratio >= self.at_least)
                and 1000 * self.ours_s <= self.most_ms)
        return 'pass' if fast and (self.agreement is None or self.agreement.holds) else 'short'


def total(name: str, parts: Sequence[tuple[Figure, float]], **wanted: float) -> Figure:
    """Return the sum of figures of one run, each so many times."""
    first = parts[0][0]
    return Figure(
        name, first.threads, sum(times * part.plain_s for part, times in parts),
        sum(times * part.ours_s for part, times in parts), wanted.get('at_least', 0.0),
        wanted.get('most_ms', math.inf), None, 'the sum of lines above')
