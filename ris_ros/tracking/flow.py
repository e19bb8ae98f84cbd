"""How a held object and the room around it moved from one view to the next."""
from __future__ import annotations

import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.tracking.motion import (
    corners,
    follow,
    plane_motion,
    scaled,
    shifted,
    similarity_motion,
)
from ris_ros.tracking.view import View

_OWN_POINTS, _ROOM_POINTS = 40, 60
# The flow of the object's own points is believed where so many of them agree.
_AGREE = .4


def room_motion(before: View, after: View, placed: np.ndarray) -> np.ndarray | None:
    """Return the (3, 3) motion of the room in the views' pixels, None where it cannot be seen.

    placed: (h, w) bool, where the object is in the first view; what moves there does not count.
    """
    around = np.ones(before.half.shape, bool)
    rows, columns = window_around(placed, 8)
    around[rows.start // 2:rows.stop // 2, columns.start // 2:columns.stop // 2] = False
    points = corners(before.half, around, _ROOM_POINTS)
    motion = plane_motion(*follow(before.half, after.half, points))
    return None if motion is None else scaled(motion, 2.0)


def own_motion(before: View, after: View, visible: np.ndarray) -> np.ndarray | None:
    """Return how the object moved by its own points, (3, 3), or None where they do not agree.

    visible: (h, w) bool, what showed of it in the first view.
    """
    box = window_around(visible, 48)
    points = corners(before.gray[box], visible[box], _OWN_POINTS)
    motion, share = similarity_motion(*follow(before.gray[box], after.gray[box], points))
    if motion is None or share < _AGREE:
        return None
    shift = shifted((box[1].start, box[0].start))
    return shift @ motion @ np.linalg.inv(shift)
