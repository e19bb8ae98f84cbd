# SPDX-License-Identifier: Apache-2.0
"""Where the object is in a frame, from where it was in the frame before."""
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
from ris_ros.tracking.scaled_frame import ScaledFrame
from ris_ros.tracking.search import Search
from ris_ros.tracking.template import Template

_OBJECT_POINTS, _ROOM_POINTS = 40, 60
# Share of the object's own points that must agree, or their flow is not used.
_AGREE = .4


def predict_motion(template: Template, motion: np.ndarray, before: ScaledFrame, frame: ScaledFrame,
                   visible: np.ndarray | None) -> tuple[np.ndarray, bool]:
    """Follow the object to the next frame by optical flow.

    Args:
        template: of the object.
        motion: (3, 3) to the frame before.
        before: that frame.
        frame: the next one.
        visible: (h, w) bool, its visible part in the frame before; None when something hides it.
            The outline of a hiding object moves too, so the flow of the room is used then.

    Returns:
        The (3, 3) motion to the frame, and whether any flow was found.
    """
    key = template.key
    step = None if visible is None else _object_step(before, frame, visible)
    if step is not None:
        return key.settled(frame, step @ motion), True
    step = _room_step(before, frame, key.placed(before, motion))
    is_seen = step is not None
    guess = step @ motion if is_seen else motion
    # Between two frames flow is better at the object's place than at its size and turn.
    straight = shifted(key.silhouette.middle(guess) - key.silhouette.middle(motion)) @ motion
    return key.better_of(frame, key.settled(frame, guess), key.settled(frame, straight)), is_seen


def correct_motion(template: Template, motion: np.ndarray, frame: ScaledFrame) -> np.ndarray:
    """Correct the (3, 3) motion of a visible object by its colours, distance and picture."""
    key = template.key
    placed = key.placed(frame, motion)
    if not placed.any():
        return motion
    better = Search(frame, template.model, placed).better(key.silhouette, motion)
    motion = motion if better is None else key.better_of(frame, better, motion)
    return key.nudged(frame, key.sized(motion, template.model.distance))


def _room_step(before: ScaledFrame, after: ScaledFrame, placed: np.ndarray) -> np.ndarray | None:
    """Return the (3, 3) motion of the room between two frames, or None when it is not visible.

    Points near the object's (h, w) bool mask in the first frame do not count.
    """
    around = np.ones(before.half.shape, bool)
    rows, columns = window_around(placed, 8)
    around[rows.start // 2:rows.stop // 2, columns.start // 2:columns.stop // 2] = False
    points = corners(before.half, around, _ROOM_POINTS)
    motion = plane_motion(*follow(before.half, after.half, points))
    return None if motion is None else scaled(motion, 2.0)


def _object_step(before: ScaledFrame, after: ScaledFrame,
                 visible: np.ndarray) -> np.ndarray | None:
    """Return the (3, 3) motion of the object's own points, or None when they do not agree."""
    box = window_around(visible, 48)
    points = corners(before.gray[box], visible[box], _OBJECT_POINTS)
    motion, share = similarity_motion(*follow(before.gray[box], after.gray[box], points))
    if motion is None or share < _AGREE:
        return None
    shift = shifted((box[1].start, box[0].start))
    return shift @ motion @ np.linalg.inv(shift)
