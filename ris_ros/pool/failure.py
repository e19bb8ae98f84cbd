# SPDX-License-Identifier: Apache-2.0
"""Why a frame was not indexed by the pool."""
from __future__ import annotations

from enum import Enum
import json

import httpx

# The robot asks again after this time at the latest, whatever the pool says.
LONGEST_WAIT_S = 15.0
_MOST_SENTENCE = 300


class FailureKind(Enum):
    """What the robot does about it."""

    UNREACHABLE = 'unreachable'  # it asks from time to time whether the pool is back
    TOO_LATE = 'too late'        # likewise; a reply that comes later is dropped
    BUSY = 'busy'                # it waits as long as the pool says, if it does
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


_KINDS = {408: FailureKind.TOO_LATE, 409: FailureKind.NO_BASE, 429: FailureKind.BUSY,
          503: FailureKind.BUSY, 504: FailureKind.TOO_LATE}


def read_refusal(status: int, body: bytes) -> PoolFailure:
    """Return the failure for a status other than 200, with what the pool says."""
    kind = _KINDS.get(status, FailureKind.UNREACHABLE if status >= 500 else FailureKind.REFUSED)
    try:
        values = json.loads(body)
        said, wait = str(values['error']), float(values.get('wait', 0))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        said, wait = 'It says nothing of why.', 0.0
        if status == 503 and b'backpressure' in body:  # in these words Ray Serve says so
            return PoolFailure(kind, 'is full.')
    if not 0 <= wait <= LONGEST_WAIT_S:
        wait = LONGEST_WAIT_S
    return PoolFailure(kind, f'refuses the frame (status {status}). {said[:_MOST_SENTENCE]}', wait)


def cause(error: Exception) -> str:
    """Return an error of the network in a few words."""
    if isinstance(error, httpx.LocalProtocolError | UnicodeError):  # it quotes headers: the token
        return type(error).__name__
    return f'{type(error).__name__}: {error}'[:120].rstrip(': ')
