# SPDX-License-Identifier: Apache-2.0
"""Expressions that name nothing in the image, or leave open which object they mean."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from ris_sim.expressions.expression import Expression, command, draw_named, indices
from ris_sim.expressions.visible_objects import (
    OPPOSITE_SIDES,
    RELATION_SIDES,
    VisibleScene,
    are_stacked,
)
from ris_sim.expressions.vocabulary import RELATION_WORDS, may_mean, noun_phrase
from ris_sim.shapes.catalogue import CATEGORIES

# Metres beyond which an object is surely not near an anchor, or not on it.
_NOT_NEAR, _NOT_ON = .5, .2
# Share of the image by which an object stands on the opposite side.
_APART = .05


def absent(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Name something that is not there: by its colour, its noun, or its place."""
    detail = str(rng.choice(('colour', 'noun', 'relation'), p=(.4, .2, .4)))
    if detail == 'relation':
        return _absent_by_relation(scene, rng)
    one, other = (scene.targets[rng.integers(len(scene.targets))].thing for _ in range(2))
    if detail == 'colour':  # one object in another one's colour
        phantom, words = replace(one, colour=other.colour, material='plain'), 'colour+category'
    else:
        phantom = replace(one, category=str(rng.choice(CATEGORIES)), material='plain')
        words = str(rng.choice(('colour+category', 'category')))
    phrase, keys = noun_phrase(phantom, rng, words)
    kinds = {visible.thing.category for visible in scene.objects}
    if any(may_mean(visible.thing, phrase, keys) for visible in scene.objects) or (
            detail == 'noun' and phantom.category in kinds) or (
            scene.background & {phrase.split()[-1], phantom.category.split()[-1]}):
        return None
    return Expression('absent', command(phrase, rng), None, (), phrase, detail)


def _absent_by_relation(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Name an object by a relation that no object of its kind has."""
    _, phrase, same = draw_named(scene, ('category', 'colour+category'), rng)
    anchors = [one for one in scene.targets if one not in same]
    if not anchors:
        return None
    anchor, anchor_phrase, alike = draw_named(scene, ('colour+category', 'category'), rng, anchors)
    relation = str(rng.choice(('left_of', 'right_of', 'in_front_of', 'behind', 'near', 'on')))
    if len(alike) != 1 or any(are_stacked(one, anchor) for one in same):
        return None
    for one in same:
        distance = np.linalg.norm(np.subtract(one.thing.position, anchor.thing.position))
        if relation in ('near', 'on'):
            fails = distance > (_NOT_NEAR if relation == 'near' else _NOT_ON)
        else:
            opposite = OPPOSITE_SIDES[RELATION_SIDES[relation]]
            fails = scene.offsets(one, anchor)[opposite] > _APART
        if not fails:
            return None
    text = f'{phrase} {rng.choice(RELATION_WORDS[relation])} the {anchor_phrase}'
    return Expression('absent', command(text, rng), None, indices(same), phrase,
                      f'relation {relation}')


def ambiguous(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Name one of several objects with words that fit them all."""
    _, phrase, same = draw_named(scene, ('category', 'colour', 'colour+category'), rng)
    if sum(one in scene.targets for one in same) < 2:
        return None
    return Expression('ambiguous', command(phrase, rng), None, indices(same), phrase,
                      targets=indices(same))
