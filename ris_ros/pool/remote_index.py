# SPDX-License-Identifier: Apache-2.0
"""Scene indexes by the pool; by the robot itself while the pool does not answer."""
from __future__ import annotations

from dataclasses import dataclass, replace
import secrets
import time

import numpy as np

from ris_ros.chunks import IndexDelay, Pause, no_pause, wait
from ris_ros.frame import Frame
from ris_ros.index.regions import spread
from ris_ros.index.scene_index import SceneIndex
from ris_ros.index.thumbnail import Thumbnail, changed_blocks, combined, thumbnail
from ris_ros.index.updater import IndexUpdate, UpdateKind, Updater, same_camera
from ris_ros.pool.failure import FailureKind, PoolFailure
from ris_ros.pool.link import PoolLink
from ris_ros.pool.question import PoolQuestion, PoolTerms, PoolTrial, windows_to_send
from ris_ros.pool.reply import PoolReply
from ris_ros.pool.request import whole_window
from ris_ros.proposals import Window

# How soon a build notices that it is not wanted any more.
_POLL_S = 0.02
# Less patience than this is not worth a second request.
_LEAST_PATIENCE_S = 0.05
# A robot whose frames a full pool refuses for longer than this indexes them itself.
_MOST_DELAY_S = 2.0


@dataclass(frozen=True, eq=False)
class _Known:
    """The last index by the pool.

    Attributes:
        name: Of the frame, by which the pool keeps it.
        scene: The index.
        seen: What each block looked like when it was last sent.
        age: Number of frames since a whole one was sent.
    """

    name: str
    scene: SceneIndex
    seen: Thumbnail
    age: int


class PoolUpdater:
    """Keeps a scene index up to date with the help of the pool; it stands in for `Updater`.

    A frame that shows the same as the last one is not sent, and of another one only the windows
    that have changed.  When the pool does not answer in time, the robot's own updater indexes the
    frame, and goes on until the pool is back.  A pool that has no time for the moment costs one
    frame: where a command waits, it is asked again within the patience, else a newer frame is sent
    later.  No clock is compared with another one: the pool gets no stamps, and the robot measures
    its patience alone.
    """

    def __init__(self, link: PoolLink, own: Updater, terms: PoolTerms) -> None:
        """Begin without an index.

        Args:
            link: The connection to the pool.
            own: Indexes frames while the pool does not answer.
            terms: How the pool is used.
        """
        self._link = link
        self._own = own
        self._terms = terms
        self._known: _Known | None = None
        self._session = secrets.token_hex(4)
        self._count = 0
        self._trial: PoolTrial | None = None
        self._refused_since = 0.0  # by time.monotonic; 0 while frames are taken

    @property
    def is_due(self) -> bool:
        """Whether to send the next frame as a whole."""
        if self._link.fault:
            return self._own.is_due
        return self._known is not None and self._known.age + 1 >= self._terms.refresh_every

    @property
    def pool_fault(self) -> str:
        """Why the pool is not used at present; '' while it is."""
        return self._link.fault

    def close(self) -> None:
        """Drop the connection."""
        self._link.close()

    def renew(self, frame: Frame, give_way: Pause = no_pause,
              is_awaited: bool = True) -> IndexUpdate:
        """Index a whole frame; arguments as of `update`."""
        found = self._by_pool(frame, thumbnail(frame), None, give_way, is_awaited)
        return found or self._alone(self._own.renew(frame, give_way))

    def update(self, frame: Frame, give_way: Pause = no_pause,
               is_awaited: bool = True) -> IndexUpdate:
        """Index a frame, sending only what has changed since the last one; as `Updater.update`.

        Args:
            frame: The new frame.
            give_way: Called between chunks of the work, and while the pool keeps it waiting.
            is_awaited: Whether somebody waits for the index of this very frame.

        Raises:
            IndexDelay: Nobody waits, and the pool wants to get a frame later.
        """
        self._take_trial()
        now, known = thumbnail(frame), self._known
        changed = None
        if known is not None and same_camera(frame, known.scene.frame):
            changed = changed_blocks(now, known.seen)
            if not changed.any():
                scene = known.scene.seen_again(frame)
                self._known = replace(known, scene=scene, age=known.age + 1)
                return IndexUpdate(scene, UpdateKind.UNCHANGED, 1.0)
        found = self._by_pool(frame, now, changed, give_way, is_awaited)
        return found or self._alone(self._own.update(frame, give_way))

    def unchanged(self, frame: Frame) -> IndexUpdate | None:
        """Return the index of a frame that shows what the last one did; as `Updater.unchanged`.

        Once the pool is back, an index that the robot has made itself is of no use for this.
        """
        known = self._known
        if (known is not None and same_camera(frame, known.scene.frame)
                and not changed_blocks(thumbnail(frame), known.seen).any()):
            return IndexUpdate(known.scene.seen_again(frame), UpdateKind.UNCHANGED, 1.0)
        own = self._own.unchanged(frame) if self._link.fault else None
        return own and self._alone(own)

    def _by_pool(self, frame: Frame, now: Thumbnail, changed: np.ndarray | None, give_way: Pause,
                 is_awaited: bool) -> IndexUpdate | None:
        """Return an index by the pool; None where the robot has to make it."""
        if self._link.fault:
            if self._trial is not None:
                self._trial.newest = frame
            return None
        try:
            return self._ask(frame, now, changed, give_way, is_awaited)
        except PoolFailure as failure:
            if not is_awaited and self._may_delay(failure):
                raise IndexDelay(failure.wait) from failure
            self._refused_since = 0.0
            # A full pool refuses at once, so that no command is kept waiting by it.
            self._trial = None if failure.kind is FailureKind.BUSY else PoolTrial(
                self._terms, self._next_name(), frame)
            self._link.fail(failure, self._trial)
            return None

    def _take_trial(self) -> None:
        """Go on from the index by which the pool has shown that it is back."""
        trial = self._trial
        if trial is None or self._link.fault:
            return
        self._trial = None
        if (reply := trial.reply) is not None:
            scene = SceneIndex.of(trial.frame, reply.masks, reply.features)
            self._known = _Known(trial.name, scene, thumbnail(trial.frame), 0)

    def _may_delay(self, failure: PoolFailure) -> bool:
        """Tell whether a later frame can be sent in place of one that the pool has refused."""
        if failure.kind is not FailureKind.BUSY or not 0 < failure.wait <= self._terms.patience:
            return False
        now = time.monotonic()
        self._refused_since = self._refused_since or now
        return now + failure.wait - self._refused_since <= _MOST_DELAY_S

    def _ask(self, frame: Frame, now: Thumbnail, changed: np.ndarray | None, give_way: Pause,
             is_awaited: bool) -> IndexUpdate:
        """Have the pool index a frame, and ask again where it says when; arguments as of `_send`.

        Raises:
            PoolFailure: It does not answer in time, or with something else.
        """
        give_way()  # before the patience begins: a command that is being answered may take long
        until = time.monotonic() + self._terms.patience
        while True:
            try:
                return self._send(frame, now, changed, until, give_way)
            except PoolFailure as failure:
                left = until - time.monotonic() - _LEAST_PATIENCE_S
                if not (is_awaited and failure.kind is FailureKind.BUSY
                        and 0 < failure.wait <= left):
                    raise
                wait(failure.wait, give_way)

    def _send(self, frame: Frame, now: Thumbnail, changed: np.ndarray | None, until: float,
              give_way: Pause) -> IndexUpdate:
        """Send a frame; ``changed`` is None where all of it is sent."""
        part = None
        if changed is not None and self._known is not None:
            part = self._ask_part(frame, now, spread(changed), self._known, until, give_way)
        if part is not None:
            self._known, kind = part, UpdateKind.PART
        else:
            name, reply = self._exchange(frame, [whole_window(frame.size)], '', until, give_way)
            scene = SceneIndex.of(frame, reply.masks, reply.features)
            self._known, kind = _Known(name, scene, now, 0), UpdateKind.WHOLE
        return IndexUpdate(self._known.scene, kind, 0.0)

    def _ask_part(self, frame: Frame, now: Thumbnail, changed: np.ndarray, known: _Known,
                  until: float, give_way: Pause) -> _Known | None:
        """Send the changed blocks alone; None where the pool needs the whole frame."""
        parts = windows_to_send(changed, frame.size)
        if parts is None:
            return None
        try:
            name, reply = self._exchange(frame, parts, known.name, until, give_way)
        except PoolFailure as failure:
            if failure.kind is not FailureKind.NO_BASE:
                raise
            return None
        scene = SceneIndex.of(frame, reply.masks, reply.features)
        return _Known(name, scene, combined(now, known.seen, changed), known.age + 1)

    def _exchange(self, frame: Frame, parts: list[Window], base: str, until: float,
                  give_way: Pause) -> tuple[str, PoolReply]:
        """Send windows of a frame and wait for the reply; return it with the frame's new name."""
        question = PoolQuestion.of(self._terms, self._next_name(), frame, parts, base, until)
        if question.patience < _LEAST_PATIENCE_S:
            raise PoolFailure(FailureKind.TOO_LATE,
                              f'did not answer within {self._terms.patience:g} s.')
        exchange = self._link.send(question.data, question.patience)
        try:
            while not exchange.wait(_POLL_S):
                give_way()
            reply = question.read(exchange.result())
        finally:
            exchange.cancel()
        self._link.succeed()
        self._refused_since, self._trial = 0.0, None
        return question.name, reply

    def _next_name(self) -> str:
        """Return a name for a frame that no other one has."""
        self._count += 1
        return f'{self._session}-{self._count}'

    def _alone(self, update: IndexUpdate) -> IndexUpdate:
        """Return an index by the robot itself with the sentence that says so."""
        fallback = self._terms.fallback
        fault = self._link.fault or 'The pool did not answer.'  # it may have come back just now
        return replace(
            update, fallback=fallback, has_other_models=self._terms.has_other_models,
            note=f'{fault} The robot answered by itself, with the profile {fallback}.')
