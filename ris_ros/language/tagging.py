"""Correct the tagger where it misreads the words of robot commands."""
from __future__ import annotations

from ris_ros.language.nouns import (
    CLOTHES,
    COLOURS,
    INTERJECTIONS,
    LOOKS,
    PEOPLE,
    PLAIN_COLOURS,
    ROOMS,
    SHADES,
    THINGS,
    singular,
)
from ris_ros.language.positions import POSITION_WORDS
from ris_ros.language.verbs import VERBS_OR_THINGS, is_known_verb

# Also verbs; they are things only where a noun phrase has begun.
_AMBIGUOUS = frozenset(
    'bear book box brush can cup drill duck hammer hook ring block pepper'.split())
# After "can" they tell where the tin stands, though they look like verbs to the tagger.
_PLACES = frozenset('closest nearest farthest furthest close near next left right'.split())
_PREPOSITIONS = frozenset(
    'of in on at with by behind near beside under below beneath above over inside between from '
    'against into onto without'.split())
_PLACE_PREPOSITIONS = frozenset('on in with by near next behind beside under above at'.split())
_BEFORE_TO = frozenset('next close closer closest near nearest adjacent opposite'.split())
# What a robot does beside or on something, without an object.
_STANDING = frozenset(
    'kneel squat hop climb jump lean rest lie land hide kick gaze stare glance peek hover halt '
    'pause stay remain crouch pose perch dock charge sleep smile wave bow knock step swim '
    'settle'.split())
_NO_NOUNS = frozenset(
    'up down away around here there now again please off over back out on in side together alone '
    'outside inside'.split()) | POSITION_WORDS
_KNOWN_NOUNS = (THINGS | ROOMS | PEOPLE | CLOTHES) - {
    'driver', 'baby', 'cap', 'tie', 'top', 'suit', 'dress', 'clothing'}
_DESCRIBING = POSITION_WORDS | COLOURS | LOOKS | {'and', ','}
_NOUN_TAGS = frozenset({'NN', 'NNS', 'NNP', 'NNPS'})
_OPENING_TAGS = _NOUN_TAGS | {'DT', 'PRP$', 'JJ', 'JJR', 'JJS', 'CD', 'POS', 'VBN'}


def correct_tags(words: list[str], tags: list[str]) -> list[str]:
    """Return the Penn Treebank tags with known colours, looks and things put right."""
    fixed: list[str] = []
    for i, (word, tag) in enumerate(zip(words, tags, strict=True)):
        shades = word in SHADES and i + 1 < len(words) and words[i + 1] in COLOURS
        misread = tag in ('VB', 'VBP') and word in POSITION_WORDS | COLOURS - {'back'}
        if word in INTERJECTIONS:
            tag = 'UH'
        elif word.isalpha() and _must_be_noun(i, words, tags):
            tag = 'NN'
        elif word == 'that' and _opens_clause(i, words, tags, fixed):
            tag = 'WDT'
        elif shades or misread or word in PLAIN_COLOURS or word in LOOKS:
            tag = 'JJ'
        elif tag not in _NOUN_TAGS and singular(word) in _KNOWN_NOUNS and (
                word not in _AMBIGUOUS or _in_phrase(i, words, tags, fixed)):
            tag = 'NN' if singular(word) == word else 'NNS'
        elif tag == 'NN' and word.endswith('ing') and i and singular(words[i - 1]) in PEOPLE:
            tag = 'VBG'  # "guy kneeling"
        fixed.append(tag)
    return fixed


def _must_be_noun(i: int, words: list[str], tags: list[str]) -> bool:
    """Tell whether word i, whatever its tag, stands where only a noun can."""
    word, tag, last = words[i], tags[i], i + 1 == len(words)
    if word == 'orange' and tag not in _NOUN_TAGS and (
            last or words[i + 1] in POSITION_WORDS
            or not (tags[i + 1] in _OPENING_TAGS or singular(words[i + 1]) in THINGS)):
        return True
    if word in COLOURS | POSITION_WORDS:
        return False
    if i == 0 and word == 'can' and (last or words[1] in ('that', 'which')):
        return True
    if i == 0 and not last and word in _AMBIGUOUS | VERBS_OR_THINGS:
        return words[1] in _PLACE_PREPOSITIONS  # "bear on left", but "hand over the cup"
    if i == 0 and not last and words[1] in _PLACE_PREPOSITIONS and (
            tag in ('VB', 'VBP', 'RB', 'UH')) and word not in _NO_NOUNS | _STANDING and (
            not is_known_verb(word)):
        return True  # "surfboard with stripes"
    if word == 'light' and i and (last or words[i + 1] in _PLACE_PREPOSITIONS) and (
            words[i - 1] not in ('is', 'are', 'very', 'too')):
        return True  # "the right most light"
    if word == 'stop' and i and words[i - 1] in ('bus', 'tram'):
        return True
    if tag in ('VB', 'VBP') and _after_preposition(i, words):
        return True
    if tag in ('VBZ', 'VB', 'VBP') and i > 1 and tags[i - 1] in _NOUN_TAGS and (
            tags[i - 2] == 'CD' and singular(words[i - 1]) == words[i - 1] != 'one'):
        return True  # "two door frames"
    if not last or tag not in ('VB', 'VBP', 'RB', 'UH', 'FW') or word in _NO_NOUNS:
        return False
    # Short texts without a verb: "leftmost zeb", "white and brown cow", "mans tie".
    return (i == 1 and tags[0] in ('NNS', 'NNPS')) or (
        i > 0 and all(w in _DESCRIBING for w in words[:i]))


def _opens_clause(i: int, words: list[str], tags: list[str], before: list[str]) -> bool:
    """Tell whether "that" at i goes on with the noun before it: "pan that is not red"."""
    if not before or before[-1] not in _NOUN_TAGS or tags[i + 1:i + 2] not in (['VBZ'], ['VBP']):
        return False
    return words[i - 1] in THINGS or not is_known_verb(words[i - 1])


def _after_preposition(i: int, words: list[str]) -> bool:
    """Tell whether word i follows a preposition, after which no verb stands: 'next to bus'."""
    if i and words[i - 1] == 'to':
        return i > 1 and words[i - 2] in _BEFORE_TO
    return i > 0 and words[i - 1] in _PREPOSITIONS


def _in_phrase(i: int, words: list[str], tags: list[str], before: list[str]) -> bool:
    """Tell whether word i, a verb or a thing, goes on with a noun phrase."""
    if not before or before[-1] not in _OPENING_TAGS:
        return False
    next_tag = tags[i + 1] if i + 1 < len(tags) else ''
    if words[i] == 'can':
        may = next_tag == 'PRP' or (next_tag == 'VB' and words[i + 1] not in _PLACES)
        return before[-1] not in _NOUN_TAGS or not may
    # "the man hammers the nail"
    return before[-1] not in _NOUN_TAGS or next_tag not in ('DT', 'PRP$', 'PRP')
