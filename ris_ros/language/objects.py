# SPDX-License-Identifier: Apache-2.0
"""Find the object that a clause names, and its modifiers."""
from __future__ import annotations

import re

from ris_ros.language.bare_expressions import bare_place, description
from ris_ros.language.clauses import Clause
from ris_ros.language.mention import Mention, Modifier, ModifierKind
from ris_ros.language.modifiers import FREE_RELATIVES, find_modifiers, free_relative
from ris_ros.language.noun_phrase import NounPhrase, find_noun_phrase
from ris_ros.language.nouns import (
    ATTRIBUTES,
    BODY_PARTS,
    COUNTED,
    MANOEUVRES,
    MEASURES,
    OPAQUE,
    ROOMS,
)
from ris_ros.language.positions import POSITION_WORDS, match_position
from ris_ros.language.query import RelationType
from ris_ros.language.sentence import Sentence
from ris_ros.language.text import word_set
from ris_ros.language.verbs import (
    GIVE_VERBS,
    PERSON_VERBS,
    PLACE_VERBS,
    PUSH_VERBS,
    TOOL_VERBS,
    TREAT_VERBS,
    Role,
)

# Relations to a place where an object can be put.
_PUT_THERE = frozenset({RelationType.ON, RelationType.IN})
_PLACES = frozenset(RelationType) - {RelationType.WITH, RelationType.PART_OF}
_OBJECT_PRONOUNS = word_set(
    'it them him her himself herself itself yourself myself this that these those something '
    'anything everything nothing someone anyone everyone somebody anybody everybody')
# "go to the front of the house": the house.
_PARTS = word_set('front back rear middle center centre')
# They move an object from its place: "move the cup on the tray to the left of the plate".
_SHIFTING = word_set('move push slide drag shift')
_NO_THINGS = frozenset({'next', 'same'})
_REJECTION = re.compile('not (?:this|that|it)(?: one)?')
# They make a place more exact: "on the table in the corner".
_SPOTS = ROOMS | word_set('corner middle center centre back front')
# They begin a destination after the object's own place.
_DESTINATIONS = word_set('into onto to toward towards')
_PATHS = word_set('to toward towards past through across along until into onto')


def find_mention(s: Sentence, clause: Clause) -> Mention | None:
    """Return the object that a clause names, or None."""
    if clause.forbidden:
        return _exception(s, clause)
    if not clause.commanded and (place := bare_place(s, clause.start, clause.end)):
        return place
    if _REJECTION.fullmatch(s.joined(clause.start, clause.end)):
        return None
    if s.word(clause.start) == 'not':  # "not the red one, the blue one"
        denied = _next_mention(s, clause, clause.start + 1)
        return denied and (_next_mention(s, clause, denied.end) or _denial(s, clause, denied))
    found = _next_mention(s, clause, clause.start)
    if not clause.commanded and (found is None or found.start > clause.start):
        found = description(s, clause.start, clause.end) or found
    if found and clause.verb in GIVE_VERBS:
        return _gift(s, clause, found) or found
    if clause.role is not Role.MOVE:
        return found
    # "walk past the table to the sofa": the last one is where the robot shall be.
    while found:
        following = _next_mention(s, clause, found.end) if s.word(found.end) in _PATHS else None
        if following is None:
            break
        found = following
    return found


def _exception(s: Sentence, clause: Clause) -> Mention | None:
    """Return what a prohibition allows: the cup in "don't take the glass but the cup"."""
    for i in range(clause.start, clause.end):
        if s.word(i) == 'but':
            return _next_mention(s, clause, i + 1)
    return None


def _denial(s: Sentence, clause: Clause, denied: Mention) -> Mention:
    """Return the mention whose only words say what is not meant: 'not the red one'."""
    exclusion = Modifier(ModifierKind.EXCLUSION, clause.start, denied.end, None,
                         (denied.start, denied.end), negated=True)
    return Mention(clause.start, denied.end, None, None, (exclusion,))


def _gift(s: Sentence, clause: Clause, receiver: Mention) -> Mention | None:
    """Return the object that is given after a receiver: the book in 'the girl the book'."""
    phrase = find_noun_phrase(s, receiver.end, clause.end)
    if phrase is None or phrase.head is None or not phrase.determined:
        return None
    return _mention(s, clause, phrase)


def _next_mention(s: Sentence, clause: Clause, start: int) -> Mention | None:
    """Return the first object named from word start on, or None."""
    i = start
    while i < clause.end:
        if s.word(i) in FREE_RELATIVES and clause.verb and not clause.asked:
            return free_relative(s, i, clause.end)
        phrase = find_noun_phrase(s, i, clause.end)
        if phrase is None:
            if clause.role is not Role.MOVE and clause.commanded and not clause.asked and (
                    s.word(i) in _OBJECT_PRONOUNS):
                return None
            i += 1
        elif phrase.head is None and not (
                clause.role is Role.HANDLE and phrase.determined and not _is_aim(s, i)):
            i = phrase.end
        elif phrase.head is None and (s.word(i) == 'a' or s.word(i + 1) in _NO_THINGS):
            i = phrase.end  # "hang a right", "take the next left"
        elif phrase.head is None:
            return _mention(s, clause, phrase)
        elif (skipped := _skip(s, phrase, clause)) is not None:
            if skipped < 0:
                return None
            i = skipped
        else:
            return _mention(s, clause, phrase)
    return None


def _is_aim(s: Sentence, i: int) -> bool:
    """Tell whether word i follows a preposition: 'look to the left'."""
    return i > 0 and s.tag(i - 1) in ('IN', 'TO')


def _skip(s: Sentence, phrase: NounPhrase, clause: Clause) -> int | None:
    """Return the index at which to look on after a phrase that is no object.

    It is -1 where the clause has no object, and None where the phrase is an object.
    """
    noun = s.word(phrase.head) if phrase.head is not None else ''
    words = s.words[phrase.start:phrase.end]
    if noun in OPAQUE and s.word(phrase.end) in ('of', 'to'):  # "the name of the person"
        whose = find_noun_phrase(s, phrase.end + 1, clause.end)
        return phrase.end if whose and whose.head is not None and whose.determined else -1
    own = 'your' in words or (clause.commanded and words[0] == 'both')
    if noun in OPAQUE or (noun in BODY_PARTS and own):
        return -1
    if clause.verb in PERSON_VERBS and not phrase.determined and _is_name(s, phrase):
        return phrase.end
    if noun in ATTRIBUTES and (clause.asked or s.word(phrase.end) == 'of'):
        return phrase.end
    if clause.role is Role.MOVE and noun in _PARTS and s.word(phrase.end) == 'of':
        return phrase.end
    counted = noun in COUNTED and (
        words[0] == 'a' or any(s.tag(j) == 'CD' for j in range(*phrase.span)))
    return phrase.end if counted or noun in MANOEUVRES else None


def _is_name(s: Sentence, phrase: NounPhrase) -> bool:
    """Tell whether a phrase is one capitalised word in a text that is not all capitalised."""
    name = s.span(*phrase.span)
    headline = len(s) > 3 and s.text.istitle()
    return phrase.end == phrase.start + 1 and name.istitle() and not headline


def _mention(s: Sentence, clause: Clause, phrase: NounPhrase) -> Mention:
    """Build the mention that begins with phrase."""
    phrase = _with_contents(s, phrase, clause.end)
    modifiers = find_modifiers(s, phrase, clause.end, telegraphic=not clause.commanded)
    if clause.verb in PLACE_VERBS | TREAT_VERBS and clause.role is not Role.MOVE and not (
            modifiers and _is_destination(s, modifiers[-1].end)):
        modifiers = _without_destination(s, modifiers, clause.verb)
    if clause.verb in PUSH_VERBS and modifiers and s.word(modifiers[-1].start) == 'to':
        modifiers.pop()
    if modifiers and _tells_how(s, clause, modifiers[-1]):
        modifiers.pop()
    end = modifiers[-1].end if modifiers else phrase.end
    is_place = phrase.head is None and match_position(s.joined(*phrase.span))
    return Mention(phrase.start, end, None if is_place else phrase.span, phrase.head,
                   tuple(modifiers))


def _tells_how(s: Sentence, clause: Clause, m: Modifier) -> bool:
    """Tell whether a modifier is about the action or the question, not about the object."""
    if m.anchor and s.word(m.start) == 'with':
        own = s.word(m.anchor[0]) == 'your' and s.word(m.anchor[1] - 1) in BODY_PARTS
        return own or clause.verb in TOOL_VERBS  # "touch it with your hand"
    # "what is the monitor sitting on"
    return clause.asked and m.kind is ModifierKind.PREDICATE and s.tag(m.end - 1) == 'IN'


def _with_contents(s: Sentence, phrase: NounPhrase, end: int) -> NounPhrase:
    """Add the contents to a measure: 'a bunch' becomes 'a bunch of bananas'."""
    if phrase.head is None or s.word(phrase.end) != 'of' or s.word(phrase.head) not in MEASURES:
        return phrase
    contents = find_noun_phrase(s, phrase.end + 1, end)
    if contents is None or contents.determined:
        return phrase
    return NounPhrase(phrase.start, contents.end, phrase.head, phrase.determined)


def _is_destination(s: Sentence, i: int) -> bool:
    """Tell whether a destination begins at word i: 'into the box', but not 'to its left'."""
    return s.word(i) in _DESTINATIONS and not (s.tag(i + 1) == 'PRP$' and (
        s.word(i + 2) in POSITION_WORDS))


def _without_destination(
        s: Sentence, modifiers: list[Modifier], verb: str) -> list[Modifier]:
    """Cut off the destination of the object.

    Two places in a row are a place and a destination, unless the second only makes the first
    more exact: 'on the table next to the plate'.
    """
    places = [i for i, m in enumerate(modifiers)
              if (m.kind is ModifierKind.POSITION or m.relation in _PLACES)
              and not _is_own(modifiers, i)]
    if not places:
        return modifiers
    if directed := [i for i in places if s.word(modifiers[i].start) == 'to']:
        first = directed[0]  # "place it to the left of the spoon on the plate"
        if first > 0 and verb not in _SHIFTING and modifiers[first - 1].relation in _PUT_THERE:
            first -= 1  # "set it on the counter to the left of the bread"
        return modifiers[:first]
    cut = places[-1]
    if len(places) > 1 and (modifiers[cut].relation not in _PUT_THERE
                            or s.word(modifiers[cut].anchor_span[1] - 1) in _SPOTS):
        previous = places[-2]
        if previous == cut - 1 and modifiers[previous].relation in _PUT_THERE:
            cut = previous
    return modifiers[:cut]


def _is_own(modifiers: list[Modifier], i: int) -> bool:
    """Tell whether modifier i belongs to 'that is …' or 'standing …' before it."""
    return i > 0 and modifiers[i - 1].kind in (ModifierKind.CLAUSE, ModifierKind.PREDICATE)
