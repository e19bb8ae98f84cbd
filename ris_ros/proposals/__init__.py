# SPDX-License-Identifier: Apache-2.0
"""Proposals: instance masks of an image, behind one interface."""
from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from ris_ros.chunks import Pause, no_pause
from ris_ros.frame import Frame


class Proposer(Protocol):
    """Anything that finds instance masks in a frame."""

    def propose(self, frame: Frame, give_way: Pause = no_pause) -> np.ndarray:
        """Find the instance masks of a frame.

        Args:
            frame: Image, and perhaps depth.
            give_way: Called between long chunks of the work.

        Returns:
            (N, H, W) bool, N >= 0, none of them empty.
        """
        ...


class Window(NamedTuple):
    """A part of a picture, in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, for indexing an (H, W, ...) array."""
        return (slice(self.y, self.y + self.height), slice(self.x, self.x + self.width))
