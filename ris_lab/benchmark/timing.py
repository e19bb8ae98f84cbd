"""How long things take, fairly: process-CPU time, one after the other again and again, medians."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import statistics
import time


@dataclass(frozen=True, eq=False)
class Measured:
    """The median CPU seconds, of all threads, of one way, and what it returned last."""

    seconds: float
    result: object


def measure(ways: Mapping[str, Callable[[], object]], repeats: int,
            most_seconds: float) -> dict[str, Measured]:
    """Return how long each way takes.

    The ways are interleaved, so that what else the machine does falls on all of them alike; each
    runs once before, which counts only where no time is left for another round.  most_seconds:
    of CPU time, after which no further round begins.
    """
    begin = time.process_time()
    rounds: list[dict[str, Measured]] = []
    while len(rounds) <= repeats and (
            not rounds or time.process_time() - begin < most_seconds):
        rounds.append({name: _once(run) for name, run in ways.items()})
    counted = rounds[1:] or rounds
    return {name: Measured(statistics.median(each[name].seconds for each in counted),
                           rounds[-1][name].result) for name in ways}


def _once(run: Callable[[], object]) -> Measured:
    start = time.process_time()
    result = run()
    return Measured(time.process_time() - start, result)
