# SPDX-License-Identifier: Apache-2.0
"""A model of what a fleet costs, on paper; docs/fleet.md checks it against what was measured."""
from __future__ import annotations

from dataclasses import dataclass
import math

# A replica that is busy for more of its time than this lets requests wait for long.
MOST_BUSY = 0.7


@dataclass(frozen=True)
class FleetPlan:
    """A fleet, and what one of its frames costs.

    Attributes:
        robots: Number of robots.
        rate: Indexes a second of one robot.
        changed: Share of these frames in which something has changed; others are not sent.
        bytes: On the wire for such a frame, in both directions.
        seconds: Seconds of a replica for such a frame.
    """

    robots: int
    rate: float
    changed: float
    bytes: float
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
        """Megabits a second of the whole fleet."""
        return self.requests * self.bytes * 8 / 1e6


def expected_throughput(robots: int, alone: float, seconds: float, replicas: int) -> float:
    """Return the indexes a second of robots that each ask again as soon as they are answered.

    Args:
        robots: Number of robots.
        alone: Seconds from request to answer of a robot that has the pool for itself.
        seconds: Seconds of a replica for one frame.
        replicas: Number of replicas.

    Source: the bounds of operational analysis (Denning and Buzen, Computing Surveys 1978).
    """
    return min(robots / alone, replicas / seconds)
