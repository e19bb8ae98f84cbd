# SPDX-License-Identifier: Apache-2.0
"""The ways in which a command, or the search for a position, can end."""
from enum import IntEnum


class Status(IntEnum):
    """The outcome of a command or of one of its parts; the numbers are those of Grounding.msg."""

    UNKNOWN = 0
    FOUND = 1
    NOT_FOUND = 2
    AMBIGUOUS = 3
    NO_IMAGE = 4
    STALE_IMAGE = 5
    NO_DEPTH = 6
    NO_TF = 7
    BAD_COMMAND = 8
    MODEL_ERROR = 9
    LOST = 10
    STOPPED = 11
    ANSWERED = 12
