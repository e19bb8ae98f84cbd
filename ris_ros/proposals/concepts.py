# SPDX-License-Identifier: Apache-2.0
"""What a picture shows of a noun: masks that are found only when a command names it."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from ris_ros.frame import Frame


@dataclass(frozen=True, eq=False)
class ConceptMasks:
    """The things in a picture that a noun fits.

    Attributes:
        masks: (N, H, W) bool, N >= 0, none of them empty, the likeliest first.
        scores: (N,) float32, how probable it is that each of them is such a thing, 0 to 1.
    """

    masks: np.ndarray
    scores: np.ndarray


@runtime_checkable
class ConceptProposer(Protocol):
    """A proposer that also looks for what a noun names."""

    def find(self, frame: Frame, noun: str) -> ConceptMasks:
        """Find all things that a noun fits.

        Args:
            frame: The picture.
            noun: In the singular, such as 'mug'.
        """
        ...
