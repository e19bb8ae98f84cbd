"""The whole outline of a held object, hidden parts included, wherever it has moved."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.tracking.motion import moved, shifted


@dataclass(frozen=True, eq=False)
class Shape:
    """An outline as it was seen once: (h, w) uint8, 0 or 255, its corner (x, y) and its pixels."""

    pixels: np.ndarray
    corner: tuple[int, int]
    area: int

    @classmethod
    def of(cls, mask: np.ndarray) -> Shape:
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
        """Return a (3, 3) motion with a (3, 3) change about the middle of the box after it.

        middle: pixel (x, y) to which the middle is brought; None leaves it where it is.
        """
        before = self.middle(motion)
        return shifted(before if middle is None else middle) @ change @ shifted(-before) @ motion

    def placed(self, motion: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, float]:
        """Return the (H, W) bool mask after a (3, 3) motion, and its whole area.

        The area counts what lies outside of the picture, too; size: height and width of it.
        """
        mask = np.zeros(size, bool)
        (x, y), (height, width) = self.corner, self.pixels.shape
        ends = np.float64([[x, y], [x + width, y], [x, y + height], [x + width, y + height]])
        placed = moved(motion, ends)
        if not np.isfinite(placed).all() or np.abs(placed).max() > 1e5:
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
        """Return by what factor a (3, 3) motion makes its area larger."""
        half = np.divide(self.pixels.shape[::-1], 2)
        return abs(_growth(motion, np.add(self.corner, half)))


def _growth(motion: np.ndarray, point: np.ndarray) -> float:
    """Return by what factor a (3, 3) motion makes areas larger at a point."""
    triangle = moved(motion, point + np.float64([[0, 0], [1, 0], [0, 1]]))
    return float(np.linalg.det(triangle[1:] - triangle[0]))
