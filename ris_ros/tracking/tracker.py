"""Hold one object from frame to frame by cheap evidence, and say when it is lost."""
from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ris_ros.frame import Frame
from ris_ros.index.scene_index import SceneIndex
from ris_ros.status import Status
from ris_ros.tracking import relocation, verdict
from ris_ros.tracking.evidence import Evidence, Model, Patch
from ris_ros.tracking.following import corrected, followed
from ris_ros.tracking.landmarks import Landmarks
from ris_ros.tracking.others import Others
from ris_ros.tracking.past import Known, Past, Sight
from ris_ros.tracking.recognition import SAME, Identity, find_held, find_lost, like_ones
from ris_ros.tracking.search import Search
from ris_ros.tracking.view import View

# The model goes along with the light, by this share a frame, while all of the object shows.
_LEARN = .2
_HISTORY = 90
# Metres by which it may have been moved towards the camera or away where it seems to stand still.
_MOVED_BY = .15


@dataclass(frozen=True, eq=False)
class Track:
    """Where a held object is in one frame.

    status: FOUND or LOST.  message: a sentence.  confidence: 0 to 1, that it is the same object.
    mask: (H, W) bool, what is in sight of it; empty when it is lost.
    """

    status: Status
    message: str
    confidence: float
    mask: np.ndarray


class Tracker:
    """Holds the object of a mask.

    Call follow with every frame, in their order, and recognise with the index of any frame that
    was followed lately: it corrects the outline, and finds a lost object again. One that looks
    like the object is not taken for it.
    """

    def __init__(self, frame: Frame, mask: np.ndarray) -> None:
        """Take hold of a non-empty (H, W) bool mask in a frame."""
        self._view = View.of(frame)
        visible = self._view.shrunk(mask)
        self._motion = np.eye(3)
        self._known = Known.of(self._view, visible, Model.of(self._view, visible))
        self._identity: Identity | None = None
        self._others = Others()
        self._lost_at: float | None = None
        self._place_known = True
        self._past: deque[Past] = deque(maxlen=_HISTORY)
        self._landmarks: Landmarks | None = None
        # Whether nothing else looked like it in the last view that showed all of it.
        self._is_alone = False
        # What was known before it was taken up again by colours alone, which the next index has to
        # confirm; None without such a guess.
        self._sure: Known | None = None
        self._note(Evidence(visible, 1.0, 1.0, 1.0, 1.0, self._known.model.look), np.eye(3))

    @property
    def is_lost(self) -> bool:
        """Whether the object is out of sight."""
        return self._lost_at is not None

    def follow(self, frame: Frame) -> Track:
        """Return where the object is in the next frame."""
        before, self._view = self._view, View.of(frame)
        room = self._landmarks.motion(self._view) if self.is_lost else None
        search = None if room is None else Search(self._view, self._known.model)
        then, self._motion = self._motion, self._moved(before, room, search)
        evidence = self._look()
        self._judge(evidence)
        if self.is_lost and self._finds_elsewhere(room, search):
            evidence = self._look()
        elif verdict.is_whole(evidence) and not self.is_lost:
            model = self._known.model.learned(self._view, evidence.visible, evidence.seen, _LEARN)
            sight = (Sight(self._view, self._motion, evidence.visible) if self._sure is None
                     else self._known.sight)
            self._known = Known(self._known.key, sight, model)
        self._note(evidence, self._motion @ np.linalg.inv(then))
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
        return find_lost(
            scene, self._identity, place, then.stamp - self._lost_at, self._others.exist)

    def _confirmed(self, scene: SceneIndex, then: Past) -> int | None:
        """Return the proposal that lies where all of the object was held, if it is that object."""
        number = find_held(scene, self._view.grown(then.visible, scene.frame.size))
        if number is None or not then.whole:
            return None
        if self._identity is None:
            self._identity = Identity.of(scene, number)
        is_it = self._identity.is_like(scene, number)
        twins = [other for other in like_ones(scene, self._identity)
                 if scene.overlaps[number, other] < SAME]
        if is_it:
            self._sure = None
            self._remember(scene, twins)
            return number
        if self._sure is not None:
            # Colours do not tell it from that.
            self._remember(scene, [number])
            self._give_up_guess()
        elif twins:
            # It may be there, and this is another thing.
            self._lose()
        return None

    def _remember(self, scene: SceneIndex, numbers: list[int]) -> None:
        """Remember proposals that are like the object and are not it."""
        if numbers:
            self._others.see(View.of(scene.frame), map(self._view.shrunk, scene.masks[numbers]))

    def _give_up_guess(self) -> None:
        """Go back to what was known before a guess that proved wrong."""
        self._known, self._sure = self._sure, None
        self._motion = self._known.sight.motion
        # What was noted since was of the other thing.
        self._place_known = False
        self._past.clear()
        self._lose()

    def _retake(self, scene: SceneIndex, number: int, then: Past) -> None:
        """Take the outline of a proposal, moved on from its frame to the newest."""
        self._known = Known.of(
            View.of(scene.frame), self._view.shrunk(scene.masks[number]), self._known.model)
        self._motion = np.eye(3)
        for past in self._past:
            if past.stamp > then.stamp:
                self._motion = past.motion @ self._motion
        self._visible = self._known.key.placed(self._view, self._motion)
        self._sure = None
        if self.is_lost:
            self._lost_at, self._place_known = None, True

    def _look(self) -> Evidence:
        """Return what the newest view shows of the object where it should be."""
        placed, area = self._known.key.shape.placed(self._motion, self._view.size)
        if not placed.any():
            return Evidence(placed, 0.0, 0.0, 0.0, 0.0, self._known.model.look)
        return Patch(self._view, placed, self._known.model).evidence(
            placed, area, partial(self._known.key.agreement, self._view, self._motion))

    def _judge(self, evidence: Evidence) -> None:
        """Decide whether that is the object."""
        if not self.is_lost:
            self._place_known = True
            if not verdict.is_still(evidence):
                self._lose()
        elif self._place_known and verdict.is_again(evidence):
            self._lost_at = None
            placed = self._known.key.placed(self._view, self._motion)
            if verdict.is_there(self._known.key.agreement(self._view, self._motion, placed)):
                model = self._known.model.moved(self._view, placed, _MOVED_BY)
                self._known = replace(self._known, model=model)

    def _lose(self) -> None:
        """Say from now on that it is lost."""
        self._lost_at = self._view.stamp
        self._landmarks = Landmarks(self._known.sight.view, self._known.sight.mask)
        self._is_alone = relocation.stood_alone(self._known)

    def _note(self, evidence: Evidence, motion: np.ndarray) -> None:
        """Remember a frame."""
        self._visible = evidence.visible
        place = self._known.key.shape.middle(self._motion) if self._place_known else None
        self._past.append(Past(
            self._view.stamp, None if self.is_lost else evidence.visible,
            evidence.share > verdict.WHOLE, evidence.clear > verdict.WHOLE, motion, place))

    def _told(self, evidence: Evidence, frame: Frame) -> Track:
        """Return what to say of a frame."""
        if self.is_lost:
            return Track(Status.LOST, 'The object is out of sight.', 0.0,
                        np.zeros(frame.size, bool))
        return Track(Status.FOUND, 'The object is held.', verdict.confidence(evidence),
                    self._view.grown(evidence.visible, frame.size))

    def _moved(self, before: View, room: np.ndarray | None,
               search: Search | None) -> np.ndarray:
        """Return the motion to the newest view, if the lost object stands where it stood."""
        if room is not None:
            now, self._place_known = relocation.where_it_stood(
                self._known, self._view, room, search)
            return now
        in_sight = not self.is_lost
        visible = self._visible if in_sight and self._past[-1].clear else None
        now, is_told = followed(self._known, self._motion, before, self._view, visible)
        self._place_known &= is_told
        return corrected(self._known, now, self._view) if in_sight else now

    def _finds_elsewhere(self, room: np.ndarray | None, search: Search | None) -> bool:
        """Take up again what is not where it should be; return whether it was found."""
        if self._identity is None or (
                self._others.exist and not self._others.all_stand(self._view, room)):
            return False
        known, view, motion = self._known, self._view, None
        if room is not None:
            motion = relocation.somewhere_new(known, view, room, search)
        elif self._is_alone:
            motion = relocation.anywhere(known, view, self._motion)
        if motion is None:
            return False
        placed = known.key.placed(view, motion)
        agreement = known.key.agreement(view, motion, placed)
        # What is new may be one of its like that something hid before.
        if not placed.any() or self._others.are_at(placed) or not verdict.is_there(
                agreement, known.model.likeness(view, placed), is_new=room is not None):
            return False
        self._sure = self._sure or known
        model = known.model.moved(view, placed)
        if verdict.is_same_side(agreement):
            self._known, self._motion = replace(known, model=model), motion
        else:
            self._known, self._motion = Known.of(view, placed, model), np.eye(3)
        self._lost_at, self._place_known = None, True
        # Its way from the frames before is not known.
        self._past.clear()
        return True
