# SPDX-License-Identifier: Apache-2.0
"""A model of what a fleet costs, on paper; the bench checks it against what it has measured."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math

from ris_lab.fleet.measures import AloneRun, FleetLoad, Pace

# A replica that is busy for more of its time than this lets requests wait for long.
MOST_BUSY = 0.7


@dataclass(frozen=True)
class FleetPlan:
    """A fleet, and what one of its frames costs.

    Attributes:
        name: What runs, and what the cameras see.
        robots: Number of robots.
        rate: Indexes a second of one robot.
        changed: Share of these frames in which something has changed; others are not sent.
        sent: Bytes of the request for such a frame.
        received: Bytes of its reply.
        seconds: Seconds of a replica for such a frame.
    """

    name: str
    robots: int
    rate: float
    changed: float
    sent: float
    received: float
    seconds: float

    @property
    def requests(self) -> float:
        """Requests a second of the whole fleet."""
        return self.robots * self.rate * self.changed

    @property
    def replicas(self) -> int:
        """Number of replicas, none of which is busy for more than `MOST_BUSY` of its time."""
        return max(1, math.ceil(self.requests * self.seconds / MOST_BUSY))

    @property
    def megabits(self) -> float:
        """Megabits a second of the whole fleet, in both directions."""
        return self.requests * (self.sent + self.received) * 8 / 1e6


@dataclass(frozen=True)
class ModelCheck:
    """A load as the model expects it from another run, and as it was measured.

    Attributes:
        deployment: Name of the deployment.
        robots: Number of robots.
        expected: Indexes a second.
        measured: Likewise.
    """

    deployment: str
    robots: int
    expected: float
    measured: float


def expected_throughput(robots: int, alone: float, seconds: float, replicas: int,
                        most: float = math.inf) -> float:
    """Return the indexes a second of robots that each ask again as soon as they are answered.

    Args:
        robots: Number of robots.
        alone: Seconds from request to answer of a robot that has the pool for itself.
        seconds: Seconds of a replica for one frame.
        replicas: Number of replicas.
        most: What the computer can do at most, where robots and pool share one.

    Source: the bounds of operational analysis (Denning and Buzen, Computing Surveys 1978).
    """
    return min(robots / alone, replicas / seconds, most)


def check_model(alone: AloneRun, loads: Sequence[FleetLoad], replicas: dict[str, int],
                cores: int) -> list[ModelCheck]:
    """Compare the model with saturated loads.

    Args:
        alone: What the model knows: a run of one robot, which is none of the loads.
        loads: What was measured.
        replicas: Of each deployment.
        cores: Of the computer, on which robots and pool ran together.
    """
    return [ModelCheck(load.deployment, load.robots, expected_throughput(
        load.robots, alone.answer, alone.pool, replicas[load.deployment],
        cores / (alone.pool + alone.robot)), load.throughput)
        for load in loads if load.pace is Pace.SATURATED]
