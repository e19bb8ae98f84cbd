# SPDX-License-Identifier: Apache-2.0
"""Keeps the memory of the scene up to date, and tells it on ~/scene."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
from std_msgs.msg import Header

from ris_ros.node.fault_log import FaultLog
from ris_ros.node.index_session import IndexedFrame
from ris_ros.node.outputs import Outputs
from ris_ros.node.parameters import LiveSettings, Settings
from ris_ros.node.placing import Placer
from ris_ros.node.scene_messages import to_scene
from ris_ros.questions.viewer import Viewer
from ris_ros.tracking.known_object import OPTICAL, CameraPose, SceneSighting
from ris_ros.tracking.scene_memory import MemoryLimits, Recollection, SceneMemory

if TYPE_CHECKING:
    from ris_ros.grounding.result import Candidate, Grounding
    from ris_ros.pipeline import Pipeline

# CPU seconds of a camera image that looking at scenes may take, a little below the 2 ms that the
# docs promise.
_BUDGET_S = 0.0018
# Whoever wants everything forgotten waits no longer than this for a look to end, seconds.
_PATIENCE_S = 0.05
# ~/scene is published at least this often while images come, seconds.
_EVERY_S = 1.0
# A place that has changed by less is the same in ~/scene, metres and pixels.
_SAME_M, _SAME_PX = 0.01, 5


class SceneWatch:
    """Looks at the scenes that the indexer has built, and at those that commands are answered from.

    Scenes that have not changed cost nothing. Of those that change, as many are looked at as the
    budget of CPU time allows. All methods may be called from any thread; what fails in here is
    reported, and no answer fails with it.
    """

    def __init__(self, settings: LiveSettings[Settings], placer: Placer, outputs: Outputs,
                 report: Callable[[Exception], None]) -> None:
        """Remember nothing yet.

        Args:
            settings: The node's; scene_limit and scene_timeout are of use here.
            placer: Knows how the camera stands in the target frame.
            outputs: Publishes the scene.
            report: Is told of every exception, once of each kind in a row.
        """
        self._settings = settings
        self._placer = placer
        self._outputs = outputs
        self._faults = FaultLog(report)
        self._memory = SceneMemory()
        self._pipeline: Pipeline | None = None
        self._held: Mapping[int, np.ndarray] = {}
        self._lock = threading.Lock()
        self._number = 0  # of the image that was looked at last
        self._published = -np.inf  # by time.monotonic
        self._cost = 0.0  # of the last look, CPU seconds
        self._is_first = True
        self._is_reset = False  # whether all is to be forgotten before the next look
        self._told: tuple = ()
        self._header = Header()

    def begin(self, pipeline: Pipeline | None) -> None:
        """Forget everything, and name things by other models from now on; None for none."""
        self._pipeline = pipeline
        self.forget()

    def forget(self) -> None:
        """Forget everything, as after 'start over'; this hardly waits, also where a model hangs."""
        self._is_reset = True
        if self._lock.acquire(timeout=_PATIENCE_S):
            try:
                self._reset_if_wanted()
                self._publish()
            finally:
                self._lock.release()

    def _reset_if_wanted(self) -> None:
        """Forget everything where that is wanted; the lock is held."""
        if self._is_reset:
            self._is_reset, self._is_first, self._told = False, True, ()
            self._memory.forget()

    def hold(self, outlines: Mapping[int, np.ndarray]) -> None:
        """Take note of what is tracked.

        Args:
            outlines: (H, W) bool masks by ids, empty ones where an object is lost.
        """
        changed = outlines.keys() != self._held.keys()
        self._held = dict(outlines)
        if changed:
            with self._lock:
                self._publish()

    def note(self, indexed: IndexedFrame) -> None:
        """Look at an index if the budget allows; the indexer calls this.

        What was indexed by other models than the node's own cannot be compared with what is
        remembered, so that it is left out.
        """
        if indexed.has_other_models:
            return
        with self._lock:
            try:
                self._look(indexed)
            except Exception as error:
                self._faults.add(error)

    def recall(self, indexed: IndexedFrame, viewer: Viewer) -> tuple[Recollection, ...]:
        """Look at the index that a command is answered from; return what is remembered.

        Args:
            indexed: The index.
            viewer: Of its image, from `Placer.viewer`.
        """
        if indexed.has_other_models:
            return ()
        with self._lock:
            try:
                self._look(indexed, viewer)
                return self._memory.recall(_sighting(indexed, viewer))
            except Exception as error:
                self._faults.add(error)
                return ()

    def identify(self, grounding: Grounding, indexed: IndexedFrame, viewer: Viewer) -> Grounding:
        """Give the objects of an answer their ids, and remember them.

        Args:
            grounding: The answer.
            indexed: The index that it comes from, which `recall` has looked at.
            viewer: As in `recall`.
        """
        if not grounding.candidates or indexed.has_other_models:
            return grounding
        with self._lock:
            try:
                return self._identify(grounding, _sighting(indexed, viewer))
            except Exception as error:
                self._faults.add(error)
                return grounding

    def _look(self, indexed: IndexedFrame, viewer: Viewer | None = None) -> None:
        """Look at an index, unless it shows what the last one did.

        Without a viewer no command waits for it: it is looked at only if the budget allows.
        """
        self._reset_if_wanted()
        settings = self._settings.value
        self._memory.limits = MemoryLimits(settings.scene_limit, settings.scene_timeout)
        if self._pipeline is None:
            return
        if settings.scene_timeout <= 0:
            self._memory.forget()
            return
        matched, now = indexed.matched, time.monotonic()
        self._header = matched.header
        seen = SceneSighting(indexed.scene, OPTICAL)
        if self._memory.has_seen(seen):
            self._memory.see_again(matched.frame.stamp)
            self._tell(now)
            return
        frames = abs(matched.number - self._number)
        if viewer is None and frames * _BUDGET_S < self._cost:
            return
        start = time.thread_time()
        if viewer is None:
            viewer = self._placer.viewer(matched.header)
        respondent = self._pipeline.respondent(indexed.scene)
        outlines = {id_: mask for id_, mask in self._held.items() if mask.any()}
        self._memory.look(_sighting(indexed, viewer), respondent.things, outlines)
        nameless = self._memory.nameless()
        self._memory.name(dict(zip(nameless, (
            '' if name.words == 'something' else name.words
            for name in respondent.name(list(nameless.values()))), strict=True)))
        # The first look reads the list of nouns, which is done once.
        self._cost = 0.0 if self._is_first else time.thread_time() - start
        self._number, self._is_first = matched.number, False
        self._tell(now)

    def _identify(self, grounding: Grounding, seen: SceneSighting) -> Grounding:
        """Give the objects of an answer their ids; the lock is held."""
        candidates = grounding.candidates
        ids = self._memory.identify([one.mask for one in candidates], seen.scene.masks)
        for number, one in enumerate(grounding.objects):
            ids[number] = ids[number] or self._meet(one, seen.pose)
        self._memory.note_answered({
            id_: one.name for id_, one in zip(ids, grounding.objects, strict=False)})
        self._tell(time.monotonic())
        return replace(grounding, candidates=tuple(
            replace(one, object_id=id_) for one, id_ in zip(candidates, ids, strict=True)))

    def _meet(self, one: Candidate, pose: CameraPose | None) -> int:
        """Remember an object of an answer that was no thing of the scene; return its id."""
        if one.feature is None or self._settings.value.scene_timeout <= 0:
            return 0
        point = None
        if one.position is not None and pose is not None:
            point = pose.out(np.array([one.position]))[0]
        return self._memory.meet(one.mask, one.box, one.feature, point,
                                 '' if pose is None else pose.frame)

    def _tell(self, now: float) -> None:
        """Publish the scene where something has changed, or after a while."""
        told = tuple((
            one.id, one.name, one.presence, one.id in self._held,
            *(np.round(one.box / _SAME_PX) if one.point is None
              else np.round(one.point / _SAME_M))) for one in self._memory.objects)
        if told != self._told or now - self._published >= _EVERY_S:
            self._told, self._published = told, now
            self._publish()

    def _publish(self) -> None:
        """Publish the scene; what fails is reported."""
        try:
            self._outputs.publish_scene(
                to_scene(self._memory.objects, self._header, self._held.keys()))
        except Exception as error:
            self._faults.add(error)


def _sighting(indexed: IndexedFrame, viewer: Viewer) -> SceneSighting:
    """Return an index with how its camera stands in the target frame, where that is known."""
    if viewer.note:
        return SceneSighting(indexed.scene, None)
    if viewer.rotation is None:
        return SceneSighting(indexed.scene, OPTICAL)
    return SceneSighting(
        indexed.scene, CameraPose(viewer.frame, viewer.rotation, viewer.translation))
