# SPDX-License-Identifier: Apache-2.0
"""What a run of the bench has measured."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ris_lab.fleet.robot import CommandRecord

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True)
class FleetLoad:
    """Robots at once on one deployment of the pool.

    Attributes:
        deployment: Name of the deployment.
        robots: Number of robots.
        throughput: Indexes a second, of all robots together.
        index: p50, p95 and p99 of the time to an index, seconds.
        command: Likewise, to an answer.
        fairness: The worst p95 of a robot over the best one.
        bytes: On the wire for a frame, in both directions.
        by_pool: Share of the indexes that the pool made.
    """

    deployment: str
    robots: int
    throughput: float
    index: tuple[float, ...]
    command: tuple[float, ...]
    fairness: float
    bytes: float
    by_pool: float


def measure(deployment: str, records: Sequence[Sequence[CommandRecord]], seconds: float,
            bytes_sent: float) -> FleetLoad:
    """Sum up the commands of several robots.

    Args:
        deployment: Name of the deployment.
        records: Those of each robot.
        seconds: How long the run took.
        bytes_sent: By all links, in both directions.
    """
    every = [record for robot in records for record in robot]
    slowest = [np.percentile([record.index for record in robot], 95)
               for robot in records if robot]
    return FleetLoad(
        deployment, len(records), len(every) / seconds,
        tuple(float(np.percentile([record.index for record in every], p)) for p in PERCENTILES),
        tuple(float(np.percentile([record.command for record in every], p)) for p in PERCENTILES),
        float(max(slowest) / min(slowest)), bytes_sent / len(every),
        sum(record.by_pool for record in every) / len(every))


@dataclass(frozen=True)
class IndexCost:
    """CPU time and bytes of one index, alone and by the pool.

    Attributes:
        frame: What was sent: 'whole', or 'changed' for what has changed.
        colour: How colour travelled.
        local: CPU seconds of the robot for its own index of the whole frame.
        robot: CPU seconds of the robot with the pool.
        pool: CPU seconds of all processes of the pool, less what they take without requests.
        sent: Bytes of the request.
        received: Bytes of the reply.
    """

    frame: str
    colour: str
    local: float
    robot: float
    pool: float
    sent: float
    received: float

    @property
    def overhead(self) -> float:
        """CPU seconds that the pool adds, on both sides together."""
        return self.robot + self.pool - self.local


@dataclass(frozen=True)
class FaultRun:
    """Commands while replicas die.

    Attributes:
        commands: Number of commands.
        answered: Number of answers.
        deaths: Number of replicas that were killed.
        by_pool: Number of answers from indexes by the pool.
        slowest: The longest time to an answer, seconds.
        slowest_fallback: The longest time to an index by the robot itself, seconds.
    """

    commands: int
    answered: int
    deaths: int
    by_pool: int
    slowest: float
    slowest_fallback: float
