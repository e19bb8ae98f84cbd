"""The thread that tracks the object of the last answer (parameter mode: track)."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
import threading

import numpy as np

from ris_ros.errors import FrameError
from ris_ros.geometry.location import locate
from ris_ros.geometry.masks import centroid
from ris_ros.node.command import Answer, sentence
from ris_ros.node.frame_buffer import FrameBuffer
from ris_ros.node.frame_matching import MatchedFrame, frames_differ
from ris_ros.node.image_clock import ImageClock
from ris_ros.node.indexer import Indexer
from ris_ros.node.messages import TargetMessages, to_target_messages
from ris_ros.node.outputs import Outputs
from ris_ros.node.parameters import LiveSettings, Mode, Settings
from ris_ros.node.placing import Placer
from ris_ros.status import Status
from ris_ros.tracking.tracker import Track, Tracker

# Frames that are kept to catch up from the image of an answer, which took a while; and how many
# of them are looked at for it, because the newest is waiting.
_KEPT, _CAUGHT_UP = 45, 15
# An image whose stamp is this far behind the one before it is of a clock that has jumped back.
_JUMP_S = 1.0
# How soon it is noticed that no more images come.
_SILENCE_S = 0.5
# Verdicts about another object, or about none, which end the tracking of the one before. A question
# (ANSWERED) disturbs no object that is held.
_ENDING = (Status.FOUND, Status.NOT_FOUND, Status.AMBIGUOUS, Status.STOPPED)


@dataclass(frozen=True, eq=False)
class TrackedTarget:
    """The tracked object in one frame.

    Attributes:
        command_id: Of the command that found the object.
        matched: The frame.
        track: What the tracker says of the object in it.
    """

    command_id: str
    matched: MatchedFrame
    track: Track


class TrackingThread:
    """Tracks the object that was found, in a thread of its own, so that no answer waits for it.

    What the thread does:

                hear(FOUND), mode track           a newer frame: begin, catch up, follow
        IDLE ───────────────────────────► ANSWERED ────────────────────────► TRACKING ──┐
         ▲                                    │                               │    ▲    │ each
         └────────────────────────────────────┴───────────────────────────────┘    └────┘ newer
           let_go(), hear(another verdict), another mode, a failure                       frame

    ``_answer`` is None in IDLE and ``_tracker`` is None but in TRACKING; both change under the
    condition ``_changed`` alone.  A frame's messages are published under it too, so that nothing
    is said of an object after it was let go.  All methods may be called from any thread.
    """

    def __init__(self, frames: FrameBuffer, indexer: Indexer, settings: LiveSettings[Settings],
                 clock: ImageClock, placer: Placer, outputs: Outputs,
                 report: Callable[[Exception], None]) -> None:
        """Start the thread.

        Args:
            frames: Where frames come from.
            indexer: Whose last index tells where the objects are that look like the tracked one.
            settings: The node's; the mode is of use here.
            clock: Judges whether a frame is of now.
            placer: Puts the object into space.
            outputs: Publishes where the object is.
            report: Is told of every exception.
        """
        self._frames = frames
        self._indexer = indexer
        self._settings = settings
        self._clock = clock
        self._placer = placer
        self._outputs = outputs
        self._report = report
        self._changed = threading.Condition()
        self._arrived = self._closed = False
        self._answer: Answer | None = None
        self._tracker: Tracker | None = None
        self._recent: deque[MatchedFrame] = deque(maxlen=_KEPT)
        self._compared: tuple[int, int, int] | None = None
        self._last_of_all: tuple[int, int, int] | None = None
        frames.listen(self._note_arrival)
        # A daemon, so that it never keeps the process from ending.
        self._thread = threading.Thread(target=self._run, name='ris_tracking', daemon=True)
        self._thread.start()

    @property
    def is_tracking(self) -> bool:
        """Whether an object is tracked, or will be in the next frame."""
        return self._answer is not None

    def hear(self, answer: Answer) -> None:
        """Track the object of an answer from now on, or let go of the one before."""
        status = answer.grounding.status
        if status not in _ENDING:
            return
        with self._changed:
            found = status is Status.FOUND and self._settings.value.mode is Mode.TRACK
            self._answer, self._tracker = answer if found else None, None
            self._arrived = True
            self._changed.notify_all()

    def let_go(self) -> None:
        """Stop tracking."""
        with self._changed:
            self._answer = self._tracker = None
            self._recent.clear()

    def close(self, timeout: float = 5.0) -> None:
        """End the thread after the frame in hand, or leave it to itself after some seconds."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout)

    def _note_arrival(self) -> None:
        """Take note that there is a new image."""
        with self._changed:
            self._arrived = True
            self._changed.notify_all()

    def _run(self) -> None:
        """Look at one frame after the other until closed."""
        while self._await_news():
            try:
                self._look()
            except Exception as error:
                # A failure with one object must not keep the next one from being tracked.
                self._report(error)
                self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Let go of the object after a failure, and tell that on ~/target."""
        with self._changed:
            answer, matched = self._answer, self._recent[-1] if self._recent else None
        try:
            if answer is not None and matched is not None:
                self._tell(answer, _lost(answer, matched, (
                    f'Tracking has failed: {sentence(error)} Say the command again.')))
        except Exception as another:
            self._report(another)
        finally:
            self.let_go()

    def _await_news(self) -> bool:
        """Wait for something new, or for a while where that is missed; return False once closed."""
        with self._changed:
            if not self._arrived and not self._closed:
                self._changed.wait(_SILENCE_S if self._answer is not None else None)
            self._arrived = False
            return not self._closed

    def _look(self) -> None:
        """Follow the object into the newest frame."""
        if self._settings.value.mode is not Mode.TRACK:
            self.let_go()
            return
        try:
            matched = self._frames.newest()
        except FrameError:
            return
        if self._recent and self._recent[-1].key == matched.key:
            self._tell_of_silence(matched)
            return
        with self._changed:
            answer, tracker = self._answer, self._tracker
            before = self._recent[-1] if self._recent else matched
            if _has_jumped(before, matched):
                self._recent.clear()
            self._recent.append(matched)
            recent = list(self._recent)
        if answer is None:
            return
        if _has_jumped(before, matched) and answer.matched.number <= before.number:
            self._tell(answer, _lost(answer, matched, (
                'The clock has jumped back, so that the object is not tracked any more: say the '
                'command again.')), is_last=True)
            return
        if matched.frame.stamp <= answer.matched.frame.stamp:
            return
        if change := _other_camera(answer.matched, matched):
            self._tell(answer, _lost(answer, matched, change), is_last=True)
            return
        if fault := self._clock.fault(matched.frame.stamp):
            self._tell(answer, _lost(answer, matched, fault))
            return
        if tracker is None:
            tracker = self._begin(answer, recent[:-1])
        self._compare(tracker)
        messages = self._describe(
            TrackedTarget(answer.command.id, matched, tracker.follow(matched.frame)))
        self._tell(answer, messages, tracker)

    def _tell_of_silence(self, matched: MatchedFrame) -> None:
        """Say once that the object is lost where the newest image has become too old."""
        answer = self._answer
        if answer is None or self._last_of_all == matched.key:
            return
        if fault := self._clock.fault(matched.frame.stamp, self._frames.rejection):
            self._last_of_all = matched.key
            self._tell(answer, _lost(answer, matched, fault))

    def _tell(self, answer: Answer, messages: TargetMessages, tracker: Tracker | None = None,
              is_last: bool = False) -> None:
        """Publish where an answer's object is, unless it was let go of meanwhile.

        Args:
            answer: The answer.
            messages: On its object.
            tracker: The object's, that has followed it up to now; None leaves it as it is.
            is_last: Whether to let go of the object now.
        """
        with self._changed:
            if self._answer is answer:
                self._tracker = tracker or self._tracker
                self._outputs.publish_target(messages)
                if is_last:
                    self._answer = self._tracker = None

    def _begin(self, answer: Answer, recent: list[MatchedFrame]) -> Tracker:
        """Make a tracker of an answer's object that has caught up with the recent frames."""
        first = answer.matched
        tracker = Tracker(first.frame, answer.grounding.mask)
        self._compared = None
        self._compare(tracker)
        later = [matched for matched in recent if matched.frame.stamp > first.frame.stamp]
        for index in np.unique(np.linspace(0, len(later) - 1, _CAUGHT_UP).astype(int)):
            if later:
                tracker.follow(later[index].frame)
        return tracker

    def _compare(self, tracker: Tracker) -> None:
        """Show the tracker a scene index that it has not seen."""
        indexed = self._indexer.last
        if indexed is not None and indexed.matched.key != self._compared:
            self._compared = indexed.matched.key
            tracker.recognise(indexed.scene)

    def _describe(self, target: TrackedTarget) -> TargetMessages:
        """Return the messages on a tracked object, with its location unless it is lost."""
        mask, matched = target.track.mask, target.matched
        if target.track.status is not Status.FOUND:
            return to_target_messages(target, None)
        # No message tells the grasp, and looking for the best pixel takes time.
        u, v = centroid(mask)
        location = locate(mask, matched.frame, grasp=(round(u), round(v)))
        return to_target_messages(target, self._placer.place(location, matched.header))


def _lost(answer: Answer, matched: MatchedFrame, reason: str) -> TargetMessages:
    """Return the messages that an answer's object is lost in a frame, for some reason."""
    track = Track(Status.LOST, reason, 0.0, np.zeros(matched.frame.size, bool))
    return to_target_messages(TrackedTarget(answer.command.id, matched, track), None)


def _has_jumped(before: MatchedFrame, matched: MatchedFrame) -> bool:
    """Tell whether the clock has jumped back between two frames."""
    return before.frame.stamp - matched.frame.stamp > _JUMP_S


def _other_camera(first: MatchedFrame, matched: MatchedFrame) -> str:
    """Return a sentence where a frame is of another camera than the first, '' where it is not."""
    if first.frame.size == matched.frame.size and not frames_differ(
            first.header.frame_id, matched.header.frame_id):
        return ''
    (height, width), (now_height, now_width) = first.frame.size, matched.frame.size
    return (f'The images are now {now_width} x {now_height} pixels in the frame '
            f'{matched.header.frame_id!r}, but the object was found in {width} x {height} pixels '
            f'in {first.header.frame_id!r}: say the command again.')
