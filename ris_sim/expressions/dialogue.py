# SPDX-License-Identifier: Apache-2.0
"""Short dialogues: a last command that is clear only after those before it."""
from __future__ import annotations

import numpy as np

from ris_sim.expressions.expression import Expression, command, draw_named, indices
from ris_sim.expressions.visible_objects import VisibleObject, VisibleScene
from ris_sim.expressions.vocabulary import COLOUR_WORDS, may_mean

_DETAILS = ('colour', 'place', 'other', 'it', 'all')
_COLOUR_FORMS = ('the {} one', 'no, the {} one', 'I mean the {} one', '{}')
# This colour word alone would be a fruit.
_FRUIT = 'orange'
_PLACE_FORMS = ('the one on the {}', 'the {} one', 'the {}most one', 'on the {}')
_IT = ('it', 'that one', 'pick it up', 'take it')
_OTHER = ('the other one', 'no, the other one', 'not that one')
_ALL = ('all of them', 'take all of them')
# Shares of the image by which the target stands to one side of all others.
_APART = .05
# 'it' after 'the mug' is easy when there is one mug, so only this share of them is kept.
_OF_ONE = .3


def dialogue(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Say 'the mug', and then 'the blue one', 'the other one', 'it' and the like."""
    target, phrase, same = draw_named(scene, ('category',), rng)
    rest = [one for one in same if one is not target]
    detail = str(rng.choice(_DETAILS))
    before = (command(phrase, rng),)
    if not rest:
        if detail != 'it' or rng.random() > _OF_ONE:
            return None
        return Expression('dialogue', str(rng.choice(_IT)), target.index, indices(same), phrase,
                          detail, before=before)
    if any(one not in scene.targets for one in same) or (detail == 'other' and len(rest) > 1):
        return None
    if detail == 'all':
        return Expression('dialogue', str(rng.choice(('both', *_ALL) if len(same) == 2 else _ALL)),
                          None, indices(same), phrase, detail, indices(same), before)
    first = rest[0] if detail == 'other' else target
    how = detail if detail in ('colour', 'place') else str(rng.choice(('colour', 'place')))
    others = [one for one in same if one is not first]
    text = (_by_colour(first, others, phrase, rng) if how == 'colour'
            else _by_side(scene, first, others, rng))
    if text is None:
        return None
    if detail in ('it', 'other'):
        before, text = (*before, text), str(rng.choice(_IT if detail == 'it' else _OTHER))
    return Expression('dialogue', text, target.index, indices(same), phrase, detail, before=before)


def _by_colour(target: VisibleObject, rest: list[VisibleObject], noun: str,
               rng: np.random.Generator) -> str | None:
    """Tell the target from the others by its colour, or return None when that is not clear."""
    colour = target.thing.colour
    word = COLOUR_WORDS.get(colour, (colour,))[0]
    if not colour or target.thing.material != 'plain' or any(
            may_mean(one.thing, f'{word} {noun}', {'colour': colour}) for one in rest):
        return None
    forms = _COLOUR_FORMS[:-1] if word == _FRUIT else _COLOUR_FORMS
    return str(rng.choice(forms)).format(word)


def _by_side(scene: VisibleScene, target: VisibleObject, rest: list[VisibleObject],
             rng: np.random.Generator) -> str | None:
    """Tell the target from the others by its side, or return None when that is not clear."""
    side = str(rng.choice(('left', 'right')))
    if any(scene.offsets(target, one)[side] < _APART for one in rest):
        return None
    return str(rng.choice(_PLACE_FORMS)).format(side)
