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
        # Own look-up: OpenCV 5.0's calcBackProject takes no three-dimensional histogram.
        ratio = 255 * self.histogram / (self.histogram + background.histogram)
        bins = sum(table[hsv[..., channel]] for channel, table in enumerate(_BIN_OF))
        return np.rint(ratio).astype(np.uint8).ravel()[bins]


def _sharing(bins: int, around: bool) -> np.ndarray:
    """Return the (bins, bins) matrix by which each bin gives an eighth to either neighbour.

    around: whether the last bin is next to the first; else the ends keep what they would give.
    """
    matrix = .75 * np.eye(bins, dtype=np.float32)
    for bin_, neighbour in [(i, i + step) for i in range(bins) for step in (-1, 1)]:
        to = neighbour % bins if around else min(max(neighbour, 0), bins - 1)
        matrix[to, bin_] += .125
    return matrix


# What each value of each channel adds to the number of its bin.
_BIN_OF = tuple(
    (np.arange(256) * bins // full).clip(0, bins - 1).astype(np.uint16) * np.uint16(stride)
    for bins, full, stride in zip(_BINS, _RANGES[1::2], (_BINS[1] * _BINS[2], _BINS[2], 1),
                                  strict=True))
_HUE, _SATURATION, _VALUE = (_sharing(bins, axis == 0) for axis, bins in enumerate(_BINS))


def _shared(counts: np.ndarray) -> np.ndarray:
    """Return counts of which each bin gave a quarter to its neighbours along each axis."""
    by_hue = (_HUE @ counts.reshape(_BINS[0], -1)).reshape(_BINS)
    return _SATURATION @ by_hue @ _VALUE.T
