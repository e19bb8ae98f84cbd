"""Hold one object from frame to frame by cheap evidence, and say when it is lost."""
from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import partial

import numpy as np

from ris_ros.frame import Frame
from ris_ros.grounding.result import Status
from ris_ros.grounding.scene_index import SceneIndex
from ris_ros.tracking import verdict
from ris_ros.tracking.evidence import Evidence, Model, Patch
from ris_ros.tracking.flow import own_motion, room_motion
from ris_ros.tracking.keyframe import Keyframe
from ris_ros.tracking.landmarks import Landmarks
from ris_ros.tracking.motion import shifted
from ris_ros.tracking.others import Others
from ris_ros.tracking.past import Past, Sight
from ris_ros.tracking.recognition import SAME, Identity, find_held, find_lost, like_ones
from ris_ros.tracking.search import Search
from ris_ros.tracking.view import View

# The model goes along with the light, by this share a frame, while all of the object shows.
_LEARN = .2
_HISTORY = 90
# Metres by which it may have been moved towards the camera or away where it seems to stand still.
_MOVED_BY = .15


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
        self._model = Model.of(self._view, visible)
        self._take(self._view, visible)
        self._identity: Identity | None = None
        self._has_twin, self._others = False, Others()
        self._lost_at: float | None = None
        self._place_known = True
        self._past: deque[Past] = deque(maxlen=_HISTORY)
        self._landmarks: Landmarks | None = None
        # Whether nothing else looked like it in the last view that showed all of it.
        self._is_alone = False
        # What was known before it was taken up again by colours alone, which the next index has to
        # confirm; None without such a guess.
        self._sure: tuple[Keyframe, Sight, Model] | None = None
        self._note(Evidence(visible, 1.0, 1.0, 1.0, 1.0, self._model.look), np.eye(3))

    @property
    def is_lost(self) -> bool:
        """Whether the object is out of sight."""
        return self._lost_at is not None

    def follow(self, frame: Frame) -> Held:
        """Return where the object is in the next frame."""
        before, self._view = self._view, View.of(frame)
        room = self._landmarks.motion(self._view) if self.is_lost else None
        search = None if room is None else Search(self._view, self._model)
        motion = self._moved(before) if room is None else self._moved_in(room, search)
        self._motion = motion @ self._motion
        evidence = self._look()
        self._judge(evidence)
        if self.is_lost and self._finds_elsewhere(room, search):
            evidence = self._look()
        elif verdict.is_whole(evidence) and not self.is_lost:
            self._model = self._model.learned(self._view, evidence.visible, evidence.seen, _LEARN)
            if self._sure is None:
                self._sight = Sight(self._view, self._motion, evidence.visible)
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

    def _found_again(self, scene: SceneIndex, then: Past) -> int | None:
        """Return the proposal that is the lost object, where that is certain."""
        if not self.is_lost or self._identity is None:
            return None
        place = None if then.place is None else then.place * self._view.step
        return find_lost(scene, self._identity, place, then.stamp - self._lost_at, self._has_twin)

    def _confirmed(self, scene: SceneIndex, then: Past) -> int | None:
        """Return the proposal that lies where all of the object was held, if it is that object."""
        number = find_held(scene, self._view.grown(then.visible, scene.frame.size))
        if number is None or not then.whole:
            return None
        if self._identity is None:
            self._identity = Identity.of(scene, number)
        like = like_ones(scene, self._identity)
        is_it = self._identity.is_like(scene, number)
        twins = [other for other in like if scene.overlaps[number, other] < SAME]
        # One that is hidden now, or out of the picture, is about all the same.
        self._has_twin |= bool(twins)
        if twins:
            self._others.see(View.of(scene.frame), map(self._view.shrunk, scene.masks[twins]))
        if not is_it and (self._sure is not None or self._has_twin):
            # Colours do not tell it from that; or it is there, and this is another thing.
            if self._sure is not None:
                self._has_twin = True
                self._key, self._sight, self._model = self._sure
                self._motion = self._sight.motion
                # What was noted since was of the other thing.
                self._place_known = False
                self._past.clear()
            self._lose()
        self._sure = None
        return number if is_it else None

    def _retake(self, scene: SceneIndex, number: int, then: Past) -> None:
        """Take the outline of a proposal, moved on from its frame to the newest."""
        self._take(View.of(scene.frame), self._view.shrunk(scene.masks[number]))
        for past in self._past:
            if past.stamp > then.stamp:
                self._motion = past.motion @ self._motion
        self._visible, _ = self._key.shape.placed(self._motion, self._view.size)
        self._sure = None
        if self.is_lost:
            self._lost_at, self._place_known = None, True

    def _take(self, view: View, mask: np.ndarray) -> None:
        """Take the outline and the picture in an (h, w) bool mask of a view."""
        self._key, self._motion = Keyframe(view, mask), np.eye(3)
        self._sight = Sight(view, self._motion, mask)

    def _look(self) -> Evidence:
        """Return what the newest view shows of the object where it should be."""
        placed, area = self._key.shape.placed(self._motion, self._view.size)
        if not placed.any():
            return Evidence(placed, 0.0, 0.0, 0.0, 0.0, self._model.look)
        return Patch(self._view, placed, self._model).evidence(
            placed, area, partial(self._key.agreement, self._view, self._motion))

    def _judge(self, evidence: Evidence) -> None:
        """Decide whether that is the object."""
        if not self.is_lost:
            self._place_known = True
            if not verdict.is_still(evidence):
                self._lose()
        elif self._place_known and verdict.is_again(evidence):
            self._lost_at = None
            if verdict.is_there(self._key.agreement(self._view, self._motion)):
                placed = self._key.shape.placed(self._motion, self._view.size)[0]
                self._model = self._model.moved(self._view, placed, _MOVED_BY)

    def _lose(self) -> None:
        """Say from now on that it is lost."""
        self._lost_at = self._view.stamp
        self._landmarks = Landmarks(self._sight.view, self._sight.mask)
        self._is_alone = len(Search(self._sight.view, self._model).places(
            self._key.shape, self._sight.motion)) == 1

    def _note(self, evidence: Evidence, motion: np.ndarray) -> None:
        """Remember a frame."""
        self._visible = evidence.visible
        place = self._key.shape.middle(self._motion) if self._place_known else None
        self._past.append(Past(
            self._view.stamp, None if self.is_lost else evidence.visible,
            evidence.share > verdict.WHOLE, evidence.clear > verdict.WHOLE, motion, place))

    def _told(self, evidence: Evidence, frame: Frame) -> Held:
        """Return what to say of a frame."""
        if self.is_lost:
            return Held(Status.LOST, 'The object is out of sight.', 0.0,
                        np.zeros(frame.size, bool))
        return Held(Status.FOUND, 'The object is held.', verdict.confidence(evidence),
                    self._view.grown(evidence.visible, frame.size))

    def _moved(self, before: View) -> np.ndarray:
        """Return how the object moved since the view before."""
        # What hides it in part draws outlines that move as well: then the room tells more.
        trusted = not self.is_lost and self._past[-1].clear
        motion = own_motion(before, self._view, self._visible) if trusted else None
        own = motion is not None
        if not own:
            motion = room_motion(
                before, self._view, self._key.shape.placed(self._motion, before.size)[0])
            self._place_known &= motion is not None
        if motion is None:
            motion = np.eye(3)
        now = self._key.settled(self._view, motion @ self._motion)
        if not own:
            # Between two frames flow tells where the object is better than its size and turn.
            middle = self._key.shape.middle
            straight = shifted(middle(motion @ self._motion) - middle(self._motion)) @ self._motion
            now = self._key.likelier(
                self._view, now, self._key.settled(self._view, straight))
        placed = self._key.shape.placed(now, self._view.size)[0]
        if not self.is_lost and placed.any():
            better = Search(self._view, self._model, placed).better(self._key.shape, now)
            now = now if better is None else self._key.likelier(self._view, better, now)
            now = self._key.nudged(self._view, self._key.sized(now, self._model.distance))
        return now @ np.linalg.inv(self._motion)

    def _moved_in(self, room: np.ndarray, search: Search) -> np.ndarray:
        """Return how the lost object moved since the view before if it stands where it stood.

        room: motion of the room since the view that showed all of the object last.
        """
        motion = room @ self._sight.motion
        near = search.near(self._key.shape, motion)
        motion = motion if near is None else self._key.likelier(self._view, near, motion)
        aligned = self._key.aligned(self._view, motion)
        # A camera that has moved may be off by more than an outline may be.
        self._place_known = (near is not None or aligned is not None
                             or np.array_equal(room, np.eye(3)))
        now = self._key.nudged(self._view, motion if aligned is None else aligned)
        return now @ np.linalg.inv(self._motion)

    def _finds_elsewhere(self, room: np.ndarray | None, search: Search | None) -> bool:
        """Take up again what is not where it should be; return whether it was found."""
        if self._identity is None or (self._has_twin and not self._can_tell(room)):
            return False
        motion = None
        if room is not None:
            motion = search.moved(
                self._key.shape, room @ self._sight.motion, self._sight.view, room)
        elif self._is_alone:
            motion = Search(self._view, self._model).only(
                self._key.shape, self._key.sized(self._sight.motion, self._model.distance),
                self._motion)
        if motion is None:
            return False
        motion = self._key.nudged(self._view, self._key.settled(self._view, motion))
        placed = self._key.shape.placed(motion, self._view.size)[0]
        agreement = self._key.agreement(self._view, motion)
        # What is new may be one of its like that something hid before.
        if not placed.any() or self._others.are_at(placed) or not verdict.is_there(
                agreement, self._model.likeness(self._view, placed), is_new=room is not None):
            return False
        self._sure = self._sure or (self._key, self._sight, self._model)
        self._motion, self._model = motion, self._model.moved(self._view, placed)
        if not verdict.is_same_side(agreement):
            self._take(self._view, placed)
        self._lost_at, self._place_known = None, True
        # Its way from the frames before is not known.
        self._past.clear()
        return True

    def _can_tell(self, room: np.ndarray | None) -> bool:
        """Return whether its like are told from what is new: they all stand where they stood.

        Known only of a camera that rests.
        """
        return (room is not None and np.array_equal(room, np.eye(3))
                and self._others.all_stand(self._view))
