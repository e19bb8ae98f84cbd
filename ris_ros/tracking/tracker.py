# SPDX-License-Identifier: Apache-2.0
"""Track one object from frame to frame without running the models, and say when it is lost."""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ris_ros.frame import Frame
from ris_ros.index.scene_index import SceneIndex
from ris_ros.status import Status
from ris_ros.tracking import relocation
from ris_ros.tracking.appearance_model import AppearanceModel
from ris_ros.tracking.criteria import CRITERIA
from ris_ros.tracking.evidence import Evidence, observe
from ris_ros.tracking.frame_to_frame import correct_motion, predict_motion
from ris_ros.tracking.landmarks import Landmarks
from ris_ros.tracking.recognition import proposal_at
from ris_ros.tracking.scaled_frame import ScaledFrame
from ris_ros.tracking.search import Search
from ris_ros.tracking.target_memory import TargetMemory
from ris_ros.tracking.template import FrameRecord, History, Sighting, Template

# Weight of a frame's colours in the model, which follows the light while all of the object shows.
_LEARNING_RATE = .2
# Metres by which the object may have been moved along the line of sight while it was hidden, when
# it shows again at its old place in the image.
_MOVED_BY = .15


@dataclass(frozen=True, eq=False)
class Track:
    """Where the object is in one frame.

    Attributes:
        status: FOUND or LOST.
        message: a sentence for people.
        confidence: that it is the same object, 0 to 1.
        mask: (H, W) bool, its visible part; empty when it is lost.
    """

    status: Status
    message: str
    confidence: float
    mask: np.ndarray


@dataclass(frozen=True, eq=False)
class _Loss:
    """What the tracker needs while the object is lost.

    Attributes:
        stamp: Time of the loss in seconds.
        landmarks: Those of the last frame that shows the whole object.
        was_unique: Whether nothing else looked like the object in that frame.
        is_place_known: Whether the motion leads to the place where the object should be.
    """

    stamp: float
    landmarks: Landmarks
    was_unique: bool
    is_place_known: bool = True


class Tracker:
    """Tracks the object of a mask.

    Call follow with each frame, in their order. Call recognise with the scene index of a frame
    that was followed, as often as there is one: it corrects the outline, finds a lost object, and
    remembers look-alikes, which are never taken for the object::

                       follow: too little of it is visible, or it looks different
                       recognise: another object is there, and a look-alike elsewhere
            ┌─────────┐ ─────────────────────────────────────────────────────▶ ┌──────┐
        ──▶ │ TRACKED │                                                        │ LOST │
            └─────────┘ ◀───────────────────────────────────────────────────── └──────┘
                 ▲     follow: visible again at its old place                    │  ▲
                 │     recognise: exactly one proposal can be it                 │  │
                 │                                                               │  │
        recognise: it is the object                 follow: the only other place │  │
                 │                                  that looks like it           │  │
            ┌─────────┐ ◀────────────────────────────────────────────────────────┘  │
            │ GUESSED │                                                             │
            └─────────┘ ────────────────────────────────────────────────────────────┘
                        recognise: it is another object;  follow: as above

    A Track says LOST in that state and FOUND in the other two. The state is held by two fields:
    ``_loss`` (not None: LOST) and ``_fallback`` (the template to return to when a guess proves
    wrong; not None: GUESSED, or LOST again after a guess).
    """

    def __init__(self, frame: Frame, mask: np.ndarray) -> None:
        """Start with a non-empty (H, W) bool mask in a frame."""
        self._frame = ScaledFrame.of(frame)
        self._motion = np.eye(3)  # from the keyframe to the newest frame
        self._visible = self._frame.downscale(mask)
        model = AppearanceModel.of(self._frame, self._visible)
        self._template = Template.of(self._frame, self._visible, model)
        self._fallback: Template | None = None
        self._loss: _Loss | None = None
        self._memory = TargetMemory()
        self._history = History()
        self._record(Evidence(self._visible, 1.0, 1.0, 1.0, 1.0, model.colours), np.eye(3))

    @property
    def is_lost(self) -> bool:
        """Whether the object is lost."""
        return self._loss is not None

    def follow(self, frame: Frame) -> Track:
        """Return where the object is in the next frame."""
        return self._track(self._go_on(ScaledFrame.of(frame)), frame)

    def catch_up(self, frame: ScaledFrame) -> None:
        """Follow the object into the next frame, where nobody asks where it is."""
        self._go_on(frame)

    def recognise(self, scene: SceneIndex) -> None:
        """Use the scene index of a frame that was followed; one of another frame is ignored."""
        record = self._history.at(scene.frame.stamp)
        if record is None:
            return
        number = (self._find_lost(scene, record) if record.visible is None
                  else self._confirm(scene, record, record.visible))
        if number is not None:
            self._take_outline(scene, number)

    def _go_on(self, frame: ScaledFrame) -> Evidence:
        """Follow the object into the next frame; return what that shows of it."""
        before, self._frame = self._frame, frame
        old_motion = self._motion
        loss = self._loss
        room = None if loss is None else loss.landmarks.motion(self._frame)
        search = None if room is None else Search(self._frame, self._template.model)
        if loss is not None:
            self._move_lost(loss, before, room, search)
        else:
            self._move_tracked(before)
        evidence = self._observe()
        self._judge(evidence)
        if self.is_lost and self._guess(room, search):
            evidence = self._observe()
        elif CRITERIA.is_whole(evidence) and not self.is_lost:
            self._learn(evidence)
        self._record(evidence, self._motion @ np.linalg.inv(old_motion))
        return evidence

    # The motion to the newest frame.

    def _move_tracked(self, before: ScaledFrame) -> None:
        """Follow a tracked object from the frame before."""
        visible = self._visible if self._history.newest.is_clear else None
        motion, _ = predict_motion(self._template, self._motion, before, self._frame, visible)
        self._motion = correct_motion(self._template, motion, self._frame)

    def _move_lost(self, loss: _Loss, before: ScaledFrame, room: np.ndarray | None,
                   search: Search | None) -> None:
        """Follow the place where a lost object should be.

        room: (3, 3) motion of the room since the last sighting, None when it is not recognised.
        """
        if room is not None and search is not None:
            self._motion, is_known = relocation.old_place(
                self._template, self._frame, room, search)
        else:
            self._motion, is_seen = predict_motion(
                self._template, self._motion, before, self._frame, None)
            is_known = loss.is_place_known and is_seen
        self._loss = replace(loss, is_place_known=is_known)

    # Tracked or lost.

    def _observe(self) -> Evidence:
        """Return what the newest frame shows where the object should be."""
        return observe(self._frame, self._template, self._motion)

    def _judge(self, evidence: Evidence) -> None:
        """Lose a tracked object, or take a lost one up again, by the evidence at its place."""
        if self._loss is None:
            if not CRITERIA.is_still(evidence):
                self._lose()
        elif self._loss.is_place_known and CRITERIA.is_again(evidence):
            self._loss = None
            key = self._template.key
            placed = key.placed(self._frame, self._motion)
            if CRITERIA.is_there(key.agreement(self._frame, self._motion, placed)):
                model = self._template.model.moved(self._frame, placed, _MOVED_BY)
                self._template = replace(self._template, model=model)

    def _lose(self, is_place_known: bool = True) -> None:
        """Say from now on that the object is lost."""
        sighting = self._template.sighting
        self._loss = _Loss(self._frame.stamp, Landmarks(sighting.frame, sighting.mask),
                           relocation.was_unique(self._template), is_place_known)

    def _guess(self, room: np.ndarray | None, search: Search | None) -> bool:
        """Take up a lost object at another place by its colours; tell whether one was found."""
        if not self._memory.allows_guess(self._frame, room):
            return False
        template, motion = self._template, None
        if room is not None and search is not None:
            motion = relocation.new_place(template, self._frame, room, search)
        elif self._loss is not None and self._loss.was_unique:
            motion = relocation.only_place(template, self._frame, self._motion)
        if motion is None:
            return False
        placed = template.key.placed(self._frame, motion)
        agreement = template.key.agreement(self._frame, motion, placed)
        # Something new may be a look-alike that was hidden before.
        if not placed.any() or self._memory.has_distractor_at(placed) or not CRITERIA.is_there(
                agreement, template.model.similarity(self._frame, placed),
                is_new=room is not None):
            return False
        self._fallback = self._fallback or template
        model = template.model.moved(self._frame, placed)
        if CRITERIA.is_same_side(agreement):
            self._template, self._motion = replace(template, model=model), motion
        else:
            self._template, self._motion = Template.of(self._frame, placed, model), np.eye(3)
        self._loss = None
        # How it came here from the frames before is unknown.
        self._history.clear()
        return True

    # What an index tells.

    def _find_lost(self, scene: SceneIndex, record: FrameRecord) -> int | None:
        """Return the proposal that is the lost object, or None when it is not certain."""
        if self._loss is None:
            return None
        place = None if record.place is None else record.place * self._frame.step
        return self._memory.find_lost(scene, place, record.stamp - self._loss.stamp)

    def _confirm(self, scene: SceneIndex, record: FrameRecord, visible: np.ndarray) -> int | None:
        """Return the proposal at the object's (h, w) mask in that frame, if it is the object."""
        number = proposal_at(scene, self._frame.upscale(visible, scene.frame.size))
        if number is None or not record.is_whole:
            return None
        match = self._memory.compare(scene, number)
        if match.is_target:
            self._fallback = None
            self._memory.add_distractors(scene, match.lookalikes)
            return number
        if self._fallback is not None:
            # The colours alone do not tell the object from this one.
            self._memory.add_distractors(scene, [number])
            self._undo_guess(self._fallback)
        elif match.lookalikes:
            # One of them may be the object.
            self._lose(self._loss is None or self._loss.is_place_known)
        return None

    def _undo_guess(self, before: Template) -> None:
        """Return to the template before a guess that proved wrong."""
        self._template, self._fallback = before, None
        self._motion = self._template.sighting.motion
        # The records since then are of another object.
        self._history.clear()
        self._lose(is_place_known=False)

    def _take_outline(self, scene: SceneIndex, number: int) -> None:
        """Make a proposal the keyframe, and follow it to the newest frame."""
        mask = self._frame.downscale(scene.masks[number])
        self._template = Template.of(ScaledFrame.of(scene.frame), mask, self._template.model)
        self._motion = self._history.motion_since(scene.frame.stamp)
        self._visible = self._template.key.placed(self._frame, self._motion)
        self._fallback = self._loss = None

    # What is remembered and returned.

    def _learn(self, evidence: Evidence) -> None:
        """Let the template follow the light and the distance; all of the object is visible."""
        model = self._template.model.updated(
            self._frame, evidence.visible, evidence.colours, _LEARNING_RATE)
        sighting = (Sighting(self._frame, self._motion, evidence.visible)
                    if self._fallback is None else self._template.sighting)
        self._template = Template(self._template.key, sighting, model)

    def _record(self, evidence: Evidence, step: np.ndarray) -> None:
        """Remember the newest frame; step: (3, 3) motion from the frame before."""
        self._visible = evidence.visible
        is_place_known = self._loss is None or self._loss.is_place_known
        self._history.add(FrameRecord(
            self._frame.stamp, None if self.is_lost else evidence.visible,
            evidence.share > CRITERIA.whole, evidence.clear > CRITERIA.whole, step,
            self._template.key.silhouette.middle(self._motion) if is_place_known else None))

    def _track(self, evidence: Evidence, frame: Frame) -> Track:
        """Return where the object is in the newest frame."""
        if self.is_lost:
            return Track(Status.LOST, 'The object is out of sight.', 0.0,
                         np.zeros(frame.size, bool))
        return Track(Status.FOUND, 'The object is held.', CRITERIA.confidence(evidence),
                     self._frame.upscale(evidence.visible, frame.size))
