# SPDX-License-Identifier: Apache-2.0
"""Expressions that take more than one step to understand."""
from __future__ import annotations

import numpy as np

from ris_sim.expressions.expression import Expression, command, draw_named, indices
from ris_sim.expressions.visible_objects import (
    OPPOSITE_SIDES,
    RELATION_SIDES,
    VisibleScene,
    are_stacked,
)
from ris_sim.expressions.vocabulary import (
    COLOUR_WORDS,
    ORDINAL_FORMS,
    ORDINAL_WORDS,
    RELATION_WORDS,
    SIDE_RELATIONS,
    may_mean,
    pick,
    plural_of,
)

# Objects that are counted stand this far apart, as a share of the image.
_APART = .05
_PLURAL_FORMS = ('all the {}', 'all {}', 'every one of the {}', 'the {}', 'all of the {}')
_NOT = ('that is not', 'which is not', "that isn't")
_ANCHOR_FORMS = ('colour+category', 'category')
# 'the first mug' is often said in other words, so most first ones are left out.
_SKIPPED_FIRST = .7
_BY_COLOUR = .7
_BESIDE_SOMETHING = .5


def ordinal(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Count among several objects from one side; None when the order is not clear."""
    forms = ('category', 'category', 'colour+category', 'colour', 'object')
    target, phrase, same = draw_named(scene, forms, rng)
    side = str(rng.choice(list(ORDINAL_FORMS)))
    opposite = OPPOSITE_SIDES[side]
    gaps = [scene.offsets(target, one) for one in same if one is not target]
    # Each of the others must be clearly before or clearly after the target.
    if not gaps or any(max(gap[side], gap[opposite]) < _APART for gap in gaps):
        return None
    number = sum(gap[opposite] >= _APART for gap in gaps)
    if (number == 0 and rng.random() < _SKIPPED_FIRST) or number >= len(ORDINAL_WORDS):
        return None
    text = str(rng.choice(ORDINAL_FORMS[side])).format(number=ORDINAL_WORDS[number], phrase=phrase)
    return Expression('ordinal', _with_article(text, rng), target.index, indices(same), phrase,
                      side)


def nested(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Tell the target by an anchor that another anchor tells from others of its kind."""
    target, phrase, same = draw_named(scene, ('category', 'colour+category', 'colour'), rng)
    anchors = [one for one in scene.targets if one not in same and not are_stacked(one, target)]
    if not anchors:
        return None
    anchor, anchor_phrase, alike = draw_named(scene, ('category', 'colour'), rng, anchors)
    last = [one for one in scene.targets if one not in same and one not in alike]
    if len(alike) < 2 or not last or target in alike:
        return None
    end, end_phrase, others = draw_named(scene, _ANCHOR_FORMS, rng, last)
    outer, inner = (str(rng.choice(SIDE_RELATIONS)) for _ in range(2))
    if len(others) != 1 or not scene.tells_apart(
            inner, anchor, alike, end) or not scene.tells_apart(outer, target, same, anchor):
        return None
    words = [rng.choice(RELATION_WORDS[relation]) for relation in (outer, inner)]
    text = f'{phrase} {words[0]} the {anchor_phrase} that is {words[1]} the {end_phrase}'
    return Expression('nested', command(text, rng), target.index, indices(same), phrase, outer)


def negation(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Tell the target by the colour, or the side, that it does not have."""
    target, phrase, same = draw_named(scene, ('category',), rng)
    rest = [one for one in same if one is not target]
    if not rest:
        return None
    colours = {one.thing.colour for one in rest}
    colour = next(iter(colours))
    is_plain = all(one.thing.colour and one.thing.material == 'plain' for one in same)
    if (len(colours) == 1 and colour != target.thing.colour and is_plain
            and rng.random() < _BY_COLOUR):
        word = pick(COLOUR_WORDS.get(colour, (colour,)), rng)
        if may_mean(target.thing, f'{word} {phrase}', {'colour': colour}):
            return None  # some call a light blue object blue
        text = f'{phrase} {rng.choice(_NOT)} {word}'
        return Expression('negation', command(text, rng), target.index, indices(same), phrase,
                          'colour')
    anchors = [one for one in scene.targets if one not in same and not are_stacked(one, target)]
    if not anchors:
        return None
    anchor, anchor_phrase, alike = draw_named(scene, _ANCHOR_FORMS, rng, anchors)
    relation = str(rng.choice(('left_of', 'right_of')))
    side = RELATION_SIDES[relation]
    if (len(alike) != 1 or scene.offsets(target, anchor)[OPPOSITE_SIDES[side]] < _APART
            or any(scene.offsets(one, anchor)[side] < _APART for one in rest)):
        return None
    text = f'{phrase} {rng.choice(_NOT)} {rng.choice(RELATION_WORDS[relation])} the {anchor_phrase}'
    return Expression('negation', command(text, rng), target.index, indices(same), phrase,
                      relation)


def plural(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Name all objects of a kind, or all of a kind on one side of an anchor."""
    _, phrase, same = draw_named(scene, ('category', 'colour', 'colour+category'), rng)
    if len(same) < 2 or any(one not in scene.targets for one in same):
        return None
    several, meant, detail = plural_of(phrase), same, ''
    form = str(rng.choice(('both {}', *_PLURAL_FORMS) if len(same) == 2 else _PLURAL_FORMS))
    if len(same) > 2 and rng.random() < _BESIDE_SOMETHING:
        anchors = [one for one in scene.targets if one not in same]
        if not anchors:
            return None
        anchor, anchor_phrase, alike = draw_named(scene, _ANCHOR_FORMS, rng, anchors)
        detail = str(rng.choice(('left_of', 'right_of')))
        gaps = [scene.offsets(one, anchor)[RELATION_SIDES[detail]] for one in same]
        meant = [one for one, gap in zip(same, gaps, strict=True) if gap > 0]
        if len(alike) != 1 or len(meant) < 2 or any(abs(gap) < _APART for gap in gaps):
            return None
        several = f'{several} {rng.choice(RELATION_WORDS[detail])} the {anchor_phrase}'
        form = str(rng.choice(_PLURAL_FORMS))
    verb = str(rng.choice(('', 'pick up', 'take', 'find', 'give me')))
    return Expression('plural', f'{verb} {form.format(several)}'.strip(), None, indices(same),
                      phrase, detail, indices(meant))


def _with_article(text: str, rng: np.random.Generator) -> str:
    """Put an imperative with an article, or the article alone, before an expression."""
    whole = command(text, rng)
    return f'the {text}' if whole == text else whole
