# SPDX-License-Identifier: Apache-2.0
"""Spatial relations between objects as soft predicates of masks, boxes and depth.

Each predicate is a logistic function of how clearly the relation holds: 1/2 on its border, and
nearly 1 or 0 away from it. Lengths are shares of the picture or of the objects' own sizes, so that
small pictures and large rooms need no other numbers. Depth is used where all objects in question
have a position. CLIP's features hardly tell left from right, so geometry decides among the objects
that look alike, as in training-free work since the paper.
"""
from __future__ import annotations

import numpy as np
from scipy.special import expit

from ris_ros.index.layout import Layout
from ris_ros.language.query import RelationType

# No predicate comes nearer than this to 0 or 1, because masks and words are never exact.
DOUBT = 0.02
# How far apart left, right, above and below begin, as a share of the picture's width or height.
_SIDE, _SIDE_SOFTNESS = 0.01, 0.005
# The same for in front and behind; each metre of depth counts as this share of the height.
_AHEAD, _AHEAD_SOFTNESS, _AHEAD_PER_METRE = 0.04, 0.015, 2.0
# Near objects are at most this many sums of both longest edges apart, from centre to centre. In
# space it is half of that sum plus some centimetres, because small objects far apart are not near.
_NEAR, _NEAR_SOFTNESS, _TOGETHER = 1.5, 0.15, 0.5
_NEAR_EDGES, _NEAR_METRES, _NEAR_SHARE = 0.5, 0.2, 0.1
# The ratio of distances at which one object is clearly nearer than another one, as a logarithm.
_CLEARLY, _CLEARLY_SOFTNESS = np.log(1.25), 0.06
# An object that rests on or in another one lies in the outline of that one, above all with its
# lower part, and its visible middle is nearer to the camera. If it only shows above the edge, it
# stands behind. These are shares of the object, and lengths as shares of the other one's length.
_LOWER, _INSIDE, _INSIDE_SOFTNESS = 0.75, 0.48, 0.05
_NEARER_SOFTNESS, _MOST_NEARER = 0.04, 3.0
# An object between two others is off their line by less than this share of its length.
_ASIDE, _ASIDE_SOFTNESS, _END_SOFTNESS = 0.4, 0.05, 0.03

# Relations along an axis of the picture, and the sign of their direction on it.
_AXIS_OF = {RelationType.LEFT_OF: (0, -1), RelationType.RIGHT_OF: (0, 1),
          RelationType.ABOVE: (1, -1), RelationType.BELOW: (1, 1)}
# Each relation and its name for a person who looks the other way.
_OPPOSITE = {
    RelationType.LEFT_OF: RelationType.RIGHT_OF, RelationType.RIGHT_OF: RelationType.LEFT_OF,
    RelationType.BEHIND: RelationType.IN_FRONT_OF, RelationType.IN_FRONT_OF: RelationType.BEHIND}
# Relations that `relate` judges; BETWEEN has a function of its own, and OTHER says too little.
RELATIONS = frozenset(RelationType) - {RelationType.BETWEEN, RelationType.OTHER}


def seen_by(relation: RelationType, viewpoint: str) -> RelationType:
    """Return the name of a relation for the camera.

    Args:
        relation: The relation as it was said.
        viewpoint: Whose relation it is: the 'camera', or a 'speaker' who faces the camera.
    """
    return _OPPOSITE.get(relation, relation) if viewpoint == 'speaker' else relation


def relate(relation: RelationType, layout: Layout, objects: np.ndarray,
           anchors: np.ndarray) -> np.ndarray:
    """Judge a relation of objects to anchors.

    Args:
        relation: One of RELATIONS.
        layout: The layout of the scene.
        objects: (T,) numbers of proposals.
        anchors: (A,) numbers of proposals.

    Returns:
        (T, A) how clearly each object stands in the relation to each anchor, 0 to 1.
    """
    if relation in _AXIS_OF:
        axis, sign = _AXIS_OF[relation]
        places = layout.centres[:, axis] / layout.size[1 - axis]
        found = expit((sign * (places[objects, None] - places[anchors]) - _SIDE) / _SIDE_SOFTNESS)
    elif relation in (RelationType.BEHIND, RelationType.IN_FRONT_OF):
        sign = 1 if relation is RelationType.IN_FRONT_OF else -1
        found = expit((sign * _nearness(layout, objects, anchors) - _AHEAD) / _AHEAD_SOFTNESS)
    elif relation is RelationType.NEAR:
        found = _near(layout, objects, anchors)
    elif relation in (RelationType.ON, RelationType.IN):
        found = _resting(layout, objects, anchors)
    elif relation is RelationType.WITH:  # the anchor lies in the object, or they stand together
        close = expit((_TOGETHER - relative_distances(layout, objects, anchors)) / _NEAR_SOFTNESS)
        found = np.maximum(_resting(layout, anchors, objects).T, close)
    elif relation is RelationType.PART_OF:
        found = layout.inside[np.ix_(objects, anchors)]
    else:
        raise ValueError(f'{relation} cannot be judged; give it a branch here.')
    return DOUBT + (1 - 2 * DOUBT) * found


def between(layout: Layout, objects: np.ndarray, firsts: np.ndarray,
            seconds: np.ndarray) -> np.ndarray:
    """Return the (T, P) clearness, 0 to 1, with which T objects lie between P pairs of anchors."""
    places = _places(layout, np.concatenate([objects, firsts, seconds]))
    start, line = places[firsts], places[seconds] - places[firsts]
    length = np.maximum(np.linalg.norm(line, axis=1), 1e-9)
    offset = places[objects, None] - start
    along = (offset * line).sum(axis=2) / length ** 2
    aside = np.linalg.norm(offset - along[..., None] * line, axis=2) / length
    found = (expit(np.minimum(along, 1 - along) / _END_SOFTNESS)
             * expit((_ASIDE - aside) / _ASIDE_SOFTNESS))
    return DOUBT + (1 - 2 * DOUBT) * found


def relative_distances(layout: Layout, objects: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Return (T, A) distances from centre to centre over the sum of both longest edges."""
    return distances(layout, objects, anchors) / np.maximum(_edges(layout, objects, anchors), 1e-9)


def distances(layout: Layout, objects: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Return (T, A) distances from centre to centre, in metres or, without depth, in pixels."""
    places = _places(layout, np.concatenate([objects, anchors]))
    return np.linalg.norm(places[objects, None] - places[anchors], axis=2)


def outdone(distances: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """Judge whether other objects are clearly nearer to the anchors.

    Args:
        distances: (T, A) of the objects to the anchors.
        likely: (T,) probability that each object is in question.

    Returns:
        (T, A) probability that no other object is clearly nearer.
    """
    ratio = np.log(np.maximum(distances, 1e-9))
    nearer = expit((ratio[:, None] - ratio[None] - _CLEARLY) / _CLEARLY_SOFTNESS)
    nearer[np.arange(len(likely)), np.arange(len(likely))] = 0
    return np.prod(1 - likely[None, :, None] * nearer, axis=1)


def _near(layout: Layout, objects: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Judge, (T, A), whether objects are near to anchors, given the sizes of both."""
    if not layout.has_depth(np.concatenate([objects, anchors])):
        return expit((_NEAR - relative_distances(layout, objects, anchors)) / _NEAR_SOFTNESS)
    most = _NEAR_EDGES * _edges(layout, objects, anchors) + _NEAR_METRES
    return expit((1 - distances(layout, objects, anchors) / most) / _NEAR_SHARE)


def _edges(layout: Layout, objects: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Return (T, A) sums of both longest edges, in metres or, without depth, in pixels."""
    edges = layout.boxes[:, 2:].max(axis=1).astype(float)
    if layout.has_depth(np.concatenate([objects, anchors])):
        edges = edges * layout.scale
    return edges[objects, None] + edges[anchors]


def _nearness(layout: Layout, objects: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Return by how much (T, A) objects are nearer to the camera, as shares of the height.

    On a table that is seen from above, a nearer object stands lower in the picture.
    """
    rows = layout.centres[:, 1] / layout.size[0]
    lower = rows[objects, None] - rows[anchors]
    if not layout.has_depth(np.concatenate([objects, anchors])):
        return lower
    return lower + _AHEAD_PER_METRE * (layout.reach[anchors] - layout.reach[objects, None])


def _resting(layout: Layout, objects: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Judge, (T, A), whether objects rest on or in anchors."""
    pairs = np.ix_(objects, anchors)
    share = _LOWER * layout.lower_inside[pairs] + (1 - _LOWER) * layout.inside[pairs]
    evidence = (share - _INSIDE) / _INSIDE_SOFTNESS
    if layout.has_depth(np.concatenate([objects, anchors])):
        edges = layout.scale * layout.boxes[:, 2:].max(axis=1)
        nearer = (layout.points[anchors, 2] - layout.points[objects, None, 2]) / edges[anchors]
        evidence = evidence + np.minimum(nearer / _NEARER_SOFTNESS, _MOST_NEARER)
    return expit(evidence)


def _places(layout: Layout, objects: np.ndarray) -> np.ndarray:
    """Return positions in space, or in the picture if one of the objects has no depth."""
    return layout.points if layout.has_depth(objects) else layout.centres
