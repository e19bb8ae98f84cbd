"""What a tracker remembers of the frames that it has followed."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.tracking.evidence import Model
from ris_ros.tracking.keyframe import Keyframe
from ris_ros.tracking.view import View


@dataclass(frozen=True, eq=False)
class Past:
    """A frame that was followed.

    visible: (h, w) bool, what showed of the object, None while it was lost.  whole: whether that
    was all of it.  clear: whether nothing hid it, though the picture may end there.  motion:
    (3, 3), of the object since the frame before.  place: (2,) pixel where its middle was or
    should have been, None where the camera's way was not known.
    """

    stamp: float
    visible: np.ndarray | None
    whole: bool
    clear: bool
    motion: np.ndarray
    place: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Sight:
    """The last view that shows all of the object: its motion until then, and its mask there."""

    view: View
    motion: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True, eq=False)
class Known:
    """What an object is known by: an outline with its picture, all of it in sight, its looks."""

    key: Keyframe
    sight: Sight
    model: Model

    @classmethod
    def of(cls, view: View, mask: np.ndarray, model: Model) -> Known:
        """Know it by all of it as it shows in an (h, w) bool mask of a view, and by its looks."""
        return cls(Keyframe(view, mask), Sight(view, np.eye(3), mask), model)
