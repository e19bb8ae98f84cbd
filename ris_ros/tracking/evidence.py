# SPDX-License-Identifier: Apache-2.0
"""What a frame shows at the place of the object: itself, something in front of it, or nothing."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.tracking.appearance_model import DEPTH_MARGIN, RING, AppearanceModel, within
from ris_ros.tracking.colour_model import ColourModel, to_hsv
from ris_ros.tracking.scaled_frame import ScaledFrame
from ris_ros.tracking.template import Template

# Pixels with a lower likelihood than this, of 255, are not the object.
_UNLIKELY = 64


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a frame shows of the object.

    Attributes:
        visible: (h, w) bool, its visible part.
        share: visible share of its whole area, 0 to 1.
        clear: visible share of the part that lies inside the image, 0 to 1.
        similarity: of the visible colours to the model's, 0 to 1.
        agreement: share of the visible pixels that look as in the keyframe, 0 to 1.
        colours: of the visible part.
    """

    visible: np.ndarray
    share: float
    clear: float
    similarity: float
    agreement: float
    colours: ColourModel


def observe(frame: ScaledFrame, template: Template, motion: np.ndarray) -> Evidence:
    """Compare a frame with the template where the object should be.

    Args:
        frame: to look at.
        template: what the object looks like.
        motion: (3, 3) from the template's keyframe to the frame.
    """
    placed, area = template.key.silhouette.placed(motion, frame.size)
    if not placed.any():
        return Evidence(placed, 0.0, 0.0, 0.0, 0.0, template.model.colours)
    box = window_around(placed, RING)
    inside, hsv = placed[box], to_hsv(frame.image[box])
    depth = None if frame.depth is None else frame.depth[box]
    unlikely = inside & (_likelihood(hsv, depth, inside, template.model) < _UNLIKELY)
    # Specks are noise or print; what comes in front of an object is larger.
    other = cv2.morphologyEx(unlikely.view(np.uint8), cv2.MORPH_OPEN,
                             np.ones((5, 5), np.uint8)).astype(bool)
    shown = inside & ~other
    visible = np.zeros_like(placed)
    visible[box] = shown
    colours = ColourModel.of(hsv, shown)
    count = np.count_nonzero(shown)
    share, clear = (min(count / max(whole, 1.0), 1.0)
                    for whole in (area, np.count_nonzero(inside)))
    return Evidence(visible, share, clear, template.model.colours.similarity(colours),
                    template.key.agreement(frame, motion, visible), colours)


def _likelihood(hsv: np.ndarray, depth: np.ndarray | None, inside: np.ndarray,
                model: AppearanceModel) -> np.ndarray:
    """Return the likelihood, (h, w) uint8, that each pixel of a window is the object."""
    ring = cv2.dilate(inside.view(np.uint8), np.ones((5, 5), np.uint8)) == 0
    likely = cv2.blur(model.colours.likelihood(hsv, ColourModel.of(hsv, ring)), (3, 3))
    if model.depth_range is not None and depth is not None:
        # Depth decides where it is valid, and colours where it has holes.
        valid = np.isfinite(depth) & (depth > 0)
        likely[valid] = np.where(within(depth[valid], model.depth_range, DEPTH_MARGIN), 255, 0)
    return likely
