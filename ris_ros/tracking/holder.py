"""Hold one object from frame to frame by cheap evidence, and say when it is lost."""
from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from ris_ros.frame import Frame
from ris_ros.grounding.result import Status
from ris_ros.grounding.scene_index import SceneIndex
from ris_ros.tracking.evidence import Evidence, Model, Patch, window
from ris_ros.tracking.keyframe import Keyframe
from ris_ros.tracking.motion import corners, follow, plane_motion, scaled, similarity_motion
from ris_ros.tracking.recognition import SAME, Identity, find_held, find_lost, like_ones
from ris_ros.tracking.view import View

_OWN_POINTS, _ROOM_POINTS = 40, 60
# The flow of the object's own points is believed where so many of them agree.
_AGREE = .4
# Less of the object than this in sight, or colours less like it, and it is lost.
_SIGHT, _LIKE = .2, .6
# What it takes to take it up again where it should be.
_SIGHT_AGAIN, _LIKE_AGAIN = .5, .75
# The model goes along with the light, by this share a frame, while all of the object shows.
_LEARN, _WHOLE = .2, .85
_HISTORY = 90


@dataclass(frozen=True, eq=False)
class Held:
    """Where a held object is in one frame.

    status: FOUND or LOST.  message: a sentence.  confidence: 0 to 1, that it is the same object.
    mask: (H, W) bool, what is in sight of it; empty when it is lost.
    """

    status: Status
    message: str
    confidence: float
    mask: np.ndarray


@dataclass(frozen=True, eq=False)
class _Past:
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


class Holder:
    """Holds the object of a mask.

    Call follow with every frame, in their order, and recognise with the index of any frame that
    was followed lately: it corrects the outline, and finds a lost object again. One that looks
    like the object is not taken for it.
    """

    def __init__(self, frame: Frame, mask: np.ndarray) -> None:
        """Take hold of a non-empty (H, W) bool mask in a frame."""
        self._view = View.of(frame)
        visible = self._view.shrunk(mask)
        self._key, self._motion = Keyframe(self._view, visible), np.eye(3)
        self._model = Model.of(self._view, visible)
        self._identity: Identity | None = None
        self._has_twin = False
        self._lost_at: float | None = None
        self._place_known = True
        self._past: deque[_Past] = deque(maxlen=_HISTORY)
        self._note(Evidence(visible, 1.0, 1.0, 1.0, self._model.look), np.eye(3))

    @property
    def is_lost(self) -> bool:
        """Whether the object is out of sight."""
        return self._lost_at is not None

    def follow(self, frame: Frame) -> Held:
        """Return where the object is in the next frame."""
        before, self._view = self._view, View.of(frame)
        room = self._room_motion(before)
        self._place_known &= room is not None
        motion = self._moved(before, room)
        placed, area = self._key.shape.placed(motion @ self._motion, self._view.size)
        evidence = (Patch(self._view, placed, self._model).evidence(placed, area)
                    if placed.any() else Evidence(placed, 0.0, 0.0, 0.0, self._model.look))
        self._motion = motion @ self._motion
        self._judge(evidence)
        if evidence.clear > _WHOLE and not self.is_lost:
            self._model = self._model.learned(self._view, evidence.visible, evidence.seen, _LEARN)
        self._note(evidence, motion)
        return self._told(evidence, frame)

    def recognise(self, scene: SceneIndex) -> None:
        """Compare with the index of a frame that was followed; of an older one nothing comes."""
        then = next((past for past in self._past if past.stamp == scene.frame.stamp), None)
        if then is None:
            return
        number = (self._found_again(scene, then) if then.visible is None
                  else self._confirmed(scene, then))
        if number is not None:
            self._retake(scene, number, then)

    def _found_again(self, scene: SceneIndex, then: _Past) -> int | None:
        """Return the proposal that is the lost object, where that is certain."""
        if not self.is_lost or self._identity is None:
            return None
        place = None if then.place is None else then.place * self._view.step
        return find_lost(scene, self._identity, place, then.stamp - self._lost_at, self._has_twin)

    def _confirmed(self, scene: SceneIndex, then: _Past) -> int | None:
        """Return the proposal that lies where all of the object was held, if it is that object."""
        number = find_held(scene, self._view.grown(then.visible, scene.frame.size))
        if number is None or not then.whole:
            return None
        if self._identity is None:
            self._identity = Identity.of(scene, number)
        like = like_ones(scene, self._identity)
        self._has_twin = any(scene.overlaps[number, other] < SAME for other in like)
        return number if self._identity.is_like(scene, number) else None

    def _retake(self, scene: SceneIndex, number: int, then: _Past) -> None:
        """Take the outline of a proposal, moved on from its frame to the newest."""
        self._key = Keyframe(View.of(scene.frame), self._view.shrunk(scene.masks[number]))
        self._motion = np.eye(3)
        for past in self._past:
            if past.stamp > then.stamp:
                self._motion = past.motion @ self._motion
        self._visible, _ = self._key.shape.placed(self._motion, self._view.size)
        if self.is_lost:
            self._lost_at, self._place_known = None, True
    def _judge(self, evidence: Evidence) -> None:
        """Decide whether that is the object."""
        if not self.is_lost:
            self._place_known = True
            if evidence.share < _SIGHT or evidence.likeness < _LIKE:
                self._lost_at = self._view.stamp
        elif (self._place_known and evidence.share >= _SIGHT_AGAIN
                and evidence.likeness >= _LIKE_AGAIN):
            self._lost_at = None

    def _note(self, evidence: Evidence, motion: np.ndarray) -> None:
        """Remember a frame."""
        self._visible = evidence.visible
        place = self._key.shape.middle(self._motion) if self._place_known else None
        self._past.append(_Past(
            self._view.stamp, None if self.is_lost else evidence.visible,
            evidence.share > _WHOLE, evidence.clear > _WHOLE, motion, place))

    def _told(self, evidence: Evidence, frame: Frame) -> Held:
        """Return what to say of a frame."""
        if self.is_lost:
            return Held(Status.LOST, 'The object is out of sight.', 0.0,
                        np.zeros(frame.size, bool))
        confidence = evidence.likeness * min(1.0, evidence.share / _SIGHT_AGAIN)
        return Held(Status.FOUND, 'The object is held.', confidence,
                    self._view.grown(evidence.visible, frame.size))

    def _room_motion(self, before: View) -> np.ndarray | None:
        """Return how the room moved, in the view's pixels, or None where that cannot be seen."""
        around = np.ones(before.half.shape, bool)
        rows, columns = window(self._key.shape.placed(self._motion, before.size)[0], 8)
        around[rows.start // 2:rows.stop // 2, columns.start // 2:columns.stop // 2] = False
        points = corners(before.half, around, _ROOM_POINTS)
        motion = plane_motion(*follow(before.half, self._view.half, points))
        return None if motion is None else scaled(motion, 2.0)

    def _moved(self, before: View, room: np.ndarray | None) -> np.ndarray:
        """Return how the object moved since the view before."""
        # What hides it in part draws outlines that move as well: then the room tells more.
        trusted = not self.is_lost and self._past[-1].clear
        motion = self._own_motion(before) if trusted else None
        if motion is None:
            motion = np.eye(3) if room is None else room
        aligned = self._key.aligned(self._view, motion @ self._motion)
        return motion if aligned is None else aligned @ np.linalg.inv(self._motion)

    def _own_motion(self, before: View) -> np.ndarray | None:
        """Return how the object moved by its own points, or None where they do not agree."""
        box = window(self._visible, 48)
        points = corners(before.gray[box], self._visible[box], _OWN_POINTS)
        motion, share = similarity_motion(
            *follow(before.gray[box], self._view.gray[box], points))
        if motion is None or share < _AGREE:
            return None
        shift = np.eye(3)
        shift[:2, 2] = box[1].start, box[0].start
        return shift @ motion @ np.linalg.inv(shift)
