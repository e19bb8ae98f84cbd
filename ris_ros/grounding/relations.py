# SPDX-License-Identifier: Apache-2.0
"""How likely objects stand in a relation to an anchor that is itself known only with doubt."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ris_ros.grounding.confidence import Beliefs
from ris_ros.grounding.ordering import chance_of_fewer, chance_of_rank, find_order, in_half
from ris_ros.grounding.spatial import DOUBT, between, distances, outdone, relate
from ris_ros.index.layout import Layout
from ris_ros.index.outlines import SAME_OBJECT
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.query import Anchor, RelationType

# The outline of a bowl may hold its contents; what is smaller than this share of it is in it.
_SMALL_SHARE = 0.6
# Anchors that no proposal shows, or not reliably.
_SURROUNDINGS = frozenset(
    'table desk tabletop floor ground counter countertop shelf wall ceiling room kitchen bathroom '
    'bedroom garage office hallway corridor scene picture image photo photograph background '
    'foreground surface side corner edge'.split())
_VIEWER = frozenset(
    'me you us myself yourself camera robot viewer observer speaker'.split())


@dataclass(frozen=True, eq=False)
class AnchorPairs:
    """The P pairs of proposals that may be both anchors of 'between'.

    Attributes:
        firsts: (P,) number of the one proposal in the scene index.
        seconds: (P,) number of the other one.
        chances: (P,) probability that the pair is meant.
        none: Probability that there is no such pair.
    """

    firsts: np.ndarray
    seconds: np.ndarray
    chances: np.ndarray
    none: float

    @classmethod
    def of_one_kind(cls, beliefs: Beliefs) -> AnchorPairs:
        """Pair the objects that one phrase may mean ('between the two bowls')."""
        pairs = np.array(list(combinations(range(len(beliefs.masks)), 2)), int).reshape(-1, 2)
        chances = beliefs.likely[pairs].prod(axis=1)
        none = chance_of_fewer(beliefs.likely, 2)
        chances = chances * (1 - none) / max(float(chances.sum()), 1e-9)
        firsts, seconds = beliefs.masks[pairs.T]
        return cls(firsts, seconds, chances, none)

    @classmethod
    def of_two_kinds(cls, scene: SceneIndex, one: Beliefs, other: Beliefs) -> AnchorPairs:
        """Pair the objects that two phrases may mean ('between the jar and the pan')."""
        pairs = np.indices((len(one.masks), len(other.masks))).reshape(2, -1)
        firsts, seconds = one.masks[pairs[0]], other.masks[pairs[1]]
        chances = one.meant[pairs[0]] * other.meant[pairs[1]]
        apart = scene.overlaps[firsts, seconds] <= SAME_OBJECT
        none = one.none + other.none - one.none * other.none
        return cls(firsts[apart], seconds[apart], chances[apart], none)


def is_surrounding(anchors: Sequence[Anchor]) -> bool:
    """Tell whether an anchor is a part of the room, which seldom has a proposal of its own."""
    return bool(_heads(anchors) & _SURROUNDINGS)


def is_viewer(anchors: Sequence[Anchor]) -> bool:
    """Tell whether the anchor is the person or the camera that looks at the scene."""
    return _heads(anchors) <= _VIEWER


def related_to_anchor(kind: RelationType, scene: SceneIndex, objects: np.ndarray,
                      anchor: Beliefs, rivals: np.ndarray | None, missing: float) -> np.ndarray:
    """Judge a relation of objects to one anchor.

    Args:
        kind: One of spatial.RELATIONS.
        scene: The scene.
        objects: (T,) numbers of proposals.
        anchor: What the anchor may be.
        rivals: (T,) probability that each object is in question, where 'near' means the one that
            is clearly nearest; None where it means all that are near.
        missing: The probability of the relation if there is no such anchor.

    Returns:
        (T,) probabilities that the objects stand in the relation.
    """
    held = relate(kind, scene.layout, objects, anchor.masks)
    if kind is RelationType.NEAR and rivals is not None:
        held = held * outdone(distances(scene.layout, objects, anchor.masks), rivals)
    weights = np.tile(anchor.meant, (len(objects), 1))
    is_anchor = _same(scene, objects, anchor.masks)
    if kind in (RelationType.ON, RelationType.IN):
        is_anchor &= ~_is_much_smaller(scene, objects, anchor.masks)
    if kind in (RelationType.WITH, RelationType.PART_OF):
        held = np.where(is_anchor, 1.0, held)  # "made of wood": the anchor is seen in the object
    else:
        weights[is_anchor] = 0
    return _mean(weights, anchor.none, held, missing)


def related_to_pair(scene: SceneIndex, objects: np.ndarray, pairs: AnchorPairs,
                    missing: float) -> np.ndarray:
    """Return the (T,) probabilities that (T,) objects lie between two anchors."""
    is_anchor = _same(scene, objects, pairs.firsts) | _same(scene, objects, pairs.seconds)
    weights = np.where(is_anchor, 0, pairs.chances[None])
    held = between(scene.layout, objects, pairs.firsts, pairs.seconds)
    return _mean(weights, pairs.none, held, missing)


def related_to_viewer(relation: RelationType, layout: Layout, objects: np.ndarray,
                      rivals: np.ndarray | None, viewpoint: str) -> np.ndarray:
    """Return the (T,) probabilities that (T,) objects stand in a relation to who looks at them.

    All that is seen is in front of the viewer.
    """
    if relation in (RelationType.LEFT_OF, RelationType.RIGHT_OF):
        side = 'leftmost' if relation is RelationType.LEFT_OF else 'rightmost'
        return in_half(side, layout, objects, viewpoint)
    if relation is RelationType.NEAR and rivals is not None:
        order = find_order('nearest', (), layout, objects, rivals, viewpoint)
        assert order is not None, 'nearest is an order'
        return chance_of_rank(order, np.maximum(rivals, 1e-9)) / np.maximum(rivals, 1e-9)
    return np.full(len(objects), DOUBT if relation is RelationType.BEHIND else 1.0)


def _heads(anchors: Sequence[Anchor]) -> set[str]:
    """Return the head nouns of anchors."""
    return {anchor.head or anchor.text.lower() for anchor in anchors}


def _mean(weights: np.ndarray, none: float, held: np.ndarray, missing: float) -> np.ndarray:
    """Return the (T,) means of (T, A) predicates over the anchors and over having none."""
    total = np.maximum(weights.sum(axis=1) + none, 1e-9)
    return ((weights * held).sum(axis=1) + none * missing) / total


def _same(scene: SceneIndex, objects: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return (T, A) whether two proposals are outlines of one object."""
    return (objects[:, None] == others) | (scene.overlaps[np.ix_(objects, others)] > SAME_OBJECT)


def _is_much_smaller(scene: SceneIndex, objects: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return (T, A) whether a proposal is small beside another one, as an apple in a bowl."""
    areas = scene.layout.areas
    return areas[objects, None] < _SMALL_SHARE * areas[others]
