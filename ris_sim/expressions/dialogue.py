"""Short dialogues: a last command that only those before it make clear."""
from __future__ import annotations

from ris_sim.expressions.expression import Expression, command, indices, named
from ris_sim.expressions.visible_objects import VisibleObject, offsets
from ris_sim.expressions.vocabulary import COLOUR_WORDS, may_mean

_DETAILS = ('colour', 'place', 'other', 'it', 'all')
_COLOUR_FORMS = ('the {} one', 'no, the {} one', 'I mean the {} one', '{}')
# Alone, it is a fruit.
_FRUIT = 'orange'
_PLACE_FORMS = ('the one on the {}', 'the {} one', 'the {}most one', 'on the {}')
_IT = ('it', 'that one', 'pick it up', 'take it')
_OTHER = ('the other one', 'no, the other one', 'not that one')
_ALL = ('all of them', 'take all of them')
_APART = .05
# 'The mug' of one, then 'it', says little of a dialogue.
_OF_ONE = .3


def dialogue(sights, targets, shape, rng) -> Expression | None:
    """Say 'the mug' of several or of one, then 'the blue one', 'the other one', 'it' ..."""
    target, phrase, same = named(sights, targets, rng, ('category',))
    rest = [s for s in same if s is not target]
    detail = str(rng.choice(_DETAILS))
    before = (command(phrase, rng),)
    if not rest:
        if detail != 'it' or rng.random() > _OF_ONE:
            return None
        return Expression('dialogue', str(rng.choice(_IT)), target.index, indices(same), phrase,
                          detail, before=before)
    if any(s not in targets for s in same) or (detail == 'other' and len(rest) > 1):
        return None
    if detail == 'all':
        return Expression('dialogue', str(rng.choice(('both', *_ALL) if len(same) == 2 else _ALL)),
                          None, indices(same), phrase, detail, indices(same), before)
    first = rest[0] if detail == 'other' else target
    how = detail if detail in ('colour', 'place') else str(rng.choice(('colour', 'place')))
    text = _choice(how, first, [s for s in same if s is not first], phrase, shape, rng)
    if text is None:
        return None
    if detail in ('it', 'other'):
        before, text = (*before, text), str(rng.choice(_IT if detail == 'it' else _OTHER))
    return Expression('dialogue', text, target.index, indices(same), phrase, detail, before=before)


def _choice(how: str, target: VisibleObject, rest: list[VisibleObject], noun: str, shape,
            rng) -> str | None:
    """Tell the target from all others that were meant, by its colour or its side."""
    if how == 'colour':
        colour = target.thing.colour
        word = COLOUR_WORDS.get(colour, (colour,))[0]
        if target.thing.material != 'plain' or any(
                may_mean(s.thing, f'{word} {noun}', {'colour': colour}) for s in rest):
            return None
        forms = _COLOUR_FORMS[:-1] if word == _FRUIT else _COLOUR_FORMS
        return str(rng.choice(forms)).format(word)
    side = str(rng.choice(('left', 'right')))
    if any(offsets(target, s, shape)[side] < _APART for s in rest):
        return None
    return str(rng.choice(_PLACE_FORMS)).format(side)
