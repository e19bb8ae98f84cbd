# SPDX-License-Identifier: Apache-2.0
"""Read expressions that open without a noun: 'second from the right', 'red', 'holding a cup'."""
from __future__ import annotations

from ris_ros.language.anchors import find_anchor
from ris_ros.language.mention import Mention, Modifier, ModifierKind
from ris_ros.language.modifiers import find_modifiers
from ris_ros.language.noun_phrase import NounPhrase, find_noun_phrase
from ris_ros.language.nouns import COLOURS, LOOKS, PRO_NOUNS
from ris_ros.language.positions import POSITION_WORDS, match_position, ordinal
from ris_ros.language.query import RelationType
from ris_ros.language.relation_words import match_relation
from ris_ros.language.sentence import COMPARISON_TAGS, OBJECT_OPENING_TAGS, Sentence
from ris_ros.language.text import word_set

# "back of head" is a thing, "left of lamp" is a place.
_PART_NOUNS = word_set('back top front bottom side edge corner end half rest')
# The noun after these is their object ("holding umbrella"), not their subject ("smiling man").
_TRANSITIVE = word_set(
    'holding wearing carrying riding eating drinking using facing touching reading pulling '
    'pushing swinging throwing hitting catching kicking feeding playing having looking')


def bare_place(s: Sentence, start: int, end: int) -> Mention | None:
    """Match 'second from the right', 'left of the bowl', 'back of head', 'left: the man'."""
    part = start + (s.word(start) == 'the')
    if s.word(part) in _PART_NOUNS and s.word(part + 1) == 'of':
        return _mention(s, NounPhrase(start, part + 1, part, part > start), end)
    text = s.joined(start, end)
    place, relation = match_position(text), match_relation(text)
    if relation and relation[0] > place:
        anchor = find_anchor(s, start + relation[0], end, relation[1] is RelationType.BETWEEN)
        if anchor is None:
            return None
        modifier = Modifier.relating(start, relation[1], anchor)
        return _with_rest(s, start, end, modifier)
    if not place or _has_noun(s, start, end):
        return None
    first = Modifier(ModifierKind.POSITION, start, start + place)
    i = start + place
    while s.word(i) in (',', ':', '-') and i < end:
        i += 1
    phrase = find_noun_phrase(s, i, end)
    if phrase is not None and phrase.head is not None:  # "on the left, the man in red"
        named = _mention(s, phrase, end)
        return Mention(start, named.end, named.target, named.head, (first, *named.modifiers))
    return _with_rest(s, start, end, first)


def description(s: Sentence, start: int, end: int) -> Mention | None:
    """Match looks and actions: 'red', 'the biggest', 'facing us', 'one with a cap'."""
    if s.word(start) in PRO_NOUNS:
        return _mention(s, NounPhrase(start, start + 1, start, False), end)
    if s.tag(start) == 'VBG':
        done = Modifier(ModifierKind.PREDICATE, start, start + 1)
        anchor = find_anchor(s, start + 1, end, several=False)
        if anchor and (s.word(start) in _TRANSITIVE or s.tag(start + 1) in OBJECT_OPENING_TAGS):
            done = Modifier.relating(start, RelationType.OTHER, anchor)
        found = _with_rest(s, start, end, done)
        return found if found.end > start + 1 else None
    i = start + (s.word(start) in ('the', 'a'))
    first = i
    if s.tag(i) == 'JJR' and i == start:
        return None  # "slower"
    while i < end and (s.word(i) in COLOURS | LOOKS | POSITION_WORDS or s.tag(i) in COMPARISON_TAGS
                       or ordinal(s.word(i)) is not None or (i > first and s.word(i) == 'and')):
        i += 1
    if i == first:
        return None
    is_place = all(s.word(j) in POSITION_WORDS or ordinal(s.word(j)) for j in range(first, i))
    kind = ModifierKind.POSITION if is_place else ModifierKind.PREDICATE
    return _with_rest(s, start, end, Modifier(kind, start, i))


def _has_noun(s: Sentence, start: int, end: int) -> bool:
    """Tell whether a noun phrase with a noun begins at word start."""
    phrase = find_noun_phrase(s, start, end)
    return phrase is not None and phrase.head is not None


def _mention(s: Sentence, phrase: NounPhrase, end: int) -> Mention:
    """Build the mention that begins with phrase."""
    modifiers = find_modifiers(s, phrase, end, telegraphic=True)
    return Mention(phrase.start, modifiers[-1].end if modifiers else phrase.end,
                   phrase.span, phrase.head, tuple(modifiers))


def _with_rest(s: Sentence, start: int, end: int, first: Modifier) -> Mention:
    """Build the mention without a noun that begins with first."""
    rest = find_modifiers(s, NounPhrase(start, first.end, None, False), end, telegraphic=True)
    return Mention(start, rest[-1].end if rest else first.end, None, None, (first, *rest))
