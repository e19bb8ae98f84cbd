# SPDX-License-Identifier: Apache-2.0
"""Where a lost object is in a frame: at its old place, or somewhere else."""
from __future__ import annotations

import numpy as np

from ris_ros.tracking.scaled_frame import ScaledFrame
from ris_ros.tracking.search import Search
from ris_ros.tracking.template import Template


def old_place(template: Template, frame: ScaledFrame, room: np.ndarray,
              search: Search) -> tuple[np.ndarray, bool]:
    """Locate the place where the object stood.

    Args:
        template: of the object.
        frame: to look at.
        room: (3, 3) motion of the room since the template's sighting.
        search: for the object in the frame.

    Returns:
        The (3, 3) motion to that place, and whether it is certain.
    """
    key, motion = template.key, room @ template.sighting.motion
    near = search.near(key.silhouette, motion)
    motion = motion if near is None else key.better_of(frame, near, motion)
    aligned = key.aligned(frame, motion)
    # When the camera has moved, the place may be off by more than an outline may be.
    is_certain = near is not None or aligned is not None or np.array_equal(room, np.eye(3))
    return key.nudged(frame, motion if aligned is None else aligned), is_certain


def new_place(template: Template, frame: ScaledFrame, room: np.ndarray,
              search: Search) -> np.ndarray | None:
    """Find the only place where something new looks like the object.

    Args:
        template: of the object.
        frame: to look at.
        room: (3, 3) motion of the room since the template's sighting.
        search: for the object in the frame.

    Returns:
        The (3, 3) motion to it, or None without such a place.
    """
    sighting = template.sighting
    motion = search.changed_place(template.key.silhouette, room @ sighting.motion,
                                  sighting.frame, room)
    return None if motion is None else _fitted(template, frame, motion)


def only_place(template: Template, frame: ScaledFrame, expected: np.ndarray) -> np.ndarray | None:
    """Find the only place that looks like the object when the camera's motion is unknown.

    Args:
        template: of the object.
        frame: to look at.
        expected: (3, 3) motion to where the object should be.

    Returns:
        The (3, 3) motion to it, or None without such a place.
    """
    sized = template.key.sized(template.sighting.motion, template.model.distance)
    motion = Search(frame, template.model).only_place(template.key.silhouette, sized, expected)
    return None if motion is None else _fitted(template, frame, motion)


def was_unique(template: Template) -> bool:
    """Tell whether nothing else looked like the object in the last frame that shows all of it."""
    sighting = template.sighting
    search = Search(sighting.frame, template.model)
    return len(search.places(template.key.silhouette, sighting.motion)) == 1


def _fitted(template: Template, frame: ScaledFrame, motion: np.ndarray) -> np.ndarray:
    """Return the (3, 3) motion near a rough one that fits the outline best."""
    return template.key.nudged(frame, template.key.settled(frame, motion))
