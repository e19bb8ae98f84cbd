# SPDX-License-Identifier: Apache-2.0
"""The texts that something that was said may be."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Alternative:
    """One of the texts that an utterance may be.

    Attributes:
        text: The text.
        chance: Probability that it was said, 0 to 1; those of an utterance add up to the chance
            that one of them was said.
    """

    text: str
    chance: float
