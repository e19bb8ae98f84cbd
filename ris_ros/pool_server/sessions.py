# SPDX-License-Identifier: Apache-2.0
"""What the pool keeps of its robots: whose turn it is, and where their last frames are."""
from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from ris_ros.pool_server.access import RobotQuota
from ris_ros.pool_server.refusal import Refusal, RefusalKind

# The newest frame, and the one before it: a robot whose reply was lost still builds on that one.
_KEPT = 2
# Nodes of one robot; of further ones the oldest begins anew with a whole frame.
_MOST_SEATS = 4


@dataclass(eq=False)
class RobotFrames:
    """The last frames of one robot.

    Attributes:
        seats: Frames, or references of them, by their names, for each of its nodes; the oldest
            come first.
        bytes: Of one frame, the largest.
    """

    seats: OrderedDict[str, OrderedDict[str, Any]] = field(default_factory=OrderedDict)
    bytes: int = 0

    @property
    def all_bytes(self) -> int:
        """The most memory that they take."""
        return self.bytes * sum(map(len, self.seats.values()))


class SessionStore:
    """Knows the sessions of all robots, for all replicas.

    The only replica of a pool has it itself, and keeps the frames in it.  For several replicas Ray
    Serve runs one as an actor of the deployment, so that any replica can take any request: a rate
    holds for the whole pool, and the frames lie in Ray's object store.
    """

    def __init__(self, rate: float, most_bytes: int) -> None:
        """Begin without robots.

        Args:
            rate: Requests a second of one robot.
            most_bytes: Of all frames together; beyond them the robot that has sent none for
                longest begins anew with a whole frame.
        """
        self._quota = RobotQuota(rate)
        self._most_bytes = most_bytes
        self._robots: OrderedDict[str, RobotFrames] = OrderedDict()
        self._bytes = 0

    def begin(self, robot: str, seat: str, frame: str, base: str, patience: float
              ) -> tuple[Refusal | None, list[Any]]:
        """Begin the turn of a request.

        Args:
            robot: Its robot.
            seat: Which of the robot's nodes it comes from.
            frame: Name of its frame.
            base: Name of the earlier frame that it builds on; '' for none.
            patience: Seconds after which the robot gives up.

        Returns:
            Why it is refused, or None; and its base, or the reference of it, where it has one.
        """
        try:
            self._quota.begin(robot, seat, frame, patience)
        except Refusal as refusal:
            return refusal, []
        if not base:
            return None, []
        known = self._robots.get(robot)
        seats = known.seats.get(seat) if known else None
        found = seats.get(base) if seats else None
        if found is None:
            self._quota.end(robot, seat, frame)
            return no_base(base), []
        return None, [found]

    def end(self, robot: str, seat: str, frame: str, kept: list[Any], size: int) -> None:
        """End the turn of a request.

        Args:
            robot: As in `begin`.
            seat: Likewise.
            frame: Likewise.
            kept: The frame, or the reference of it, for later requests; empty where there is none.
            size: Bytes of the frame.
        """
        self._quota.end(robot, seat, frame)
        if not kept:
            return
        known = self._robots.setdefault(robot, RobotFrames())
        self._bytes -= known.all_bytes
        frames = known.seats.setdefault(seat, OrderedDict())
        frames[frame], = kept
        _drop_oldest(frames, _KEPT)
        known.seats.move_to_end(seat)
        _drop_oldest(known.seats, _MOST_SEATS)
        known.bytes = max(known.bytes, size)
        self._bytes += known.all_bytes
        self._robots.move_to_end(robot)
        while self._bytes > self._most_bytes and len(self._robots) > 1:
            self._bytes -= self._robots.popitem(last=False)[1].all_bytes


def no_base(base: str) -> Refusal:
    """Return the refusal of a request whose base is lost."""
    return Refusal(RefusalKind.NO_BASE, f'The frame {base!r} of this robot is not here (any '
                   'more); send the whole frame.')


def _drop_oldest(items: OrderedDict, most: int) -> None:
    while len(items) > most:
        items.popitem(last=False)
