"""The picture of an answer: the object's mask, its runners-up, and what was understood."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.grounding.result import Candidate, Grounding, Status

_COLOURS = {  # RGB
    Status.FOUND: (40, 220, 80),
    Status.AMBIGUOUS: (255, 190, 30),
}
_REFUSED = (235, 60, 60)
_RUNNER_UP = (255, 255, 255)


def draw_overlay(image: np.ndarray, grounding: Grounding, command: str = '') -> np.ndarray:
    """Return a (H, W, 3) uint8 RGB picture of the answer over a (H, W, 3) uint8 RGB image."""
    picture = image.copy()
    colour = _COLOURS.get(grounding.status, _REFUSED)
    best = grounding.best
    for number, candidate in reversed(list(enumerate(grounding.candidates, 1))):
        if candidate is not best:
            _outline(picture, candidate, _RUNNER_UP, 1)
            _label(picture, str(number), candidate, _RUNNER_UP)
    if best is not None:
        tint = 0.7 * picture[best.mask] + 0.3 * np.array(colour)
        picture[best.mask] = tint.astype(np.uint8)
        _outline(picture, best, colour, 2)
        _label(picture, '1', best, colour)
        cv2.drawMarker(picture, tuple(round(c) for c in best.centroid), colour,
                       cv2.MARKER_CROSS, 16, 2)
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
