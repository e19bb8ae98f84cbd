# SPDX-License-Identifier: Apache-2.0
"""Outlines and numbers of an answer's objects, as a page draws them over the picture."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from sensor_msgs.msg import Image

from ris_ros.msg import Candidate, Grounding

# An outline may leave the mask's edge by this, in pixels, so that a page gets hundreds of points
# and not thousands.
_TOLERANCE = 0.7
# A loop of fewer pixels than this is noise of the mask.
_LEAST_AREA = 4.0
# Fit candidates beyond the answer; more of them would only clutter the picture.
_RUNNERS_UP = 4


@dataclass(frozen=True, eq=False)
class Mark:
    """One object of an answer, or a runner-up.

    Attributes:
        number: From 1, as in "the second one"; 0 for a runner-up.
        loops: Outlines, each an (N, 2) int array of pixels (u, v) in the whole image.
        box: x, y, width, height in pixels.
        mask: (height, width) bool, the object within its box.
        confidence: 0 to 1.
        distance: Metres from the camera; None where the position is not known.
    """

    number: int
    loops: tuple[np.ndarray, ...]
    box: tuple[int, int, int, int]
    mask: np.ndarray
    confidence: float
    distance: float | None

    def covers(self, u: int, v: int) -> bool:
        """Return whether the object is seen at a pixel."""
        x, y, width, height = self.box
        return (0 <= u - x < width and 0 <= v - y < height
                and bool(self.mask[v - y, u - x]))


def marks_of(answer: Grounding) -> tuple[Mark, ...]:
    """Return the marks of an answer with masks: its objects, and then a few runners-up."""
    shown = answer.candidates[:answer.count + _RUNNERS_UP]
    return tuple(_mark(candidate, number if number <= answer.count else 0)
                 for number, candidate in enumerate(shown, 1) if len(candidate.mask.data))


def mark_of_mask(message: Image, confidence: float) -> tuple[Mark, ...]:
    """Return the mark of a mask in full size, as ~/mask has it for a tracked object."""
    pixels = _pixels(message)
    x, y, width, height = cv2.boundingRect(pixels)
    if not width:
        return ()
    crop = pixels[y:y + height, x:x + width]
    return (Mark(1, _loops(crop, x, y), (x, y, width, height), crop > 0, confidence, None),)


def find_mark(marks: tuple[Mark, ...], u: int, v: int) -> Mark | None:
    """Return the best mark that covers a pixel."""
    return next((mark for mark in marks if mark.covers(u, v)), None)


def _mark(candidate: Candidate, number: int) -> Mark:
    """Return the mark of a candidate."""
    box, place = candidate.box, candidate.position
    pixels = _pixels(candidate.mask)
    distance = float(np.linalg.norm((place.x, place.y, place.z)))
    return Mark(number, _loops(pixels, box.x_offset, box.y_offset),
                (box.x_offset, box.y_offset, box.width, box.height), pixels > 0,
                candidate.confidence, distance if candidate.has_position else None)


def _pixels(message: Image) -> np.ndarray:
    """Return the (H, W) uint8 pixels of a mono8 image."""
    rows = np.frombuffer(message.data, np.uint8).reshape(message.height, message.step)
    return np.ascontiguousarray(rows[:, :message.width])


def _loops(pixels: np.ndarray, x: int, y: int) -> tuple[np.ndarray, ...]:
    """Return the outlines of a mask whose upper left corner is at (x, y)."""
    contours, _ = cv2.findContours(pixels, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=(x, y))
    loops = [cv2.approxPolyDP(contour, _TOLERANCE, True).reshape(-1, 2)
             for contour in contours if cv2.contourArea(contour) >= _LEAST_AREA]
    return tuple(loops)
