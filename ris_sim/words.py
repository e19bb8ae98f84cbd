"""How people say sizes, places, numbers and relations."""
from __future__ import annotations

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


def plural_of(phrase: str) -> str:
    """Return a noun phrase for several: 'red boxes' of 'red box'."""
    if phrase.endswith(' one'):
        return f'{phrase[:-4]} objects'
    return f'{phrase}{"es" if phrase.endswith(("x", "sh", "ss")) else "s"}'
