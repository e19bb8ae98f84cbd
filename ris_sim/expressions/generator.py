# SPDX-License-Identifier: Apache-2.0
"""Generate referring expressions of all kinds, with the truth."""
from __future__ import annotations

import numpy as np

from ris_sim.expressions.composed import negation, nested, ordinal, plural
from ris_sim.expressions.dialogue import dialogue
from ris_sim.expressions.doubtful import absent, ambiguous
from ris_sim.expressions.expression import Expression, command, draw_named, indices
from ris_sim.expressions.visible_objects import VisibleObject, VisibleScene, are_stacked
from ris_sim.expressions.vocabulary import (
    POSITION_FORMS,
    RELATION_WORDS,
    SIDE_RELATIONS,
    SIZE_WORDS,
)
from ris_sim.scene import Scene

# Kinds that name one object, or all objects of a plural.
KINDS = ('attribute', 'size', 'position', 'ordinal', 'relation', 'nested', 'negation', 'plural',
         'dialogue')
# Kinds that name nothing, or leave open which object they mean.
DOUBTFUL_KINDS = ('absent', 'ambiguous')
ATTEMPTS = 60
# Ratio of sizes from which on everybody calls one object smaller; of two shapes it must be larger.
CLEARLY, CLEARLY_OF_SHAPES = 1.25, 1.5
# Share of the image by which the target stands to one side of all others.
APART = .05
# Share of relations that start from a stacked object, when there is one.
STACKED_FIRST = .5
# Share of stacked objects that are named by their support although they are the only one.
ALONE_SHARE = .3


def generate_expressions(scene: Scene, labels: np.ndarray, rng: np.random.Generator,
                         per_kind: int = 1,
                         kinds: tuple[str, ...] = KINDS) -> tuple[Expression, ...]:
    """Draw different expressions of each kind.

    A target or an anchor is clearly visible (see VisibleScene.targets); every object that is
    recognisable counts as something that the words could mean.

    Args:
        scene: with the objects.
        labels: (H, W) uint8 of the rendering.
        rng: to draw with.
        per_kind: number of expressions of each kind, at most.
        kinds: of KINDS and DOUBTFUL_KINDS.

    Returns:
        The expressions; none of a kind that cannot be said clearly in this scene.
    """
    visible = VisibleScene.of(scene, labels)
    makers = {'attribute': attribute, 'size': size, 'position': position, 'ordinal': ordinal,
              'relation': relation, 'nested': nested, 'negation': negation, 'plural': plural,
              'dialogue': dialogue, 'absent': absent, 'ambiguous': ambiguous}
    found: dict[tuple, Expression] = {}
    for kind in kinds:
        wanted = len(found) + per_kind
        for _ in range(ATTEMPTS * per_kind if visible.targets else 0):
            expression = makers[kind](visible, rng)
            if expression is not None:
                key = (kind, expression.phrase, expression.target_index, expression.targets,
                       expression.detail)
                found.setdefault(key, expression)
            if len(found) == wanted:
                break
    return tuple(found.values())


def attribute(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Name the only object of its kind or colour."""
    forms = ('colour+category', 'colour+category', 'category', 'colour', 'material+category',
             'colour+material+category')
    target, phrase, same = draw_named(scene, forms, rng)
    if len(same) != 1:
        return None
    return Expression('attribute', command(phrase, rng), target.index, indices(same), phrase)


def size(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Name the object that is clearly the smallest or the largest of several."""
    target, phrase, same = draw_named(scene, ('colour+category', 'category', 'colour'), rng)
    rest = [one for one in same if one is not target]
    if not rest or any(one.cut for one in same):
        return None
    if all(_is_smaller(target, one) for one in rest):
        word = 'small'
    elif all(_is_smaller(one, target) for one in rest):
        word = 'large'
    else:
        return None
    text = f'{rng.choice(SIZE_WORDS[word])} {phrase}'
    return Expression('size', command(text, rng), target.index, indices(same), phrase, word)


def position(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Name the object that is clearly at one end of several."""
    forms = ('category', 'category', 'colour+category', 'colour', 'object')
    target, phrase, same = draw_named(scene, forms, rng)
    side = str(rng.choice(list(POSITION_FORMS)))
    rest = [one for one in same if one is not target]
    if not rest or min(scene.offsets(target, one)[side] for one in rest) < APART:
        return None
    text = str(rng.choice(POSITION_FORMS[side])).format(phrase)
    return Expression('position', command(text, rng), target.index, indices(same), phrase, side)


def relation(scene: VisibleScene, rng: np.random.Generator) -> Expression | None:
    """Tell the target from others of its kind by its relation to a unique anchor."""
    stacked = [one for one in scene.targets if one.thing.support is not None]
    if stacked and rng.random() < STACKED_FIRST:
        return stacked_relation(scene, stacked, rng)
    target, phrase, same = draw_named(scene, ('category', 'colour+category', 'colour'), rng)
    anchors = [one for one in scene.targets if one not in same and not are_stacked(one, target)]
    if len(same) < 2 or not anchors:
        return None
    anchor, anchor_phrase, alike = draw_named(scene, ('colour+category', 'category'), rng, anchors)
    if len(alike) != 1:
        return None
    kind = str(rng.choice(SIDE_RELATIONS))
    if not scene.tells_apart(kind, target, same, anchor):
        return None
    text = f'{phrase} {rng.choice(RELATION_WORDS[kind])} the {anchor_phrase}'
    return Expression('relation', command(text, rng), target.index, indices(same), phrase, kind)


def stacked_relation(scene: VisibleScene, stacked: list[VisibleObject],
                     rng: np.random.Generator) -> Expression | None:
    """Name one of the stacked objects by its unique support."""
    forms = ('category', 'category', 'colour+category', 'colour', 'object')
    target, phrase, same = draw_named(scene, forms, rng, stacked)
    anchors = [one for one in scene.targets
               if one.thing.name == target.thing.support and one not in same]
    if not anchors or (len(same) == 1 and rng.random() > ALONE_SHARE):
        return None
    anchor, anchor_phrase, alike = draw_named(scene, ('colour+category', 'category'), rng, anchors)
    if len(alike) != 1 or any(are_stacked(one, anchor) for one in same if one is not target):
        return None
    kind = 'in' if target.thing.contained else 'on'
    text = f'{phrase} {rng.choice(RELATION_WORDS[kind])} the {anchor_phrase}'
    return Expression('relation', command(text, rng), target.index, indices(same), phrase, kind)


def _is_smaller(one: VisibleObject, other: VisibleObject) -> bool:
    """Tell whether one object is clearly smaller by its longest and by its mean edge."""
    factor = CLEARLY if one.thing.category == other.thing.category else CLEARLY_OF_SHAPES
    return bool((one.sizes * factor < other.sizes).all())
