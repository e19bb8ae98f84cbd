"""Referring expressions of all kinds, with the truth."""
from __future__ import annotations

import numpy as np

from ris_sim.expressions.composed import negation, nested, ordinal, plural
from ris_sim.expressions.dialogue import dialogue
from ris_sim.expressions.doubtful import absent, ambiguous
from ris_sim.expressions.expression import Expression, command, indices, named
from ris_sim.expressions.visible_objects import (
    VisibleObject,
    are_stacked,
    is_nearest,
    is_only_one,
    offsets,
    visible_objects,
)
from ris_sim.expressions.vocabulary import (
    POSITION_FORMS,
    RELATION_WORDS,
    SIDE_RELATIONS,
    SIZE_WORDS,
)
from ris_sim.scene import Scene

# What names objects that are there, one or of a plural all; and what names none, or not which.
KINDS = ('attribute', 'size', 'position', 'ordinal', 'relation', 'nested', 'negation', 'plural',
         'dialogue')
DOUBTFUL_KINDS = ('absent', 'ambiguous')
TARGET_SHARE = .0015
VISIBLE_SHARE = .4
ATTEMPTS = 60
# Ratio of sizes from which on one is the smaller for everybody.
CLEARLY, CLEARLY_OF_SHAPES = 1.25, 1.5

# A stacked thing is mostly told by what it is on; a unique one needs no relation, yet has it.
STACKED_FIRST = .5
ALONE_SHARE = .3


def generate_expressions(scene: Scene, labels: np.ndarray, rng: np.random.Generator,
                         per_kind: int = 1,
                         kinds: tuple[str, ...] = KINDS) -> tuple[Expression, ...]:
    """Draw up to per_kind different expressions of each kind.

    labels: (H, W) uint8 of the rendering. What is named, target or anchor, covers at least
    TARGET_SHARE of the picture and shows at least VISIBLE_SHARE of its silhouette; everything of
    which SEEN_PIXELS show counts as something the words could mean. A scene in which a kind
    cannot be said clearly gives none of it.
    """
    sights = visible_objects(scene, labels)
    targets = [s for s in sights
               if s.pixels >= TARGET_SHARE * labels.size and s.share >= VISIBLE_SHARE]
    makers = {'attribute': attribute, 'size': size, 'position': position, 'ordinal': ordinal,
              'relation': relation, 'nested': nested, 'negation': negation, 'plural': plural,
              'dialogue': dialogue, 'absent': absent, 'ambiguous': ambiguous}
    found: dict[tuple, Expression] = {}
    for kind in kinds:
        wanted = len(found) + per_kind
        for _ in range(ATTEMPTS * per_kind if targets else 0):
            expression = makers[kind](sights, targets, labels.shape, rng)
            if expression is not None:
                key = (kind, expression.phrase, expression.target_index, expression.targets,
                       expression.detail)
                found.setdefault(key, expression)
            if len(found) == wanted:
                break
    return tuple(found.values())


def attribute(sights, targets, shape, rng) -> Expression | None:
    """Name the only object of its kind or colour."""
    forms = ('colour+category', 'colour+category', 'category', 'colour', 'material+category',
             'colour+material+category')
    target, phrase, same = named(sights, targets, rng, forms)
    if len(same) != 1:
        return None
    return Expression('attribute', command(phrase, rng), target.index, indices(same), phrase)


def size(sights, targets, shape, rng) -> Expression | None:
    """Name the clearly smallest or largest of several."""
    target, phrase, same = named(sights, targets, rng, ('colour+category', 'category', 'colour'))
    rest = [s for s in same if s is not target]
    if not rest or any(s.cut for s in same):
        return None
    if all(_is_smaller(target, s) for s in rest):
        word = 'small'
    elif all(_is_smaller(s, target) for s in rest):
        word = 'large'
    else:
        return None
    text = f'{rng.choice(SIZE_WORDS[word])} {phrase}'
    return Expression('size', command(text, rng), target.index, indices(same), phrase, word)


def _is_smaller(one: VisibleObject, other: VisibleObject) -> bool:
    """Say whether one is clearly smaller; of another shape, its diagonal may be looked at."""
    factor = CLEARLY if one.thing.category == other.thing.category else CLEARLY_OF_SHAPES
    return bool((one.sizes * factor < other.sizes).all())


def position(sights, targets, shape, rng) -> Expression | None:
    """Name the one that is clearly at one end of several."""
    target, phrase, same = named(sights, targets, rng,
                                 ('category', 'category', 'colour+category', 'colour', 'object'))
    side = str(rng.choice(list(POSITION_FORMS)))
    rest = [s for s in same if s is not target]
    if not rest or min(offsets(target, s, shape)[side] for s in rest) < .05:
        return None
    text = str(rng.choice(POSITION_FORMS[side])).format(phrase)
    return Expression('position', command(text, rng), target.index, indices(same), phrase, side)


def relation(sights, targets, shape, rng) -> Expression | None:
    """Tell the target from others like it by where it is to something unique."""
    stacked = [s for s in targets if s.thing.support is not None]
    if stacked and rng.random() < STACKED_FIRST:
        return stacked_relation(sights, targets, stacked, rng)
    target, phrase, same = named(sights, targets, rng, ('category', 'colour+category', 'colour'))
    anchors = [s for s in targets if s not in same and not are_stacked(s, target)]
    if len(same) < 2 or not anchors:
        return None
    anchor, anchor_phrase, alike = named(sights, anchors, rng, ('colour+category', 'category'))
    if len(alike) != 1:
        return None
    kind = str(rng.choice(SIDE_RELATIONS))
    rest = [s for s in same if s is not target]
    if not (is_nearest(target, rest, anchor) if kind == 'near'
            else is_only_one(kind, target, rest, anchor, shape)):
        return None
    text = f'{phrase} {rng.choice(RELATION_WORDS[kind])} the {anchor_phrase}'
    return Expression('relation', command(text, rng), target.index, indices(same), phrase, kind)


def stacked_relation(sights, targets, stacked, rng) -> Expression | None:
    """Name what is on or in something unique; mostly there are others like it elsewhere."""
    forms = ('category', 'category', 'colour+category', 'colour', 'object')
    target, phrase, same = named(sights, stacked, rng, forms)
    anchors = [s for s in targets if s.thing.name == target.thing.support and s not in same]
    if not anchors or (len(same) == 1 and rng.random() > ALONE_SHARE):
        return None
    anchor, anchor_phrase, alike = named(sights, anchors, rng, ('colour+category', 'category'))
    if len(alike) != 1 or any(are_stacked(s, anchor) for s in same if s is not target):
        return None
    kind = 'in' if target.thing.contained else 'on'
    text = f'{phrase} {rng.choice(RELATION_WORDS[kind])} the {anchor_phrase}'
    return Expression('relation', command(text, rng), target.index, indices(same), phrase, kind)
