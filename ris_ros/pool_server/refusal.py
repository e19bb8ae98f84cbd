# SPDX-License-Identifier: Apache-2.0
"""Why the pool does not answer a request."""
from __future__ import annotations

from enum import Enum


class RefusalKind(Enum):
    """Each kind of refusal; the robot's side knows them by the status of HTTP.

    Attributes:
        status: Of HTTP.
        reason: In the counters of robots.
    """

    BAD_REQUEST = 400, 'bad request'
    UNKNOWN_ROBOT = 401, 'unknown robot'
    NO_SUCH_PLACE = 404, 'no such place'
    TOO_SLOW = 408, 'sent too slowly'
    NO_BASE = 409, 'no base'            # the robot sends the whole frame
    OTHER_MODELS = 412, 'other models'
    TOO_LARGE = 413, 'too large'
    TOO_MANY = 429, 'too many requests'
    MODELS_FAILED = 500, 'models failed'
    NOT_READY = 503, 'not ready'
    FULL = 503, 'full'
    TOO_LATE = 504, 'too late'          # the robot has given up by now

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason


class Refusal(Exception):
    """Ends a request with a sentence for people.

    Attributes:
        kind: What it is.
        message: The sentence.
        wait: After how many seconds the robot may try again; 0 says nothing.
    """

    def __init__(self, kind: RefusalKind, message: str, wait: float = 0.0) -> None:
        super().__init__(kind, message, wait)  # all of them, so that it travels between processes
        self.kind = kind
        self.message = message
        self.wait = wait

    def __str__(self) -> str:
        return self.message
