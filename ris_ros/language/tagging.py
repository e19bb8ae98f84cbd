# SPDX-License-Identifier: Apache-2.0
"""Tag a command with spaCy, and correct the tags where they misread robot commands.

spaCy's dependency parser is left out here, because the rules for commands read only words and
tags. The paper's rule (paper_rule.py) is the one that parses.
"""
from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

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
from ris_ros.language.openings import SENTENCE_ENDS, count_preludes
from ris_ros.language.positions import POSITION_WORDS
from ris_ros.language.sentence import BASE_TAGS, NOUN_TAGS, OBJECT_OPENING_TAGS, Sentence
from ris_ros.language.spelling import CorrectedText
from ris_ros.language.text import word_set
from ris_ros.language.verbs import VERBS_OR_THINGS, is_known_verb

if TYPE_CHECKING:
    from spacy.language import Language as SpacyLanguage

# They are verbs too; they are things only where a noun phrase has begun.
_AMBIGUOUS = word_set(
    'bear book box brush can cup drill duck hammer hook ring block pepper')
# After "can" they tell where the tin stands, though they look like verbs to the tagger.
_PLACES = word_set('closest nearest farthest furthest close near next left right')
_PREPOSITIONS = word_set(
    'of in on at with by behind near beside under below beneath above over inside between from '
    'against into onto without')
_PLACE_PREPOSITIONS = word_set('on in with by near next behind beside under above at')
_BEFORE_TO = word_set('next close closer closest near nearest adjacent opposite')
# Things that a robot does beside or on something, without an object.
_STANDING = word_set(
    'kneel squat hop climb jump lean rest lie land hide kick gaze stare glance peek hover halt '
    'pause stay remain crouch pose perch dock charge sleep smile wave bow knock step swim '
    'settle')
_NO_NOUNS = word_set(
    'up down away around here there now again please off over back out on in side together alone '
    'outside inside') | POSITION_WORDS
_KNOWN_NOUNS = (THINGS | ROOMS | PEOPLE | CLOTHES) - {
    'driver', 'baby', 'cap', 'tie', 'top', 'suit', 'dress', 'clothing'}
_DESCRIBING = POSITION_WORDS | COLOURS | LOOKS | {'and', ','}
_OPENING_TAGS = NOUN_TAGS | {'DT', 'PRP$', 'JJ', 'JJR', 'JJS', 'CD', 'POS', 'VBN'}


def tag_sentence(nlp: SpacyLanguage, text: str, corrected: CorrectedText) -> Sentence:
    """Tag a command.

    It is tagged in lower case, because capitals ('The Red MUG') mislead the tagger. Each sentence
    is tagged by itself and without the politeness before it, so that neither changes the tags of
    the rest.

    Args:
        nlp: spaCy's model, as from load_nlp().
        text: The command as it was written.
        corrected: The same in good spelling.
    """
    from spacy.tokens import Doc
    whole = nlp.make_doc(corrected.text)
    words = [token.text for token in whole]
    tags = ['UH'] * len(words)
    cuts = [0, *(i for i in range(1, len(words)) if words[i - 1] in SENTENCE_ENDS), len(words)]
    spans = [(start + count_preludes(words[start:end]), end) for start, end in pairwise(cuts)]
    spans = [(start, end) for start, end in spans if start < end]
    docs = [Doc(nlp.vocab, words=words[start:end],
                spaces=[bool(token.whitespace_) for token in whole[start:end]])
            for start, end in spans]
    for (start, end), doc in zip(spans, nlp.pipe(docs, disable=['parser']), strict=True):
        tags[start:end] = correct_tags(words[start:end], [token.tag_ for token in doc])
    return Sentence(
        text, tuple(words), tuple(tags), tuple(corrected.starts[token.idx] for token in whole),
        tuple(corrected.ends[token.idx + len(token) - 1] for token in whole))


def correct_tags(words: list[str], tags: list[str]) -> list[str]:
    """Correct the tags of known colours, looks and things.

    Args:
        words: The words of one sentence, lower case.
        tags: Their Penn Treebank tags by spaCy.
    """
    fixed: list[str] = []
    for i, (word, tag) in enumerate(zip(words, tags, strict=True)):
        shades = word in SHADES and i + 1 < len(words) and words[i + 1] in COLOURS
        misread = tag in BASE_TAGS and word in POSITION_WORDS | COLOURS - {'back'}
        if word in INTERJECTIONS:
            tag = 'UH'
        elif word.isalpha() and _must_be_noun(i, words, tags):
            tag = 'NN'
        elif word == 'that' and _opens_clause(i, words, tags, fixed):
            tag = 'WDT'
        elif shades or misread or word in PLAIN_COLOURS or word in LOOKS:
            tag = 'JJ'
        elif tag not in NOUN_TAGS and singular(word) in _KNOWN_NOUNS and (
                word not in _AMBIGUOUS or _in_phrase(i, words, tags, fixed)):
            tag = 'NN' if singular(word) == word else 'NNS'
        elif tag == 'NN' and word.endswith('ing') and i and singular(words[i - 1]) in PEOPLE:
            tag = 'VBG'  # "guy kneeling"
        fixed.append(tag)
    return fixed


def _must_be_noun(i: int, words: list[str], tags: list[str]) -> bool:
    """Tell whether word i, whatever its tag, stands where only a noun can."""
    word, tag, last = words[i], tags[i], i + 1 == len(words)
    if word == 'orange' and tag not in NOUN_TAGS and (
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
            tag in BASE_TAGS | {'RB', 'UH'}) and word not in _NO_NOUNS | _STANDING and (
            not is_known_verb(word)):
        return True  # "surfboard with stripes"
    if word == 'light' and i and (last or words[i + 1] in _PLACE_PREPOSITIONS) and (
            words[i - 1] not in ('is', 'are', 'very', 'too')):
        return True  # "the right most light"
    if word == 'stop' and i and words[i - 1] in ('bus', 'tram', 'emergency'):
        return True
    if tag in BASE_TAGS and _after_preposition(i, words):
        return True
    if tag in BASE_TAGS | {'VBZ'} and i > 1 and tags[i - 1] in NOUN_TAGS and (
            tags[i - 2] == 'CD' and singular(words[i - 1]) == words[i - 1] != 'one'):
        return True  # "two door frames"
    if not last or tag not in BASE_TAGS | {'RB', 'UH', 'FW'} or word in _NO_NOUNS:
        return False
    # Short texts without a verb: "leftmost zeb", "white and brown cow", "mans tie".
    return (i == 1 and tags[0] in ('NNS', 'NNPS')) or (
        i > 0 and all(w in _DESCRIBING for w in words[:i]))


def _opens_clause(i: int, words: list[str], tags: list[str], before: list[str]) -> bool:
    """Tell whether "that" at i opens a clause about the noun before it: "pan that is not red"."""
    if not before or before[-1] not in NOUN_TAGS or tags[i + 1:i + 2] not in (['VBZ'], ['VBP']):
        return False
    return words[i - 1] in THINGS or not is_known_verb(words[i - 1])


def _after_preposition(i: int, words: list[str]) -> bool:
    """Tell whether word i follows a preposition, after which no verb stands: 'next to bus'."""
    if i and words[i - 1] == 'to':
        return i > 1 and words[i - 2] in _BEFORE_TO
    return i > 0 and words[i - 1] in _PREPOSITIONS


def _in_phrase(i: int, words: list[str], tags: list[str], before: list[str]) -> bool:
    """Tell whether word i, a verb or a thing, belongs to the noun phrase before it."""
    if not before or before[-1] not in _OPENING_TAGS:
        return False
    next_tag = tags[i + 1] if i + 1 < len(tags) else ''
    if words[i] == 'can':
        may = next_tag == 'PRP' or (next_tag == 'VB' and words[i + 1] not in _PLACES)
        return before[-1] not in NOUN_TAGS or not may
    # "the man hammers the nail"
    return before[-1] not in NOUN_TAGS or next_tag not in OBJECT_OPENING_TAGS
