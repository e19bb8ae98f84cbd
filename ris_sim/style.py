# SPDX-License-Identifier: Apache-2.0
"""The kinds of world that the simulator draws."""
from __future__ import annotations

from enum import Enum


class Style(Enum):
    """What a simulated scene looks like.

    Attributes:
        TOY: plain things of 27 categories on a table in an empty room.
        HOME: printed, glossy and transparent things of home, kitchen, office and workshop, in
            rooms that are lived in.
    """

    TOY = 'toy'
    HOME = 'home'
