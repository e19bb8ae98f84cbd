"""From one scene index to the next: the same frame again, a part of it, or all of it."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.encoding import Encoded, encode
from ris_ros.frame import Frame
from ris_ros.index.regions import reach_of, spread, windows
from ris_ros.index.scene_index import SceneIndex
from ris_ros.index.thumbnail import Thumbnail, changed_blocks, combined, thumbnail
from ris_ros.pause import Pause, no_pause
from ris_ros.proposals import PartialProposer, Proposer

# Where more of the picture than this is to be looked at again, all of it is: it hardly costs
# more, and the proposer sees all.
_MAX_SHARE = 0.8


class Kind(Enum):
    """How much of a frame was looked at."""

    UNCHANGED = 'unchanged'
    PART = 'part'
    WHOLE = 'whole'


@dataclass(frozen=True, eq=False)
class Update:
    """A scene index, how it came about, and the share of its local features that were kept."""

    scene: SceneIndex
    kind: Kind
    reused: float


@dataclass(frozen=True, eq=False)
class _Known:
    """What is known from earlier frames.

    seen: what each block looked like when it was last looked at.  reach: (N, h, w) bool, the
    blocks that each mask has a part in.  survey: of the proposer.  age: frames since all was
    looked at.
    """

    scene: SceneIndex
    encoded: Encoded
    seen: Thumbnail
    reach: np.ndarray
    survey: object
    age: int


class Updater:
    """Keeps a scene index up to date.

    A frame that looks like the last one, but for noise, gets its masks and features. Where
    a part has changed, the masks that reach into it are dropped, and the proposer looks again at
    that part; the other masks keep their local features, the global ones are made anew. If too
    much has changed, as when the camera or the light moves, or the proposer cannot judge
    a part, the whole frame is looked at; then still a crop that looks like an earlier one keeps
    its local feature.  No mask that reaches into a changed block is ever kept.

    refresh_every: after so many frames it ``is_due`` that all is looked at and nothing is kept
    (``renew``); the caller chooses the moment, when nobody waits for it.
    """

    def __init__(self, proposer: Proposer, encoder: Encoder, refresh_every: int) -> None:
        self._proposer = proposer
        self._encoder = encoder
        self._refresh_every = refresh_every
        self._known: _Known | None = None

    @property
    def is_due(self) -> bool:
        """Whether the next frame is to be built from nothing."""
        return self._known is not None and self._known.age + 1 >= self._refresh_every

    def renew(self, frame: Frame, give_way: Pause = no_pause) -> Update:
        """Return the index of a frame, built from nothing as by `Pipeline.index`."""
        return self._look_at_all(frame, thumbnail(frame), None, give_way)

    def update(self, frame: Frame, give_way: Pause = no_pause) -> Update:
        """Return the index of a frame; ``give_way`` is called as by `Pipeline.index`.

        What it raises ends the update, and the next one begins from the last that came through.
        """
        known, now = self._known, thumbnail(frame)
        if known is None or not _same_camera(frame, known.scene.frame):
            return self._look_at_all(frame, now, None, give_way)
        changed = changed_blocks(now, known.seen)
        if not changed.any():
            same = _restamped(known, frame)
            self._known = replace(known, scene=same.scene, age=known.age + 1)
            return same
        return (self._look_at_part(frame, now, known, spread(changed), give_way)
                or self._look_at_all(frame, now, known.encoded, give_way))

    def unchanged(self, frame: Frame) -> Update | None:
        """Return the index of a frame that shows what the last one did, None of any other.

        Any thread may ask for it, while another one updates; it changes nothing.
        """
        known = self._known
        if (known is None or not _same_camera(frame, known.scene.frame)
                or changed_blocks(thumbnail(frame), known.seen).any()):
            return None
        return _restamped(known, frame)

    def _look_at_all(self, frame: Frame, now: Thumbnail, known: Encoded | None,
                     give_way: Pause) -> Update:
        """Index a whole frame; crops that look like known ones take their local features."""
        proposer = self._proposer
        if isinstance(proposer, PartialProposer):
            masks, survey = proposer.survey(frame, give_way)
        else:
            masks, survey = proposer.propose(frame, give_way), None
        give_way()
        return self._finish(
            frame, masks, None, known, give_way,
            lambda features: SceneIndex.of(frame, masks, features),
            lambda scene, encoded: _Known(
                scene, encoded, now, reach_of(masks, now.depth.shape), survey, 0))

    def _look_at_part(self, frame: Frame, now: Thumbnail, known: _Known, changed: np.ndarray,
                      give_way: Pause) -> Update | None:
        """Index anew what reaches into the changed blocks; None where that is not possible."""
        proposer, old = self._proposer, known.scene.masks
        if not isinstance(proposer, PartialProposer):
            return None
        stays = ~(known.reach & changed).any((1, 2))
        dirty = changed | known.reach[~stays].any(0)
        parts = windows(dirty, frame.size, proposer.mask_window)
        if sum(part.width * part.height for part in parts) > _MAX_SHARE * np.prod(frame.size):
            return None
        survey = proposer.look_again(
            frame, windows(changed, frame.size, proposer.whole_window), known.survey)
        if survey is None:
            return None
        give_way()
        rows = np.flatnonzero(stays)
        new, reach = [], [known.reach[rows]]
        for part in parts:
            found = proposer.propose_in(frame, part, changed, survey)
            there = reach_of(found, changed.shape)
            concerned = (there & changed).any((1, 2))
            new.append(found[concerned])
            reach.append(there[concerned])
            give_way()
        masks = _joined(old, rows, new)
        return self._finish(
            frame, masks, known.encoded.at(rows), known.encoded, give_way,
            lambda features: known.scene.renewed(rows, frame, masks, features),
            lambda scene, encoded: _Known(scene, encoded, combined(now, known.seen, changed),
                                          np.concatenate(reach), survey, known.age + 1))

    def _finish(self, frame: Frame, masks: np.ndarray, kept: Encoded | None,
                known: Encoded | None, give_way: Pause,
                make: Callable[[np.ndarray], SceneIndex],
                remember: Callable[[SceneIndex, Encoded], _Known]) -> Update:
        """Encode masks, the first ones of which are kept, and take over the index."""
        encoding = encode(self._encoder, frame.image, masks, kept, known, give_way)
        scene = make(encoding.features)
        self._known = remember(scene, encoding.encoded)
        kind = Kind.WHOLE if kept is None else Kind.PART
        return Update(scene, kind, encoding.reused / max(len(masks), 1))


def _joined(old: np.ndarray, rows: np.ndarray, new: list[np.ndarray]) -> np.ndarray:
    """Return the masks that stay, in these rows, and new ones; each is copied but once."""
    masks = np.empty((len(rows) + sum(map(len, new)), *old.shape[1:]), bool)
    # By default NumPy would take them elsewhere first, to leave ``out`` as it is after an error.
    np.take(old, rows, 0, out=masks[:len(rows)], mode='clip')
    np.concatenate([masks[:0], *new], out=masks[len(rows):])
    return masks


def _restamped(known: _Known, frame: Frame) -> Update:
    """Return what is known as the index of another frame that shows the same."""
    return Update(known.scene.seen_again(frame), Kind.UNCHANGED, 1.0)


def _same_camera(one: Frame, other: Frame) -> bool:
    """Return whether two frames are of one size and camera, and both have depth or none."""
    return (one.size == other.size and one.camera == other.camera
            and (one.depth is None) == (other.depth is None))
