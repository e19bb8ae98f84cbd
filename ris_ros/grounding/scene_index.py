"""What is known of a frame before any command is given."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ris_ros.frame import Frame
from ris_ros.geometry.masks import bounding_boxes, overlaps
from ris_ros.grounding.layout import Layout, lay_out
from ris_ros.grounding.outlines import find_parts
from ris_ros.grounding.places import Place, find_place


@dataclass(frozen=True, eq=False)
class SceneIndex:
    """Proposals of one frame with their visual features; it knows nothing of any command.

    frame: the frame that it was built from.
    masks: (N, H, W) bool, as the proposer orders them.  boxes: (N, 4) int32, x, y, width, height.
    features: (N, D) float32, the mixed global-local visual features.
    overlaps: (N, N) float32, the share of the smaller of two masks that lies in the other.
    """

    frame: Frame
    masks: np.ndarray
    boxes: np.ndarray
    features: np.ndarray
    overlaps: np.ndarray

    @classmethod
    def of(cls, frame: Frame, masks: np.ndarray, features: np.ndarray) -> SceneIndex:
        """Return the index of a frame's masks and features, with what follows from the masks."""
        return cls(frame, masks, bounding_boxes(masks), features, overlaps(masks))

    @cached_property
    def parts(self) -> np.ndarray:
        """(N,) bool: lies in a larger proposal that comes before it, and is not like one of those.

        Most of these are parts of a thing; some are things on or in another.
        """
        return find_parts(self.overlaps, self.layout.areas)

    @cached_property
    def layout(self) -> Layout:
        """Where the proposals lie; measured when a command first asks for it."""
        return lay_out(self.frame, self.masks, self.boxes)

    def place(self, index: int) -> Place:
        """Return where a proposal is; measured when a command first asks for it."""
        if index not in self._places:
            self._places[index] = find_place(self.masks[index], self.boxes[index], self.frame)
        return self._places[index]

    @cached_property
    def _places(self) -> dict[int, Place]:
        """Those that were asked for."""
        return {}
