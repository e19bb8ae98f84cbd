# SPDX-License-Identifier: Apache-2.0
"""An object that is held: the answer that found it, and the tracker that follows it."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ris_ros.geometry.location import locate
from ris_ros.geometry.masks import centroid
from ris_ros.grounding.result import Candidate
from ris_ros.index.outlines import same_object
from ris_ros.node.conversions import frames_differ
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.node.index_session import IndexedFrame
from ris_ros.node.messages import TargetMessages, to_target_messages
from ris_ros.node.placing import Placer
from ris_ros.status import Status
from ris_ros.tracking.scaled_frame import ScaledFrame
from ris_ros.tracking.tracker import Track, Tracker

# How many of the frames since an answer are looked at to catch up, because the newest is waiting.
_CAUGHT_UP = 15


@dataclass(frozen=True, eq=False)
class TrackedTarget:
    """A tracked object in one frame.

    Attributes:
        command_id: Of the command that found the object.
        matched: The frame.
        track: What the tracker says of the object in it.
        object_id: The object's id in the memory of the scene.
    """

    command_id: str
    matched: MatchedFrame
    track: Track
    object_id: int = 0


class HeldTarget:
    """An object that is followed from the image of its answer on, by the tracking thread alone.

    Attributes:
        command_id: Of the command that found it.
        first: The frame of the answer.
        object_id: Its id in the memory of the scene; 0 where nothing is remembered.
        outline: (H, W) bool mask in the last frame, empty while it is lost.
        last_of_all: Key of the last frame before the images ceased, once that was told.
    """

    def __init__(self, command_id: str, first: MatchedFrame, candidate: Candidate) -> None:
        """Take note of an object of an answer, which was given from a frame."""
        self.command_id = command_id
        self.first = first
        self.object_id = candidate.object_id
        self.outline = self._first_outline = candidate.mask
        self.last_of_all: tuple[int, int, int] | None = None
        self._tracker: Tracker | None = None
        self._compared: tuple[int, int, int] | None = None
        # Of the first index that the tracker has seen.
        self._has_other_models: bool | None = None

    @property
    def is_lost(self) -> bool:
        """Whether it is out of sight."""
        return not self.outline.any()

    def is_same(self, candidate: Candidate) -> bool:
        """Tell whether an object of a new answer is this one."""
        if self.object_id and self.object_id == candidate.object_id:
            return True
        return (not self.is_lost and self.outline.shape == candidate.mask.shape
                and candidate.mask.any() and same_object(self.outline, candidate.mask))

    def follow(self, matched: MatchedFrame, recent: Sequence[ScaledFrame],
               indexed: IndexedFrame | None) -> Track:
        """Follow the object into a frame.

        Args:
            matched: The frame.
            recent: Those before it, oldest first, with which a new tracker catches up.
            indexed: The last index, which tells where look-alikes are; None without one.
        """
        if self._tracker is None:
            tracker = self._begin(recent, indexed)
        else:
            tracker = self._tracker
            self._compare(tracker, indexed)
        track = tracker.follow(matched.frame)
        self._tracker, self.outline = tracker, track.mask
        return track

    def describe(self, matched: MatchedFrame, track: Track, placer: Placer) -> TargetMessages:
        """Return the messages on the object in a frame, with its location unless it is lost."""
        target = TrackedTarget(self.command_id, matched, track, self.object_id)
        if track.status is not Status.FOUND:
            return to_target_messages(target, None)
        # No message tells the grasp, and looking for the best pixel takes time.
        u, v = centroid(track.mask)
        location = locate(track.mask, matched.frame, grasp=(round(u), round(v)))
        return to_target_messages(target, placer.place(location, matched.header))

    def lost(self, matched: MatchedFrame, reason: str) -> TargetMessages:
        """Return the messages that it is lost in a frame, for some reason."""
        track = Track(Status.LOST, reason, 0.0, np.zeros(matched.frame.size, bool))
        return to_target_messages(
            TrackedTarget(self.command_id, matched, track, self.object_id), None)

    def other_camera(self, matched: MatchedFrame) -> str:
        """Return a sentence where a frame is of another camera than the answer; '' otherwise."""
        first = self.first
        if first.frame.size == matched.frame.size and not frames_differ(
                first.header.frame_id, matched.header.frame_id):
            return ''
        (height, width), (now_height, now_width) = first.frame.size, matched.frame.size
        return (f'The images are now {now_width} x {now_height} pixels in the frame '
                f'{matched.header.frame_id!r}, but the object was found in {width} x {height} '
                f'pixels in {first.header.frame_id!r}: say the command again.')

    def _begin(self, recent: Sequence[ScaledFrame], indexed: IndexedFrame | None) -> Tracker:
        """Make a tracker that has caught up with the frames since the answer."""
        tracker = Tracker(self.first.frame, self._first_outline)
        self._compare(tracker, indexed)
        later = [frame for frame in recent if frame.stamp > self.first.frame.stamp]
        for index in np.unique(np.linspace(0, len(later) - 1, _CAUGHT_UP).astype(int)):
            if later:
                tracker.catch_up(later[index])
        return tracker

    def _compare(self, tracker: Tracker, indexed: IndexedFrame | None) -> None:
        """Show the tracker a scene index that it has not seen."""
        if indexed is None or indexed.matched.key == self._compared:
            return
        self._compared = indexed.matched.key
        if self._has_other_models is None:
            self._has_other_models = indexed.has_other_models
        # Features of other models cannot be compared.
        if indexed.has_other_models is self._has_other_models:
            tracker.recognise(indexed.scene)
