# SPDX-License-Identifier: Apache-2.0
"""The words that people use for objects, sizes, places, numbers and relations."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from ris_ros.errors import RisError
from ris_sim.expressions.home_words import HOME_WORDS
from ris_sim.sampling.colours import COLOURS
from ris_sim.scene import SceneObject
from ris_sim.shapes.catalogue import CATEGORIES, HOME_CATEGORIES

CATEGORY_WORDS = {
    'ball': ('ball', 'sphere'), 'cube': ('cube', 'block'), 'box': ('box', 'carton'),
    'ring': ('ring', 'donut'), 'mug': ('mug', 'cup', 'coffee mug'), 'plate': ('plate', 'dish'),
    'can': ('can', 'tin can', 'soda can'), 'duck': ('duck', 'rubber duck'),
    'toy car': ('toy car', 'car'), 'brick': ('brick', 'toy brick', 'lego brick'),
    'teddy bear': ('teddy bear', 'bear', 'teddy'), 'pan': ('pan', 'frying pan'),
    'marker': ('marker', 'pen'), 'bottle': ('bottle', 'water bottle')}
# With the things that are in Style.HOME alone; the 27 of Style.TOY keep their words.
ALL_WORDS = {**{name: words for name, words in HOME_WORDS.items() if name not in CATEGORIES},
             **CATEGORY_WORDS}
COLOUR_WORDS = {'gray': ('gray', 'grey'), 'purple': ('purple', 'violet'),
                'cyan': ('cyan', 'turquoise', 'light blue')}
MATERIAL_WORDS = {'metal': ('metal', 'shiny', 'metallic'), 'wood': ('wooden',),
                  'striped': ('striped',), 'transparent': ('transparent', 'clear')}
GENERIC_WORDS = ('object', 'thing', 'one', 'item')
PREFIXES = ('', 'the', 'the', 'pick up the', 'grab the', 'find the', 'take the', 'give me the',
            'please get me the', 'can you hand me the', 'where is the', 'I need the')

# Words that some people use for other categories or colours too, so that they are uncertain there.
ALSO_MEANS = {'block': ('brick', 'box'), 'dish': ('bowl',), 'carton': ('cube',),
              'light blue': ('blue',)}
# Objects with metal parts whatever their material; 'the metal hammer' would name every hammer.
PARTLY_METAL = frozenset({'hammer', 'screwdriver', 'can', 'pan'})

WORDS = ('colour+category', 'category', 'colour', 'material+category',
         'colour+material+category', 'object')

SIZE_WORDS = {'small': ('small', 'smallest', 'little', 'smaller', 'tiny'),
              'large': ('large', 'largest', 'big', 'bigger', 'biggest')}
POSITION_FORMS = {
    'left': ('leftmost {}', '{} on the far left', '{} furthest to the left', '{} on the left'),
    'right': ('rightmost {}', '{} on the far right', '{} furthest to the right',
              '{} on the right'),
    'near': ('nearest {}', 'closest {}', '{} closest to the camera', '{} in the front'),
    'far': ('farthest {}', '{} furthest away', '{} farthest from the camera', '{} in the back')}
RELATION_WORDS = {
    'left_of': ('left of', 'to the left of', 'on the left of'),
    'right_of': ('right of', 'to the right of', 'on the right of'),
    'in_front_of': ('in front of',),
    'behind': ('behind',),
    'near': ('next to', 'near', 'beside', 'close to', 'by'),
    'on': ('on', 'on', 'on top of'),
    'in': ('in', 'in', 'inside')}
SIDE_RELATIONS = ('left_of', 'right_of', 'in_front_of', 'behind', 'near')
ORDINAL_WORDS = ('first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth')
ORDINAL_FORMS = {
    'left': ('{number} {phrase} from the left', '{number} {phrase} from left'),
    'right': ('{number} {phrase} from the right', '{number} {phrase} from right'),
    'near': ('{number} closest {phrase}', '{number} nearest {phrase}'),
    'far': ('{number} farthest {phrase}',)}


def other_meanings() -> dict[str, tuple[str, ...]]:
    """Return for each uncertain word what else it means: what ALSO_MEANS says, or a namesake."""
    found = {word: list(others) for word, others in ALSO_MEANS.items()}
    for name, words in ALL_WORDS.items():
        for word in words:
            others = [other for other, listed in ALL_WORDS.items()
                      if other != name and word in (other, *listed)]
            if others:
                found[word] = list(dict.fromkeys((*found.get(word, ()), *others)))
    return {word: tuple(others) for word, others in found.items()}


def plural_of(phrase: str) -> str:
    """Return the plural of a noun phrase: 'red boxes' for 'red box'."""
    if phrase.endswith(' one'):
        return f'{phrase[:-4]} objects'
    return f'{phrase}{"es" if phrase.endswith(("x", "sh", "ss")) else "s"}'


def pick(words: tuple[str, ...], rng: np.random.Generator) -> str:
    """Draw one of several words; the first one at least half of the time."""
    return words[0] if rng.random() < .5 else words[rng.integers(len(words))]


def noun_phrase(thing: SceneObject, rng: np.random.Generator,
                words: str = 'colour+category') -> tuple[str, dict[str, str]]:
    """Name an object without an article.

    Args:
        thing: the object.
        rng: draws synonyms.
        words: one of WORDS. The colour replaces a material that the object does not have, or
            that would not tell it apart.

    Returns:
        The phrase, such as 'grey cup', and the attributes that it states, such as
        {'colour': 'gray', 'category': 'mug'}.

    Raises:
        RisError: if words is none of WORDS.
    """
    if words not in WORDS:
        raise RisError(f'There are no words {words!r}; choose from {", ".join(WORDS)}.')
    use = set(words.split('+'))
    if not thing.colour and 'colour' in use:
        # A print of several colours has no colour word.
        use = use - {'colour'} | {'category'}
    vague = thing.material == 'metal' and thing.category in PARTLY_METAL
    if 'material' in use and (thing.material not in MATERIAL_WORDS or vague):
        use = {'colour', 'category'} if thing.colour else {'category'}
    if thing.material == 'wood' and {'colour', 'category'} <= use:
        # Nobody calls bare wood brown when there is the word wooden.
        use = {'material', 'category'}
    keys, parts = {}, []
    if 'colour' in use:
        keys['colour'] = thing.colour
        parts.append(pick(COLOUR_WORDS.get(thing.colour, (thing.colour,)), rng))
    if 'material' in use:
        keys['material'] = thing.material
        parts.append(pick(MATERIAL_WORDS[thing.material], rng))
    if 'category' in use:
        keys['category'] = thing.category
        parts.append(pick(ALL_WORDS.get(thing.category, (thing.category,)), rng))
    else:
        parts.append(pick(GENERIC_WORDS, rng))
    return ' '.join(parts), keys


def matches(thing: SceneObject, keys: Mapping[str, str]) -> bool:
    """Tell whether an object has all the stated attributes."""
    return all(getattr(thing, name) == value for name, value in keys.items())


def may_mean(thing: SceneObject, text: str, keys: Mapping[str, str]) -> bool:
    """Tell whether a listener could take a phrase, with its attributes, for an object."""
    for word, others in _OTHER_MEANINGS.items():
        if text.endswith(word) and thing.category in others:
            keys = {name: value for name, value in keys.items() if name != 'category'}
        if text.startswith(word) and thing.colour in others:
            keys = {name: value for name, value in keys.items() if name != 'colour'}
    if not thing.colour:
        # Any of its print's colours may be meant.
        keys = {name: value for name, value in keys.items() if name != 'colour'}
    return matches(thing, keys)


def may_be_called(category: str, colour: str, material: str, words: str) -> bool:
    """Tell whether a listener could use a noun phrase for an object with these attributes.

    Args:
        category: of the object.
        colour: of the object; '' fits every colour word.
        material: of the object.
        words: the noun phrase in lower case. Sizes and places in it are not judged; a noun that
            is not in the vocabulary fits no object.
    """
    text = f' {words} '
    for form, meant in _spoken(_COLOUR_FORMS, text):
        if f' {form} ' in text and colour and colour not in meant:
            return False
        # Do not read "blue" in "light blue" again.
        text = text.replace(f' {form} ', ' ')
    for _, meant in _spoken(_MATERIAL_FORMS, text):
        if material not in meant:
            return False
    nouns = list(_spoken(_CATEGORY_FORMS, text))
    if nouns:  # the last and longest counts, as in "the water bottle"
        _, meant = max(nouns, key=lambda pair: (text.rfind(pair[0]) + len(pair[0]),
                                                len(pair[0])))
        return category in meant
    return any(f' {word} ' in text or f' {word}s ' in text for word in GENERIC_WORDS)


def _spoken(forms: Mapping[str, frozenset[str]], text: str) -> list[tuple[str, frozenset[str]]]:
    """Return the forms that a text contains as words, with their meanings; the longest first."""
    return [(form, forms[form]) for form in sorted(forms, key=len, reverse=True)
            if f' {form} ' in text]


def _forms(words: Mapping[str, tuple[str, ...]], names: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return all forms of names, uncertain ones included, with the names that each may mean."""
    found: dict[str, set[str]] = {}
    for name in names:
        for form in words.get(name, (name,)):
            found.setdefault(form, set()).update({name, *ALSO_MEANS.get(form, ())})
    return {form: frozenset(meant) for form, meant in found.items()}


_OTHER_MEANINGS = other_meanings()
_COLOUR_FORMS = _forms(COLOUR_WORDS, COLOURS)
_MATERIAL_FORMS = _forms(MATERIAL_WORDS, MATERIAL_WORDS)
_CATEGORY_FORMS = _forms(ALL_WORDS, HOME_CATEGORIES)
_CATEGORY_FORMS |= {f'{form}{"es" if form.endswith(("sh", "x")) else "s"}': meant
                    for form, meant in _CATEGORY_FORMS.items()}
