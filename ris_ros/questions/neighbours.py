# SPDX-License-Identifier: Apache-2.0
"""How a thing stands to the named thing beside it: 'in the bowl', '0.12 m left of the mug'."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ris_ros.grounding.spatial import distances, relate, relative_distances, seen_by
from ris_ros.index.outlines import SAME_OBJECT
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.query import RelationType
from ris_ros.questions.naming import Name
from ris_ros.questions.wording import with_article

_SIDES = ((RelationType.LEFT_OF, 'left of'), (RelationType.RIGHT_OF, 'right of'),
          (RelationType.IN_FRONT_OF, 'in front of'), (RelationType.BEHIND, 'behind'))
# What rests in one of these is in it, and what rests on anything else is on it.
_HOLLOW = frozenset('bowl box cup mug glass jar vase pot pan bucket basket bin tub bag drawer can '
                    'tin'.split())
# A neighbour is at most this many metres away, or this many sums of both longest edges.
_NEAR_M, _NEAR_EDGES = 0.5, 3.0


def tell_neighbour(scene: SceneIndex, thing: int, noun: str,
                   others: Sequence[int] | np.ndarray, names: Sequence[Name],
                   viewpoint: str) -> str:
    """Tell how a thing stands to the nearest named thing; '' where none is near.

    Args:
        scene: The scene.
        thing: Number of its proposal.
        noun: What it is called.
        others: (K,) numbers of other things' proposals.
        names: Their names.
        viewpoint: Whose left and front is meant, as in DecisionSettings.
    """
    layout = scene.layout
    known = [(other, name) for other, name in zip(others, names, strict=True)
             if name.is_known and other != thing and (
                 scene.overlaps[thing, other] <= SAME_OBJECT
                 or layout.areas[other] > layout.areas[thing])]
    if not known:
        return ''
    one, numbers = np.array([thing]), np.array([other for other, _ in known])
    resting = relate(RelationType.ON, layout, one, numbers)[0]
    if resting.max() > 0.5:
        name = known[int(resting.argmax())][1]
        word = 'in' if name.noun.split()[-1] in _HOLLOW else 'on'
        return f'{word} {_called(name, names, noun)}'
    apart = scene.overlaps[thing, numbers] <= SAME_OBJECT
    if not apart.any():
        return ''
    known = [pair for pair, is_apart in zip(known, apart, strict=True) if is_apart]
    numbers = numbers[apart]
    lengths = distances(layout, one, numbers)[0]
    nearest = int(lengths.argmin())
    other, name = known[nearest]
    in_space = layout.has_depth(np.array([thing, *numbers]))
    if (in_space and lengths[nearest] > _NEAR_M) or (not in_space and (
            relative_distances(layout, one, numbers)[0][nearest] > _NEAR_EDGES)):
        return ''
    length = f'{lengths[nearest]:.2f} m ' if in_space else ''
    return f'{length}{_side(scene, thing, other, viewpoint)} {_called(name, names, noun)}'


def _side(scene: SceneIndex, thing: int, other: int, viewpoint: str) -> str:
    """Return on which side of another thing a thing stands."""
    layout = scene.layout
    pair = np.array([thing, other])
    if layout.has_depth(pair):
        across, _, away = layout.points[thing] - layout.points[other]
    else:  # on a table, what stands higher in the picture is farther away
        across, up = layout.centres[thing] - layout.centres[other]
        away = -up
    if abs(across) >= abs(away):
        kind = RelationType.RIGHT_OF if across > 0 else RelationType.LEFT_OF
    else:
        kind = RelationType.BEHIND if away > 0 else RelationType.IN_FRONT_OF
    return dict(_SIDES)[seen_by(kind, viewpoint)]


def _called(name: Name, names: Sequence[Name], noun: str) -> str:
    """Return 'the mug' where one of the names is such, 'the red mug' where that tells it apart.

    Beside a thing that is called so itself it is 'another mug'.
    """
    if name.noun == noun:
        return f'another {name.noun}'
    alike = [other for other in names if other.is_known and other.noun == name.noun]
    if len(alike) == 1:
        return f'the {name.noun}'
    if sum(other.words == name.words for other in alike) == 1:
        return f'the {name.words}'
    return with_article(name.words)
