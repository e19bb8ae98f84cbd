# SPDX-License-Identifier: Apache-2.0
"""Why a frame was not indexed by the pool."""
from __future__ import annotations

from enum import Enum


class FailureKind(Enum):
    """What the robot does about it."""

    UNREACHABLE = 'unreachable'  # it asks from time to time whether the pool is back
    TOO_LATE = 'too late'        # likewise; a reply that comes later is dropped
    BUSY = 'busy'                # it waits as long as the pool says
    REFUSED = 'refused'          # something has to be mended; it asks from time to time
    NO_BASE = 'no base'          # it sends the whole frame at once


class PoolFailure(Exception):
    """The pool has not answered; the text is a clause that goes on from 'The pool …'.

    Attributes:
        kind: What the robot does about it.
        wait: When the pool wants to be asked again, seconds; 0 where it says nothing.
    """

    def __init__(self, kind: FailureKind, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.kind = kind
        self.wait = wait
