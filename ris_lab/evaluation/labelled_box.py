# SPDX-License-Identifier: Apache-2.0
"""The truth that a person can give in seconds: a box, and a pixel on the object."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class LabelledBox:
    """Where an object is in a picture.

    Attributes:
        x0: First column.
        y0: First row.
        x1: Column after the last one.
        y1: Row after the last one.
        point: (u, v) of a pixel that is surely on the object; None if the box has to do.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    point: tuple[int, int] | None = None

    def mask(self, size: tuple[int, int]) -> np.ndarray:
        """Return the filled box as an (H, W) bool mask."""
        mask = np.zeros(size, bool)
        mask[self.y0:self.y1, self.x0:self.x1] = True
        return mask

    def covered_box(self, mask: np.ndarray) -> np.ndarray:
        """Return the bounding box of a mask, filled, by which it is compared with this box.

        Args:
            mask: (H, W) bool.

        Returns:
            (H, W) bool, empty if the mask leaves the point out.
        """
        box = np.zeros(mask.shape, bool)
        if not mask.any() or (self.point and not mask[self.point[1], self.point[0]]):
            return box
        x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
        box[y:y + height, x:x + width] = True
        return box


def filled(boxes: Iterable[LabelledBox], size: tuple[int, int]) -> np.ndarray:
    """Return the union of filled boxes as an (H, W) bool mask."""
    mask = np.zeros(size, bool)
    for box in boxes:
        mask |= box.mask(size)
    return mask
