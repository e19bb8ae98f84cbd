"""The object of the last answer is held while the camera runs (parameter mode: track)."""
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
import threading

import numpy as np

from ris_ros.errors import FrameError
from ris_ros.node.answer import Answer
from ris_ros.node.frame_buffer import FrameBuffer, MatchedFrame
from ris_ros.node.indexed import Indexed
from ris_ros.status import Status
from ris_ros.tracking.tracker import Track, Tracker

# Frames that are kept to catch up from the image of an answer, which took a while; and how many
# of them are looked at for it, because the newest is waiting.
_KEPT, _CAUGHT_UP = 45, 15
# Verdicts about another object, or about none: what was held before is not wanted any more.
_ENDING = (Status.FOUND, Status.NOT_FOUND, Status.AMBIGUOUS, Status.STOPPED)
_TRACK = 'track'


@dataclass(frozen=True, eq=False)
class HeldTarget:
    """Where the held object is in one frame, and which command found it."""

    command_id: str
    matched: MatchedFrame
    held: Track


class Keeper:
    """Holds what was found, in a thread of its own, so that no answer has to wait for it.

    frames: where frames come from.  last_index: returns the newest scene index, or None.
    mode: returns the parameter.  prepare: is given where the object is, frame by frame, and
    returns what publishes it.  report: is told of what goes wrong.

    All methods may be called from any thread.
    """

    def __init__(self, frames: FrameBuffer, last_index: Callable[[], Indexed | None],
                 mode: Callable[[], str],
                 prepare: Callable[[HeldTarget], Callable[[], None]],
                 report: Callable[[Exception], None]) -> None:
        self._frames = frames
        self._last_index = last_index
        self._mode = mode
        self._prepare = prepare
        self._report = report
        self._changed = threading.Condition()
        self._arrived = self._closed = False
        self._answer: Answer | None = None
        self._holder: Tracker | None = None
        self._recent: deque[MatchedFrame] = deque(maxlen=_KEPT)
        self._compared: tuple[int, int, int] | None = None
        frames.listen(self._note_arrival)
        # A daemon, so that it never keeps the process from ending.
        self._thread = threading.Thread(target=self._run, name='ris_keeper', daemon=True)
        self._thread.start()

    def hear(self, answer: Answer) -> None:
        """Take hold of the object of an answer, or let go of the one before."""
        status = answer.grounding.status
        if status not in _ENDING:
            return
        with self._changed:
            found = status is Status.FOUND and self._mode() == _TRACK
            self._answer, self._holder = answer if found else None, None
            self._arrived = True
            self._changed.notify_all()

    def let_go(self) -> None:
        """Hold nothing any more."""
        with self._changed:
            self._answer = self._holder = None
            self._recent.clear()

    def close(self, timeout: float = 5.0) -> None:
        """End the thread after the frame in hand."""
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
        while self._wait():
            try:
                self._look()
            except Exception as error:
                # Whatever happens to one object, the next one is to be held.
                self._report(error)
                self.let_go()

    def _wait(self) -> bool:
        """Wait for something new; return False once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._arrived or self._closed)
            self._arrived = False
            return not self._closed

    def _look(self) -> None:
        """Hold the object in the newest frame."""
        if self._mode() != _TRACK:
            self.let_go()
            return
        try:
            matched = self._frames.newest()
        except FrameError:
            return
        if self._recent and self._recent[-1].key == matched.key:
            return
        with self._changed:
            self._recent.append(matched)
            answer, holder, recent = self._answer, self._holder, list(self._recent)
        if answer is None or matched.frame.stamp <= answer.matched.frame.stamp:
            return
        if holder is None:
            holder = self._begin(answer, recent[:-1])
        self._compare(holder)
        target = HeldTarget(answer.command.id, matched, holder.follow(matched.frame))
        publish = self._prepare(target)
        with self._changed:
            # Under the lock: what was let go of meanwhile is not told of any more.
            if self._answer is answer:
                self._holder = holder
                publish()

    def _begin(self, answer: Answer, recent: list[MatchedFrame]) -> Tracker:
        """Take hold of an answer's object and follow it up to the newest frame but one."""
        first = answer.matched
        holder = Tracker(first.frame, answer.grounding.mask)
        self._compared = None
        self._compare(holder)
        later = [matched for matched in recent if matched.frame.stamp > first.frame.stamp]
        for index in np.unique(np.linspace(0, len(later) - 1, _CAUGHT_UP).astype(int)):
            if later:
                holder.follow(later[index].frame)
        return holder

    def _compare(self, holder: Tracker) -> None:
        """Show the holder a scene index that it has not seen."""
        indexed = self._last_index()
        if indexed is not None and indexed.matched.key != self._compared:
            self._compared = indexed.matched.key
            holder.recognise(indexed.scene)
