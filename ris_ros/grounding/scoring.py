"""A query meets the proposals of a frame: how likely each of them is what is meant.

One rule. Appearance gives the probability that an object is what the noun phrase says. Every
relation, and everything denied, is a factor from 0 to 1; a relation's is its geometric predicate,
summed over the doubt about which object its anchor is, the anchor being grounded in the same way.
Places and sizes then choose by rank among what fits. "None of them" and "several of them" are
hypotheses like the others.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy.special import expit, logit

from ris_ros.grounding.beliefs import Beliefs
from ris_ros.grounding.confidence import count_chances
from ris_ros.grounding.decision import DecisionSettings
from ris_ros.grounding.looks import VISUAL_RELATIONS, looks_of, says_nothing
from ris_ros.grounding.ordering import (
    SIZE_WORDS,
    chance_of_fewer,
    chance_of_rank,
    find_order,
    in_half,
    of_size,
)
from ris_ros.grounding.spatial import (
    RELATIONS,
    between,
    distances,
    outdone,
    relate,
    seen_by,
)
from ris_ros.index.outlines import SAME_OBJECT, rank, same_object
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.query import Anchor, Quantity, Query, Relation, RelationType

# As many objects of a picture are told apart, those first that look most like what is said.
MOST_OBJECTS = 64
# An outline of the bowl may hold what lies in it; up to this share of it that is a thing in it.
_SMALL_SHARE = 0.6
# Who says 'the leftmost mug', 'the mug left of the bowl' or 'the mugs' sees several: by these
# log-odds, things are likelier to be mugs.
_SEVERAL_THERE = 1.0
_LIES_IN = frozenset({RelationType.ON, RelationType.IN, RelationType.PART_OF})
# Any proposal is an object, with this chance; what lies in a larger one is mostly a part.
_ANY_OBJECT, _ANY_PART = 0.95, 0.2
# Heads of anchors that no proposal stands for, or not for certain: such a relation denies nothing.
_SURROUNDINGS = frozenset(
    'table desk tabletop floor ground counter countertop shelf wall ceiling room kitchen bathroom '
    'bedroom garage office hallway corridor scene picture image photo photograph background '
    'foreground surface side corner edge'.split())
_VIEWER = frozenset(
    'me you us myself yourself camera robot viewer observer speaker'.split())


Rate = Callable[[Query], np.ndarray]


def believe(query: Query, scene: SceneIndex, rate: Rate, settings: DecisionSettings,
            excluded: Sequence[np.ndarray] = ()) -> Beliefs:
    """Return what is thought of the objects of a scene after a query.

    rate: returns the (N,) scores of the proposals' appearance for the texts of a query.
    excluded: (H, W) bool masks of objects that are not meant.
    """
    nothing_said = says_nothing(query)
    scores = rate(looks_of(query))
    if nothing_said:  # then the proposer's order tells more than how much like an object it looks
        scores = np.full_like(scores, scores.max(initial=0.0))
    found = [(mask, score) for mask, score in rank(
        scores, scene.overlaps, settings.outline_margin, MOST_OBJECTS + len(excluded))
        if not any(same_object(scene.masks[mask], other) for other in excluded)][:MOST_OBJECTS]
    masks = np.array([mask for mask, _ in found], int)
    kept = np.array([score for _, score in found])
    if not found:
        nothing = np.zeros(0)
        return Beliefs(masks, kept, nothing, nothing, nothing, 1.0, 0.0)
    # Most of what lies in a larger outline is a part of a thing, unless it is said to lie there.
    parts = scene.parts[masks] & (not _LIES_IN & {one.type for one in query.relations})
    chances = settings.calibration.fits(
        kept - settings.part_penalty * parts, float(scores.max()))
    if _tells_apart(query):
        chances = _with_odds(chances, _SEVERAL_THERE)
    if nothing_said:
        chances = np.where(parts, _ANY_PART, _ANY_OBJECT)
    return _judge(query, scene, rate, settings, masks, kept, chances)


def _judge(query: Query, scene: SceneIndex, rate: Rate, settings: DecisionSettings,
           masks: np.ndarray, scores: np.ndarray, chances: np.ndarray) -> Beliefs:
    """Weigh objects with these chances of looking right by what else is said of them."""
    layout, plural = scene.layout, query.quantity is Quantity.ALL
    likely = chances * _not_denied(query, scene, rate, settings, masks, scores)
    words = _words(query)
    places_choose = not plural or query.count is not None
    if query.position and (sizes := [word for word in words if word in SIZE_WORDS]):
        likely = likely * of_size(sizes[0], layout, masks, likely)
    if query.position and not places_choose:
        likely = likely * in_half(query.position, layout, masks, settings.viewpoint)
    # What is near is compared with what else fits, so that comes last.
    for relation in sorted(query.relations, key=lambda one: one.type is RelationType.NEAR):
        likely = likely * _stand(relation, scene, rate, settings, masks,
                                 likely if places_choose else None)
    order = find_order(query.position, words, layout, masks, likely, settings.viewpoint)
    if order is not None and places_choose:
        chosen = chance_of_rank(order, likely, query.count if plural else 1)
        none, alone, several = chance_of_fewer(likely, order.number), chosen, 0.0
        likely = chosen
    else:
        none, alone, several = count_chances(likely)
    none, alone, several = settings.calibration.weigh(none, alone, several)
    return Beliefs(masks, scores, chances, likely, alone, none, several)


def _tells_apart(query: Query) -> bool:
    """Tell whether a query tells an object from others of its kind, or means several."""
    return bool(query.position or query.relations or query.negated_relations
                or query.quantity is Quantity.ALL or SIZE_WORDS & {*_words(query)})


def _with_odds(chances: np.ndarray, log_odds: float) -> np.ndarray:
    """Return chances after evidence of these log-odds."""
    return expit(logit(chances) + log_odds)


def _words(query: Query) -> list[str]:
    """Return the words of the target and the query's attributes, lower case."""
    return [*(query.target or '').lower().split(), *query.attributes]


def _not_denied(query: Query, scene: SceneIndex, rate: Rate, settings: DecisionSettings,
                masks: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return (K,) chances that objects are nothing of what the query denies."""
    kept = np.ones(len(masks))
    for attribute in query.negated_attributes:
        if attribute in SIZE_WORDS:
            kept = kept * (1 - of_size(attribute, scene.layout, masks, kept))
            continue
        text = f'{attribute} {query.head or "thing"}'
        denied = rate(replace(query, sentence=text, phrase=text, relations=()))
        # What fits "red mug" better than "mug" is red, whatever the threshold says.
        chance = settings.calibration.fits(denied[masks], float(denied.max()))
        kept = kept * (1 - np.where(denied[masks] > scores, np.maximum(chance, 0.98), chance))
    for relation in query.negated_relations:
        kept = kept * (1 - _stand(relation, scene, rate, settings, masks, None, missing=0.0))
    return kept


def _stand(relation: Relation, scene: SceneIndex, rate: Rate, settings: DecisionSettings,
           things: np.ndarray, rivals: np.ndarray | None,
           missing: float | None = None) -> np.ndarray:
    """Return (T,) chances that things stand in a relation to what its anchor means.

    rivals: (T,) chance that each thing is in question, where what is clearly nearest is meant by
    'near'; None where all near ones are.  missing: the chance where the anchor is not to be found;
    None for 0, or 1 where no proposal might stand for such an anchor.
    """
    kind = seen_by(relation.type, settings.viewpoint)
    anchors = relation.anchors or (Anchor(relation.anchor),)
    heads = {anchor.head or anchor.text.lower() for anchor in anchors}
    if missing is None:
        missing = float(bool(heads & _SURROUNDINGS) or kind in VISUAL_RELATIONS)
    if heads <= _VIEWER:
        return _stand_to_viewer(relation.type, scene, things, rivals, settings)
    if kind is RelationType.BETWEEN:
        return _stand_between(anchors, scene, rate, settings, things, missing)
    if kind not in RELATIONS:
        return np.full(len(things), missing)
    found = believe(as_query(anchors[0]), scene, rate, settings)
    held = relate(kind, scene.layout, things, found.masks)
    if kind is RelationType.NEAR and rivals is not None:
        held = held * outdone(distances(scene.layout, things, found.masks), rivals)
    weights = np.tile(found.meant, (len(things), 1))
    itself = _same(scene, things, found.masks)
    if kind in (RelationType.ON, RelationType.IN):
        itself &= ~_is_within(scene, things, found.masks)
    if kind in (RelationType.WITH, RelationType.PART_OF):
        held = np.where(itself, 1.0, held)  # "made of wood": the anchor is seen in the thing
    else:
        weights[itself] = 0
    return _mix(weights, np.full(len(things), found.none), held, missing)


def _stand_between(anchors: Sequence[Anchor], scene: SceneIndex, rate: Rate,
                   settings: DecisionSettings, things: np.ndarray, missing: float) -> np.ndarray:
    """Return (T,) chances that things lie between two anchors, or between two of one kind."""
    if len(anchors) == 1:
        found = believe(as_query(anchors[0]), scene, rate, settings)
        pairs = np.array(list(combinations(range(len(found.masks)), 2)), int).reshape(-1, 2)
        chance = found.likely[pairs].prod(axis=1)
        none = chance_of_fewer(found.likely, 2)
        chance = chance * (1 - none) / max(float(chance.sum()), 1e-9)
        firsts, seconds = found.masks[pairs.T]
    else:
        one, other = (believe(as_query(anchor), scene, rate, settings) for anchor in anchors[:2])
        pairs = np.indices((len(one.masks), len(other.masks))).reshape(2, -1)
        firsts, seconds = one.masks[pairs[0]], other.masks[pairs[1]]
        chance = one.meant[pairs[0]] * other.meant[pairs[1]]
        apart = scene.overlaps[firsts, seconds] <= SAME_OBJECT
        firsts, seconds, chance = firsts[apart], seconds[apart], chance[apart]
        none = one.none + other.none - one.none * other.none
    itself = _same(scene, things, firsts) | _same(scene, things, seconds)
    weights = np.where(itself, 0, chance[None])
    held = between(scene.layout, things, firsts, seconds)
    return _mix(weights, np.full(len(things), none), held, missing)


def _stand_to_viewer(relation: RelationType, scene: SceneIndex, things: np.ndarray,
                     rivals: np.ndarray | None, settings: DecisionSettings) -> np.ndarray:
    """Return (T,) chances that things stand in a relation to who looks; what is seen is ahead."""
    layout = scene.layout
    if relation in (RelationType.LEFT_OF, RelationType.RIGHT_OF):
        side = 'leftmost' if relation is RelationType.LEFT_OF else 'rightmost'
        return in_half(side, layout, things, settings.viewpoint)
    if relation is RelationType.NEAR and rivals is not None:
        order = find_order('nearest', (), layout, things, rivals, settings.viewpoint)
        return chance_of_rank(order, np.maximum(rivals, 1e-9)) / np.maximum(rivals, 1e-9)
    return np.full(len(things), 0.02 if relation is RelationType.BEHIND else 1.0)


def _mix(weights: np.ndarray, none: np.ndarray, held: np.ndarray, missing: float) -> np.ndarray:
    """Return (T,) sums of (T, A) predicates over the doubt about the anchor."""
    total = np.maximum(weights.sum(axis=1) + none, 1e-9)
    return ((weights * held).sum(axis=1) + none * missing) / total


def _same(scene: SceneIndex, things: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return (T, A) whether two proposals are outlines of one object."""
    return (things[:, None] == others) | (scene.overlaps[np.ix_(things, others)] > SAME_OBJECT)


def _is_within(scene: SceneIndex, things: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return (T, A) whether a proposal is small beside another: what lies in a bowl's outline."""
    areas = scene.layout.areas
    return areas[things, None] < _SMALL_SHARE * areas[others]


def as_query(anchor: Anchor) -> Query:
    """Return the query for an anchor."""
    text = anchor.text.lower()
    plural = anchor.head is not None and anchor.head not in text.split()  # "the two bowls"
    return Query(anchor.text, text, text, anchor.head, anchor.position, anchor.relations,
                 sentence=text, phrase=text, attributes=anchor.attributes,
                 quantity=Quantity.ALL if plural else Quantity.ONE)
