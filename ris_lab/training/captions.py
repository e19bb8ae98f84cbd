"""Captions of single objects (colour, category, material) and what each of them matches.

Where an object is, and how big, is left to geometry at run time. Such words appear here only as
words to be ignored, so that a whole sentence still points at its target.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CATEGORY_WORDS = {
    'ball': ('ball', 'sphere'), 'cube': ('cube', 'block'), 'box': ('box', 'carton'),
    'cylinder': ('cylinder',), 'cone': ('cone',), 'pyramid': ('pyramid',),
    'ring': ('ring', 'donut', 'hoop'), 'mug': ('mug', 'cup', 'coffee mug', 'coffee cup'),
    'bowl': ('bowl',), 'plate': ('plate', 'dish'), 'bottle': ('bottle', 'water bottle'),
    'can': ('can', 'tin', 'tin can', 'soda can'), 'banana': ('banana',),
    'duck': ('duck', 'rubber duck', 'toy duck'), 'book': ('book',),
    'vase': ('vase', 'flower vase'), 'apple': ('apple',), 'pear': ('pear',),
    'carrot': ('carrot',), 'hammer': ('hammer',), 'screwdriver': ('screwdriver',),
    'marker': ('marker', 'pen', 'marker pen'), 'toy car': ('toy car', 'car'),
    'brick': ('brick', 'toy brick', 'lego brick'),
    'teddy bear': ('teddy bear', 'teddy', 'bear'), 'pan': ('pan', 'frying pan', 'skillet'),
    'jar': ('jar',),
}
GROUP_WORDS = {
    'fruit': ('banana', 'apple', 'pear'), 'tool': ('hammer', 'screwdriver'),
    'vegetable': ('carrot',), 'toy': ('duck', 'toy car', 'teddy bear'),
}
COLOUR_WORDS = {
    'red': ('red',), 'orange': ('orange',), 'yellow': ('yellow',), 'green': ('green',),
    'cyan': ('cyan', 'turquoise', 'light blue'), 'blue': ('blue', 'dark blue'),
    'purple': ('purple', 'violet'), 'pink': ('pink',), 'brown': ('brown',), 'white': ('white',),
    'gray': ('gray', 'grey'), 'black': ('black',),
}
MATERIAL_WORDS = {
    'metal': ('metal', 'metallic', 'shiny', 'steel'), 'wood': ('wooden', 'wood'),
    'striped': ('striped', 'stripy'),
}
MATERIALS = ('plain', *MATERIAL_WORDS)
ANY_WORDS = ('object', 'thing', 'one', 'item')
PREFIXES = ('', 'the', 'the', 'the', 'a', 'a', 'an', 'that', 'this', 'my', 'a photo of a',
            'pick up the', 'grab the', 'take the', 'get the', 'find the', 'bring me the',
            'give me the', 'hand me the', 'please get me the', 'could you pick up the',
            'can you grab the', 'where is the', 'show me the', 'point to the', 'put down the',
            'i want the', 'i need the', 'move the', 'lift the', 'fetch the', 'look at the')
FILLERS = ('small', 'big', 'large', 'tiny', 'little', 'smallest', 'largest', 'biggest', 'smaller',
           'bigger', 'left', 'right', 'leftmost', 'rightmost', 'left most', 'right most', 'front',
           'back', 'closest', 'nearest', 'farthest', 'middle', 'first', 'second', 'third', 'other',
           'upper', 'lower')
PLACES = ('on the left', 'on the right', 'on the left side', 'on the right side', 'in the middle',
          'in front', 'in the back', 'on the far left', 'on the far right', 'at the top',
          'at the bottom', 'closest to the camera', 'farthest from the camera', 'on the table',
          'furthest away', 'please', 'from the left', 'from the right', 'for me')
RELATIONS = ('next to', 'near', 'beside', 'close to', 'by', 'left of', 'to the left of',
             'on the left of', 'right of', 'to the right of', 'on the right of', 'in front of',
             'behind', 'closer than', 'beyond', 'between', 'in back of', 'nearest to', 'and')
# Their word pieces share one row of the token table, the one that every unseen word gets.
UNSEEN_WORDS = (
    'stapler', 'umbrella', 'phone', 'laptop', 'spoon', 'fork', 'knife', 'keyboard', 'lamp',
    'scissors', 'guitar', 'pillow', 'towel', 'wallet', 'helmet', 'dinosaur', 'zebra', 'rocket',
    'flashlight', 'remote', 'battery', 'candle', 'camera', 'clock', 'spatula', 'whistle', 'rope',
    'sponge', 'tissue', 'lemon', 'grape', 'bread', 'cheese', 'egg', 'shoe', 'hat', 'glove',
    'basket', 'bucket', 'drill', 'wrench', 'saw', 'nail', 'glue', 'ruler', 'eraser', 'envelope',
    'calculator', 'magnet', 'puzzle', 'robot', 'doll', 'dice', 'trophy', 'medal', 'mirror',
)
UNSEEN_FILLERS = ('lovely', 'broken', 'dirty', 'fancy', 'cheap', 'plastic', 'famous', 'quickly',
                  'strange', 'gently', 'soft', 'kindly', 'heavy', 'antique', 'favourite')
KINDS = ('colour', 'category', 'colour category', 'material category', 'material colour category')


@dataclass(frozen=True)
class Attributes:
    """What is true of one object; each field is a key of the word tables above."""

    category: str
    colour: str
    material: str


@dataclass(frozen=True)
class Caption:
    """A text and the attribute values that it asks for; an empty set asks for none.

    absent: the text names a thing that is in no scene, so that it matches nothing.
    """

    text: str
    categories: frozenset[str] = frozenset()
    colours: frozenset[str] = frozenset()
    materials: frozenset[str] = frozenset()
    absent: bool = False

    def matches(self, thing: Attributes) -> bool:
        """Tell whether the caption is true of an object."""
        return (not self.absent and (not self.categories or thing.category in self.categories)
                and (not self.colours or thing.colour in self.colours)
                and (not self.materials or thing.material in self.materials))


def noun_phrase(rng: np.random.Generator, thing: Attributes, kind: str) -> Caption:
    """Name an object by its kind of phrase (one of KINDS), with a synonym at random."""
    asked = set(kind.split())
    if thing.material == 'plain':
        asked.discard('material')
    words = []
    if 'material' in asked:
        words.append(_pick(rng, MATERIAL_WORDS[thing.material]))
    if 'colour' in asked:
        words.append(_colour_word(rng, thing.colour))
    if 'category' in asked:
        words.append(_category_word(rng, thing.category))
    else:
        words.append(_pick(rng, ANY_WORDS))
    return Caption(' '.join(words),
                   frozenset([thing.category] if 'category' in asked else []),
                   frozenset([thing.colour] if 'colour' in asked else []),
                   frozenset([thing.material] if 'material' in asked else []))


def sample_caption(rng: np.random.Generator, thing: Attributes) -> Caption:
    """Caption an object for training: mostly its category, then colour, material and both."""
    draw = rng.random()
    if draw < 0.04:
        return _unseen_noun(rng, thing)
    if draw < 0.07:
        groups = [word for word, members in GROUP_WORDS.items() if thing.category in members]
        if groups:
            word = _pick(rng, groups)
            return _dressed(rng, Caption(word, frozenset(GROUP_WORDS[word])))
    shares = (0.15, 0.45, 0.28, 0.07, 0.05)
    return _dressed(rng, noun_phrase(rng, thing, str(rng.choice(KINDS, p=shares))))


def phantom_phrase(rng: np.random.Generator, things: tuple[Attributes, ...]) -> Caption:
    """Give one object the colour of another: often true of nothing, nearly true of two."""
    one, other = (things[int(index)] for index in rng.integers(len(things), size=2))
    return noun_phrase(rng, Attributes(one.category, other.colour, 'plain'), 'colour category')


def phantom_caption(rng: np.random.Generator, things: tuple[Attributes, ...]) -> Caption:
    """Put a phantom phrase into a sentence, for training."""
    return _dressed(rng, phantom_phrase(rng, things))


def vocabulary() -> list[str]:
    """Return every text whose word pieces get a row of their own in the token table."""
    tables = (CATEGORY_WORDS, COLOUR_WORDS, MATERIAL_WORDS)
    words = [word for table in tables for synonyms in table.values() for word in synonyms]
    return [*words, *GROUP_WORDS, *ANY_WORDS, *PREFIXES, *FILLERS, *PLACES, *RELATIONS,
            'that is', 'colored', 'coloured']


def _unseen_noun(rng: np.random.Generator, thing: Attributes) -> Caption:
    """Name a thing that the model has never seen, half the time with the object's colour."""
    noun = _pick(rng, UNSEEN_WORDS)
    if rng.random() < 0.5:
        return _dressed(rng, Caption(noun, absent=True))
    text = f'{_colour_word(rng, thing.colour)} {noun}'
    return _dressed(rng, Caption(text, colours=frozenset([thing.colour]), absent=True))


def _dressed(rng: np.random.Generator, caption: Caption) -> Caption:
    """Put a caption into a sentence with words that do not change what it matches."""
    text = caption.text
    if rng.random() < 0.12:
        text = f'{_pick(rng, FILLERS)} {text}'
    if rng.random() < 0.05:
        text = f'{_pick(rng, UNSEEN_FILLERS)} {text}'
    text = f'{_pick(rng, PREFIXES)} {text}'
    draw = rng.random()
    if draw < 0.1:
        text = f'{text} {_pick(rng, PLACES)}'
    elif draw < 0.22:
        text = f'{text} {_pick(rng, RELATIONS)} the {_other_object(rng)}'
    return Caption(text.strip(), caption.categories, caption.colours, caption.materials,
                   caption.absent)


def _other_object(rng: np.random.Generator) -> str:
    noun = _category_word(rng, _pick(rng, list(CATEGORY_WORDS)))
    if rng.random() < 0.5:
        return noun
    return f'{_colour_word(rng, _pick(rng, list(COLOUR_WORDS)))} {noun}'


def _category_word(rng: np.random.Generator, category: str) -> str:
    """Choose the plain name half the time, else any synonym."""
    return category if rng.random() < 0.5 else _pick(rng, CATEGORY_WORDS[category])


def _colour_word(rng: np.random.Generator, colour: str) -> str:
    return colour if rng.random() < 0.5 else _pick(rng, COLOUR_WORDS[colour])


def _pick(rng: np.random.Generator, words: list[str] | tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]
