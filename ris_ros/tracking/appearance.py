"""The colours of an object, learnt from the pixels of its mask: cheap enough for every frame."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

# Hue tells most; value is coarse, because light changes.
_BINS = (18, 5, 6)
_RANGES = (0, 180, 0, 256, 0, 256)
# Share of the histogram that every colour has without being seen: the camera's noise.
_FLOOR = 0.02


def to_hsv(image: np.ndarray) -> np.ndarray:
    """Return an (H, W, 3) RGB image as OpenCV's 8-bit HSV, a little smoothed against noise."""
    return cv2.cvtColor(cv2.blur(image, (3, 3)), cv2.COLOR_RGB2HSV)


@dataclass(frozen=True, eq=False)
class Appearance:
    """Histogram over hue, saturation and value, (18, 5, 6) float32 that sums to 1."""

    histogram: np.ndarray

    @classmethod
    def of(cls, hsv: np.ndarray, mask: np.ndarray) -> Appearance:
        """Learn from the pixels of an (H, W) bool mask; an empty one gives even shares."""
        counts = cv2.calcHist([hsv], [0, 1, 2], mask.view(np.uint8), _BINS, _RANGES)
        # Neighbouring colours share, so that a change of light does not make all colours new.
        smooth = _shared(counts)
        total = smooth.sum()
        even = np.full(_BINS, 1 / np.prod(_BINS), np.float32)
        return cls(even if total == 0 else (1 - _FLOOR) * smooth / total + _FLOOR * even)

    def similarity(self, other: Appearance) -> float:
        """Return Bhattacharyya's coefficient of the two histograms, 0 to 1 for equal ones."""
        return float(np.sqrt(self.histogram * other.histogram).sum())

    def blended(self, other: Appearance, share: float) -> Appearance:
        """Return a histogram with a share of another one."""
        return Appearance((1 - share) * self.histogram + share * other.histogram)

    def likelihood(self, hsv: np.ndarray, background: Appearance) -> np.ndarray:
        """Return (H, W) uint8, 255 times the probability that a pixel has these colours.

        background: of what lies around; both are as likely before a pixel is seen.
        """
        ratio = 255 * self.histogram / (self.histogram + background.histogram)
        return cv2.calcBackProject([hsv], [0, 1, 2], ratio.astype(np.float32), _RANGES, 1)


def _shared(counts: np.ndarray) -> np.ndarray:
    """Return counts of which each bin gave a quarter to its neighbours along each axis."""
    for axis, around in ((0, True), (1, False), (2, False)):
        padding = [(0, 0)] * 3
        padding[axis] = (1, 1)
        padded = np.pad(counts, padding, mode='wrap' if around else 'edge')
        low, high = (np.take(padded, range(start, start + counts.shape[axis]), axis)
                     for start in (0, 2))
        counts = .75 * counts + .125 * (low + high)
    return counts
