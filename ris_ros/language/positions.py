# SPDX-License-Identifier: Apache-2.0
"""Words for a place in the image: 'on the left', 'second from the right', 'closest to me'.

A position is written leftmost, rightmost, top, bottom, middle, nearest, farthest, or nth:N or
nth:N:side with a side other than the middle; several are joined by '+', the ordinal first.
"""
from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
import re


class Side(Enum):
    """A side of the image, or of the space before the camera, in the order in which it is written.

    The values are those in 'nth:2:left'.
    """

    TOP = 'top'
    BOTTOM = 'bottom'
    MIDDLE = 'middle'
    LEFT = 'left'
    RIGHT = 'right'
    NEAREST = 'nearest'
    FARTHEST = 'farthest'


ORDINALS = {
    'first': 1, 'second': 2, 'third': 3, 'fourth': 4, 'fifth': 5,
    'sixth': 6, 'seventh': 7, 'eighth': 8, 'ninth': 9, 'tenth': 10,
}
_WORDS = {
    Side.TOP: ('top', 'topmost', 'upper', 'uppermost', 'highest'),
    Side.BOTTOM: ('bottom', 'bottommost', 'lower', 'lowermost', 'lowest'),
    Side.MIDDLE: ('middle', 'center', 'centre', 'central', 'mid'),
    Side.LEFT: ('left', 'leftmost', 'lefthand'),
    Side.RIGHT: ('right', 'rightmost', 'righthand'),
    Side.NEAREST: ('nearest', 'closest', 'front', 'frontmost', 'foreground', 'foremost'),
    Side.FARTHEST: (
        'farthest', 'furthest', 'back', 'rear', 'background', 'backmost', 'distance'),
}
_SIDE_OF = {word: side for side, words in _WORDS.items() for word in words}
# What a side is called without an ordinal.
_NAMES = {side: side.value for side in Side} | {Side.LEFT: 'leftmost', Side.RIGHT: 'rightmost'}
_SIDE_NAMED = {name: side for side, name in _NAMES.items()}
POSITION_WORDS = frozenset(_SIDE_OF)
SUPERLATIVES = frozenset({'nearest', 'closest', 'farthest', 'furthest'})

SELF = r'(?:(?:the )?(?:camera|robot|viewer|observer)|me|you|us|yourself|myself)'
_ORDINAL = rf'(?:{"|".join(ORDINALS)}|\d+(?:st|nd|rd|th))'
_PLACE = (
    r'(?:(?:far|very|extreme|all the way|upper|lower|top|bottom|back|front|middle|mid|most)'
    r' (?:- )?)*'
    r'(?:left|right|middle|center|centre|top|bottom|front|back|rear|foreground|background|distance)'
    r'(?:(?: -)? ?most)?(?: (?:- )?hand)?'
    r'(?: (?:side|corner|edge|row|end|half|part|area|portion)(?! of))?'
)
_PHRASES = [re.compile(rf'(?:{p})(?= |$)') for p in (
    rf'(?:the )?{_ORDINAL} (?:one )?(?:in )?(?:from|on|to) (?:the )?{_PLACE}',
    rf'(?:the )?(?:{_ORDINAL} )?(?:nearest|closest|farthest|furthest)'
    rf'(?: away)?(?:(?: (?:to|from))? {SELF}|(?! (?:the|an?|my) ))',
    r'(?:over )?(?:to|on|at|in|from|near|towards?) (?:(?:the|my|your|our) )?' + _PLACE,
    _PLACE,
    rf'(?:nearest|closest|farthest|furthest|furthermost) (?:to|on|towards?|in) the {_PLACE}',
    r'(?:left|right) of (?:the )?(?:center|centre|middle)', r'(?:left|right) - most', r'up front',
    r'(?:far|further|farther) away',
)]
# "furthest to the left" is leftmost, not far away.
_EXTREME = re.compile(
    r'\b(?:far|farthest|furthest|further|farther|closest|nearest|most)'
    r'(?: (?:to|on|towards?|in|at))?(?: the)? (?=(?:left|right|top|bottom|middle|front|back)\b)')
_NOT_A_PLACE = re.compile(r'(?:right )?(?:over |right |up |down |out )?(?:there|here)(?= |$)')


def match_position(text: str) -> int:
    """Return the number of words at the start of text, lower case, that are a position phrase."""
    return max((len(m.group().split()) for p in _PHRASES if (m := p.match(text))), default=0)


def match_deictic(text: str) -> int:
    """Return the number of words at the start of text that point vaguely: 'over there'."""
    found = _NOT_A_PLACE.match(text)
    return len(found.group().split()) if found else 0


def ordinal(word: str) -> int | None:
    """Return the number of an ordinal ('second', '2nd'), else None."""
    if found := re.fullmatch(r'(\d{1,3})(?:st|nd|rd|th)', word):
        return int(found.group(1))
    return ORDINALS.get(word)


def read_position(groups: Sequence[Sequence[str]]) -> str | None:
    """Return the position that the words of a target name, or None.

    An ordinal without a side of its own takes that of another phrase: "the second cup on the
    left" is nth:2:left.

    Args:
        groups: The words, lower case, of the noun phrase and of each place phrase.
    """
    number, origin, named = None, None, set()
    for words in groups:
        first, sides = _read_group(words)
        if first is not None and number is None:
            number, origin = first, _counted_from(sides)
            sides = [side for side in sides if side is not origin]
        named.update(sides)
    found = [side for side in Side if side in named and side is not origin]
    if number is None:
        return '+'.join(_NAMES[side] for side in found) or None
    if origin is None and (origin := _counted_from(found)):
        found.remove(origin)
    ordinal_part = f'nth:{number}:{origin.value}' if origin else f'nth:{number}'
    return '+'.join([ordinal_part, *(_NAMES[side] for side in found)])


def split_position(position: str | None) -> tuple[int | None, list[Side]]:
    """Split a written position.

    Returns:
        The number of its ordinal, or None, and its sides. After an ordinal the first side is the
        one from which objects are counted, unless it is the middle.
    """
    number, sides = None, []
    for part in position.split('+') if position else ():
        if part.startswith('nth:'):
            digits, _, side = part.removeprefix('nth:').partition(':')
            number = int(digits)
            sides += [Side(side)] if side else []
        else:
            sides.append(_SIDE_NAMED[part])
    return number, sides


def _counted_from(sides: Sequence[Side]) -> Side | None:
    """Return the first side from which objects can be counted; they have no first in the middle."""
    return next((side for side in sides if side is not Side.MIDDLE), None)


def _read_group(words: Sequence[str]) -> tuple[int | None, list[Side]]:
    """Return the ordinal number of one phrase, or None, and its sides in writing order."""
    words = _EXTREME.sub('', ' '.join(words)).split()
    numbers = [n for word in words if (n := ordinal(word)) is not None]
    named = {_SIDE_OF[word] for word in words if word in _SIDE_OF}
    if 'far' in words and words[-1] == 'away':
        named.add(Side.FARTHEST)
    return numbers[0] if numbers else None, [side for side in Side if side in named]
