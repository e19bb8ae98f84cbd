"""Proposals: an image becomes instance masks, behind one interface."""
from __future__ import annotations

from typing import Protocol

import numpy as np

from ris_ros.frame import Frame


class Proposer(Protocol):
    """Anything that finds instance masks in a frame."""

    def propose(self, frame: Frame) -> np.ndarray:
        """Return (N, H, W) bool masks, N >= 0, none of them empty."""
        ...
