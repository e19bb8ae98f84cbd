# SPDX-License-Identifier: Apache-2.0
"""Scene indexes by the pool; by the robot itself while the pool does not answer."""
from __future__ import annotations

from dataclasses import dataclass, replace
import secrets
import time

import numpy as np

from ris_ros.chunks import Pause, no_pause
from ris_ros.frame import Frame
from ris_ros.index.regions import spread, windows
from ris_ros.index.scene_index import SceneIndex
from ris_ros.index.thumbnail import Thumbnail, changed_blocks, combined, thumbnail
from ris_ros.index.updater import IndexUpdate, UpdateKind, Updater, same_camera
from ris_ros.pool.container import PoolFormatError
from ris_ros.pool.failure import FailureKind, PoolFailure
from ris_ros.pool.link import PoolLink
from ris_ros.pool.pictures import ColourFormat
from ris_ros.pool.reply import PoolReply, read_reply
from ris_ros.pool.request import MOST_WINDOWS, PoolRequest, parts_of, whole_window, write_request
from ris_ros.proposals import Window

# How soon a build notices that it is not wanted any more.
_POLL_S = 0.02
# Where more of the picture than this has changed, all of it is sent.
_MOST_SHARE = 0.5
# Less patience than this is not worth a second request.
_LEAST_PATIENCE_S = 0.05


@dataclass(frozen=True)
class PoolTerms:
    """How the robot uses the pool.

    Attributes:
        model: Fingerprint of the models that the pool is to use.
        width: Length of their features.
        fallback: Name of the profile that the robot itself answers with.
        has_other_models: Whether its models are other ones than the pool's.
        patience: Seconds after which the robot goes on without the pool.
        colour: How colour travels.
        features: 'float32' or 'float16'.
        refresh_every: After this many frames the whole frame is sent.
    """

    model: str
    width: int
    fallback: str
    has_other_models: bool
    patience: float
    colour: ColourFormat
    features: str
    refresh_every: int


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
    frame, and goes on until the pool is back.  No clock is compared with another one: the pool
    gets no stamps, and the robot measures its patience alone.
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

    def renew(self, frame: Frame, give_way: Pause = no_pause) -> IndexUpdate:
        """Index a whole frame."""
        if not self._link.fault:
            try:
                return self._ask(frame, thumbnail(frame), None, give_way)
            except PoolFailure as failure:
                self._link.fail(failure)
        return self._alone(self._own.renew(frame, give_way))

    def update(self, frame: Frame, give_way: Pause = no_pause) -> IndexUpdate:
        """Index a frame, sending only what has changed since the last one; as `Updater.update`."""
        now, known = thumbnail(frame), self._known
        changed = None
        if known is not None and same_camera(frame, known.scene.frame):
            changed = changed_blocks(now, known.seen)
            if not changed.any():
                scene = known.scene.seen_again(frame)
                self._known = replace(known, scene=scene, age=known.age + 1)
                return IndexUpdate(scene, UpdateKind.UNCHANGED, 1.0)
        if not self._link.fault:
            try:
                return self._ask(frame, now, changed, give_way)
            except PoolFailure as failure:
                self._link.fail(failure)
        return self._alone(self._own.update(frame, give_way))

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

    def _ask(self, frame: Frame, now: Thumbnail, changed: np.ndarray | None,
             give_way: Pause) -> IndexUpdate:
        """Have the pool index a frame; ``changed`` is None where all of it is sent.

        Raises:
            PoolFailure: It does not answer in time, or with something else.
        """
        until = time.monotonic() + self._terms.patience
        known = self._known
        parts = None if changed is None else _windows(spread(changed), frame.size)
        if parts is not None:
            try:
                name, reply = self._exchange(frame, parts, known.name, until, give_way)
                seen, age = combined(now, known.seen, spread(changed)), known.age + 1
            except PoolFailure as failure:
                if failure.kind is not FailureKind.NO_BASE:
                    raise
                parts = None
        if parts is None:
            name, reply = self._exchange(frame, [whole_window(frame.size)], '', until, give_way)
            seen, age = now, 0
        scene = SceneIndex.of(frame, reply.masks, reply.features)
        self._known = _Known(name, scene, seen, age)
        kind = UpdateKind.WHOLE if parts is None else UpdateKind.PART
        return IndexUpdate(scene, kind, 0.0)

    def _exchange(self, frame: Frame, parts: list[Window], base: str, until: float,
                  give_way: Pause) -> tuple[str, PoolReply]:
        """Send windows of a frame and wait for the reply; return it with the frame's new name."""
        self._count += 1
        name = f'{self._session}-{self._count}'
        terms = self._terms
        data = write_request(PoolRequest(
            terms.model, name, base, frame.size, frame.camera, parts_of(frame, parts),
            terms.features, terms.patience), terms.colour)
        give_way()
        patience = until - time.monotonic()
        if patience < _LEAST_PATIENCE_S:
            raise PoolFailure(FailureKind.TOO_LATE, f'did not answer within {terms.patience:g} s.')
        exchange = self._link.send(data, patience)
        try:
            while not exchange.wait(_POLL_S):
                give_way()
            reply = read_reply(exchange.result(), name, frame.size, terms.width)
        except PoolFormatError as error:
            raise PoolFailure(FailureKind.REFUSED,
                              f'sends a reply that cannot be used. {error}') from error
        finally:
            exchange.cancel()
        self._link.succeed()
        return name, reply

    def _alone(self, update: IndexUpdate) -> IndexUpdate:
        """Return an index by the robot itself with the sentence that says so."""
        fallback = self._terms.fallback
        fault = self._link.fault or 'The pool did not answer.'  # it may have come back just now
        return replace(
            update, stand_in=fallback if self._terms.has_other_models else '',
            note=f'{fault} The robot answered by itself, with the profile {fallback}.')


def _windows(blocks: np.ndarray, size: tuple[int, int]) -> list[Window] | None:
    """Return the windows to send for changed blocks; None where the whole frame is better."""
    found = windows(blocks, size, _as_it_is)
    area = sum(window.width * window.height for window in found)
    return found if len(found) <= MOST_WINDOWS and area <= _MOST_SHARE * np.prod(size) else None


def _as_it_is(window: Window, size: tuple[int, int]) -> Window:
    """Widen a window by nothing: the pool has the rest of the frame."""
    return window
