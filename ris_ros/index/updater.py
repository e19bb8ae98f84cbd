# SPDX-License-Identifier: Apache-2.0
"""Keeps a scene index up to date, frame by frame, without computing again what has not changed."""
from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from ris_ros.chunks import Pause, no_pause
from ris_ros.encoder.encoder import Encoder
from ris_ros.encoder.encoding import MaskFeatures, encode
from ris_ros.frame import Frame
from ris_ros.index.regions import reach_of, spread, windows
from ris_ros.index.scene_index import SceneIndex
from ris_ros.index.thumbnail import Thumbnail, changed_blocks, combined, thumbnail
from ris_ros.proposals import Proposer
from ris_ros.proposals.embedded import EmbeddedProposer, FrameAnalysis

# Where more of the picture than this has changed, all of it is indexed again: that hardly costs
# more, and the proposer sees everything.
_MAX_SHARE = 0.8


class UpdateKind(Enum):
    """How much of a frame was indexed again."""

    UNCHANGED = 'unchanged'
    PART = 'part'
    WHOLE = 'whole'


@dataclass(frozen=True, eq=False)
class IndexUpdate:
    """The scene index of a new frame, and how it was made.

    Attributes:
        scene: The index.
        kind: How much of the frame was indexed again.
        reused: Share of the local features that were kept from earlier frames, 0 to 1.
        fallback: Name of the profile by which the robot made it because its pool did not answer;
            else ''.
        note: A sentence on that; else ''.
        has_other_models: Whether the fallback has other models than the pool; features of one
            cannot be compared with those of the other.
    """

    scene: SceneIndex
    kind: UpdateKind
    reused: float
    fallback: str = ''
    note: str = ''
    has_other_models: bool = False


@dataclass(frozen=True, eq=False)
class _Proposals:
    """The masks of a frame, and what the next update has to know of them.

    Attributes:
        masks: (N, H, W) bool.
        kept: (K,) int, masks of the last index that are the first K of these, in this order;
            None where the whole frame was looked at.
        reach: (N, h, w) bool, the blocks of the picture that each mask has a part in.
        seen: What each block looked like when it was last looked at.
        analysis: What the proposer needs to look again at a part; None if it cannot do that.
        age: Number of frames since a whole one was looked at.
    """

    masks: np.ndarray
    kept: np.ndarray | None
    reach: np.ndarray
    seen: Thumbnail
    analysis: FrameAnalysis | None
    age: int


@dataclass(frozen=True, eq=False)
class _State:
    """The last index with its masks as the proposer and the encoder saw them."""

    scene: SceneIndex
    mask_features: MaskFeatures
    proposals: _Proposals


class Updater:
    """Keeps a scene index up to date.

    A frame that looks like the last one, but for noise, takes over its masks and features. Where
    a part has changed, the masks that reach into it are dropped and the proposer looks again at
    that part; the other masks keep their local features, while the global ones are made anew. If
    too much has changed, as when the camera or the light moves, or if the proposer cannot judge a
    part by itself, the whole frame is indexed; a crop that looks like an earlier one still keeps
    its local feature. No mask that reaches into a changed block is ever kept.
    """

    def __init__(self, proposer: Proposer, encoder: Encoder, refresh_every: int) -> None:
        """Start without an index.

        Args:
            proposer: Finds the masks. Only the embedded proposer can look at a part of a frame.
            encoder: Makes the visual features.
            refresh_every: Number of frames after which ``is_due`` asks for a call of ``renew``.
        """
        self._proposer = proposer
        self._encoder = encoder
        self._refresh_every = refresh_every
        self._last: _State | None = None

    @property
    def pool_fault(self) -> str:
        """'': it needs no pool."""
        return ''

    def close(self) -> None:
        """Let go of nothing: it holds nothing but memory."""

    @property
    def is_due(self) -> bool:
        """Whether to renew the next frame; the caller waits for a moment when nobody else does."""
        return self._last is not None and self._last.proposals.age + 1 >= self._refresh_every

    def renew(self, frame: Frame, give_way: Pause = no_pause,
              is_awaited: bool = True) -> IndexUpdate:
        """Index a frame from nothing, as `Pipeline.index` does."""
        return self._index(frame, self._propose_all(frame, thumbnail(frame), give_way), None,
                           give_way)

    def update(self, frame: Frame, give_way: Pause = no_pause,
               is_awaited: bool = True) -> IndexUpdate:
        """Index a frame, keeping what has not changed since the last one.

        Args:
            frame: The new frame.
            give_way: Called between chunks of the work, as by `Pipeline.index`. If it raises, the
                update ends and the next one starts from the last that was completed.
            is_awaited: Makes no difference here; an index by a pool can be delayed without it.
        """
        last, now = self._last, thumbnail(frame)
        if last is None or not same_camera(frame, last.scene.frame):
            return self._index(frame, self._propose_all(frame, now, give_way), None, give_way)
        changed = changed_blocks(now, last.proposals.seen)
        if not changed.any():
            same = _restamped(last, frame)
            older = replace(last.proposals, age=last.proposals.age + 1)
            self._last = replace(last, scene=same.scene, proposals=older)
            return same
        proposals = (self._propose_part(frame, now, last, spread(changed), give_way)
                     or self._propose_all(frame, now, give_way))
        return self._index(frame, proposals, last, give_way)

    def unchanged(self, frame: Frame) -> IndexUpdate | None:
        """Return the index of a frame that shows what the last one did, None for any other.

        Any thread may call this while another one updates; it changes nothing.
        """
        last = self._last
        if (last is None or not same_camera(frame, last.scene.frame)
                or changed_blocks(thumbnail(frame), last.proposals.seen).any()):
            return None
        return _restamped(last, frame)

    def _propose_all(self, frame: Frame, now: Thumbnail, give_way: Pause) -> _Proposals:
        """Find the masks of a whole frame."""
        if isinstance(self._proposer, EmbeddedProposer):
            masks, analysis = self._proposer.analyse(frame, give_way)
        else:
            masks, analysis = self._proposer.propose(frame, give_way), None
        give_way()
        return _Proposals(masks, None, reach_of(masks, now.depth.shape), now, analysis, 0)

    def _propose_part(self, frame: Frame, now: Thumbnail, last: _State, changed: np.ndarray,
                      give_way: Pause) -> _Proposals | None:
        """Find only the masks that reach into the changed blocks; None where that is impossible."""
        proposer, before, old = self._proposer, last.proposals, last.scene.masks
        if not isinstance(proposer, EmbeddedProposer) or before.analysis is None:
            return None
        stays = ~(before.reach & changed).any((1, 2))
        dirty = changed | before.reach[~stays].any(0)
        parts = windows(dirty, frame.size, proposer.mask_window)
        if sum(part.width * part.height for part in parts) > _MAX_SHARE * np.prod(frame.size):
            return None
        analysis = proposer.update_analysis(
            frame, windows(changed, frame.size, proposer.analysis_window), before.analysis)
        if analysis is None:
            return None
        give_way()
        kept = np.flatnonzero(stays)
        new, reach = [], [before.reach[kept]]
        for part in parts:
            found = proposer.propose_in(frame, part, changed, analysis)
            there = reach_of(found, changed.shape)
            concerned = (there & changed).any((1, 2))
            new.append(found[concerned])
            reach.append(there[concerned])
            give_way()
        return _Proposals(_joined(old, kept, new), kept, np.concatenate(reach),
                          combined(now, before.seen, changed), analysis, before.age + 1)

    def _index(self, frame: Frame, proposals: _Proposals, last: _State | None,
               give_way: Pause) -> IndexUpdate:
        """Encode the masks with the help of the last index, and remember the new one."""
        masks, kept = proposals.masks, proposals.kept
        known = None if last is None else last.mask_features
        stays = None if kept is None or known is None else known.at(kept)
        encoding = encode(self._encoder, frame.image, masks, stays, known, give_way)
        if kept is None or last is None:
            scene, kind = SceneIndex.of(frame, masks, encoding.features), UpdateKind.WHOLE
        else:
            scene = last.scene.renewed(kept, frame, masks, encoding.features)
            kind = UpdateKind.PART
        self._last = _State(scene, encoding.mask_features, proposals)
        return IndexUpdate(scene, kind, encoding.reused / max(len(masks), 1))


def _joined(old: np.ndarray, rows: np.ndarray, new: list[np.ndarray]) -> np.ndarray:
    """Return the masks in these rows of the old ones, then the new ones; copy each only once."""
    masks = np.empty((len(rows) + sum(map(len, new)), *old.shape[1:]), bool)
    # With its default mode NumPy would buffer the result, to leave ``out`` intact on an error.
    np.take(old, rows, 0, out=masks[:len(rows)], mode='clip')
    np.concatenate([masks[:0], *new], out=masks[len(rows):])
    return masks


def _restamped(last: _State, frame: Frame) -> IndexUpdate:
    """Return the last index as that of another frame that shows the same."""
    return IndexUpdate(last.scene.seen_again(frame), UpdateKind.UNCHANGED, 1.0)


def same_camera(one: Frame, other: Frame) -> bool:
    """Return whether two frames are of one size and camera, and both or none have depth."""
    return (one.size == other.size and one.camera == other.camera
            and (one.depth is None) == (other.depth is None))
