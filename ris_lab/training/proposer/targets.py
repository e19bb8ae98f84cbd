# SPDX-License-Identifier: Apache-2.0
"""What the segmenter should say of a label image."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.proposals.segmenter import OFFSET_UNIT

# Fewer pixels cannot be told to be an object; they neither count for nor against it.
MIN_PIXELS = 20

# How much more the boundary between two objects counts than that with the background.
BETWEEN = 4.0

# Things narrower than this everywhere, in pixels, and what is just beside them have this weight,
# because they are few of a picture's pixels.
THIN = 9.0
THIN_WEIGHT = 3.0
_AROUND = np.ones((5, 5), np.uint8)


@dataclass(frozen=True, eq=False)
class Targets:
    """The truth of one picture, each (H, W) float32.

    Attributes:
        object: 1 on objects, else 0.
        boundary: 1 on boundaries between objects, else 0.
        centre: 1 at each object's centre, with a Gaussian around it.
        offset: (2, H, W), the way to the centre in units of 16 pixels.
        known: Weight of the question whether a pixel is an object's; 0 where nobody asks.
        edge_weight: Weight of the boundary.
        share: Share of each pixel in its object, times the root of the object's area. Small
            objects count less than large ones, but not in proportion.
    """

    object: np.ndarray
    boundary: np.ndarray
    centre: np.ndarray
    offset: np.ndarray
    known: np.ndarray
    edge_weight: np.ndarray
    share: np.ndarray

    def stacked(self) -> np.ndarray:
        """Return all as (8, H, W)."""
        return np.stack([self.object, self.boundary, self.centre, *self.offset, self.known,
                         self.edge_weight, self.share])


def make_targets(labels: np.ndarray) -> Targets:
    """Return the targets of a (H, W) label image; negative labels are not asked about."""
    rows, columns = labels.shape
    inside = (labels > 0).astype(np.float32)
    known = (labels >= 0).astype(np.float32)
    centre, share = np.zeros_like(inside), np.zeros_like(inside)
    offset = np.zeros((2, rows, columns), np.float32)
    for number in np.unique(labels[labels > 0]):
        mask = labels == number
        area = np.count_nonzero(mask)
        if area < MIN_PIXELS:
            known[mask] = 0
            continue
        if _is_thin(mask):
            known[cv2.dilate(mask.view(np.uint8), _AROUND) > 0] = THIN_WEIGHT
        v, u = np.nonzero(mask)
        x, y = u.mean(), v.mean()
        offset[0][mask] = (x - u) / OFFSET_UNIT
        offset[1][mask] = (y - v) / OFFSET_UNIT
        share[mask] = area ** -0.5
        _add_peak(centre, x, y, max(1.5, 0.08 * area ** 0.5))
    boundary, between = _boundaries(np.maximum(labels, 0))
    weight = np.where(between, np.float32(BETWEEN), np.float32(1))
    return Targets(inside, boundary.astype(np.float32), centre, offset, known, weight, share)


def _is_thin(mask: np.ndarray) -> bool:
    """Return whether no pixel of a mask is far from all of its edges."""
    return bool(cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 3).max() < THIN / 2)


def _add_peak(centre: np.ndarray, x: float, y: float, sigma: float) -> None:
    """Raise a map to a Gaussian whose peak is 1 at the pixel nearest to (x, y)."""
    reach = int(3 * sigma) + 1
    column, row = round(x), round(y)
    window = np.s_[max(row - reach, 0):row + reach + 1, max(column - reach, 0):column + reach + 1]
    part = centre[window]
    rows, columns = np.indices(part.shape)
    square = ((rows + window[0].start - row) ** 2 + (columns + window[1].start - column) ** 2)
    centre[window] = np.maximum(part, np.exp(-square / (2 * sigma ** 2)))


def _boundaries(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (H, W) bool: within one pixel of another label, and of another object."""
    kernel = np.ones((3, 3), np.uint8)
    values = labels.astype(np.float32)
    highest = cv2.dilate(values, kernel)
    boundary = highest != cv2.erode(values, kernel)
    lowest_object = cv2.erode(np.where(labels > 0, values, np.float32(1e6)), kernel)
    between = (lowest_object < 1e6) & (highest > 0) & (lowest_object != highest)
    return boundary, between
