"""Where a lost object is in a view: where it stood, or somewhere else."""
from __future__ import annotations

import numpy as np

from ris_ros.tracking.past import Known
from ris_ros.tracking.search import Search
from ris_ros.tracking.view import View


def where_it_stood(known: Known, view: View, room: np.ndarray,
                   search: Search) -> tuple[np.ndarray, bool]:
    """Return the (3, 3) motion to where the object stood, and whether that place is certain.

    room: (3, 3) motion of the room since the view that showed all of the object last.  search: in
    the view, for the object.
    """
    motion = room @ known.sight.motion
    near = search.near(known.key.shape, motion)
    motion = motion if near is None else known.key.likelier(view, near, motion)
    aligned = known.key.aligned(view, motion)
    # A camera that has moved may be off by more than an outline may be.
    is_certain = near is not None or aligned is not None or np.array_equal(room, np.eye(3))
    return known.key.nudged(view, motion if aligned is None else aligned), is_certain


def somewhere_new(known: Known, view: View, room: np.ndarray, search: Search) -> np.ndarray | None:
    """Return the (3, 3) motion to the only place that the object can have come to; None without.

    room, search: as above; what is new in the view may be the object.
    """
    sight = known.sight
    motion = search.moved(known.key.shape, room @ sight.motion, sight.view, room)
    return None if motion is None else _fitted(known, view, motion)


def anywhere(known: Known, view: View, lost_at: np.ndarray) -> np.ndarray | None:
    """Return the (3, 3) motion to the only place that looks like the object; None without.

    For where the camera's way is not known.  lost_at: (3, 3) motion to where it should be.
    """
    sized = known.key.sized(known.sight.motion, known.model.distance)
    motion = Search(view, known.model).only(known.key.shape, sized, lost_at)
    return None if motion is None else _fitted(known, view, motion)


def stood_alone(known: Known) -> bool:
    """Return whether nothing else looked like it in the last view that showed all of it."""
    sight = known.sight
    return len(Search(sight.view, known.model).places(known.key.shape, sight.motion)) == 1


def _fitted(known: Known, view: View, motion: np.ndarray) -> np.ndarray:
    """Return a motion near a rough one that fits the outline best."""
    return known.key.nudged(view, known.key.settled(view, motion))
