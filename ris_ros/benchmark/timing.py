"""How long things take, fairly: process-CPU time, one after the other again and again, medians."""
from __future__ import annotations

from collections.abc import Callable, Mapping
import statistics
import time


def measure(ways: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the median CPU seconds, of all threads, of each way.

    The ways are interleaved, so that what else the machine does falls on all of them alike; each
    runs once before, unmeasured.
    """
    for run in ways.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, run in ways.items():
            start = time.process_time()
            run()
            seconds[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}
