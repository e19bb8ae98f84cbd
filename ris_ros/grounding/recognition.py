"""Find objects of an earlier picture in the present one, by where they are and how they look."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ris_ros.grounding.result import Candidate
from ris_ros.index.outlines import SAME_OBJECT
from ris_ros.index.scene_index import SceneIndex

# Intersection over union with where it was, from which on an object has stayed.
_STAYED = 0.5
# Least cosine of the features of an object that stayed, and of one that is somewhere else, and by
# how much the latter must exceed that of any other object.  Chosen for the embedded profile on
# simulated streams (7 seeds of still, moving, panning, hand-held and darkening views and passing
# twins, .7 to 2 s apart, 963 pairs): .925 are found again, .009 are taken for something else.
_ALIKE = 0.75
_SAME_LOOK = 0.9
_LEAD = 0.03


@dataclass(frozen=True, eq=False)
class Seen:
    """An object as it was last seen.

    candidate: as it was answered.  mask: (H, W) bool.  feature: (D,) float32, how it looks.
    """

    candidate: Candidate
    mask: np.ndarray
    feature: np.ndarray


def remember(scene: SceneIndex, candidates: Sequence[Candidate]) -> tuple[Seen, ...]:
    """Return candidates of a scene with their features."""
    return tuple(Seen(candidate, candidate.mask, scene.features[_index(scene, candidate)])
                 for candidate in candidates)


def _index(scene: SceneIndex, candidate: Candidate) -> int:
    """Return which proposal a candidate is."""
    same_box = np.flatnonzero((scene.boxes == candidate.box).all(axis=1))
    return next(int(i) for i in same_box if (scene.masks[i] == candidate.mask).all())


def find_again(objects: Sequence[Seen], scene: SceneIndex) -> list[int | None]:
    """Return which proposal of a scene shows each object, None where none does.

    An object is looked for first where it was, then, since it or the camera may have moved,
    wherever something looks like it and nothing else looks nearly as much like it.  No two objects
    are found in one.
    """
    found: list[int | None] = [None] * len(objects)
    if not objects or not len(scene.masks):
        return found
    looks = _cosines(np.stack([seen.feature for seen in objects]), scene.features)
    places = _ious(np.stack([seen.mask for seen in objects]), scene.masks)
    free = np.ones(len(scene.masks), bool)
    stayed = np.where((places >= _STAYED) & (looks >= _ALIKE), places * looks, 0)
    for k, j in _descending(stayed):
        if found[k] is None and free[j]:
            found[k] = j
            free &= scene.overlaps[j] <= SAME_OBJECT
    for k, j in _descending(np.where(looks >= _SAME_LOOK, looks, 0)):
        others = free & (scene.overlaps[j] <= SAME_OBJECT)
        rival = looks[k, others].max(initial=-1.0)
        if found[k] is None and free[j] and looks[k, j] - rival >= _LEAD:
            found[k] = j
            free &= scene.overlaps[j] <= SAME_OBJECT
    return found


def _descending(values: np.ndarray) -> list[tuple[int, int]]:
    """Return the (row, column) of the values above zero, highest first."""
    order = np.argsort(-values, axis=None, kind='stable')[:np.count_nonzero(values)]
    return [divmod(int(i), values.shape[1]) for i in order]


def _cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the (K, N) cosines of (K, D) and (N, D) features."""
    first, second = (f / np.linalg.norm(f, axis=1, keepdims=True) for f in (first, second))
    return first @ second.T


def _ious(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the (K, N) intersections over unions of (K, H, W) and (N, H, W) bool masks.

    All are 0 where the picture has changed its size.
    """
    if first.shape[1:] != second.shape[1:]:
        return np.zeros((len(first), len(second)))
    first, second = (m.reshape(len(m), -1).astype(np.float32) for m in (first, second))
    both = first @ second.T
    return both / (first.sum(axis=1)[:, None] + second.sum(axis=1) - both)
