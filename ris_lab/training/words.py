# SPDX-License-Identifier: Apache-2.0
"""The words of the captions: nouns, colours, materials, and what people say around them."""
from __future__ import annotations

from ris_lab.training.colour_names import BASIC, SHADES
from ris_sim.expressions.home_words import HOME_GROUPS, HOME_WORDS, TRANSPARENT_WORDS

# Words for the plain things of Style.TOY beside those of Style.HOME.
_TOY_WORDS = {'ring': ('donut',), 'can': ('tin can', 'soda can'), 'duck': ('rubber duck',),
              'pan': ('skillet',)}
CATEGORY_WORDS = {name: tuple(dict.fromkeys((*words, *_TOY_WORDS.get(name, ()))))
                  for name, words in HOME_WORDS.items()}
GROUP_WORDS = HOME_GROUPS
COLOUR_WORDS = {name: (name,) for name in BASIC} | {
    'cyan': ('cyan', 'turquoise'), 'purple': ('purple', 'violet'), 'gray': ('gray', 'grey')}
# What the expressions of Style.TOY also call a colour, whatever its shade.
TOY_COLOURS = {'light blue': 'cyan'}
MATERIAL_WORDS = {
    'metal': ('metal', 'metallic', 'shiny', 'steel'), 'wood': ('wooden', 'wood'),
    'striped': ('striped', 'stripy'), 'transparent': TRANSPARENT_WORDS,
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
    'guitar', 'pillow', 'helmet', 'zebra', 'rocket', 'whistle', 'rope', 'cheese', 'glove', 'nail',
    'magnet', 'robot', 'trophy', 'medal', 'mirror', 'anchor', 'crown', 'drum', 'feather', 'globe',
    'harp', 'iron', 'jacket', 'kite', 'lantern', 'needle', 'oven', 'piano', 'quilt', 'rake',
    'shovel', 'tent', 'urn', 'volcano', 'wheel', 'yoyo', 'zipper', 'barrel', 'chain', 'drawer',
    'elephant', 'fan', 'fridge', 'chair', 'couch', 'curtain', 'gate', 'roof', 'shirt', 'pants',
)
UNSEEN_FILLERS = ('lovely', 'broken', 'dirty', 'fancy', 'cheap', 'famous', 'quickly',
                  'strange', 'gently', 'soft', 'kindly', 'heavy', 'antique', 'favourite')


def meanings() -> dict[str, frozenset[str]]:
    """Return the categories that each noun may mean; 'cup' means mugs and glasses, too."""
    found: dict[str, set[str]] = {}
    for category, words in CATEGORY_WORDS.items():
        for word in words:
            found.setdefault(word, set()).add(category)
    for word, members in GROUP_WORDS.items():
        found.setdefault(word, set()).update(members)
    return {word: frozenset(categories) for word, categories in found.items()}


def vocabulary() -> list[str]:
    """Return every text whose word pieces get a row of their own in the token table."""
    tables = (CATEGORY_WORDS, COLOUR_WORDS, MATERIAL_WORDS)
    words = [word for table in tables for synonyms in table.values() for word in synonyms]
    return [*words, *GROUP_WORDS, *SHADES, *ANY_WORDS, *PREFIXES, *FILLERS, *PLACES, *RELATIONS,
            'that is', 'colored', 'coloured']
