# SPDX-License-Identifier: Apache-2.0
"""How an object looks apart from its outline: its colours and the depths that it spans."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.tracking.colour_model import ColourModel, to_hsv
from ris_ros.tracking.scaled_frame import ScaledFrame

# Metres by which depth may differ from the object's before something else is there.
DEPTH_MARGIN = .04
# Pixels around the object that are looked at to learn the background's colours.
RING = 12
# Percentiles that count as the nearest and the farthest depth.
_ENDS = (2, 98)
# With fewer pixels of valid depth, the depth range is not measured.
_LEAST = 20


@dataclass(frozen=True, eq=False)
class AppearanceModel:
    """The object's colours and depths.

    Attributes:
        colours: histogram of its colours.
        depth_range: nearest and farthest depth in metres, or None without depth.
    """

    colours: ColourModel
    depth_range: tuple[float, float] | None

    @classmethod
    def of(cls, frame: ScaledFrame, mask: np.ndarray) -> AppearanceModel:
        """Learn from an (h, w) bool mask that contains nothing else."""
        box = window_around(mask, RING)
        return cls(ColourModel.of(to_hsv(frame.image[box]), mask[box]),
                   depth_range_in(frame.depth, mask))

    @property
    def distance(self) -> float | None:
        """Metres to its middle, or None without depth."""
        return middle_of(self.depth_range)

    def updated(self, frame: ScaledFrame, mask: np.ndarray, colours: ColourModel,
                share: float) -> AppearanceModel:
        """Follow the light and the distance.

        Args:
            frame: the newest frame.
            mask: (h, w) bool, the object in it.
            colours: of that mask.
            share: weight of the new colours, 0 to 1.
        """
        return AppearanceModel(self.colours.blended(colours, share),
                               _updated_range(frame.depth, mask, self.depth_range))

    def similarity(self, frame: ScaledFrame, mask: np.ndarray) -> float:
        """Compare the colours in a non-empty (h, w) bool mask with its own: 0 to 1 when equal."""
        return AppearanceModel.of(frame, mask).colours.similarity(self.colours)

    def moved(self, frame: ScaledFrame, mask: np.ndarray, by: float = np.inf) -> AppearanceModel:
        """Keep the colours and take the depths from a mask.

        The depth range gets no wider, because the mask may contain what hides a part of the
        object.

        Args:
            frame: where the object is now.
            mask: (h, w) bool, its outline there.
            by: metres by which the depths may differ from the ones before.
        """
        if self.depth_range is None:
            return AppearanceModel(self.colours, depth_range_in(frame.depth, mask))
        middle = middle_of(depth_range_in(frame.depth, mask, self.depth_range, by, (50, 50)))
        if middle is None:
            return AppearanceModel(self.colours, None)
        half = (self.depth_range[1] - self.depth_range[0]) / 2
        return AppearanceModel(
            self.colours, _updated_range(frame.depth, mask, (middle - half, middle + half)))


def within(depth: np.ndarray, depth_range: tuple[float, float], by: float) -> np.ndarray:
    """Tell which of (N,) depths lie in a depth range that is wider by a margin in metres."""
    return (depth >= depth_range[0] - by) & (depth <= depth_range[1] + by)


def middle_of(depth_range: tuple[float, float] | None) -> float | None:
    """Return the middle of a depth range, or None without one."""
    return None if depth_range is None else sum(depth_range) / 2


def depth_range_in(depth: np.ndarray | None, mask: np.ndarray,
                   before: tuple[float, float] | None = None, by: float = np.inf,
                   ends: tuple[float, float] = _ENDS) -> tuple[float, float] | None:
    """Measure the nearest and the farthest depth in a mask.

    Args:
        depth: (h, w) float32 metres, or None.
        mask: (h, w) bool.
        before: the depth range so far.
        by: metres by which depths may lie outside of the range so far.
        ends: percentiles that count as the nearest and the farthest.

    Returns:
        The range; the one before when too few depths are valid, and None without a depth image.
    """
    if depth is None:
        return None
    box = window_around(mask, 0)
    inner = cv2.erode(mask[box].view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    values = depth[box][inner]
    values = values[np.isfinite(values) & (values > 0)]
    if before is not None:
        values = values[within(values, before, by)]
    if len(values) < _LEAST:
        return before
    near, far = np.percentile(values, ends)
    return float(near), float(far)


def _updated_range(depth: np.ndarray | None, mask: np.ndarray,
                   before: tuple[float, float] | None) -> tuple[float, float] | None:
    """Follow the object's depth range without widening it.

    What comes in front of the object is often within the edge of its mask already, so depths far
    from the range before do not count.
    """
    now = depth_range_in(depth, mask, before, DEPTH_MARGIN)
    if now is None or before is None:
        return before
    middle, half = sum(now) / 2, min(now[1] - now[0], before[1] - before[0]) / 2
    return middle - half, middle + half
