# SPDX-License-Identifier: Apache-2.0
"""The colours of an object as a histogram, cheap enough to compare in every frame."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

# Hue tells colours apart best. The bins of value are coarse because light changes.
_BINS = (18, 5, 6)
_RANGES = (0, 180, 0, 256, 0, 256)
# Share of the histogram that is spread evenly over all colours, for the camera's noise.
_FLOOR = 0.02


def to_hsv(image: np.ndarray) -> np.ndarray:
    """Convert an (H, W, 3) RGB image to OpenCV's 8-bit HSV, smoothed a little against noise."""
    return cv2.cvtColor(cv2.blur(image, (3, 3)), cv2.COLOR_RGB2HSV)


@dataclass(frozen=True, eq=False)
class ColourModel:
    """Colour histogram of the pixels in a mask.

    Attributes:
        histogram: (18, 5, 6) float32 over hue, saturation and value; it sums to 1.
    """

    histogram: np.ndarray

    @classmethod
    def of(cls, hsv: np.ndarray, mask: np.ndarray) -> ColourModel:
        """Count the colours in a mask.

        Args:
            hsv: (H, W, 3) uint8 from to_hsv.
            mask: (H, W) bool; an empty one gives a uniform histogram.
        """
        counts = cv2.calcHist([hsv], [0, 1, 2], mask.view(np.uint8), _BINS, _RANGES)
        # Neighbouring bins share, so that a small change of light does not change every bin.
        smooth = _smooth(counts)
        total = smooth.sum()
        even = np.full(_BINS, 1 / np.prod(_BINS), np.float32)
        return cls(even if total == 0 else (1 - _FLOOR) * smooth / total + _FLOOR * even)

    def similarity(self, other: ColourModel) -> float:
        """Return the Bhattacharyya coefficient of two histograms: 0 to 1, 1 when equal."""
        return float(np.sqrt(self.histogram * other.histogram).sum())

    def blended(self, other: ColourModel, share: float) -> ColourModel:
        """Mix in a share, 0 to 1, of another histogram."""
        return ColourModel((1 - share) * self.histogram + share * other.histogram)

    def likelihood(self, hsv: np.ndarray, background: ColourModel) -> np.ndarray:
        """Compute how likely each pixel has these colours rather than the background's.

        Args:
            hsv: (H, W, 3) uint8 from to_hsv.
            background: colours around the object; object and background have equal priors.

        Returns:
            (H, W) uint8, 255 times the probability.
        """
        # A look-up of our own, because OpenCV 5.0's calcBackProject takes no 3-D histogram.
        ratio = 255 * self.histogram / (self.histogram + background.histogram)
        bins = sum(table[hsv[..., channel]] for channel, table in enumerate(_BIN_OF))
        return np.rint(ratio).astype(np.uint8).ravel()[bins]


def _smoothing(bins: int, is_circular: bool) -> np.ndarray:
    """Return the (bins, bins) matrix by which each bin gives an eighth to either neighbour.

    At the ends of an axis that is not circular, a bin keeps the eighth that has no neighbour.
    """
    matrix = .75 * np.eye(bins, dtype=np.float32)
    for bin_, neighbour in [(i, i + step) for i in range(bins) for step in (-1, 1)]:
        to = neighbour % bins if is_circular else min(max(neighbour, 0), bins - 1)
        matrix[to, bin_] += .125
    return matrix


# What each value of each channel adds to the flat index of its bin.
_BIN_OF = tuple(
    (np.arange(256) * bins // full).clip(0, bins - 1).astype(np.uint16) * np.uint16(stride)
    for bins, full, stride in zip(_BINS, _RANGES[1::2], (_BINS[1] * _BINS[2], _BINS[2], 1),
                                  strict=True))
_HUE, _SATURATION, _VALUE = (_smoothing(bins, axis == 0) for axis, bins in enumerate(_BINS))


def _smooth(counts: np.ndarray) -> np.ndarray:
    """Let each bin give a quarter of its count to its neighbours, along each axis."""
    by_hue = (_HUE @ counts.reshape(_BINS[0], -1)).reshape(_BINS)
    return _SATURATION @ by_hue @ _VALUE.T
