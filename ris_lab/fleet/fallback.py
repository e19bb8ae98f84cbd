# SPDX-License-Identifier: Apache-2.0
"""How long a robot waits for its own index where the pool takes a frame and never answers."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import socket
import time

import numpy as np

from ris_lab.fleet.loads import PATIENCE_S
from ris_lab.fleet.measures import FallbackTimes
from ris_lab.fleet.robot import FleetRobot
from ris_ros.frame import Frame
from ris_ros.pipeline import Pipeline


@contextmanager
def silent_pool() -> Iterator[str]:
    """Hold a port of this computer that takes connections and answers nothing; give its address."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        yield f'http://127.0.0.1:{listener.getsockname()[1]}'


def run_fallback(pipeline: Pipeline, streams: Sequence[Sequence[Frame]],
                 count: int) -> FallbackTimes:
    """Measure the first fallback of robots.

    Args:
        pipeline: Models, which have not run yet.
        streams: What the robots see, in turn.
        count: Number of robots after the first one.
    """
    with silent_pool() as url:
        seconds = [_time_fallback(url, pipeline, streams[number % len(streams)])
                   for number in range(count + 1)]
    later = np.array(seconds[1:])
    p50, p95 = np.percentile(later, (50, 95))
    return FallbackTimes(PATIENCE_S, seconds[0], (float(p50), float(p95), float(later.max())),
                         count)


def _time_fallback(url: str, pipeline: Pipeline, frames: Sequence[Frame]) -> float:
    """Return the seconds until a robot has its own index of its first frame."""
    robot = FleetRobot('fallback', url, pipeline, frames, PATIENCE_S)
    try:
        start = time.perf_counter()
        update = robot.look()
        seconds = time.perf_counter() - start
    finally:
        robot.close()
    assert update.note, 'a pool that never answers has made an index'
    return seconds
