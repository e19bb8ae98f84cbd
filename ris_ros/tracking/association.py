# SPDX-License-Identifier: Apache-2.0
"""Which proposal of a picture shows which known object: one to one, by place and looks.

Places are compared in space where both are known there, else as boxes in the picture; looks are
compared by CLIP's features. What a tracker follows is where the tracker says. Pairs are chosen
together (Kuhn, The Hungarian method for the assignment problem, 1955), so that things that have
changed places are told apart by their looks, and things that look alike by their places.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from ris_ros.geometry.masks import ious
from ris_ros.grounding.recognition import ALIKE, LEAD, SAME_LOOK
from ris_ros.index.outlines import SAME_OBJECT
from ris_ros.tracking.known_object import KnownObject, SceneSighting

# Least cosine of what was seen in the same place just before, at most this many seconds ago: it may
# be half hidden now, or in another light.
_STILL_ALIKE, _JUST_S = 0.5, 1.5
# A place agrees from this closeness on; it counts as much as this part of a whole match of looks.
_STAYED, _PLACE_SHARE = 0.5, 0.5
# The closeness of two places falls to one half at this distance, metres.
_NEAR_M = 0.06
# Least intersection over union with what a tracker follows; such a pair goes before all others.
_FOLLOWED, _FOLLOWED_VALUE = 0.3, 3.0
# The picture has moved as a whole if at least this many things that nothing else looks like have
# moved alike, and more than half of them; within these bounds, as shares of the picture's width
# and in metres, and farther than these.
_FEW, _ALIKE_PX, _ALIKE_M = 2, 0.03, 0.05
_STILL_PX, _STILL_M = 0.01, 0.02


@dataclass(frozen=True, eq=False)
class Shift:
    """How everything has moved from one picture to the next.

    Attributes:
        pixels: (2,) in the picture.
        metres: (3,) in space.
    """

    pixels: np.ndarray = field(default_factory=partial(np.zeros, 2))
    metres: np.ndarray = field(default_factory=partial(np.zeros, 3))

    def move(self, known: KnownObject, frame: str) -> KnownObject:
        """Return an object whose place has moved with the picture.

        Args:
            known: The object.
            frame: That of the metres.
        """
        if not (self.pixels.any() or self.metres.any()):
            return known
        point = known.point
        if point is not None and known.frame == frame:
            point = point + self.metres
        return replace(known, drift=known.drift + self.pixels, point=point)


def common_shift(known: Sequence[KnownObject], seen: SceneSighting) -> Shift:
    """Return how the picture has moved, by the things that nothing else looks like.

    Only those that were visible just before tell of it.

    Args:
        known: The objects.
        seen: The picture.
    """
    before = [one for one in known if one.is_visible and one.size == seen.frame.size]
    if len(before) < _FEW or not len(seen.features):
        return Shift()
    looks = cosines(before, seen)
    pairs = [(k, int(looks[k].argmax())) for k in range(len(before)) if _is_distinct(looks, k)]
    if len(pairs) < _FEW:
        return Shift()
    boxes = seen.scene.boxes
    pixels = np.array([boxes[j, :2] + boxes[j, 2:] / 2 - before[k].middle for k, j in pairs])
    width = seen.frame.size[1]
    metres = np.array([
        seen.points[j] - before[k].point if before[k].point is not None and seen.pose is not None
        and before[k].frame == seen.pose.frame else np.full(3, np.nan) for k, j in pairs])
    return Shift(_agreed(pixels, _ALIKE_PX * width, _STILL_PX * width),
                 _agreed(metres[np.isfinite(metres).all(axis=1)], _ALIKE_M, _STILL_M))


def associate(known: Sequence[KnownObject], seen: SceneSighting,
              followed: Mapping[int, np.ndarray]) -> list[int | None]:
    """Find known objects in a picture.

    Args:
        known: K objects, moved with the picture.
        seen: The picture.
        followed: (H, W) bool masks of what trackers follow, by the ids of the objects.

    Returns:
        The number of each object's proposal, or None where none shows it.
    """
    if not known or not len(seen.features):
        return [None] * len(known)
    looks, near = cosines(known, seen), _closeness(known, seen)
    least = np.array([_STILL_ALIKE if one.is_visible and
                      0 <= seen.frame.stamp - one.last_seen <= _JUST_S else ALIKE
                      for one in known])
    stays = (near >= _STAYED) & (looks >= least[:, None])
    value = np.where(stays | (looks >= SAME_LOOK),
                     np.maximum(looks - ALIKE, 0) / (1 - ALIKE) + _PLACE_SHARE * near, 0.0)
    for k, one in enumerate(known):
        outline = followed.get(one.id)
        if outline is not None and outline.shape == seen.frame.size:
            shares = ious(outline[None], seen.scene.masks)[0]
            stays[k] = shares >= _FOLLOWED
            value[k] = np.where(stays[k], _FOLLOWED_VALUE + shares, 0.0)
    found = _assign(value, stays, seen)
    return _without_rivals(found, stays, looks, seen.scene.overlaps)


def cosines(known: Sequence[KnownObject], seen: SceneSighting) -> np.ndarray:
    """Return the (K, N) cosines of objects, as last or as best seen, and proposals."""
    last, prime = (np.stack([getattr(one, name) for one in known]) @ seen.features.T
                   for name in ('feature', 'prime'))
    return np.maximum(last, prime)


def _is_distinct(looks: np.ndarray, k: int) -> bool:
    """Tell whether an object and a proposal look like each other, and like no third one."""
    j = int(looks[k].argmax())
    others = np.append(np.delete(looks[k], j), np.delete(looks[:, j], k))
    return looks[k, j] >= SAME_LOOK and others.max(initial=-1.0) < SAME_LOOK


def _agreed(moves: np.ndarray, alike: float, still: float) -> np.ndarray:
    """Return the (D,) move that most of (P, D) moves agree on; zeros where there is none."""
    if len(moves) < _FEW:
        return np.zeros(moves.shape[1])
    middle = np.median(moves, axis=0)
    agree = np.linalg.norm(moves - middle, axis=1) <= alike
    if agree.sum() < _FEW or 2 * agree.sum() <= len(moves) or np.linalg.norm(middle) < still:
        return np.zeros(moves.shape[1])
    return middle


def _closeness(known: Sequence[KnownObject], seen: SceneSighting) -> np.ndarray:
    """Return how near the (K, N) places are, 0 to 1."""
    boxes = seen.scene.boxes.astype(float)
    near = np.zeros((len(known), len(boxes)))
    for k, one in enumerate(known):
        if one.size == seen.frame.size:
            near[k] = _box_ious(np.append(one.box[:2] + one.drift, one.box[2:]), boxes)
        if one.point is not None and seen.pose is not None and one.frame == seen.pose.frame:
            apart = np.linalg.norm(seen.points - one.point, axis=1)
            near[k] = np.where(np.isnan(apart), near[k],
                               2.0 ** -(np.nan_to_num(apart) / _NEAR_M) ** 2)
    return near


def _box_ious(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the (N,) intersections over union of a (4,) box with (N, 4) boxes."""
    upper = np.maximum(box[:2], boxes[:, :2])
    lower = np.minimum(box[:2] + box[2:], boxes[:, :2] + boxes[:, 2:])
    common = np.prod(np.maximum(lower - upper, 0), axis=1)
    union = np.prod(box[2:]) + np.prod(boxes[:, 2:], axis=1) - common
    return common / np.maximum(union, 1e-9)


def _assign(value: np.ndarray, stays: np.ndarray, seen: SceneSighting) -> list[int | None]:
    """Return each object's proposal so that the sum of values, of those above 0, is greatest.

    No two objects get outlines of one thing. What has stayed in its place may lie within another
    one, as a ball in a bowl; what has moved may not, because that can be a part of the other one.
    """
    # Imported here, because it takes a while and the node should appear in the graph at once.
    from scipy.optimize import linear_sum_assignment
    found: list[int | None] = [None] * len(value)
    outlines, within = seen.outlines, seen.scene.overlaps > SAME_OBJECT
    free, apart = np.ones((2, value.shape[1]), bool)
    open_ = value.copy()
    while open_.any():
        pairs = [(k, j) for k, j in zip(*linear_sum_assignment(open_, maximize=True), strict=True)
                 if open_[k, j] > 0]
        for k, j in sorted(pairs, key=lambda pair: -open_[pair]):
            if free[j] and (apart[j] or stays[k, j]):
                found[k] = int(j)
                free &= ~outlines[j]
                apart &= ~within[j]
                free[j] = False
            else:
                open_[k, j] = 0.0
        open_[[k for k, j in enumerate(found) if j is not None]] = 0.0
        open_[:, ~free] = 0.0
    return found


def _without_rivals(found: list[int | None], stays: np.ndarray, looks: np.ndarray,
                    overlaps: np.ndarray) -> list[int | None]:
    """Take back the pairs that have moved and that another pair could be just as well."""
    taken = np.zeros(looks.shape[1], bool)
    for j in found:
        if j is not None:
            taken |= overlaps[j] > SAME_OBJECT
            taken[j] = True
    lost = np.array([j is None for j in found])
    kept = list(found)
    moved = [k for k, j in enumerate(found) if j is not None and not stays[k, j]]
    for k in moved:
        j = found[k]
        # Those that have moved, too, are rivals as long as nothing but looks tells them apart.
        others = [other for m in moved if m != k and (other := found[m]) is not None]
        open_ = ~taken
        open_[others] = True
        rivals = np.append(looks[k, open_], looks[lost, j])
        rivals = np.append(rivals, [looks[m, j] for m in moved if m != k])
        if looks[k, j] - rivals.max(initial=-1.0) < LEAD:
            kept[k] = None
    return kept
