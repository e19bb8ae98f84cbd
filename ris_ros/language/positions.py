"""Words for a place in the image: 'on the left', 'second from the right', 'closest to me'.

A position is written leftmost, rightmost, top, bottom, middle, nearest, farthest, or nth:N or
nth:N:side with side left, right, top, bottom, nearest or farthest; several are joined by '+'.
"""
from __future__ import annotations

from collections.abc import Sequence
import re

ORDINALS = {
    'first': 1, 'second': 2, 'third': 3, 'fourth': 4, 'fifth': 5,
    'sixth': 6, 'seventh': 7, 'eighth': 8, 'ninth': 9, 'tenth': 10,
}
# In the order in which joined positions are written.
_WORDS = {
    'top': ('top', 'topmost', 'upper', 'uppermost', 'highest'),
    'bottom': ('bottom', 'bottommost', 'lower', 'lowermost', 'lowest'),
    'middle': ('middle', 'center', 'centre', 'central', 'mid'),
    'leftmost': ('left', 'leftmost', 'lefthand'),
    'rightmost': ('right', 'rightmost', 'righthand'),
    'nearest': ('nearest', 'closest', 'front', 'frontmost', 'foreground', 'foremost'),
    'farthest': ('farthest', 'furthest', 'back', 'rear', 'background', 'backmost', 'distance'),
}
_POSITION_OF = {word: position for position, words in _WORDS.items() for word in words}
_SIDE = {'leftmost': 'left', 'rightmost': 'right'}
POSITION_WORDS = frozenset(_POSITION_OF)
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
    """Return how many words at the start of text (lower case) are a position phrase."""
    return max((len(m.group().split()) for p in _PHRASES if (m := p.match(text))), default=0)


def match_deictic(text: str) -> int:
    """Return how many words at the start of text point without a direction: 'over there'."""
    found = _NOT_A_PLACE.match(text)
    return len(found.group().split()) if found else 0


def ordinal(word: str) -> int | None:
    """Return the number that an ordinal stands for ('second', '2nd'), else None."""
    if found := re.fullmatch(r'(\d{1,3})(?:st|nd|rd|th)', word):
        return int(found.group(1))
    return ORDINALS.get(word)


def read_position(groups: Sequence[Sequence[str]]) -> str | None:
    """Return the position that the words (lower case) of a target name, or None.

    groups: the words of the noun phrase and of each place phrase; an ordinal without a side of
    its own takes that of another phrase: "the second cup on the left" is nth:2:left.
    """
    number, side, named = None, None, set()
    for words in groups:
        first, places = _read_group(words)
        if first is not None and number is None:
            number, side = first, next((p for p in places if p != 'middle'), None)
            places = [p for p in places if p != side]
        named.update(places)
    found = [position for position in _WORDS if position in named and position != side]
    if number is None:
        return '+'.join(found) or None
    if side is None and (side := next((p for p in found if p != 'middle'), None)):
        found.remove(side)
    ordinal_part = f'nth:{number}:{_SIDE.get(side, side)}' if side else f'nth:{number}'
    return '+'.join([ordinal_part, *found])


def _read_group(words: Sequence[str]) -> tuple[int | None, list[str]]:
    """Return the ordinal number of one phrase, or None, and its places in _WORDS' order."""
    words = _EXTREME.sub('', ' '.join(words)).split()
    numbers = [n for word in words if (n := ordinal(word)) is not None]
    named = {_POSITION_OF[word] for word in words if word in _POSITION_OF}
    if 'far' in words and words[-1] == 'away':
        named.add('farthest')
    return numbers[0] if numbers else None, [p for p in _WORDS if p in named]
