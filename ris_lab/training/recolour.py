# SPDX-License-Identifier: Apache-2.0
"""Another colour for a white or gray thing of a finished picture, in the light it stands in."""
from __future__ import annotations

import cv2
import numpy as np

from ris_lab.training.colour_names import Rgb

DISPLAY_GAMMA = 2.2
# Linear brightness of the white and the gray of the simulation.
NEUTRAL = {'white': 0.88, 'gray': 0.17}
_TABLE = ((np.arange(256) / 255) ** DISPLAY_GAMMA).astype(np.float32)


def recolour(picture: np.ndarray, mask: np.ndarray, brightness: float, colour: Rgb) -> None:
    """Paint a neutral thing, in place; its light, shades and shadows stay.

    Args:
        picture: (H, W, 3) uint8 RGB.
        mask: (H, W) bool, the thing.
        brightness: Linear brightness of its surface, such as one of NEUTRAL.
        colour: sRGB in 0..1 of its new surface.
    """
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    part, inside = (whole[y:y + height, x:x + width] for whole in (picture, mask))
    light = _TABLE[part] * (np.float32(colour) ** DISPLAY_GAMMA / np.float32(brightness))
    shown = 255 * np.minimum(light, 1) ** np.float32(1 / DISPLAY_GAMMA)
    cv2.copyTo(shown.astype(np.uint8), inside.astype(np.uint8), part)
