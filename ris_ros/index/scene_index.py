"""What is known of a frame before any command is given."""
from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ris_ros.frame import Frame
from ris_ros.geometry.masks import bounding_boxes, overlaps
from ris_ros.index.layout import Layout
from ris_ros.index.measured import Measured
from ris_ros.index.outlines import find_parts
from ris_ros.index.places import Place


@dataclass(frozen=True, eq=False)
class SceneIndex:
    """Proposals of one frame with their visual features; it knows nothing of any command.

    frame: the frame that it was built from, or a later one that shows the same.
    masks: (N, H, W) bool, as the proposer orders them.  boxes: (N, 4) int32, x, y, width, height.
    features: (N, D) float32, the mixed global-local visual features.
    overlaps: (N, N) float32, the share of the smaller of two masks that lies in the other.
    here, before: what is measured of this frame, and of the one that it was built from.
    """

    frame: Frame
    masks: np.ndarray
    boxes: np.ndarray
    features: np.ndarray
    overlaps: np.ndarray
    here: Measured
    before: Measured

    @classmethod
    def of(cls, frame: Frame, masks: np.ndarray, features: np.ndarray) -> SceneIndex:
        """Return the index of a frame's masks and features, with what follows from the masks."""
        return cls._of(frame, masks, features, np.empty((0, 4), np.int32),
                       np.empty((0, 0), np.float32))

    def renewed(self, rows: np.ndarray, frame: Frame, masks: np.ndarray,
                features: np.ndarray) -> SceneIndex:
        """Return the same of another frame, of the same size.

        rows: (K,) int, masks of this index that are the first K of that one, in this order.
        """
        return self._of(frame, masks, features, self.boxes[rows],
                        self.overlaps[np.ix_(rows, rows)])

    @classmethod
    def _of(cls, frame: Frame, masks: np.ndarray, features: np.ndarray, boxes: np.ndarray,
            shares: np.ndarray) -> SceneIndex:
        """Return the index of masks, of the first ones of which boxes and overlaps are known."""
        boxes = np.concatenate([boxes, bounding_boxes(masks[len(boxes):])])
        measured = Measured(frame, masks, boxes)
        return cls(frame, masks, boxes, features, overlaps(masks, boxes, shares), measured,
                   measured)

    def seen_again(self, frame: Frame) -> SceneIndex:
        """Return the index of a frame that shows the same but for noise."""
        return replace(self, frame=frame, here=Measured(frame, self.masks, self.boxes))

    @cached_property
    def parts(self) -> np.ndarray:
        """(N,) bool: lies in a larger proposal that comes before it, and is not like one of those.

        Most of these are parts of a thing; some are things on or in another.
        """
        return find_parts(self.overlaps, self.layout.areas)

    @property
    def layout(self) -> Layout:
        """Where the proposals lie with respect to each other: as when the index was built.

        As now, where depth then had a hole at one of them.
        """
        then = self.before.layout
        has_holes = self.frame.has_points and not then.has_depth(np.arange(len(self.masks)))
        return self.here.layout if has_holes else then

    def place(self, index: int) -> Place:
        """Return where a proposal is in this frame."""
        return self.here.place(index)

    def place_before(self, index: int) -> Place:
        """Return where a proposal was when the index was built, measured once for all frames.

        Where it is in this frame, if it had no position then.
        """
        then = self.before.place(index)
        has_hole = self.frame.has_points and then.position_3d is None
        return self.here.place(index) if has_hole else then
