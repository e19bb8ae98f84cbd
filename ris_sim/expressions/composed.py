"""Expressions that take more than one step to understand."""
from __future__ import annotations

from ris_sim.expressions.expression import Expression, command, indices, named
from ris_sim.expressions.visible_objects import (
    VisibleObject,
    are_stacked,
    is_nearest,
    is_only_one,
    offsets,
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

# What stands apart enough to be counted, as a share of the picture.
_APART = .05
# 'all the mugs' of a single one is odd.
_PLURAL_FORMS = ('all the {}', 'all {}', 'every one of the {}', 'the {}', 'all of the {}')
_NOT = ('that is not', 'which is not', "that isn't")


def ordinal(sights, targets, shape, rng) -> Expression | None:
    """Count among several from one side."""
    target, phrase, same = named(sights, targets, rng,
                                 ('category', 'category', 'colour+category', 'colour', 'object'))
    side = str(rng.choice(list(ORDINAL_FORMS)))
    ahead = {s.index: offsets(target, s, shape)[side] for s in same if s is not target}
    # Each of the others is clearly before or clearly after the target.
    opposite = {'left': 'right', 'right': 'left', 'near': 'far', 'far': 'near'}[side]
    behind = {s.index: offsets(target, s, shape)[opposite] for s in same if s is not target}
    if not ahead or any(max(ahead[i], behind[i]) < _APART for i in ahead):
        return None
    number = sum(behind[i] >= _APART for i in behind)
    if number == 0 and rng.random() < .7:  # mostly not the first
        return None
    text = str(rng.choice(ORDINAL_FORMS[side])).format(number=ORDINAL_WORDS[number], phrase=phrase)
    return Expression('ordinal', _the(text, rng), target.index, indices(same), phrase, side)


def nested(sights, targets, shape, rng) -> Expression | None:
    """Tell the target by an anchor that is itself told from others like it by another one."""
    target, phrase, same = named(sights, targets, rng, ('category', 'colour+category', 'colour'))
    anchors = [s for s in targets if s not in same and not are_stacked(s, target)]
    if not anchors:
        return None
    anchor, anchor_phrase, alike = named(sights, anchors, rng, ('category', 'colour'))
    last = [s for s in targets if s not in same and s not in alike]
    if len(alike) < 2 or not last or target in alike:
        return None
    end, end_phrase, others = named(sights, last, rng, ('colour+category', 'category'))
    outer, inner = (str(rng.choice(SIDE_RELATIONS)) for _ in range(2))
    if len(others) != 1 or not _tells(inner, anchor, alike, end, shape) or not _tells(
            outer, target, same, anchor, shape):
        return None
    words = [rng.choice(RELATION_WORDS[kind]) for kind in (outer, inner)]
    text = (f'{phrase} {words[0]} the {anchor_phrase} that is {words[1]} the {end_phrase}')
    return Expression('nested', command(text, rng), target.index, indices(same), phrase, outer)


def negation(sights, targets, shape, rng) -> Expression | None:
    """Tell the target by the colour, or the place, that it has not."""
    target, phrase, same = named(sights, targets, rng, ('category',))
    rest = [s for s in same if s is not target]
    if not rest:
        return None
    colours = {s.thing.colour for s in rest}
    colour = next(iter(colours))
    plain = all(s.thing.material == 'plain' for s in same)
    if len(colours) == 1 and colour != target.thing.colour and plain and rng.random() < .7:
        word = pick(COLOUR_WORDS.get(colour, (colour,)), rng)
        if may_mean(target.thing, f'{word} {phrase}', {'colour': colour}):
            return None  # blue is a light blue to some
        text = f'{phrase} {rng.choice(_NOT)} {word}'
        return Expression('negation', command(text, rng), target.index, indices(same), phrase,
                          'colour')
    anchors = [s for s in targets if s not in same and not are_stacked(s, target)]
    if not anchors:
        return None
    anchor, anchor_phrase, alike = named(sights, anchors, rng, ('colour+category', 'category'))
    kind = str(rng.choice(('left_of', 'right_of')))
    side, away = (('left', 'right') if kind == 'left_of' else ('right', 'left'))
    if len(alike) != 1 or offsets(target, anchor, shape)[away] < .05 or any(
            offsets(s, anchor, shape)[side] < .05 for s in rest):
        return None
    text = (f'{phrase} {rng.choice(_NOT)} {rng.choice(RELATION_WORDS[kind])} the {anchor_phrase}')
    return Expression('negation', command(text, rng), target.index, indices(same), phrase, kind)


def plural(sights, targets, shape, rng) -> Expression | None:
    """Mean all of a kind, or all of a kind on one side of something."""
    _, phrase, same = named(sights, targets, rng, ('category', 'colour', 'colour+category'))
    if len(same) < 2 or any(s not in targets for s in same):
        return None
    several, meant, detail = plural_of(phrase), same, ''
    form = str(rng.choice(('both {}', *_PLURAL_FORMS) if len(same) == 2 else _PLURAL_FORMS))
    if len(same) > 2 and rng.random() < .5:
        anchors = [s for s in targets if s not in same]
        if not anchors:
            return None
        anchor, anchor_phrase, alike = named(sights, anchors, rng, ('colour+category', 'category'))
        detail = str(rng.choice(('left_of', 'right_of')))
        side = 'left' if detail == 'left_of' else 'right'
        gaps = [offsets(s, anchor, shape)[side] for s in same]
        meant = [s for s, gap in zip(same, gaps, strict=True) if gap > 0]
        if len(alike) != 1 or not 2 <= len(meant) or any(abs(gap) < .05 for gap in gaps):
            return None
        several = f'{several} {rng.choice(RELATION_WORDS[detail])} the {anchor_phrase}'
        form = str(rng.choice(_PLURAL_FORMS))
    verb = str(rng.choice(('', 'pick up', 'take', 'find', 'give me')))
    return Expression('plural', f'{verb} {form.format(several)}'.strip(), None, indices(same),
                      phrase, detail, indices(meant))


def _tells(kind: str, target: VisibleObject, same: list[VisibleObject], anchor: VisibleObject,
           shape) -> bool:
    """Say whether of all that are alike, only the target stands so to an anchor."""
    rest = [s for s in same if s is not target]
    return (is_nearest(target, rest, anchor) if kind == 'near'
            else is_only_one(kind, target, rest, anchor, shape))


def _the(text: str, rng) -> str:
    """Put an imperative with an article before an expression that needs one."""
    said = command(text, rng)
    return f'the {text}' if said == text else said
