# SPDX-License-Identifier: Apache-2.0
"""A sheet to print on, and the tools to do so."""
from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ris_sim.prints.fonts import text_mask
from ris_sim.scene import Colour

# The printed elements of a sheet are numbered; more elements share the last number.
MOST_ELEMENTS = 12


class Sheet:
    """A picture under the printer's hands.

    Attributes:
        image: (h, w, 3) uint8 sRGB.
        regions: (h, w) uint8, 0 for the ground, else the number of the printed element.
    """

    def __init__(self, height: int, width: int, ground: Colour) -> None:
        self.image = np.empty((height, width, 3), np.uint8)
        self.image[:] = ink(ground)
        self.regions = np.zeros((height, width), np.uint8)
        self._element = 0

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.regions.shape

    def element(self) -> None:
        """Begin a new printed element."""
        self._element = min(self._element + 1, MOST_ELEMENTS)

    def panel(self, left: float, bottom: float, right: float, top: float) -> Sheet:
        """Return a part of the sheet, in shares of it; what is printed there is printed here."""
        height, width = self.size
        rows = slice(round(height * (1 - top)), round(height * (1 - bottom)))
        columns = slice(round(width * left), round(width * right))
        panel = object.__new__(Sheet)
        panel.image, panel.regions = self.image[rows, columns], self.regions[rows, columns]
        panel._element = self._element
        return panel

    def join(self, panel: Sheet) -> None:
        """Go on counting elements where a panel stopped."""
        self._element = max(self._element, panel._element)

    def stain(self, mask: np.ndarray, colour: Colour | np.ndarray) -> None:
        """Print a colour, or an (h, w, 3) picture of 0 to 1, through an (h, w) uint8 mask."""
        share = mask[..., None].astype(np.float32) / 255
        self.image[:] = (self.image * (1 - share)
                         + np.float32(colour) * 255 * share + .5).astype(np.uint8)
        self.regions[mask > 127] = self._element

    def stick(self, other: Sheet, left: float, bottom: float, right: float, top: float,
              power: float) -> None:
        """Stick another sheet on, cut to a superellipse: an oval for 2, a rectangle for 20."""
        panel = self.panel(left, bottom, right, top)
        height, width = panel.size
        y, x = np.mgrid[:height, :width] + .5
        cut = (np.abs(2 * x / width - 1) ** power + np.abs(2 * y / height - 1) ** power) < 1
        image = cv2.resize(other.image, (width, height), interpolation=cv2.INTER_AREA)
        regions = cv2.resize(other.regions, (width, height), interpolation=cv2.INTER_NEAREST)
        panel.image[cut] = image[cut]
        panel.regions[cut] = np.minimum(regions[cut] + self._element, MOST_ELEMENTS)
        self._element = min(self._element + other._element, MOST_ELEMENTS)

    def blank(self) -> np.ndarray:
        """Return an empty mask of the sheet's size."""
        return np.zeros(self.size, np.uint8)

    def polygon(self, points: Sequence, colour: Colour) -> None:
        """Print a polygon whose (N, 2) corners are shares of width and height from bottom left."""
        mask = self.blank()
        cv2.fillPoly(mask, [self._pixels(points)], 255, cv2.LINE_AA, 4)
        self.stain(mask, colour)

    def rectangle(self, left: float, bottom: float, right: float, top: float,
                  colour: Colour) -> None:
        """Print a rectangle."""
        self.polygon([(left, bottom), (right, bottom), (right, top), (left, top)], colour)

    def ellipse(self, x: float, y: float, across: float, high: float, colour: Colour,
                turn: float = 0.0) -> None:
        """Print an ellipse about (x, y) with its half axes, in shares of the sheet's height.

        x and y are shares of width and height; turn is in degrees.
        """
        height, width = self.size
        mask = self.blank()
        cv2.ellipse(mask, (round(16 * x * width), round(16 * (1 - y) * height)),
                    (max(16, round(16 * across * height)), max(16, round(16 * high * height))),
                    turn, 0, 360, 255, -1, cv2.LINE_AA, 4)
        self.stain(mask, colour)

    def line(self, points: Sequence, colour: Colour, width: float) -> None:
        """Print a line through (N, 2) points; its width is a share of the sheet's height."""
        mask = self.blank()
        cv2.polylines(mask, [self._pixels(points)], False, 255,
                      max(1, round(width * self.size[0])), cv2.LINE_AA, 4)
        self.stain(mask, colour)

    def text(self, words: str, number: int, x: float, y: float, width: float, high: float,
             colour: Colour, turn: float = 0.0) -> None:
        """Print a line of text about (x, y).

        Args:
            words: the text.
            number: of the font.
            x: share of the sheet's width.
            y: share of the sheet's height, from the bottom.
            width: greatest width, a share of the sheet's width.
            high: greatest height, a share of the sheet's height.
            colour: of the ink.
            turn: degrees, against the clock.
        """
        rows, columns = self.size
        mask = text_mask(words, number, 40)
        scale = min(width * columns / mask.shape[1], high * rows / mask.shape[0])
        if scale * mask.shape[0] < 1:
            return
        if scale < 1:
            mask = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        elif scale > 1.3:
            mask = text_mask(words, number, min(400, round(40 * scale)))
        turned = cv2.getRotationMatrix2D((mask.shape[1] / 2, mask.shape[0] / 2), turn, 1)
        turned[:, 2] += (x * columns - mask.shape[1] / 2, (1 - y) * rows - mask.shape[0] / 2)
        self.stain(cv2.warpAffine(mask, turned, (columns, rows)), colour)

    def _pixels(self, points: Sequence) -> np.ndarray:
        """Convert shares from the bottom left to sixteenths of pixels from the top left."""
        height, width = self.size
        places = np.asarray(points, float) * [width, -height] + [0, height]
        return np.rint(places * 16).astype(np.int32)


def ink(colour: Colour) -> np.ndarray:
    """Convert sRGB of 0 to 1 to uint8."""
    return np.rint(np.clip(colour, 0, 1) * np.float64(255)).astype(np.uint8)
