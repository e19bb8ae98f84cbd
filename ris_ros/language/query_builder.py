# SPDX-License-Identifier: Apache-2.0
"""Build the query of a mention: its position, attributes, relations, number and negations."""
from __future__ import annotations

from collections.abc import Sequence

from ris_ros.language.anchors import anchor_parts
from ris_ros.language.mention import Mention, Modifier, ModifierKind
from ris_ros.language.modifiers import FREE_RELATIVES
from ris_ros.language.noun_phrase import find_noun_phrase
from ris_ros.language.nouns import (
    COLOURS,
    LOOKS,
    MATERIALS,
    PEOPLE,
    ROOMS,
    SHADES,
    is_plural,
    singular,
)
from ris_ros.language.positions import POSITION_WORDS, SUPERLATIVES, ordinal, read_position
from ris_ros.language.query import Anchor, Quantity, Query, Relation, RelationType
from ris_ros.language.sentence import ADJECTIVE_TAGS, Sentence

# Anchors that only a dialogue could resolve.
_UNRESOLVED = frozenset({'it', 'them', 'her', 'him', 'one'})
_ALL = frozenset({'all', 'every', 'each', 'both'})
_SINGLE = frozenset({'a', 'an', 'one', 'any', 'either', 'another'})
_NUMBERS = {'both': 2, 'two': 2, 'three': 3, 'four': 4, 'five': 5, 'six': 6, 'seven': 7,
            'eight': 8, 'nine': 9, 'ten': 10}
_NO_ATTRIBUTES = POSITION_WORDS | SUPERLATIVES | {'other', 'same', 'such', 'own', 'more', 'most'}
# After these relations, a relation that follows is about the object, not about the anchor.
_RESTS = frozenset({RelationType.ON, RelationType.IN})
_SUPPORTS = _RESTS | {RelationType.WITH, RelationType.OTHER, RelationType.PART_OF}
_FOLLOWS_SUPPORT = _RESTS | {RelationType.WITH}


def build_query(text: str, s: Sentence, mention: Mention) -> Query:
    """Build the query of a mention.

    Args:
        text: The command as it was given.
        s: Its tagged words.
        mention: The referring expression in it.
    """
    expression = s.span(mention.start, mention.end)
    target = s.span(*mention.target) if mention.target else None
    words = s.words[slice(*mention.target)] if mention.target else ()
    head = s.word(mention.head) if mention.head is not None else None
    denied = [m for m in mention.modifiers if m.negated]
    kept = [m for m in mention.modifiers if not m.negated]
    attributes = _attributes(s, mention.target, mention.head) if mention.target else ()
    attributes += _predicates(s, kept)
    phrase = (target or expression).lower()
    if s.word(mention.start) in FREE_RELATIVES:
        head, phrase = 'thing', ' '.join(['the', *attributes, 'thing'])
    return Query(
        text, expression, target,
        head=singular(head) if head else None,
        position=_position(s, mention),
        relations=_relations(s, kept),
        sentence=_affirmed(s, mention), phrase=phrase,
        attributes=attributes,
        negated_attributes=_predicates(s, denied),
        negated_relations=_relations(s, denied),
        quantity=Quantity.ALL if _means_all(words, head) else Quantity.ONE,
        count=None if _is_picked(words) else next(
            (_NUMBERS[w] for w in words if w in _NUMBERS), None),
        other='other' in words or 'another' in words)


def _affirmed(s: Sentence, mention: Mention) -> str:
    """Return the expression in lower case without the denied words, which mislead CLIP."""
    parts, start = [], mention.start
    for i, m in enumerate(mention.modifiers):
        opens = i + 1 < len(mention.modifiers) and m.kind is ModifierKind.CLAUSE and (
            mention.modifiers[i + 1].negated)
        if m.negated or opens:
            parts += [s.span(start, m.start)] if start < m.start else []
            start = m.end
    parts += [s.span(start, mention.end)] if start < mention.end else []
    return ' '.join(part.strip(' ,') for part in parts).lower()


def _position(s: Sentence, mention: Mention) -> str | None:
    """Read the position from the target's own words, not from those of anchors."""
    groups: list[Sequence[str]] = []
    if mention.target:
        start, end = mention.target
        anchored = bool(
            mention.modifiers and mention.modifiers[0].start == end
            and s.word(end) in ('to', 'from') and mention.modifiers[0].anchor)
        groups.append([w for i, w in enumerate(s.words[start:end], start) if i != mention.head
                       and not (anchored and w in ('nearest', 'closest'))])
    for before, m in zip((None, *mention.modifiers), mention.modifiers, strict=False):
        if m.kind is ModifierKind.POSITION and not m.negated:
            words: Sequence[str] = s.words[m.start:m.end]
            if before and before.kind is ModifierKind.POSITION and (
                    {*groups[-1]} <= SUPERLATIVES | {'far'}):
                words = (*groups.pop(), *words)  # "that is furthest left" names one place
            groups.append(words)
        elif m.relation is RelationType.OTHER and not m.negated:
            groups.append(s.words[m.start:m.anchor_span[0]])
    return read_position(groups)


def _attributes(s: Sentence, span: tuple[int, int], head: int | None) -> tuple[str, ...]:
    """Return the adjectives and materials of a noun phrase, lower case; 'light blue' is one."""
    found: list[str] = []
    for i in range(*span):
        word = s.word(i)
        if i == head or word in _NO_ATTRIBUTES or ordinal(word) is not None or not (
                s.tag(i) in ADJECTIVE_TAGS or word in COLOURS | MATERIALS | LOOKS):
            continue
        if found and word in COLOURS and s.word(i - 1) in SHADES and i - 1 >= span[0]:
            word = f'{found.pop()} {word}'
        found.append(word)
    return tuple(found)


def _predicates(s: Sentence, modifiers: Sequence[Modifier]) -> tuple[str, ...]:
    """Return the adjectives after 'that is', and those of 'not the red one'."""
    found: list[str] = []
    for m in modifiers:
        if m.kind is ModifierKind.PREDICATE:
            found += _attributes(s, (m.start, m.end), None)
        elif m.kind is ModifierKind.EXCLUSION:
            found += _excluded(s, m.anchor_span)
    return tuple(found)


def _excluded(s: Sentence, span: tuple[int, int]) -> Sequence[str]:
    """Return the looks of what is left out, or else its noun: 'red' of 'not the red one'."""
    phrase = find_noun_phrase(s, *span)
    if phrase is None:
        return ()
    words = _attributes(s, span, phrase.head)
    return words or (() if phrase.head is None else (s.joined(phrase.head, phrase.end),))


def _means_all(words: Sequence[str], head: str | None) -> bool:
    """Tell whether a noun phrase means all objects that match it."""
    if _is_picked(words):
        return False
    if {*words} & _ALL:
        return True
    return head is not None and is_plural(head) and not (words and words[0] in _SINGLE)


def _is_picked(words: Sequence[str]) -> bool:
    """Tell whether one of several is meant: 'one of the mugs', 'the leftmost of the two'."""
    return 'of' in words and (words[0] in _SINGLE or words[words.index('of') - 1].endswith(
        ('est', 'most', 'er')))


def _relations(s: Sentence, modifiers: Sequence[Modifier]) -> tuple[Relation, ...]:
    """Return the relations in a row of modifiers, each with those that belong to its anchor."""
    found: list[Relation] = []
    i = 0
    while i < len(modifiers):
        m, i = modifiers[i], i + 1
        if m.kind is not ModifierKind.RELATION or s.joined(*m.anchor_span) in _UNRESOLVED:
            continue
        inner = i
        while inner < len(modifiers) and _is_anchors(s, m, modifiers[inner - 1], modifiers[inner]):
            inner += 1
        found.append(_relation(s, m, modifiers[i:inner]))
        i = inner
    return tuple(found)


def _is_anchors(s: Sentence, outer: Modifier, before: Modifier, m: Modifier) -> bool:
    """Tell whether a modifier belongs to the anchor of outer: 'in the mug on the tray'."""
    if m.joined or m.start != before.end or (
            m.kind not in (ModifierKind.RELATION, ModifierKind.CLAUSE)):
        return False
    last = s.word(outer.anchor_span[1] - 1)
    if last in ROOMS:
        return False
    if m.kind is ModifierKind.CLAUSE or before.kind is ModifierKind.CLAUSE:
        return outer.relation is not RelationType.WITH
    if singular(last) in PEOPLE:
        return True
    if outer.relation in _SUPPORTS:
        return outer.relation in _RESTS and m.relation in _FOLLOWS_SUPPORT
    return m.relation not in _RESTS


def _relation(s: Sentence, m: Modifier, own: Sequence[Modifier]) -> Relation:
    """Return the relation of a modifier; own are the modifiers of its last anchor."""
    assert m.relation is not None, m.kind
    parts = anchor_parts(s, m.anchor_span, several=m.relation is RelationType.BETWEEN)
    anchors = [_anchor(s, part, own if part is parts[-1] else ()) for part in parts]
    return Relation(m.relation, s.span(*m.anchor_span), tuple(anchors))


def _anchor(s: Sentence, span: tuple[int, int], own: Sequence[Modifier]) -> Anchor:
    """Return one anchor; own are its modifiers."""
    phrase = find_noun_phrase(s, *span)
    head = phrase.head if phrase else span[0] if s.tag(span[0]) == 'PRP' else None
    words = [w for i, w in enumerate(s.words[slice(*span)], span[0]) if i != head]
    return Anchor(
        s.span(*span), singular(s.word(head)) if head is not None else None,
        read_position([words]), _attributes(s, span, head), _relations(s, own))
