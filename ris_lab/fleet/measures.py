# SPDX-License-Identifier: Apache-2.0
"""What a run of the bench has measured."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter

import numpy as np

from ris_lab.fleet.robot import CommandRecord, IndexSource

PERCENTILES = (50, 95, 99)
# A robot is served where the pool makes at least this share of its indexes in time.
SERVED_SHARE = 0.95


class Pace(str, Enum):
    """How often robots command, and how long they wait for the pool."""

    NODE = 'as the node'     # twice a second, with the node's patience of half a second
    SATURATED = 'saturated'  # as fast as they are answered, with a patience of a minute


@dataclass(frozen=True)
class FleetLoad:
    """Robots at once on one deployment of the pool.

    Attributes:
        deployment: Name of the deployment.
        pace: Of the robots.
        robots: Number of robots.
        throughput: Commands a second, of all robots together.
        index: p50, p95 and p99 of the time to an index, seconds.
        command: Likewise, to an answer.
        best: p95 of the time to an index of the robot that has the lowest, seconds.
        worst: Likewise, the highest.
        bytes: On the wire for a frame, in both directions.
        by_pool: Share of the new indexes that the pool made; the robots themselves made the others.
    """

    deployment: str
    pace: Pace
    robots: int
    throughput: float
    index: tuple[float, ...]
    command: tuple[float, ...]
    best: float
    worst: float
    bytes: float
    by_pool: float

    @property
    def fairness(self) -> float:
        """The worst p95 of a robot over the best one."""
        return self.worst / self.best

    @property
    def slow_command(self) -> float:
        """The p95 of the time to an answer, seconds."""
        return self.command[PERCENTILES.index(95)]


def measure(deployment: str, pace: Pace, records: Sequence[Sequence[CommandRecord]],
            seconds: float, bytes_sent: float) -> FleetLoad:
    """Sum up the commands of several robots.

    Args:
        deployment: Name of the deployment.
        pace: Of the robots.
        records: Those of each robot.
        seconds: How long the run took.
        bytes_sent: By all links, in both directions.
    """
    every = [record for robot in records for record in robot]
    slowest = [np.percentile([record.index for record in robot], 95)
               for robot in records if robot]
    by_pool = sum(record.source is IndexSource.POOL for record in every)
    made = by_pool + sum(record.source is IndexSource.ROBOT for record in every)
    return FleetLoad(
        deployment, pace, len(records), len(every) / seconds,
        tuple(float(np.percentile([record.index for record in every], p)) for p in PERCENTILES),
        tuple(float(np.percentile([record.command for record in every], p)) for p in PERCENTILES),
        float(min(slowest)), float(max(slowest)), bytes_sent / max(made, 1),
        by_pool / max(made, 1))


def most_served(loads: Sequence[FleetLoad], deployment: str) -> int:
    """Return the largest number of robots that a deployment serves within their patience.

    Args:
        loads: All that was measured.
        deployment: Name of the deployment.

    Returns:
        The number; all smaller ones that were tried are served, too.  0 where none is.
    """
    mine = sorted((load for load in loads
                   if load.deployment == deployment and load.pace is Pace.NODE),
                  key=attrgetter('robots'))
    served = 0
    for load in mine:
        if load.by_pool < SERVED_SHARE:
            break
        served = load.robots
    return served


@dataclass(frozen=True)
class IndexCost:
    """CPU time and bytes of one index, alone and by the pool.

    Attributes:
        frame: What was sent: 'whole', or 'changed' for what has changed.
        colour: How colour travelled.
        whole: CPU seconds of the robot for its own index of the whole frame.
        update: CPU seconds of the robot for its own update by what has changed.
        robot: CPU seconds of the robot with the pool.
        pool: CPU seconds of all processes of the pool, less what they take without requests.
        sent: Bytes of the request.
        received: Bytes of the reply.
    """

    frame: str
    colour: str
    whole: float
    update: float
    robot: float
    pool: float
    sent: float
    received: float

    @property
    def over_whole(self) -> float:
        """CPU seconds, on both sides together, beyond those of an own index of the whole frame."""
        return self.robot + self.pool - self.whole

    @property
    def over_update(self) -> float:
        """CPU seconds beyond those of an own update."""
        return self.robot + self.pool - self.update


@dataclass(frozen=True)
class AloneRun:
    """A robot that has the pool for itself; plans are made from it.

    Attributes:
        answer: Seconds from a frame to an answer, in the mean.
        own: Seconds of an index of the whole frame by the robot itself, in the mean.
        pool: CPU seconds of the pool for an answer.
        robot: CPU seconds of the robot for an answer.
        bytes: On the wire for it, in both directions.
    """

    answer: float
    own: float
    pool: float
    robot: float
    bytes: float


@dataclass(frozen=True)
class WindowBytes:
    """What a window of a tenth of the picture takes on the wire.

    Attributes:
        colour: How colour travels.
        mean: Bytes of request and reply together.
        most: Likewise, of the largest.
        reply: Bytes of the reply alone, in the mean.
        windows: Number of windows.
    """

    colour: str
    mean: float
    most: float
    reply: float
    windows: int


@dataclass(frozen=True)
class BatchCost:
    """Frames of several robots, whose crops share passes.

    Attributes:
        frames: Number of frames.
        together: CPU seconds of all, batched.
        apart: Likewise, one after the other.
    """

    frames: int
    together: float
    apart: float

    @property
    def ratio(self) -> float:
        """CPU time batched over unbatched."""
        return self.together / self.apart


@dataclass(frozen=True)
class FallbackTimes:
    """How long a frame waits for its index where the pool takes the request and never answers.

    Attributes:
        patience: Of the robot, seconds.
        first: Seconds of the very first, with models that have not run before.
        later: p50, p95 and most of the others, seconds; each is the first fallback of its robot.
        count: Number of the others.
    """

    patience: float
    first: float
    later: tuple[float, float, float]
    count: int


@dataclass(frozen=True)
class FaultRun:
    """Commands to nodes while replicas die, counted by their ids.

    Attributes:
        robots: Number of nodes.
        commands: Number of commands.
        answered: Commands whose answer came, as the response and on ~/grounding.
        twice: Commands that were answered more than once.
        without_verdict: Commands whose answer was neither an object nor that there is none.
        deaths: Number of replicas that were killed.
        by_pool: Number of answers from indexes by the pool.
        slowest: The longest time to an answer, seconds.
        seconds: How long the run took.
    """

    robots: int
    commands: int
    answered: int
    twice: int
    without_verdict: int
    deaths: int
    by_pool: int
    slowest: float
    seconds: float

    @property
    def lost(self) -> int:
        """Number of commands whose answer did not come."""
        return self.commands - self.answered
