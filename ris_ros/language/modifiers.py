# SPDX-License-Identifier: Apache-2.0
"""Find the modifiers after a noun phrase: relations, positions, relative clauses."""
from __future__ import annotations

from dataclasses import replace

from ris_ros.language.anchors import find_anchor, is_self
from ris_ros.language.mention import Mention, Modifier, ModifierKind
from ris_ros.language.noun_phrase import NounPhrase, find_noun_phrase, is_nominal
from ris_ros.language.nouns import ATTRIBUTES, CLOTHES, COLOURS, WHOLES
from ris_ros.language.positions import SUPERLATIVES, match_deictic, match_position
from ris_ros.language.query import RelationType
from ris_ros.language.relation_words import match_exclusion, match_relation
from ris_ros.language.relative_clauses import HAS, participle, predicate, relative_clause
from ris_ros.language.sentence import PRONOUN_TAGS, VERB_TAGS, Sentence
from ris_ros.language.text import word_set

_INTENSIFIERS = word_set(
    'just directly immediately right slightly very closely somewhat almost only also but '
    'positioned still currently mostly partly partially')
_FILLERS = frozenset({',', 'and', '-', '('})
# "the mug on the table and the bowl" goes on with a second object; these go on with the anchor.
_JOINING_TYPES = frozenset({RelationType.WITH, RelationType.BETWEEN})
_FACING = frozenset({'back', 'backs', 'face', 'faces', 'side'})
_NONE = frozenset({'no', 'nobody', 'nothing'})
# They stand for an object that only what follows tells apart: "what is on the plate".
FREE_RELATIVES = frozenset({'what', 'whatever', 'whichever'})
_BEFORE_PLACE = VERB_TAGS | PRONOUN_TAGS | {'RB'}
_LYING = word_set("'s is are lies sits stands lays")
# "with its head down", "with the door open"
_STATE_TAGS = frozenset({'RP', 'RB', 'JJ', 'VBN'})


def find_modifiers(
        s: Sentence, phrase: NounPhrase, end: int, telegraphic: bool) -> list[Modifier]:
    """Return the modifiers of a noun phrase, in order.

    Args:
        s: The sentence.
        phrase: The noun phrase.
        end: Index before which they end.
        telegraphic: Whether a bare noun phrase may modify, as in 'guy red shirt'.
    """
    found: list[Modifier] = []
    i = phrase.end
    if {*s.words[phrase.start:phrase.end]} & SUPERLATIVES and s.word(i) in ('to', 'from'):
        found += _superlative_anchor(s, i, end)
        i = found[-1].end if found else i
    while i < end:
        start, negated = _skip_adverbs(s, i, end)
        modifier = (
            _deictic(s, i, end) or _exclusion(s, start, end, negated)
            or _place_or_relation(s, start, end, found)
            or relative_clause(s, start, end)
            or (participle(s, start, end) if telegraphic or s.word(i) != ',' else None)
            or _state(s, i, end, found) or (_turned(s, i, end) if telegraphic else None)
            or predicate(s, start, end, found)
            or _second_anchor(s, i, end, found)
            or (_adjective(s, start, end) if telegraphic else None)
            or (_bare_noun(s, start, end) if telegraphic and not phrase.determined else None))
        if modifier is None:
            break
        negated = modifier.negated or negated or (
            bool(found) and found[-1].kind is ModifierKind.CLAUSE and found[-1].negated)
        found.append(replace(modifier, start=i, negated=negated,
                             joined=s.word(i) in _FILLERS and s.word(i) != '-'))
        i = modifier.end
    return found


def free_relative(s: Sentence, start: int, end: int) -> Mention | None:
    """Return the object without a noun that 'whatever is lying next to the stapler' names."""
    i = start + 1
    while i < end and not match_relation(s.joined(i, end)) and not match_position(
            s.joined(i, end)) and (s.tag(i) in _BEFORE_PLACE or s.word(i) in _LYING):
        i += 1
    opening = Modifier(ModifierKind.CLAUSE, start, i)
    found = find_modifiers(s, NounPhrase(start, i, None, True), end, telegraphic=False)
    if not found and i > start + 1 and (is_red := predicate(s, i, end, [opening])):
        found = [is_red, *find_modifiers(
            s, NounPhrase(start, is_red.end, None, True), end, telegraphic=False)]
    if not any(m.kind in (ModifierKind.RELATION, ModifierKind.POSITION, ModifierKind.PREDICATE)
               for m in found):
        return None
    return Mention(start, found[-1].end, None, None, tuple(found))


def _skip_adverbs(s: Sentence, i: int, end: int) -> tuple[int, bool]:
    """Return the index after commas, 'and' and adverbs, and whether one of them denies."""
    negated = False
    while i < end:
        word = s.word(i)
        if word in ('not', "n't", 'never'):
            negated = True
        elif word == 'right' and not match_relation(s.joined(i + 1, end)):
            break
        elif match_relation(s.joined(i, end)) or match_exclusion(s.joined(i, end)) or (
                word not in _INTENSIFIERS and word not in _FILLERS):
            break
        i += 1
    return i, negated


def _deictic(s: Sentence, i: int, end: int) -> Modifier | None:
    """Match 'over there'."""
    if s.joined(i, i + 2) in ('there are', 'there is') and i + 2 < end:
        return Modifier(ModifierKind.DEICTIC, i, i + 2)  # "how many books there are on the shelf"
    n = match_deictic(s.joined(i, end))
    return Modifier(ModifierKind.DEICTIC, i, i + n) if n else None


def _exclusion(s: Sentence, i: int, end: int, negated: bool) -> Modifier | None:
    """Match 'except the red one', 'not the red one'."""
    n = match_exclusion(s.joined(i, end))
    if not n and not (negated and s.tag(i) == 'DT'):
        return None
    phrase = find_noun_phrase(s, i + n, end)
    if phrase is None:
        return None
    return Modifier(ModifierKind.EXCLUSION, i, phrase.end, None, phrase.span, negated=True)


def _place_or_relation(
        s: Sentence, i: int, end: int, before: list[Modifier]) -> Modifier | None:
    """Match a relation with its anchor or a position phrase."""
    if s.word(i) == 'left' and s.tag(i) in ('VBN', 'VBD') and s.tag(i + 1) == 'IN' and (
            s.word(i + 1) not in ('of', 'from')):
        return None  # the participle: "the cup left on the table"
    if s.word(i) == 'back' and s.word(i + 1) in ('to', 'into', 'onto'):
        return None  # "carry it back to the sink", "woman back to us"
    text = s.joined(i, end)
    relation, place = match_relation(text), match_position(text)
    has_article = place > 1 and s.tag(i) in ('IN', 'TO')
    if place and not (relation and relation[0] > place) and not (
            has_article and _goes_on(s, i, place, end)):
        return Modifier(ModifierKind.POSITION, i, i + place)
    if relation is None:
        return None
    words, kind = relation
    if kind is RelationType.WITH and s.word(i) in HAS and not (
            before and (before[-1].kind is ModifierKind.CLAUSE or s.word(i - 1) == 'and')):
        return None
    if s.word(i) in ('used', 'for') and s.tag(i + words) == 'VBG':
        inner = find_anchor(s, i + words + 1, end, several=False)
        return Modifier(ModifierKind.PURPOSE, i, inner[1] if inner else i + words + 1)
    anchor = find_anchor(s, i + words, end, several=kind is RelationType.BETWEEN)
    if anchor is None or (s.word(i) == 'for' and is_self(s, *anchor)):
        return None
    if s.word(anchor[1] - 1) in WHOLES and match_position(s.joined(i, i + words - 1)):
        return Modifier(ModifierKind.POSITION, i, anchor[1])  # 'on the left of the picture'
    if kind is RelationType.IN and s.word(anchor[1] - 1) in ATTRIBUTES:
        return Modifier(ModifierKind.PREDICATE, i, anchor[1])  # "orange in color"
    if kind is RelationType.IN and (
            s.word(anchor[1] - 1) in CLOTHES or s.word(anchor[0]) in COLOURS):
        kind = RelationType.WITH  # the shirt is on the man, not the man in the shirt
    negated = s.word(i) == 'without' or s.word(anchor[0]) in _NONE
    if s.word(i) == 'without':
        kind = RelationType.WITH
    return Modifier.relating(i, kind, anchor, negated)


def _goes_on(s: Sentence, i: int, place: int, end: int) -> bool:
    """Tell whether the place words only open a noun phrase: 'on the left couch'."""
    nxt = i + place
    if s.word(nxt) == 'of' and nxt < end:
        return True
    if not is_nominal(s, nxt, end) or (s.tag(nxt) == 'VBG' and place > 1):
        return False
    return s.word(nxt - 1) not in ('most',) and not match_relation(s.joined(nxt, end)) and not (
        match_position(s.joined(nxt, end)))


def _superlative_anchor(s: Sentence, i: int, end: int) -> list[Modifier]:
    """Match the anchor of a superlative: 'to me' after 'the nearest cup'."""
    anchor = find_anchor(s, i + 1, end, several=False)
    if anchor is None:
        return []
    if is_self(s, *anchor):
        return [Modifier(ModifierKind.DEICTIC, i, anchor[1])]
    kind = RelationType.NEAR if s.word(i) == 'to' else RelationType.OTHER
    return [Modifier.relating(i, kind, anchor)]


def _state(s: Sentence, i: int, end: int, before: list[Modifier]) -> Modifier | None:
    """Match 'down' in 'with its head down', 'to us' in 'with his back to us'."""
    if not (before and before[-1].relation is RelationType.WITH):
        return None
    if s.word(i - 1) in _FACING and s.word(i) in ('to', 'toward', 'towards') and (
            anchor := find_anchor(s, i + 1, end, several=False)):
        return Modifier(ModifierKind.PREDICATE, i, anchor[1])
    if s.tag(i) not in _STATE_TAGS or s.word(i).endswith('ly'):
        return None  # "the man with the cap slowly": the adverb belongs to the verb
    following = s.joined(i, end)
    if (match_relation(following) and i + 1 < end) or match_position(following):
        return None
    return Modifier(ModifierKind.PREDICATE, i, i + 1)


def _turned(s: Sentence, i: int, end: int) -> Modifier | None:
    """Match 'back to us' in 'woman back to us'."""
    if s.word(i) not in _FACING or s.word(i + 1) != 'to':
        return None
    anchor = find_anchor(s, i + 2, end, several=False)
    return Modifier(ModifierKind.PREDICATE, i, anchor[1]) if anchor else None


def _adjective(s: Sentence, i: int, end: int) -> Modifier | None:
    """Match 'highest' in 'the kite highest in the sky', 'open' in 'drawer open'."""
    if i >= end or s.tag(i) not in ('JJ', 'JJR', 'JJS', 'RBS'):
        return None
    rest = s.joined(i + 1, end)
    if i + 1 < end and not match_relation(rest) and not match_position(rest):
        return None
    return Modifier(ModifierKind.PREDICATE, i, i + 1)


def _second_anchor(s: Sentence, i: int, end: int, before: list[Modifier]) -> Modifier | None:
    """Match the second anchor in 'with black hair and glasses'."""
    if not (before and before[-1].relation in _JOINING_TYPES and s.word(i) in ('and', ',')):
        return None
    anchor = find_anchor(s, i + 1, end, several=False)
    return Modifier.relating(i, before[-1].relation, anchor) if anchor else None


def _bare_noun(s: Sentence, i: int, end: int) -> Modifier | None:
    """Match the second phrase of 'guy red shirt'."""
    phrase = find_noun_phrase(s, i, end)
    if phrase is None or phrase.head is None:
        return None
    return Modifier.relating(i, RelationType.WITH, phrase.span)
