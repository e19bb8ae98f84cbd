"""The picture of an answer: the object's mask, its runners-up, and what was understood."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.grounding.result import Candidate, Grounding
from ris_ros.status import Status

_COLOURS = {  # RGB
    Status.FOUND: (40, 220, 80),
    Status.AMBIGUOUS: (255, 190, 30),
}
_REFUSED = (235, 60, 60)
_RUNNER_UP = (255, 255, 255)


def draw_overlay(image: np.ndarray, grounding: Grounding, command: str = '') -> np.ndarray:
    """Return a (H, W, 3) uint8 RGB picture of the answer over a (H, W, 3) uint8 RGB image.

    Where several objects answer, each has the number by which a person can choose it ("the second
    one"); what only came near is outlined without one.
    """
    picture = image.copy()
    colour = _COLOURS.get(grounding.status, _REFUSED)
    for candidate in grounding.candidates[grounding.count:]:
        _outline(picture, candidate, _RUNNER_UP, 1)
    for number, candidate in reversed(list(enumerate(grounding.objects, 1))):
        tint = 0.7 * picture[candidate.mask] + 0.3 * np.array(colour)
        picture[candidate.mask] = tint.astype(np.uint8)
        _outline(picture, candidate, colour, 2)
        cv2.drawMarker(picture, tuple(round(c) for c in candidate.centroid), colour,
                       cv2.MARKER_CROSS, 16, 2)
        if grounding.count > 1:
            _label(picture, str(number), candidate, colour)
    return _with_caption(picture, _caption(grounding, command), colour)


def _caption(grounding: Grounding, command: str) -> list[str]:
    status = f'{grounding.status.name}  score {grounding.score:.1f}'
    if grounding.position is not None:
        status += '  at ({:.3f}, {:.3f}, {:.3f}) m'.format(*grounding.position)
    return [line for line in (command, status if grounding.best else grounding.status.name) if line]


def _outline(picture: np.ndarray, candidate: Candidate, colour: tuple, width: int) -> None:
    contours, _ = cv2.findContours(candidate.mask.astype(np.uint8), cv2.RETR_EXTERNAL,
                                   cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, contours, -1, colour, width, cv2.LINE_AA)


def _label(picture: np.ndarray, text: str, candidate: Candidate, colour: tuple) -> None:
    x, y, _, _ = candidate.box
    corner = (x, max(14, y - 4))
    cv2.putText(picture, text, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(picture, text, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, 1, cv2.LINE_AA)


def _with_caption(picture: np.ndarray, lines: list[str], colour: tuple) -> np.ndarray:
    """Darken a bar at the bottom and write the lines into it."""
    height, width = picture.shape[:2]
    top = max(0, height - 10 - 22 * len(lines))
    picture[top:] = picture[top:] // 4
    for row, line in enumerate(lines):
        cv2.putText(picture, line[:width // 9], (10, top + 20 + 22 * row),
                    cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour if row else (255, 255, 255), 1,
                    cv2.LINE_AA)
    return picture
