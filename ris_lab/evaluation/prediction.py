# SPDX-License-Identifier: Apache-2.0
"""What is judged of an answer; a worker of a cluster reads it before it has any models."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Prediction:
    """The part of an answer that is compared with the truth.

    Attributes:
        mask: (H, W) bool, None for a refusal.
        status: The name of a Status.
        count: Number of objects in the mask.
        confidence: Probability that status and objects are right.
        first: (H, W) bool mask of the first candidate, whatever the status; None if there is none.
        boxes: x0, y0, x1, y1 of each object in the mask.
    """

    mask: np.ndarray | None
    status: str
    count: int = 0
    confidence: float = 0.0
    first: np.ndarray | None = None
    boxes: tuple[tuple[int, int, int, int], ...] = ()
