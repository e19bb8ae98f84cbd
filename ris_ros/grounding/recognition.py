# SPDX-License-Identifier: Apache-2.0
"""Finds objects of an earlier picture in the present one, by their place and their looks."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ris_ros.geometry.masks import ious
from ris_ros.grounding.result import Candidate
from ris_ros.index.outlines import SAME_OBJECT
from ris_ros.index.scene_index import SceneIndex

# Least intersection over union of the masks of an object that has stayed in its place.
_STAYED = 0.5
# Least cosine of the features of an object that has stayed, and of one that has moved; and the
# least lead of the latter over any other object.  They were chosen for the embedded profile on
# simulated streams (7 seeds of still, moving, panning, hand-held and darkening views and passing
# twins, .7 to 2 s apart, 963 pairs): .925 are found again, .009 are taken for another object.
ALIKE = 0.75
SAME_LOOK = 0.9
LEAD = 0.03


@dataclass(frozen=True, eq=False)
class Referent:
    """An object of an earlier answer as it was last seen.

    Attributes:
        candidate: The candidate of the answer; None where it was only pointed at.
        mask: (H, W) bool in the picture in which it was last seen.
        feature: (D,) float32, its visual feature there.
    """

    candidate: Candidate | None
    mask: np.ndarray
    feature: np.ndarray


def remember(scene: SceneIndex, candidates: Sequence[Candidate]) -> tuple[Referent, ...]:
    """Remember candidates of a scene with their features."""
    return tuple(Referent(candidate, candidate.mask, scene.features[candidate.proposal])
                 for candidate in candidates)


def find_again(objects: Sequence[Referent], scene: SceneIndex) -> list[int | None]:
    """Find objects again in a scene.

    An object is first looked for where it was. Because it or the camera may have moved, it is then
    looked for everywhere; it is found if one proposal looks like it and no other looks nearly as
    much like it. No proposal is found for two objects.

    Returns:
        The number of each object's proposal, or None where none shows it.
    """
    found: list[int | None] = [None] * len(objects)
    if not objects or not len(scene.masks):
        return found
    looks = _cosines(np.stack([one.feature for one in objects]), scene.features)
    places = np.zeros_like(looks)
    # Where the picture has changed its size, as with another camera, a place means nothing.
    rows = [row for row, one in enumerate(objects) if one.mask.shape == scene.masks.shape[1:]]
    if rows:
        places[rows] = ious(np.stack([objects[row].mask for row in rows]), scene.masks)
    free = np.ones(len(scene.masks), bool)
    stayed = np.where((places >= _STAYED) & (looks >= ALIKE), places * looks, 0)
    for k, j in _descending(stayed):
        if found[k] is None and free[j]:
            found[k] = j
            free &= scene.overlaps[j] <= SAME_OBJECT
    for k, j in _descending(np.where(looks >= SAME_LOOK, looks, 0)):
        others = free & (scene.overlaps[j] <= SAME_OBJECT)
        rival = looks[k, others].max(initial=-1.0)
        if found[k] is None and free[j] and looks[k, j] - rival >= LEAD:
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
