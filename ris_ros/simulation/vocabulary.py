"""The words that people use for what is on the table."""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ris_ros.errors import RisError
from ris_ros.simulation.scene import SceneObject

CATEGORY_WORDS = {
    'ball': ('ball', 'sphere'), 'cube': ('cube', 'block'), 'box': ('box', 'carton'),
    'ring': ('ring', 'donut'), 'mug': ('mug', 'cup', 'coffee mug'), 'plate': ('plate', 'dish'),
    'can': ('can', 'tin can', 'soda can'), 'duck': ('duck', 'rubber duck'),
    'toy car': ('toy car', 'car'), 'brick': ('brick', 'toy brick', 'lego brick'),
    'teddy bear': ('teddy bear', 'bear', 'teddy'), 'pan': ('pan', 'frying pan'),
    'marker': ('marker', 'pen'), 'bottle': ('bottle', 'water bottle')}
COLOUR_WORDS = {'gray': ('gray', 'grey'), 'purple': ('purple', 'violet'),
                'cyan': ('cyan', 'turquoise', 'light blue')}
MATERIAL_WORDS = {'metal': ('metal', 'shiny', 'metallic'), 'wood': ('wooden',),
                  'striped': ('striped',)}
GENERIC_WORDS = ('object', 'thing', 'one', 'item')
PREFIXES = ('', 'the', 'the', 'pick up the', 'grab the', 'find the', 'take the', 'give me the',
            'please get me the', 'can you hand me the', 'where is the', 'I need the')

# A word that someone could also use for these categories; it then names nothing for certain.
ALSO_MEANS = {'block': ('brick', 'box'), 'dish': ('bowl',), 'carton': ('cube',), 'light blue':
              ('blue',)}
# Things with metal parts whatever their colour; 'the metal hammer' would name every hammer.
PARTLY_METAL = frozenset({'hammer', 'screwdriver', 'can', 'pan'})

WORDS = ('colour+category', 'category', 'colour', 'material+category',
         'colour+material+category', 'object')


def pick(words: tuple[str, ...], rng: np.random.Generator) -> str:
    """Draw one of several words; the first half of the time."""
    return words[0] if rng.random() < .5 else words[rng.integers(len(words))]


def noun_phrase(thing: SceneObject, rng: np.random.Generator,
                words: str = 'colour+category') -> tuple[str, dict[str, str]]:
    """Name an object without an article.

    words: one of WORDS; a material that the object does not have, or that would not tell it
    apart, is replaced by its colour. Returns the phrase ('grey cup') and the attributes that it
    states ({'colour': 'gray', 'category': 'mug'}). Raises RisError for unknown words.
    """
    if words not in WORDS:
        raise RisError(f'There are no words {words!r}; choose from {", ".join(WORDS)}.')
    use = set(words.split('+'))
    vague = thing.material == 'metal' and thing.category in PARTLY_METAL
    if 'material' in use and (thing.material not in MATERIAL_WORDS or vague):
        use = {'colour', 'category'}
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
        parts.append(pick(CATEGORY_WORDS.get(thing.category, (thing.category,)), rng))
    else:
        parts.append(pick(GENERIC_WORDS, rng))
    return ' '.join(parts), keys


def matches(thing: SceneObject, keys: Mapping[str, str]) -> bool:
    """Say whether an object has all the stated attributes."""
    return all(getattr(thing, name) == value for name, value in keys.items())


def may_mean(thing: SceneObject, text: str, keys: Mapping[str, str]) -> bool:
    """Say whether a listener could take the phrase for this object, strictly or loosely."""
    for word, others in ALSO_MEANS.items():
        if text.endswith(word) and thing.category in others:
            keys = {name: value for name, value in keys.items() if name != 'category'}
        if text.startswith(word) and thing.colour in others:
            keys = {name: value for name, value in keys.items() if name != 'colour'}
    return matches(thing, keys)
