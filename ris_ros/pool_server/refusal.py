# SPDX-License-Identifier: Apache-2.0
"""Why the pool does not answer a request."""
from __future__ import annotations

from enum import Enum


class RefusalKind(Enum):
    """Each kind of refusal with its status of HTTP; the robot's side knows them by the status."""

    BAD_REQUEST = 400
    UNKNOWN_ROBOT = 401
    NO_SUCH_PLACE = 404
    NO_BASE = 409       # the robot sends the whole frame
    OTHER_MODELS = 412
    TOO_LARGE = 413
    TOO_MANY = 429
    MODELS_FAILED = 500
    TOO_LATE = 504      # the robot has given up by now


class Refusal(Exception):
    """Ends a request with a sentence for people.

    Attributes:
        kind: What it is.
        wait: After how many seconds the robot may try again; 0 says nothing.
    """

    def __init__(self, kind: RefusalKind, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.kind = kind
        self.wait = wait
