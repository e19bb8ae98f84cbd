# SPDX-License-Identifier: Apache-2.0
"""What an index costs, in CPU time and bytes, by the robot itself and by the pool."""
from __future__ import annotations

from collections.abc import Sequence
import itertools
import time

import numpy as np

from ris_lab.fleet.loads import LONG_PATIENCE_S
from ris_lab.fleet.measures import AloneRun, IndexCost
from ris_lab.fleet.pools import CpuMeter
from ris_lab.fleet.robot import FleetRobot, own_updater, there_and_back
from ris_ros.frame import Frame
from ris_ros.pipeline import Pipeline
from ris_ros.pool.pictures import ColourFormat


def run_costs(url: str, pipeline: Pipeline, frames: Sequence[Frame], count: int,
              idle: float) -> list[IndexCost]:
    """Measure the CPU time and the bytes of an index of one robot.

    Args:
        url: Of the pool.
        pipeline: The models.
        frames: What the robot sees.
        count: Number of indexes for each row.
        idle: CPU seconds a second of the pool without requests.
    """
    costs = []
    whole = own_cost(pipeline, frames, count, True)
    update = own_cost(pipeline, frames, count, False)
    for is_whole in (True, False):
        for colour in ColourFormat:
            robot = FleetRobot('cost', url, pipeline, frames, LONG_PATIENCE_S, colour)
            robot.command()  # whose frame is whole
            before, meter = robot.link.counts, CpuMeter(idle)
            for _ in range(count):
                robot.look(is_whole)
            mine, theirs, now = meter.robot, meter.pool, robot.link.counts
            sent = max(now.requests - before.requests, 1)
            costs.append(IndexCost(
                'whole' if is_whole else 'changed', colour.value, whole, update, mine / sent,
                theirs / sent, (now.sent - before.sent) / sent,
                (now.received - before.received) / sent))
            robot.close()
    return costs


def own_cost(pipeline: Pipeline, frames: Sequence[Frame], count: int, whole: bool) -> float:
    """Return the CPU seconds of an index by the robot itself; of whole frames, or of changes."""
    updater, stream = own_updater(pipeline), there_and_back(frames)
    updater.renew(next(stream))
    start = time.process_time()
    for frame in itertools.islice(stream, count):
        (updater.renew if whole else updater.update)(frame)
    return (time.process_time() - start) / count


def run_alone(url: str, pipeline: Pipeline, frames: Sequence[Frame], count: int,
              idle: float) -> AloneRun:
    """Let one robot command, and measure what an answer takes; arguments as of `run_costs`."""
    start = time.perf_counter()
    for frame in itertools.islice(there_and_back(frames), count):
        pipeline.index(frame)
    own = (time.perf_counter() - start) / count
    robot = FleetRobot('alone', url, pipeline, frames, LONG_PATIENCE_S)
    robot.command()  # whose frame is whole
    before, meter = robot.link.counts, CpuMeter(idle)
    records = [robot.command() for _ in range(count)]
    mine, theirs, now = meter.robot, meter.pool, robot.link.counts
    robot.close()
    return AloneRun(
        float(np.mean([record.command for record in records])), own, theirs / count, mine / count,
        (now.sent + now.received - before.sent - before.received) / count)
