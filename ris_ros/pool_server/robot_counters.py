# SPDX-License-Identifier: Apache-2.0
"""What each robot asks of the pool, on the metrics of Ray."""
from __future__ import annotations

from ray.serve.metrics import Counter, Histogram

from ris_ros.pool_server.refusal import RefusalKind

# Of an open pool, where anyone may use any name.
_MOST_NAMES = 1000
_OTHERS = 'others'
_UNKNOWN = 'unknown'
_BOUNDARIES = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0]


class RobotCounters:
    """Counts requests, refusals, frames, bytes and seconds of each robot.

    Ray adds the names of the deployment and the replica.  What Ray refuses before a replica gets it
    is in Ray's own counters alone.
    """

    def __init__(self) -> None:
        """Begin from nothing, within a replica."""
        self._names: set[str] = set()
        robot = ('robot',)
        self._requests = Counter('ris_pool_requests', 'Requests of a robot.', robot)
        self._refusals = Counter('ris_pool_refusals', 'Refused requests of a robot.',
                                 ('robot', 'reason'))
        self._frames = Counter('ris_pool_frames', 'Indexed frames of a robot.', robot)
        self._bytes = Counter('ris_pool_bytes', 'Bytes from and to a robot.',
                              ('robot', 'direction'))
        self._seconds = Histogram('ris_pool_seconds', 'Time of a request for an index, seconds.',
                                  _BOUNDARIES, robot)

    def ask(self, robot: str) -> None:
        """Count a request."""
        self._requests.inc(tags=self._tags(robot))

    def refuse(self, robot: str, kind: RefusalKind) -> None:
        """Count a refusal; '' names a robot that the pool does not know."""
        self._refusals.inc(tags={**self._tags(robot), 'reason': kind.reason})

    def receive(self, robot: str, size: int) -> None:
        """Count the bytes of a request."""
        if size:  # Ray counts no zero
            self._bytes.inc(size, {**self._tags(robot), 'direction': 'in'})

    def answer(self, robot: str, size: int, seconds: float) -> None:
        """Count an indexed frame, the bytes of its reply, and the time from the request on."""
        self._frames.inc(tags=self._tags(robot))
        self._bytes.inc(size, {**self._tags(robot), 'direction': 'out'})
        self._seconds.observe(seconds, self._tags(robot))

    def _tags(self, robot: str) -> dict[str, str]:
        """Return the name to count under; Ray keeps each name for ever, so there are not many."""
        if len(self._names) < _MOST_NAMES:
            self._names.add(robot)
        return {'robot': (robot if robot in self._names else _OTHERS) or _UNKNOWN}
