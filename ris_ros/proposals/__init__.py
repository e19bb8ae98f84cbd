"""Proposals: an image becomes instance masks, behind one interface."""
from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from ris_ros.chunks import Pause, no_pause
from ris_ros.frame import Frame


class Proposer(Protocol):
    """Anything that finds instance masks in a frame."""

    def propose(self, frame: Frame, give_way: Pause = no_pause) -> np.ndarray:
        """Return (N, H, W) bool masks, N >= 0, none of them empty.

        give_way: called between chunks of the work, where they are long.
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
