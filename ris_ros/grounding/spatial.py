"""Relations between objects as soft predicates of masks, boxes and depth.

Each is a logistic function of how clearly the relation holds: 1/2 on its border, nearly 1 or 0
away from it. Lengths are shares of the picture, or of the objects' own sizes, so that a small
picture or a large room needs no other numbers. Depth is used where all objects in question have a
position. CLIP features hardly tell left from right, so geometry decides about what they find
alike, as in training-free work since the paper.
"""
from __future__ import annotations

import numpy as np
from scipy.special import expit

from ris_ros.index.layout import Layout
from ris_ros.language.query import RelationType

# No predicate comes nearer than this to 0 or 1, because masks and words are never exact.
DOUBT = 0.02
# Left, right, above and below begin so far off, as a share of the picture's width or height.
_SIDE, _SIDE_SOFTNESS = 0.01, 0.005
# In front and behind likewise; to the share of the height, depth adds so much for each metre.
_AHEAD, _AHEAD_SOFTNESS, _AHEAD_PER_METRE = 0.04, 0.015, 2.0
# What is near is at most so many sums of both longest edges away, centre to centre; in space half
# of one and a hand's breadth or two in metres: small things far apart are not near.
_NEAR, _NEAR_SOFTNESS, _TOGETHER = 1.5, 0.15, 0.5
_NEAR_EDGES, _NEAR_METRES, _NEAR_SHARE = 0.5, 0.2, 0.1
# What another thing clearly nearer than that (a ratio of distances) makes less likely meant.
_CLEARLY, _CLEARLY_SOFTNESS = np.log(1.25), 0.06
# What rests on or in something lies in its outline, with its lower part above all, and its visible
# middle is nearer than that of the thing; what only shows above its edge stands behind it. Shares,
# and parts of its length.
_LOWER, _INSIDE, _INSIDE_SOFTNESS = 0.75, 0.48, 0.05
_NEARER_SOFTNESS, _MOST_NEARER = 0.04, 3.0
# What is between two is off their line by less than this share of its length.
_ASIDE, _ASIDE_SOFTNESS, _END_SOFTNESS = 0.4, 0.05, 0.03

# Relations along an axis of the picture, and the sign of the way in which it points.
_AXIS_OF = {RelationType.LEFT_OF: (0, -1), RelationType.RIGHT_OF: (0, 1),
          RelationType.ABOVE: (1, -1), RelationType.BELOW: (1, 1)}
# Each relation and what it is to somebody who looks the other way.
_OPPOSITE = {
    RelationType.LEFT_OF: RelationType.RIGHT_OF, RelationType.RIGHT_OF: RelationType.LEFT_OF,
    RelationType.BEHIND: RelationType.IN_FRONT_OF, RelationType.IN_FRONT_OF: RelationType.BEHIND}
# Relations that geometry judges; BETWEEN has a function of its own, OTHER says too little.
RELATIONS = frozenset(RelationType) - {RelationType.BETWEEN, RelationType.OTHER}


def seen_by(relation: RelationType, viewpoint: str) -> RelationType:
    """Return what a relation is called from the camera's place, as its viewpoint has it.

    viewpoint: 'camera', or 'speaker' for a person who faces the camera.
    """
    return _OPPOSITE.get(relation, relation) if viewpoint == 'speaker' else relation


def relate(relation: RelationType, layout: Layout, things: np.ndarray,
           anchors: np.ndarray) -> np.ndarray:
    """Return (T, A) how well T things stand in one of RELATIONS to A anchors, 0 to 1.

    things, anchors: indices of proposals.
    """
    if relation in _AXIS_OF:
        axis, sign = _AXIS_OF[relation]
        places = layout.centres[:, axis] / layout.size[1 - axis]
        found = expit((sign * (places[things, None] - places[anchors]) - _SIDE) / _SIDE_SOFTNESS)
    elif relation in (RelationType.BEHIND, RelationType.IN_FRONT_OF):
        sign = 1 if relation is RelationType.IN_FRONT_OF else -1
        found = expit((sign * _nearness(layout, things, anchors) - _AHEAD) / _AHEAD_SOFTNESS)
    elif relation is RelationType.NEAR:
        found = _near(layout, things, anchors)
    elif relation in (RelationType.ON, RelationType.IN):
        found = _resting(layout, things, anchors)
    elif relation is RelationType.WITH:  # it holds it, or they stand together
        close = expit((_TOGETHER - relative_distances(layout, things, anchors)) / _NEAR_SOFTNESS)
        found = np.maximum(_resting(layout, anchors, things).T, close)
    else:
        found = layout.inside[np.ix_(things, anchors)]
    return DOUBT + (1 - 2 * DOUBT) * found


def between(layout: Layout, things: np.ndarray, firsts: np.ndarray,
            seconds: np.ndarray) -> np.ndarray:
    """Return (T, P) how well T things lie between P pairs of anchors, 0 to 1."""
    places = _places(layout, np.concatenate([things, firsts, seconds]))
    start, line = places[firsts], places[seconds] - places[firsts]
    length = np.maximum(np.linalg.norm(line, axis=1), 1e-9)
    offset = places[things, None] - start
    along = (offset * line).sum(axis=2) / length ** 2
    aside = np.linalg.norm(offset - along[..., None] * line, axis=2) / length
    found = (expit(np.minimum(along, 1 - along) / _END_SOFTNESS)
             * expit((_ASIDE - aside) / _ASIDE_SOFTNESS))
    return DOUBT + (1 - 2 * DOUBT) * found


def relative_distances(layout: Layout, things: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Return (T, A) distances from centre to centre over the sum of both longest edges."""
    return distances(layout, things, anchors) / np.maximum(_edges(layout, things, anchors), 1e-9)


def distances(layout: Layout, things: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Return (T, A) distances from centre to centre, in metres or, without depth, in pixels."""
    places = _places(layout, np.concatenate([things, anchors]))
    return np.linalg.norm(places[things, None] - places[anchors], axis=2)


def outdone(distances: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """Return (T, A) the chance that no other thing is clearly nearer to an anchor.

    distances: (T, A).  likely: (T,), the chance that a thing is one of those in question.
    """
    ratio = np.log(np.maximum(distances, 1e-9))
    nearer = expit((ratio[:, None] - ratio[None] - _CLEARLY) / _CLEARLY_SOFTNESS)
    nearer[np.arange(len(likely)), np.arange(len(likely))] = 0
    return np.prod(1 - likely[None, :, None] * nearer, axis=1)


def _near(layout: Layout, things: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Return (T, A) how near things are to the anchors, by the sizes of both."""
    if not layout.has_depth(np.concatenate([things, anchors])):
        return expit((_NEAR - relative_distances(layout, things, anchors)) / _NEAR_SOFTNESS)
    most = _NEAR_EDGES * _edges(layout, things, anchors) + _NEAR_METRES
    return expit((1 - distances(layout, things, anchors) / most) / _NEAR_SHARE)


def _edges(layout: Layout, things: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Return (T, A) sums of both longest edges, in metres or, without depth, in pixels."""
    edges = layout.boxes[:, 2:].max(axis=1).astype(float)
    if layout.has_depth(np.concatenate([things, anchors])):
        edges = edges * layout.scale
    return edges[things, None] + edges[anchors]


def _nearness(layout: Layout, things: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Return (T, A) how much nearer to the camera the things are, as shares of the height.

    On a table seen from above, what is nearer stands lower in the picture.
    """
    rows = layout.centres[:, 1] / layout.size[0]
    lower = rows[things, None] - rows[anchors]
    if not layout.has_depth(np.concatenate([things, anchors])):
        return lower
    return lower + _AHEAD_PER_METRE * (layout.reach[anchors] - layout.reach[things, None])


def _resting(layout: Layout, things: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Return (T, A) how well things rest on or in the anchors."""
    pairs = np.ix_(things, anchors)
    share = _LOWER * layout.lower_inside[pairs] + (1 - _LOWER) * layout.inside[pairs]
    evidence = (share - _INSIDE) / _INSIDE_SOFTNESS
    if layout.has_depth(np.concatenate([things, anchors])):
        edges = layout.scale * layout.boxes[:, 2:].max(axis=1)
        nearer = (layout.points[anchors, 2] - layout.points[things, None, 2]) / edges[anchors]
        evidence = evidence + np.minimum(nearer / _NEARER_SOFTNESS, _MOST_NEARER)
    return expit(evidence)


def _places(layout: Layout, things: np.ndarray) -> np.ndarray:
    """Return positions in space, or in the picture where one of the things has no depth."""
    return layout.points if layout.has_depth(things) else layout.centres
