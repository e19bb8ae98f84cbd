# SPDX-License-Identifier: Apache-2.0
"""The thread that tracks the objects of the last answers (parameter mode: track)."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
import threading
import time

import numpy as np

from ris_ros.errors import FrameError
from ris_ros.node.command import Answer, sentence
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.frame_matching import MatchedFrame
from ris_ros.node.held_target import HeldTarget
from ris_ros.node.image_clock import ImageClock
from ris_ros.node.indexer import Indexer
from ris_ros.node.messages import TargetMessages
from ris_ros.node.outputs import Outputs
from ris_ros.node.parameters import LiveSettings, Mode, Settings
from ris_ros.node.placing import Placer
from ris_ros.node.recent_frames import RecentFrames
from ris_ros.status import Status
from ris_ros.tracking.scaled_frame import ScaledFrame

# An image whose stamp is this far behind the one before it is of a clock that has jumped back.
_JUMP_S = 1.0
# How soon it is noticed that no more images come.
_SILENCE_S = 0.5
# Is told what is held: outlines (H, W) by the ids of the objects, empty where one is lost.
Listener = Callable[[Mapping[int, np.ndarray]], None]


class TrackingThread:
    """Tracks objects that were found, in a thread of its own, so that no answer waits for it.

    What happens to each object:

             hear(FOUND), mode track           a newer frame: begin, catch up, follow
        FREE ───────────────────────► ANSWERED ────────────────────────► TRACKED ──┐
         ▲                               │                                 │   ▲   │ each newer
         └───────────────────────────────┴─────────────────────────────────┘   └───┘ frame
           let_go(), hear(STOPPED), another mode, a failure, more than max_targets

    A verdict on another object, or on none, disturbs none that is held; one on the same object
    begins anew. ``_held`` has the objects, the newest last, and changes under the condition
    ``_changed`` alone.  A frame's messages are published under it too, so that nothing is said of
    an object after it was let go.  An answer that is delivered late, to a command that came before
    all was let go, holds nothing.  All methods may be called from any thread.
    """

    def __init__(self, frames: FrameBuffer, indexer: Indexer, settings: LiveSettings[Settings],
                 clock: ImageClock, placer: Placer, outputs: Outputs,
                 report: Callable[[Exception], None], listener: Listener | None = None) -> None:
        """Start the thread.

        Args:
            frames: Where frames come from.
            indexer: Whose last index tells where the objects are that look like a tracked one.
            settings: The node's; mode and max_targets are of use here.
            clock: Judges whether a frame is of now.
            placer: Puts the objects into space.
            outputs: Publishes where the objects are.
            report: Is told of every exception.
            listener: Is told by the thread what is held, after each frame; None for nobody.
        """
        self._frames = frames
        self._indexer = indexer
        self._settings = settings
        self._clock = clock
        self._placer = placer
        self._outputs = outputs
        self._report = report
        self._listener = listener
        self._changed = threading.Condition()
        self._arrived = self._closed = False
        self._held: tuple[HeldTarget, ...] = ()
        self._released = 0.0  # when all was let go last (time.monotonic)
        self._recent = RecentFrames()
        frames.listen(self._note_arrival)
        # A daemon, so that it never keeps the process from ending.
        self._thread = threading.Thread(target=self._run, name='ris_tracking', daemon=True)
        self._thread.start()

    @property
    def is_tracking(self) -> bool:
        """Whether an object is tracked, or will be in the next frame."""
        return bool(self._held)

    def hear(self, answer: Answer) -> None:
        """Track the objects of an answer from now on, beside those before; or none after "stop"."""
        grounding, matched, settings = answer.grounding, answer.matched, self._settings.value
        if grounding.status is Status.STOPPED:
            with self._changed:
                self._released = max(self._released, answer.command.received)
                self._release(0)
        elif (grounding.status is Status.FOUND and matched is not None
              and settings.mode is Mode.TRACK):
            objects = grounding.objects[:settings.max_targets]
            with self._changed:
                if answer.command.received < self._released:
                    return
                kept = [one for one in self._held
                        if not any(one.is_same(candidate) for candidate in objects)]
                while len(kept) + len(objects) > settings.max_targets:
                    self._displace(kept, settings.max_targets)
                # The best one is the newest.
                self._held = (*kept, *(
                    HeldTarget(answer.command.id, matched, candidate)
                    for candidate in reversed(objects)))
                self._wake()

    def let_go(self, object_id: int = 0) -> list[int]:
        """Stop tracking.

        Args:
            object_id: Of the object; 0 for all.

        Returns:
            The ids of the objects that were tracked and are not any more.
        """
        with self._changed:
            if object_id == 0:
                self._released = time.monotonic()
            return self._release(object_id)

    def end(self) -> None:
        """Let the thread end after the frame in hand."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def close(self, timeout: float = 5.0) -> None:
        """End the thread after the frame in hand, or leave it to itself after some seconds."""
        self.end()
        self._thread.join(timeout)

    def _release(self, object_id: int) -> list[int]:
        """Stop tracking an object, or all (0), and return their ids; the condition is held."""
        gone = [one for one in self._held if object_id in (0, one.object_id)]
        self._held = tuple(one for one in self._held if one not in gone)
        if not self._held:
            self._recent.clear()
        self._wake()
        return [one.object_id for one in gone]

    def _wake(self) -> None:
        """Have the thread look at what is new; the condition is held."""
        self._arrived = True
        self._changed.notify_all()

    def _note_arrival(self) -> None:
        """Take note that there is a new image."""
        with self._changed:
            self._wake()

    def _displace(self, held: list[HeldTarget], most: int) -> None:
        """Take out the object that is lost, or else the one that is held for the longest."""
        one = next((one for one in held if one.is_lost), held[0])
        held.remove(one)
        try:
            self._outputs.publish_target(one.lost(
                self._recent.newest or one.first,
                f'The object is let go, because no more than {most} are held at a time (parameter '
                'max_targets).'))
        except Exception as error:
            self._report(error)

    def _run(self) -> None:
        """Look at one frame after the other until closed."""
        while self._await_news():
            try:
                self._look()
                if self._listener is not None:
                    self._listener({one.object_id: one.outline for one in self._held
                                    if one.object_id})
            except Exception as error:
                self._report(error)

    def _await_news(self) -> bool:
        """Wait for something new, or for a while where that is missed; return False once closed."""
        with self._changed:
            if not self._arrived and not self._closed:
                self._changed.wait(_SILENCE_S if self._held else None)
            self._arrived = False
            return not self._closed

    def _look(self) -> None:
        """Follow the objects into the newest frame."""
        if self._settings.value.mode is not Mode.TRACK:
            if self._held or self._recent.newest is not None:
                with self._changed:
                    self._release(0)
            return
        try:
            matched = self._frames.newest()
        except FrameError:
            return
        except Exception as error:
            # A converter that fails: no object can be followed any more.
            self._report(error)
            for one in self._held:
                self._give_up(one, error)
            return
        before = self._recent.newest or matched
        if before.key == matched.key and self._recent.newest is not None:
            for one in self._held:
                self._tell_of_silence(one, matched)
            return
        with self._changed:
            held = self._held
            if _has_jumped(before, matched):
                self._recent.clear()
            self._recent.add(matched)
            recent = self._recent.earlier
        for one in held:
            try:
                self._follow(one, matched, before, recent)
            except Exception as error:
                # A failure with one object must not keep the others from being tracked.
                self._report(error)
                self._give_up(one, error)

    def _follow(self, one: HeldTarget, matched: MatchedFrame, before: MatchedFrame,
                recent: list[ScaledFrame]) -> None:
        """Follow an object into a frame and tell where it is."""
        first = one.first
        if _has_jumped(before, matched) and first.number <= before.number:
            self._tell(one, one.lost(matched, (
                'The clock has jumped back, so that the object is not tracked any more: say the '
                'command again.')), is_last=True)
        elif matched.frame.stamp <= first.frame.stamp:
            return
        elif change := one.other_camera(matched):
            self._tell(one, one.lost(matched, change), is_last=True)
        elif fault := self._clock.fault(matched.frame.stamp):
            self._tell(one, one.lost(matched, fault))
        else:
            track = one.follow(matched, recent, self._indexer.last)
            self._tell(one, one.describe(matched, track, self._placer))

    def _give_up(self, one: HeldTarget, error: Exception) -> None:
        """Let go of an object after a failure, and tell that on ~/target."""
        try:
            if (newest := self._recent.newest) is not None:
                self._tell(one, one.lost(newest, (
                    f'Tracking has failed: {sentence(error)} Say the command again.')))
        except Exception as another:
            self._report(another)
        finally:
            with self._changed:
                self._held = tuple(other for other in self._held if other is not one)

    def _tell_of_silence(self, one: HeldTarget, matched: MatchedFrame) -> None:
        """Say once that an object is lost where the newest image has become too old."""
        if one.last_of_all == matched.key:
            return
        if fault := self._clock.fault(matched.frame.stamp, self._frames.rejection):
            one.last_of_all = matched.key
            self._tell(one, one.lost(matched, fault))

    def _tell(self, one: HeldTarget, messages: TargetMessages, is_last: bool = False) -> None:
        """Publish where an object is, unless it was let go of or the mode was changed meanwhile.

        What tells no id, such as ~/pose, is published of the newest object alone.

        Args:
            one: The object.
            messages: On it.
            is_last: Whether to let go of it now.
        """
        with self._changed:
            if one not in self._held or self._settings.value.mode is not Mode.TRACK:
                return
            if one is not self._held[-1]:
                messages = replace(messages, mask=None, centroid=None, pose=None)
            self._outputs.publish_target(messages)
            if is_last:
                self._held = tuple(other for other in self._held if other is not one)


def _has_jumped(before: MatchedFrame, matched: MatchedFrame) -> bool:
    """Tell whether the clock has jumped back between two frames."""
    return before.frame.stamp - matched.frame.stamp > _JUMP_S
