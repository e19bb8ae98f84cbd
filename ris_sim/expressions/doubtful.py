"""Expressions that name nothing in the picture, or leave open which object they mean."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from ris_sim.expressions.expression import Expression, command, indices, named
from ris_sim.expressions.visible_objects import are_stacked, offsets
from ris_sim.expressions.vocabulary import RELATION_WORDS, may_mean, noun_phrase
from ris_sim.shapes.catalogue import CATEGORIES

# Farther than that, in metres, nothing is near.
_FAR = .5


def absent(sights, targets, shape, rng) -> Expression | None:
    """Name something that is not there: by its colour, its noun, or where it is to be."""
    detail = str(rng.choice(('colour', 'noun', 'relation'), p=(.4, .2, .4)))
    if detail == 'relation':
        return _nowhere(sights, targets, shape, rng)
    one, other = (targets[rng.integers(len(targets))].thing for _ in range(2))
    if detail == 'colour':  # one thing in another thing's colour
        phantom, words = replace(one, colour=other.colour, material='plain'), 'colour+category'
    else:
        phantom = replace(one, category=str(rng.choice(CATEGORIES)), material='plain')
        words = str(rng.choice(('colour+category', 'category')))
    phrase, keys = noun_phrase(phantom, rng, words)
    kinds = {s.thing.category for s in sights}
    if any(may_mean(s.thing, phrase, keys) for s in sights) or (
            detail == 'noun' and phantom.category in kinds):
        return None
    return Expression('absent', command(phrase, rng), None, (), phrase, detail)


def _nowhere(sights, targets, shape, rng) -> Expression | None:
    """Name a thing by a relation in which nothing like it stands."""
    _, phrase, same = named(sights, targets, rng, ('category', 'colour+category'))
    anchors = [s for s in targets if s not in same]
    if not anchors:
        return None
    anchor, anchor_phrase, alike = named(sights, anchors, rng, ('colour+category', 'category'))
    kind = str(rng.choice(('left_of', 'right_of', 'in_front_of', 'behind', 'near', 'on')))
    if len(alike) != 1 or any(are_stacked(s, anchor) for s in same):
        return None
    for s in same:
        gap = offsets(s, anchor, shape)
        apart = np.linalg.norm(np.subtract(s.thing.position, anchor.thing.position))
        if kind in ('near', 'on'):
            fails = apart > (_FAR if kind == 'near' else .2)
        else:
            fails = gap[{'left_of': 'right', 'right_of': 'left', 'in_front_of': 'far',
                         'behind': 'near'}[kind]] > .05
        if not fails:
            return None
    text = f'{phrase} {rng.choice(RELATION_WORDS[kind])} the {anchor_phrase}'
    return Expression('absent', command(text, rng), None, indices(same), phrase,
                      f'relation {kind}')


def ambiguous(sights, targets, shape, rng) -> Expression | None:
    """Name one of several with words that fit them all."""
    _, phrase, same = named(sights, targets, rng, ('category', 'colour', 'colour+category'))
    if sum(s in targets for s in same) < 2:
        return None
    return Expression('ambiguous', command(phrase, rng), None, indices(same), phrase,
                      targets=indices(same))
