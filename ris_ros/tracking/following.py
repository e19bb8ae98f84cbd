"""Where an object is in a view, from where it was in the view before."""
from __future__ import annotations

import numpy as np

from ris_ros.tracking.flow import own_motion, room_motion
from ris_ros.tracking.motion import shifted
from ris_ros.tracking.past import Known
from ris_ros.tracking.search import Search
from ris_ros.tracking.view import View


def followed(known: Known, motion: np.ndarray, before: View, view: View,
             visible: np.ndarray | None) -> tuple[np.ndarray, bool]:
    """Return the (3, 3) motion to a view, and whether flow told it.

    motion: to the view before.  visible: (h, w) bool, what showed of it there; None where
    something hides it: what hides a part of it draws outlines that move as well, and the room tells
    more.
    """
    key = known.key
    step = None if visible is None else own_motion(before, view, visible)
    if step is not None:
        return key.settled(view, step @ motion), True
    step = room_motion(before, view, key.placed(before, motion))
    is_told = step is not None
    guess = step @ motion if is_told else motion
    # Between two frames flow tells where the object is better than its size and turn.
    straight = shifted(key.shape.middle(guess) - key.shape.middle(motion)) @ motion
    return key.likelier(view, key.settled(view, guess), key.settled(view, straight)), is_told


def corrected(known: Known, motion: np.ndarray, view: View) -> np.ndarray:
    """Return the (3, 3) motion of an object in sight, by its colours, distance and picture."""
    key = known.key
    placed = key.placed(view, motion)
    if not placed.any():
        return motion
    better = Search(view, known.model, placed).better(key.shape, motion)
    motion = motion if better is None else key.likelier(view, better, motion)
    return key.nudged(view, key.sized(motion, known.model.distance))
