# SPDX-License-Identifier: Apache-2.0
"""Find one base noun phrase: determiners, modifiers and a head, without the words after it."""
from __future__ import annotations

from dataclasses import dataclass

from ris_ros.language.nouns import (
    COLOURS,
    COUNTED,
    INDEFINITES,
    INTERJECTIONS,
    MANOEUVRES,
    MATERIALS,
    PRO_NOUNS,
)
from ris_ros.language.positions import POSITION_WORDS, SUPERLATIVES, ordinal
from ris_ros.language.relation_words import is_never_noun, match_relation, opens_pair
from ris_ros.language.sentence import (
    ADJECTIVE_TAGS,
    ADVERB_TAGS,
    COMPARISON_TAGS,
    DETERMINER_TAGS,
    NOUN_TAGS,
    VERB_TAGS,
    Sentence,
)
from ris_ros.language.text import word_set

# Tags of nouns, and of words that the tagger does not know.
_NOUN_LIKE_TAGS = NOUN_TAGS | {'FW', 'XX', 'ADD'}
_MODIFIER_TAGS = ADJECTIVE_TAGS | {'AFX'}
_DETERMINERS = word_set(
    'the a an this that these those some any all each every both another my your his her its our '
    'their')
_NOT_DETERMINERS = frozenset({'there', 'which', 'what', 'who'})
_QUANTIFIERS = (
    'every one of', 'each one of', 'any one of', 'one of', 'any of', 'some of', 'all of', 'each of',
    'both of', 'either of')
# spaCy gives these tags to nouns after a determiner ("the light", "a can").
# In telegrams, the noun after these is what they wear or hold: "girl phone".
_BEARERS = word_set('man woman guy girl boy lady dude gal')
_PLACES_AFTER_NOUN = frozenset({
    'level with', 'side by', 'north of', 'south of', 'east of', 'west of'})
_TOPPED = word_set('lap table desk counter roof')
_AFTER_TOP = word_set('of left right row shelf corner')
_AUXILIARIES = word_set(
    "is are was were be been am 's 're do does did has have had will would should could")


@dataclass(frozen=True)
class NounPhrase:
    """A base noun phrase, without the words after it.

    Attributes:
        start: Index of its first word.
        end: Index after its last word.
        head: Index of the noun; None in 'the left'.
        determined: Whether a determiner opens it.
    """

    start: int
    end: int
    head: int | None
    determined: bool

    @property
    def span(self) -> tuple[int, int]:
        """(start, end) of its words."""
        return self.start, self.end


def is_noun(s: Sentence, i: int) -> bool:
    """Tell whether word i can be the noun of a phrase."""
    if i >= len(s):
        return False
    word, tag = s.word(i), s.tag(i)
    if word in PRO_NOUNS or (word == 'top' and i and s.word(i - 1) in COLOURS
                             and s.word(i + 1) not in _AFTER_TOP):
        return True  # "the lady in the blue top"
    if (word in INDEFINITES | POSITION_WORDS or ordinal(word) is not None
            or not word[0].isalnum() or is_never_noun(word)
            or opens_pair(s.joined(i, i + 5))):
        return False
    # The tagger takes rare nouns for interjections ("jello") and tins for modals.
    return (tag in _NOUN_LIKE_TAGS or (tag == 'UH' and word not in INTERJECTIONS)
            or (word == 'can' and i > 0 and s.tag(i - 1) in _NOUN_LIKE_TAGS
                and s.tag(i + 1) not in ('PRP', 'VB', 'DT', 'PRP$')))


def is_nominal(s: Sentence, i: int, end: int) -> bool:
    """Tell whether word i is a noun, or a modifier of a noun before end."""
    start = i
    while i < end and not is_noun(s, i) and (
            _is_modifier(s, i, end) or s.word(i) == '-'
            or (i > start and s.word(i) in ('and', '&', ',') and _is_modifier(s, i + 1, end))):
        i += 1 + (s.tag(i) == 'VBN' and s.tag(i + 1) == 'RP')
    return i < end and is_noun(s, i)


def find_noun_phrase(s: Sentence, start: int, end: int) -> NounPhrase | None:
    """Return the noun phrase that begins at word start and ends before end, or None."""
    i, determined = _skip_determiners(s, start, end)
    first, head = i, None
    while i < end:
        if head is not None:
            step, head = _extend(s, i, end, head, determined)
        else:
            step, head = _open(s, i, end, first, determined)
        if not step:
            break
        i += step
    if i == start or (i == first and not (determined and i > first)):
        return None
    if head is None and not determined and not _only_places(s, first, i):
        return None
    while i > first and s.word(i - 1) in ('and', 'or', ',', '-'):
        i -= 1
    return NounPhrase(start, i, head, determined)


def _skip_determiners(s: Sentence, i: int, end: int) -> tuple[int, bool]:
    """Return the index after determiners and whether there were any."""
    start = i
    for quantifier in _QUANTIFIERS:
        length = quantifier.count(' ') + 1
        if i + length < end and s.joined(i, i + length) == quantifier:
            i += length
            break
    if s.word(i) == 'that' and s.tag(i + 1) in ('DT', 'PRP$'):
        return i, False  # "make sure that the light is on"
    while i < end and (s.word(i) in _DETERMINERS or (
            s.tag(i) in DETERMINER_TAGS and s.word(i) not in _NOT_DETERMINERS)):
        if s.word(i) == 'half' and i == start:
            return i + 1, False
        i += 1
    return i, i > start


def _open(s: Sentence, i: int, end: int, first: int, determined: bool) -> tuple[int, int | None]:
    """Read word i before the head; return the number of words taken, and the head if found."""
    word, tag = s.word(i), s.tag(i)
    begun = determined or i > first
    if not determined and i == first and match_relation(s.joined(i, end)):
        return 0, None
    if determined and s.word(i + 1) == 'of' and (
            tag in COMPARISON_TAGS or word in SUPERLATIVES or word.endswith('most')):
        several = find_noun_phrase(s, i + 2, end)
        if several is not None and several.head is not None:
            return several.head - i + 1, several.head  # "the smaller of the two dogs"
    if (word in POSITION_WORDS or ordinal(word) is not None or word == 'far') and (
            not is_noun(s, i)):
        if is_nominal(s, i + 1, end):
            return 1, None
        # "the top of the bottle" is a thing; "the left of the bottle" is a direction.
        is_part = determined and (
            (s.word(i + 1) == 'of' and word not in ('left', 'right', 'far'))
            or (word == 'back' and s.word(i - 1) in ('her', 'his', 'their')))
        return 1, i if is_part else None
    if word in PRO_NOUNS:
        if is_nominal(s, i + 1, end):
            return 1, None
        return (1, i) if begun or word == 'ones' else (0, None)
    if is_noun(s, i):
        if word in COLOURS | MATERIALS and is_nominal(s, i + 1, end):
            return 1, None
        return 1, i
    if word in ('and', 'or', ',', '&', '-') and i > first and is_nominal(s, i + 1, end):
        return (1, None) if word == '-' or _is_modifier(s, i - 1, end) else (0, None)
    if tag == 'RP' and begun and s.tag(i - 1) in ('VBN', 'VBD') and is_nominal(s, i + 1, end):
        return 1, None  # "the rolled up towel"
    if _is_modifier(s, i, end) and (begun or is_nominal(s, i, end)):
        return 1, None
    # A verb after "the" is a noun or a participle that the tagger missed.
    if begun and tag in VERB_TAGS and word not in _AUXILIARIES:
        return 1, None if is_nominal(s, i + 1, end) else i
    return 0, None


def _extend(
        s: Sentence, i: int, end: int, head: int, determined: bool) -> tuple[int, int | None]:
    """Read word i after a noun; return the number of words taken, 0 for none, and the head."""
    word, tag = s.word(i), s.tag(i)
    if tag == 'POS' or (word == "'" and s.word(i + 1) == 's'):
        width = 1 if tag == 'POS' and word != "'" else 1 + (s.word(i + 1) == 's')
        owned = i + width
        if s.word(owned) == 'back' and owned < end and not is_nominal(s, owned + 1, end):
            return width + 1, owned  # "the man's back"
        return (width, None) if _goes_on_after_possessive(s, owned, end) else (0, head)
    if word == 'top' and s.word(head) in _TOPPED and s.word(i + 1) != 'of':
        return 1, i
    if match_relation(s.joined(i, end)) and word in POSITION_WORDS:
        return 0, head
    if word == 'half':
        return 1, i
    if s.joined(i, i + 2) in _PLACES_AFTER_NOUN:
        return 0, head
    if word == 'number' and s.tag(i + 1) == 'CD' and i + 1 < end:
        return 2, head
    if is_noun(s, i):
        is_new = word in COLOURS or s.word(head) in _BEARERS  # "guy red shirt", "girl phone"
        return (0, head) if is_new and not determined else (1, i)
    if word == '-' and i + 1 < end and s.word(i + 1).isalnum():
        return 2, i + 1
    if tag == 'CD' and word.isdigit() and s.word(i + 1) not in MANOEUVRES | COUNTED:
        return 1, head
    # "the akita black bowl"; without a determiner it is telegraphic: "guy red shirt".
    if determined and tag in ('JJ', 'VBN') and word not in SUPERLATIVES | POSITION_WORDS:
        return (1, None) if i + 1 < end and is_noun(s, i + 1) else (0, head)
    return 0, head


def _goes_on_after_possessive(s: Sentence, i: int, end: int) -> bool:
    """Tell whether a noun phrase can go on at word i after a possessive."""
    return i < end and (is_nominal(s, i, end) or s.tag(i) in VERB_TAGS)


def _is_modifier(s: Sentence, i: int, end: int) -> bool:
    """Tell whether word i can stand before a noun."""
    word, tag = s.word(i), s.tag(i)
    if word in POSITION_WORDS or word in COLOURS or word == 'most' or ordinal(word) is not None:
        return True
    if tag in ADVERB_TAGS:
        return i + 1 < end and (s.tag(i + 1) in _MODIFIER_TAGS or s.word(i + 1) in COLOURS)
    return (tag in _MODIFIER_TAGS or tag == 'CD') and word not in _AUXILIARIES


def _only_places(s: Sentence, start: int, end: int) -> bool:
    """Tell whether all words are positions or ordinals: 'second', 'far left'."""
    return all(w in POSITION_WORDS or w == 'far' or ordinal(w) is not None
               for w in s.words[start:end])
