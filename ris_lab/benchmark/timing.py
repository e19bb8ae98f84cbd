# SPDX-License-Identifier: Apache-2.0
"""CPU times of several ways to do the same: interleaved runs, medians."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import statistics
import time


@dataclass(frozen=True, eq=False)
class Timing:
    """The cost of one way.

    Attributes:
        seconds: Median CPU seconds over all threads.
        result: What it returned last.
    """

    seconds: float
    result: object


def measure(ways: Mapping[str, Callable[[], object]], repeats: int,
            most_seconds: float) -> dict[str, Timing]:
    """Measure each way.

    The ways are interleaved, so that other work of the machine falls on all of them alike. The
    first round warms up; it counts only where no time is left for another one.

    Args:
        ways: By name.
        repeats: Rounds that count.
        most_seconds: CPU time after which no further round begins.

    Returns:
        The timings by name.
    """
    begin = time.process_time()
    rounds: list[dict[str, Timing]] = []
    while len(rounds) <= repeats and (
            not rounds or time.process_time() - begin < most_seconds):
        rounds.append({name: _once(run) for name, run in ways.items()})
    counted = rounds[1:] or rounds
    return {name: Timing(statistics.median(each[name].seconds for each in counted),
                           rounds[-1][name].result) for name in ways}


def _once(run: Callable[[], object]) -> Timing:
    start = time.process_time()
    result = run()
    return Timing(time.process_time() - start, result)
