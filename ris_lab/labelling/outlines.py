# SPDX-License-Identifier: Apache-2.0
"""Outlines of a profile's proposals, which a person can click."""
from __future__ import annotations

from pathlib import Path
import threading

import cv2
import numpy as np

from ris_lab.evaluation.labelled_pictures import labelled_frame
from ris_lab.labelling.label_file import LabelPicture
from ris_ros.proposals import Proposer

# Pixels by which a drawn outline may be off; it makes the page light.
_TOLERANCE = 1.0


class Outlines:
    """Proposes the things of each picture once."""

    def __init__(self, proposer: Proposer) -> None:
        self._proposer = proposer
        self._lock = threading.Lock()
        self._known: dict[Path, list[dict[str, object]]] = {}

    def of(self, picture: LabelPicture) -> list[dict[str, object]]:
        """Return the polygon, the box and a point of each proposal, the largest first.

        Raises:
            RisError: The picture or its depth cannot be read.
        """
        with self._lock:  # a model runs for one picture at a time
            if picture.path not in self._known:
                masks = self._proposer.propose(
                    labelled_frame(picture.folder, picture.entry))
                order = sorted(masks, key=np.count_nonzero, reverse=True)
                self._known[picture.path] = [outline_of(mask) for mask in order if mask.any()]
            return self._known[picture.path]


def outline_of(mask: np.ndarray) -> dict[str, object]:
    """Return what the page draws of a mask.

    Args:
        mask: (H, W) bool, not empty.

    Returns:
        The polygon of its largest part, its box as x0, y0, x1, y1, and the pixel that lies deepest
        inside.
    """
    pixels = mask.astype(np.uint8)
    contours, _ = cv2.findContours(pixels, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    polygon = cv2.approxPolyDP(max(contours, key=cv2.contourArea), _TOLERANCE, True)[:, 0]
    x, y, width, height = cv2.boundingRect(pixels)
    depths = cv2.distanceTransform(np.pad(pixels, 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    v, u = np.unravel_index(int(depths.argmax()), depths.shape)
    return {'polygon': polygon.tolist(), 'box': [x, y, x + width, y + height],
            'point': [int(u), int(v)]}
