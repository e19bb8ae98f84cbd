# SPDX-License-Identifier: Apache-2.0
"""What the tracker compares frames with, and what it remembers of each frame."""
from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from ris_ros.tracking.appearance_model import AppearanceModel
from ris_ros.tracking.keyframe import Keyframe
from ris_ros.tracking.scaled_frame import ScaledFrame

# Frames that are remembered, so that the index of an older frame can still be used.
_HISTORY = 90


@dataclass(frozen=True, eq=False)
class Sighting:
    """The last frame that shows all of the object.

    Attributes:
        frame: that frame.
        motion: (3, 3) from the keyframe to it.
        mask: (h, w) bool, the object in it.
    """

    frame: ScaledFrame
    motion: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True, eq=False)
class Template:
    """What the object is recognised by.

    Attributes:
        key: its outline with the picture in it; motions start there.
        sighting: the last frame that shows all of it.
        model: its colours and depths, which follow the light and the distance.
    """

    key: Keyframe
    sighting: Sighting
    model: AppearanceModel

    @classmethod
    def of(cls, frame: ScaledFrame, mask: np.ndarray, model: AppearanceModel) -> Template:
        """Make a frame the keyframe; its (h, w) bool mask must show all of the object."""
        return cls(Keyframe(frame, mask), Sighting(frame, np.eye(3), mask), model)


@dataclass(frozen=True, eq=False)
class FrameRecord:
    """What is remembered of a frame.

    Attributes:
        stamp: of the frame, seconds.
        visible: (h, w) bool, the visible part of the object; None when it was lost.
        is_whole: whether all of the object was visible.
        is_clear: whether nothing hid it; the image border may have cut it.
        motion: (3, 3) of the object since the frame before.
        place: (2,) pixel where its middle was or should have been; None when unknown.
    """

    stamp: float
    visible: np.ndarray | None
    is_whole: bool
    is_clear: bool
    motion: np.ndarray
    place: np.ndarray | None


class History:
    """The records of the newest frames, oldest first."""

    def __init__(self) -> None:
        self._records: deque[FrameRecord] = deque(maxlen=_HISTORY)

    def add(self, record: FrameRecord) -> None:
        """Append the newest frame; the oldest one is dropped when there are too many."""
        self._records.append(record)

    def clear(self) -> None:
        """Forget all frames."""
        self._records.clear()

    @property
    def newest(self) -> FrameRecord:
        """The record of the newest frame."""
        return self._records[-1]

    def at(self, stamp: float) -> FrameRecord | None:
        """Return the record of the frame with a stamp, or None when it is not remembered."""
        return next((record for record in self._records if record.stamp == stamp), None)

    def motion_since(self, stamp: float) -> np.ndarray:
        """Return the object's (3, 3) motion from the frame with a stamp to the newest one."""
        motion = np.eye(3)
        for record in self._records:
            if record.stamp > stamp:
                motion = record.motion @ motion
        return motion
