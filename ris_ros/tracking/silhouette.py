# SPDX-License-Identifier: Apache-2.0
"""The whole outline of an object, hidden parts included, wherever it has moved."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.tracking.motion import moved, shifted

# A motion that puts a corner farther away than this, in pixels, is not drawn.
_FARTHEST = 1e5


@dataclass(frozen=True, eq=False)
class Silhouette:
    """An outline as it was seen in one frame.

    Attributes:
        pixels: (h, w) uint8 crop, 0 or 255.
        corner: pixel (x, y) of the crop's upper left corner.
        area: number of pixels.
    """

    pixels: np.ndarray
    corner: tuple[int, int]
    area: int

    @classmethod
    def of(cls, mask: np.ndarray) -> Silhouette:
        """Cut a non-empty (H, W) bool mask out."""
        x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
        crop = mask[y:y + height, x:x + width]
        return cls(crop.astype(np.uint8) * np.uint8(255), (x, y), int(np.count_nonzero(crop)))

    def middle(self, motion: np.ndarray) -> np.ndarray:
        """Return the pixel (x, y) of the middle of its box after a (3, 3) motion."""
        half = np.subtract(self.pixels.shape[::-1], 1) / 2
        return moved(motion, np.add([self.corner], half))[0]

    def changed(self, motion: np.ndarray, change: np.ndarray,
                middle: np.ndarray | None = None) -> np.ndarray:
        """Apply a change about the middle of the box, after a motion.

        Args:
            motion: (3, 3).
            change: (3, 3), with the middle of the box as its origin.
            middle: pixel (x, y) to bring the middle to; None leaves it where it is.

        Returns:
            The (3, 3) motion followed by the change.
        """
        before = self.middle(motion)
        return shifted(before if middle is None else middle) @ change @ shifted(-before) @ motion

    def placed(self, motion: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, float]:
        """Draw the silhouette after a motion.

        Args:
            motion: (3, 3).
            size: height and width of the image.

        Returns:
            The (H, W) bool mask, and the whole area in pixels, which counts what lies outside
            the image too.
        """
        mask = np.zeros(size, bool)
        (x, y), (height, width) = self.corner, self.pixels.shape
        ends = np.array(
            [[x, y], [x + width, y], [x, y + height], [x + width, y + height]], np.float64)
        placed = moved(motion, ends)
        if not np.isfinite(placed).all() or np.abs(placed).max() > _FARTHEST:
            return mask, float(self.area)
        left, top = np.maximum(np.floor(placed.min(0)).astype(int) - 1, 0)
        right, bottom = np.minimum(np.ceil(placed.max(0)).astype(int) + 1, size[::-1])
        area = self.area * self.growth(motion)
        if left < right and top < bottom:
            shift, unshift = np.eye(3), np.eye(3)
            unshift[:2, 2], shift[:2, 2] = self.corner, (-left, -top)
            crop = cv2.warpPerspective(self.pixels, shift @ motion @ unshift,
                                       (int(right - left), int(bottom - top)))
            mask[top:bottom, left:right] = crop > 127
        return mask, float(area)

    def growth(self, motion: np.ndarray) -> float:
        """Return the factor by which a (3, 3) motion enlarges its area."""
        half = np.divide(self.pixels.shape[::-1], 2)
        return abs(_growth(motion, np.add(self.corner, half)))


def _growth(motion: np.ndarray, point: np.ndarray) -> float:
    """Return the signed factor by which a (3, 3) motion enlarges areas at a point (x, y)."""
    triangle = moved(motion, point + np.array([[0., 0.], [1., 0.], [0., 1.]]))
    return float(np.linalg.det(triangle[1:] - triangle[0]))
