"""Position words, sizes and relations choose among objects that look alike.

Appearance says which objects a command may mean; CLIP features hardly tell left from right, so
the geometry of masks and positions decides among those, as training-free work since the paper
does.  Left and right are the camera's.  Depth is used where every object has a position.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ris_ros.grounding.result import Candidate
from ris_ros.language.query import Anchor, Query, Relation

_SIZES = {word: sign for sign, words in (
    (1, 'smallest smaller small tiniest tiny little'),
    (-1, 'biggest bigger big largest larger large')) for word in words.split()}

# An anchor is no help where two objects are about equally near to it.
_CLEARLY_NEARER = 1.2
# What is between two objects is off their line by less than this share of its length.
_BESIDE = 0.35


def choose(query: Query, things: Sequence[Candidate],
           find_anchors: Callable[[Anchor, int], Sequence[Candidate]]) -> Candidate | None:
    """Return the one of ``things`` that the command's geometry means, None if it names no one.

    find_anchors: returns up to that many objects of the same scene that an anchor's phrase means,
    best first.
    """
    if len(things) < 2:
        return None
    left = list(things)
    for relation in query.relations:
        left = _related(relation, left, _anchors(relation, find_anchors))
    for relation in query.negated_relations:
        denied = _related(relation, left, _anchors(relation, find_anchors))
        if len(denied) < len(left):  # else nobody can tell
            left = [thing for thing in left if not any(thing is other for other in denied)]
    chosen = _by_size(query, left) or _by_position(query, left)
    if chosen is not None:
        return chosen
    return left[0] if len(left) == 1 else None


def _anchors(relation: Relation,
             find_anchors: Callable[[Anchor, int], Sequence[Candidate]]) -> list[Candidate]:
    """Return the objects that a relation refers to: two for between, else at most one."""
    phrases = relation.anchors or (Anchor(relation.anchor),)
    wanted = 2 if relation.type == 'between' else 1
    # "between the two jars" names both with one phrase.
    return [found for phrase in phrases
            for found in find_anchors(phrase, wanted // min(len(phrases), wanted))][:wanted]


def _related(relation: Relation, things: list[Candidate],
             anchors: list[Candidate]) -> list[Candidate]:
    """Keep the things that stand in a relation to the anchors; all of them if it cannot be told."""
    if len(anchors) < (2 if relation.type == 'between' else 1):
        return things
    things = [thing for thing in things if all(thing.box != anchor.box for anchor in anchors)]
    if relation.type == 'between':
        return _between(*anchors, things)
    if relation.type in ('near', 'on', 'in', 'with'):
        return _nearest_to(anchors[0], things)
    if relation.type in ('behind', 'in_front_of'):
        return _in_depth(1 if relation.type == 'behind' else -1, anchors[0], things)
    axis, sign = _AXES.get(relation.type, (None, 0))
    if axis is None:
        return things
    places = axis([*things, anchors[0]])
    return [thing for thing, place in zip(things, places, strict=False)
            if sign * (place - places[-1]) > 0]


def _between(first: Candidate, second: Candidate, things: list[Candidate]) -> list[Candidate]:
    """Return the things beside the line from one anchor to the other, not beyond its ends."""
    places = _places([*things, first, second])
    line = places[-1] - places[-2]
    length = max(float(np.linalg.norm(line)), 1e-9)
    along = (places[:-2] - places[-2]) @ line / length ** 2
    aside = np.linalg.norm(places[:-2] - places[-2] - along[:, None] * line, axis=1) / length
    return [thing for thing, share, off in zip(things, along, aside, strict=True)
            if 0 < share < 1 and off < _BESIDE]


def _in_depth(sign: int, anchor: Candidate, things: list[Candidate]) -> list[Candidate]:
    """Return the things farther from the camera than the anchor (sign 1), or nearer (-1).

    On a table seen from above, what is farther stands higher in the image: the things of which
    depth and image say the same are returned, or, where there are none, those that depth names.
    """
    rows = np.array(_down([*things, anchor]))
    above = sign * (rows[-1] - rows[:-1]) > 0
    if all(thing.position for thing in [*things, anchor]):
        depths = np.array([thing.position[2] for thing in [*things, anchor]])
        beyond = sign * (depths[:-1] - depths[-1]) > 0
    else:
        beyond = above
    agreed = beyond & above
    return [thing for thing, chosen in zip(things, agreed if agreed.any() else beyond, strict=True)
            if chosen]


def _nearest_to(anchor: Candidate, things: list[Candidate]) -> list[Candidate]:
    """Return the thing that is clearly nearest, or all where there is none."""
    places = _places([*things, anchor])
    distances = np.linalg.norm(places[:-1] - places[-1], axis=1)
    order = np.argsort(distances, kind='stable')
    if len(things) > 1 and distances[order[1]] < _CLEARLY_NEARER * distances[order[0]]:
        return things
    return [things[order[0]]] if things else []


def _places(things: Sequence[Candidate]) -> np.ndarray:
    """Return (N, 3) positions in metres, or (N, 2) centroids where one has no position."""
    if all(thing.position for thing in things):
        return np.array([thing.position for thing in things])
    return np.array([thing.centroid for thing in things])


def _by_size(query: Query, things: list[Candidate]) -> Candidate | None:
    """Return the smallest or largest thing where the target's words ask for it."""
    signs = [_SIZES[word] for word in (query.target or '').lower().split() if word in _SIZES]
    if not signs or not things:
        return None
    areas = np.array([thing.mask.sum() for thing in things], float)
    if all(thing.position for thing in things):
        areas *= np.square([thing.position[2] for thing in things])
    return things[int(np.argmin(signs[0] * areas))]


def _by_position(query: Query, things: list[Candidate]) -> Candidate | None:
    """Return the thing at the place that the position words name."""
    if not query.position or not things:
        return None
    ranks, place = np.zeros(len(things)), 0
    for word in query.position.split('+'):
        if word.startswith('nth:'):
            number, _, word = word.removeprefix('nth:').partition(':')
            place = int(number) - 1
        axis, sign = _PLACES.get(word or 'left', (None, 0))
        if axis is None:
            continue
        values = np.array(axis(things), float)
        values = np.abs(values - np.median(values)) if sign == 0 else sign * values
        # Pixels and metres are summed, so each is taken as a share of its spread.
        ranks += (values - values.min()) / max(np.ptp(values), 1e-9)
    order = np.argsort(ranks, kind='stable')
    return things[order[place]] if place < len(things) and np.ptp(ranks) > 0 else None


def _across(things: Sequence[Candidate]) -> list[float]:
    return [thing.centroid[0] for thing in things]


def _down(things: Sequence[Candidate]) -> list[float]:
    return [thing.centroid[1] for thing in things]


def _away(things: Sequence[Candidate]) -> list[float]:
    """Return distances from the camera; on a table, what is farther stands higher in the image."""
    if all(thing.position for thing in things):
        return [float(np.linalg.norm(thing.position)) for thing in things]
    return [-thing.centroid[1] for thing in things]


# What to measure, and the sign that puts the wanted one first (0: the one in the middle).
_PLACES = {
    'leftmost': (_across, 1), 'left': (_across, 1), 'rightmost': (_across, -1),
    'right': (_across, -1), 'top': (_down, 1), 'bottom': (_down, -1), 'middle': (_across, 0),
    'nearest': (_away, 1), 'farthest': (_away, -1),
}
# What to measure, and the sign of the difference from the anchor.
_AXES = {
    'left_of': (_across, -1), 'right_of': (_across, 1), 'above': (_down, -1), 'below': (_down, 1),
}
