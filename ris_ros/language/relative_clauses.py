# SPDX-License-Identifier: Apache-2.0
"""Match relative clauses and participles after a noun phrase: 'that is red', 'standing', 'worn'."""
from __future__ import annotations

from ris_ros.language.anchors import find_anchor
from ris_ros.language.mention import Modifier, ModifierKind
from ris_ros.language.noun_phrase import find_noun_phrase
from ris_ros.language.nouns import INDEFINITES
from ris_ros.language.positions import match_position
from ris_ros.language.query import RelationType
from ris_ros.language.relation_words import match_relation
from ris_ros.language.sentence import (
    FINITE_TAGS,
    PARTICIPLE_TAGS,
    PRONOUN_TAGS,
    VERB_TAGS,
    Sentence,
)
from ris_ros.language.text import word_set

_RELATIVE = frozenset({'that', 'which', 'who', 'whom', 'whose', 'where'})
_NEGATIONS = frozenset({'not', "n't", 'never', 'neither'})
HAS = frozenset({'has', 'have', 'had', 'wears'})
# These are about the robot's action, not about the object.
_MANNER = word_set('using being making trying going moving keeping')
# With 'at' they are one relation, which is not nearness.
_LOOKING = word_set('looking staring pointing smiling gazing facing')
_SUBJECTS = word_set('i you we he she they') | INDEFINITES
_RECEIVERS = word_set('you me us him them')
# "driving down the street"
_PATHS = word_set('down up along through toward towards to into onto past out after')
_PARTICLES = word_set('up down off out on in away over')


def relative_clause(s: Sentence, i: int, end: int) -> Modifier | None:
    """Match 'that is', 'which I left', 'you bought', without the words after the verb."""
    j = i
    if s.word(j) in _RELATIVE and j + 1 < end:
        j += 1
        if s.word(i) == 'whose' and (owned := find_noun_phrase(s, j, end)):
            j = owned.end
    if j == i and not _is_contact_clause(s, j, end):
        return None
    if s.tag(j) in PRONOUN_TAGS or s.word(j) in _SUBJECTS:
        j += 1
    elif subject := find_noun_phrase(s, j, end):
        j = _verb_after(s, subject.end, end) or j
    first, negated = j, False
    while j < end and _goes_on(s, j, end):
        negated = negated or s.word(j) in _NEGATIONS
        j += 1
    if j == first and s.word(j) not in HAS:
        return None
    if j > first and s.word(j) in _RECEIVERS:
        j += 1  # "I gave you"
    if all(s.tag(k) in ('IN', 'RP', 'TO', 'RB') for k in range(j, end)):
        j = end  # "nobody is sitting on", "you came in through"
    elif s.tag(j) == 'IN' and s.tag(j + 1) in VERB_TAGS:
        j += 1  # "I am sitting on made of wood"
    return Modifier(ModifierKind.CLAUSE, i, j, negated=negated)


def _verb_after(s: Sentence, i: int, end: int) -> int | None:
    """Return the index of the verb of a subject that ends before i: 'the woman (in pink) is'."""
    if s.tag(i) in VERB_TAGS:
        return i
    relation = match_relation(s.joined(i, end))
    anchor = find_anchor(s, i + relation[0], end, several=False) if relation else None
    return anchor[1] if anchor and s.tag(anchor[1]) in FINITE_TAGS else None


def _is_contact_clause(s: Sentence, i: int, end: int) -> bool:
    """Tell whether a clause without 'that' begins: 'I left', 'nobody sits on', 'the dog chases'."""
    if s.word(i) in _SUBJECTS:
        return s.tag(i + 1) in VERB_TAGS and i + 1 < end
    subject = find_noun_phrase(s, i, end) if s.tag(i) == 'DT' else None
    return subject is not None and subject.head is not None and subject.end < end and (
        s.tag(subject.end) in FINITE_TAGS)


def _goes_on(s: Sentence, j: int, end: int) -> bool:
    """Tell whether word j belongs to the verbs of the clause."""
    if s.word(j) in _LOOKING or (s.word(j) in HAS and s.tag(j + 1) not in VERB_TAGS):
        return False
    if s.word(j) == 'to':
        return s.tag(j + 1) == 'VB'
    if (relation := match_relation(s.joined(j, end))) and relation[0] > 1:
        return False  # "that is left of the towel"
    if s.tag(j) in VERB_TAGS or s.word(j) in _NEGATIONS or s.word(j) == "'s":
        return True
    if s.joined(j, j + 2) == 'about to':
        return True
    text = s.joined(j, end)
    if s.tag(j) == 'RP':
        return find_anchor(s, j + 1, end, several=False) is None
    return s.tag(j) == 'RB' and not match_relation(text) and not match_position(text)


def participle(s: Sentence, i: int, end: int) -> Modifier | None:
    """Match 'sitting', 'placed', 'holding a phone', 'wearing glasses', 'cut off'."""
    if s.joined(i, i + 2) == 'about to' and i + 2 < end:
        inner = find_anchor(s, i + 3, end, several=False)
        return Modifier(ModifierKind.PREDICATE, i, inner[1] if inner else i + 3)
    if s.tag(i) not in PARTICIPLE_TAGS or i >= end or (
            s.word(i) in _MANNER and s.tag(i + 1) != 'VBN'):
        return None
    j = i + 1
    while j < end and _is_particle(s, j, end):
        j += 1
    relation = match_relation(s.joined(j, end)) if j < end else None
    if relation and j + relation[0] == end and s.tag(i) != 'VBG':
        return None  # "what is it made of"
    if s.tag(i) == 'VBG' and not relation:
        anchor = find_anchor(s, j, end, several=False)
        if anchor:
            worn = s.word(i) in ('wearing', 'having')
            kind = RelationType.WITH if worn else RelationType.OTHER
            return Modifier.relating(i, kind, anchor)
        if s.word(j) in _PATHS and (anchor := find_anchor(s, j + 1, end, several=False)):
            return Modifier.relating(i, RelationType.OTHER, anchor)
    elif s.tag(i) == 'VBD' and not relation and j < end and not match_position(s.joined(j, end)):
        return None
    if s.word(j) == 'to' and s.tag(j + 1) == 'VB' and s.word(i) == 'used' and j + 1 < end:
        inner = find_anchor(s, j + 2, end, several=False)
        return Modifier(ModifierKind.PURPOSE, i, inner[1] if inner else j + 2)
    return Modifier(ModifierKind.PREDICATE, i, j)


def _is_particle(s: Sentence, j: int, end: int) -> bool:
    """Tell whether word j goes with the participle before it: 'lying down', 'cut off on …'."""
    text = s.joined(j, end)
    relation = match_relation(text)
    if match_position(text) or (relation and relation[0] > 1):
        return False
    if s.word(j) in _PARTICLES:  # a preposition with nothing to relate to
        return find_anchor(s, j + 1, end, several=False) is None
    return s.tag(j) == 'RB' and not relation


def predicate(s: Sentence, i: int, end: int, before: list[Modifier]) -> Modifier | None:
    """Match the adjective or noun phrase after 'that is', 'that has'."""
    if not (before and before[-1].kind in (ModifierKind.CLAUSE, ModifierKind.PREDICATE)):
        return None
    if s.word(i) in HAS:
        anchor = find_anchor(s, i + 1, end, several=False)
        return Modifier.relating(i, RelationType.WITH, anchor) if anchor else None
    j = i
    while j < end and s.tag(j) in ('JJ', 'JJR', 'JJS', 'RB', 'CC') and s.word(j) != 'and' and (
            j == i or not match_relation(s.joined(j, end))):
        j += 1
    if j > i:
        return Modifier(ModifierKind.PREDICATE, i, j)
    phrase = find_noun_phrase(s, i, end)
    return Modifier(ModifierKind.PREDICATE, i, phrase.end) if phrase else None
