"""Many scenes in one picture, what is meant outlined in the colour of its expression."""
from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ris_sim.expression import Expression

INKS = ((255, 70, 70), (80, 220, 90), (90, 160, 255), (255, 210, 50), (230, 110, 255),
        (90, 230, 230))
TILE = (400, 300)
LINE_HEIGHT = 14


def tile(image: np.ndarray, labels: np.ndarray, expressions: Sequence[Expression]) -> np.ndarray:
    """Draw one scene: targets outlined, expressions written below, each in one colour."""
    picture = cv2.resize(image, TILE, interpolation=cv2.INTER_AREA)
    caption = np.zeros((LINE_HEIGHT * len(INKS) + 6, TILE[0], 3), np.uint8)
    for row, (expression, ink) in enumerate(zip(expressions, INKS, strict=False)):
        meant = expression.targets or (expression.target_index,)
        if meant != (None,):
            mask = np.isin(labels, np.add(meant, 1)).astype(np.uint8)
            mask = cv2.resize(mask, TILE, interpolation=cv2.INTER_NEAREST)
            # Two expressions can mean one object: the later outline is drawn further out.
            mask = cv2.dilate(mask, np.ones((2 * row + 1, 2 * row + 1), np.uint8))
            contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            cv2.drawContours(picture, contours, -1, ink, 1, cv2.LINE_AA)
        text = f'{expression.kind[:4]}: {" / ".join((*expression.before, expression.text))}'
        cv2.putText(caption, text, (4, LINE_HEIGHT * (row + 1)), cv2.FONT_HERSHEY_SIMPLEX, .38,
                    ink, 1, cv2.LINE_AA)
    return np.vstack([picture, caption])


def contact_sheet(tiles: Sequence[np.ndarray], columns: int = 4) -> np.ndarray:
    """Lay (H, W, 3) tiles of one size out in rows."""
    padded = [*tiles, *[np.zeros_like(tiles[0])] * (-len(tiles) % columns)]
    rows = [np.hstack(padded[i:i + columns]) for i in range(0, len(padded), columns)]
    return np.vstack(rows)
