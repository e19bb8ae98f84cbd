# SPDX-License-Identifier: Apache-2.0
"""What the pool keeps of one robot: the frames into which it puts what has changed."""
from __future__ import annotations

from collections import OrderedDict

from ris_ros.frame import Frame
from ris_ros.pool.request import PoolRequest, put_together
from ris_ros.pool_server.refusal import Refusal, RefusalKind

# The newest, and the one before it: a robot whose reply was lost still builds on that one.
_KEPT = 2


class Seat:
    """What one replica keeps for one connection of a robot; Ray Serve comes back to it by name."""

    def __init__(self) -> None:
        self._sessions: dict[str, RobotSession] = {}

    def session_of(self, robot: str) -> RobotSession:
        """Return the session of a robot; one that gives the name of another's seat has its own."""
        return self._sessions.setdefault(robot, RobotSession())


class RobotSession:
    """The last frames of one robot; nothing of another robot ever gets in."""

    def __init__(self) -> None:
        self._frames: OrderedDict[str, Frame] = OrderedDict()

    def frame_of(self, request: PoolRequest) -> Frame:
        """Return the frame of a request, and keep it as a base for later ones.

        Raises:
            Refusal: Its base is not here.
            PoolFormatError: Its parts do not fit its base.
        """
        base = None
        if request.base and (base := self._frames.get(request.base)) is None:
            raise Refusal(RefusalKind.NO_BASE, f'The frame {request.base!r} of this robot is not '
                          'here (any more); send the whole frame.')
        frame = put_together(request, base)
        self._frames[request.frame] = frame
        self._frames.move_to_end(request.frame)
        while len(self._frames) > _KEPT:
            self._frames.popitem(last=False)
        return frame
