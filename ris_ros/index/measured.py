"""Where the proposals of a frame lie, each thing measured when a command first asks for it."""
from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ris_ros.frame import Frame
from ris_ros.index.layout import Layout, lay_out
from ris_ros.index.places import Place, find_place


@dataclass(frozen=True, eq=False)
class Measured:
    """What is measured of the masks of one frame; any thread may ask.

    masks, boxes: as those of a SceneIndex.
    """

    frame: Frame
    masks: np.ndarray
    boxes: np.ndarray
    _places: dict[int, Place] = field(default_factory=dict, init=False)

    @cached_property
    def layout(self) -> Layout:
        """Where the proposals lie with respect to each other."""
        return lay_out(self.frame, self.masks, self.boxes)

    def place(self, index: int) -> Place:
        """Return where a proposal is."""
        if index not in self._places:
            self._places[index] = find_place(self.masks[index], self.boxes[index], self.frame)
        return self._places[index]
