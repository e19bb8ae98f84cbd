# SPDX-License-Identifier: Apache-2.0
"""The scene index: everything that is known of a frame before any command is given."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ris_ros.frame import Frame
from ris_ros.geometry.location import Location, locate
from ris_ros.geometry.masks import bounding_boxes, grasp_pixel, overlaps
from ris_ros.index.contents import bare_part
from ris_ros.index.layout import Layout
from ris_ros.index.outlines import find_parts
from ris_ros.index.supported import supported_shares
from ris_ros.index.thing_odds import thing_odds


@dataclass(frozen=True, eq=False)
class Measurements:
    """Where the masks of one frame lie; each is measured when a command first asks for it.

    Any thread may ask.

    Attributes:
        frame: The frame.
        masks: (N, H, W) bool, its proposals.
        boxes: (N, 4) int32, their x, y, width and height.
        overlaps: (N, N) float32, the share of the smaller of two masks that lies in the other.
    """

    frame: Frame
    masks: np.ndarray
    boxes: np.ndarray
    overlaps: np.ndarray
    _locations: dict[int, Location] = field(default_factory=dict, init=False)

    @cached_property
    def layout(self) -> Layout:
        """How the proposals lie with respect to each other."""
        return Layout.of(self.frame, self.masks, self.boxes)

    def location(self, index: int) -> Location:
        """Return where a proposal is."""
        if index not in self._locations:
            self._locations[index] = locate(self.masks[index], self.frame, self.boxes[index],
                                            self._grasp(index))
        return self._locations[index]

    def _grasp(self, index: int) -> tuple[int, int] | None:
        """Return where to grasp a proposal, beside what lies in it; None without depth."""
        if self.frame.depth is None:
            return None
        bare = bare_part(index, self.masks, self.boxes, self.overlaps, self.frame.depth)
        u, v = grasp_pixel(bare)
        left, top = self.boxes[index, :2].tolist()
        return u + left, v + top


@dataclass(frozen=True, eq=False)
class SceneIndex:
    """The proposals of one frame with their visual features.

    Attributes:
        frame: The frame that the index was built from, or a later one that shows the same.
        masks: (N, H, W) bool, in the order of the proposer.
        boxes: (N, 4) int32, their x, y, width and height.
        features: (N, D) float32, the mixed global and local visual features.
        overlaps: (N, N) float32, the share of the smaller of two masks that lies in the other.
        current: What is measured in this frame.
        built: What is measured in the frame that the index was built from.
        noun_chances: (N,) by noun, how probable it is that each proposal is such a thing; only of
            nouns that a model was asked for.
    """

    frame: Frame
    masks: np.ndarray
    boxes: np.ndarray
    features: np.ndarray
    overlaps: np.ndarray
    current: Measurements
    built: Measurements
    noun_chances: Mapping[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, frame: Frame, masks: np.ndarray, features: np.ndarray) -> SceneIndex:
        """Make the index of a frame from its masks and their features.

        Args:
            frame: The frame.
            masks: (N, H, W) bool, none of them empty.
            features: (N, D) float32.
        """
        return cls._of(frame, masks, features, np.empty((0, 4), np.int32),
                       np.empty((0, 0), np.float32))

    def renewed(self, rows: np.ndarray, frame: Frame, masks: np.ndarray,
                features: np.ndarray) -> SceneIndex:
        """Make the index of another frame of the same size that shares masks with this one.

        Args:
            rows: (K,) int, the masks of this index that are the first K of the new one, in order.
            frame: The other frame.
            masks: (N, H, W) bool, none of them empty.
            features: (N, D) float32.
        """
        return self._of(frame, masks, features, self.boxes[rows],
                        self.overlaps[np.ix_(rows, rows)])

    @classmethod
    def _of(cls, frame: Frame, masks: np.ndarray, features: np.ndarray, boxes: np.ndarray,
            known: np.ndarray) -> SceneIndex:
        """Make an index; (K, 4) boxes and (K, K) overlaps of its first masks are known."""
        boxes = np.concatenate([boxes, bounding_boxes(masks[len(boxes):])])
        shares = overlaps(masks, boxes, known)
        measured = Measurements(frame, masks, boxes, shares)
        return cls(frame, masks, boxes, features, shares, measured, measured)

    def seen_again(self, frame: Frame) -> SceneIndex:
        """Return the index of a frame that shows the same but for noise."""
        return replace(self, frame=frame, current=Measurements(
            frame, self.masks, self.boxes, self.overlaps))

    @cached_property
    def parts(self) -> np.ndarray:
        """(N,) bool, the proposals that are probably parts of objects, as `find_parts` finds them.

        Most of them are; some are objects that lie on or in another one.
        """
        return find_parts(self.overlaps, self.layout.areas)

    @cached_property
    def supported(self) -> np.ndarray:
        """(N,) share of each proposal that was on the main surface when the index was built."""
        return supported_shares(self.built.frame, self.masks)

    @cached_property
    def thing_odds(self) -> np.ndarray:
        """(N,) log-odds that each proposal was one whole thing when the index was built."""
        return thing_odds(self.built.layout)

    @property
    def layout(self) -> Layout:
        """How the proposals lay with respect to each other when the index was built.

        If depth then had a hole at one of them, it is how they lie now.
        """
        then = self.built.layout
        has_holes = self.frame.has_points and not then.has_depth(np.arange(len(self.masks)))
        return self.current.layout if has_holes else then

    def location(self, index: int) -> Location:
        """Return where a proposal is in this frame."""
        return self.current.location(index)

    def earlier_location(self, index: int) -> Location:
        """Return where a proposal was when the index was built, measured once for all frames.

        If it had no position then, and this frame may tell more, it is where the proposal is now.
        """
        then = self.built.location(index)
        may_differ = (self.frame.has_points
                      or self.frame.position_note != self.built.frame.position_note)
        return self.current.location(index) if may_differ and then.position is None else then
