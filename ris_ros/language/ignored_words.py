# SPDX-License-Identifier: Apache-2.0
"""Find the words after a referring expression that no rule has used, though they may tell a place.

Such words are named in the answer, because without them the expression may mean another object.
"""
from __future__ import annotations

from ris_ros.language.clauses import Clause
from ris_ros.language.mention import Mention
from ris_ros.language.noun_phrase import find_noun_phrase
from ris_ros.language.relation_words import is_place_word
from ris_ros.language.sentence import ADVERB_TAGS, Sentence
from ris_ros.language.text import word_set

_SAYING_NOTHING = word_set(
    'please thanks thank you robot now then too also again instead there here just a little bit '
    'right for me us slightly somewhat well directly')
# After a verb they tell when, or which way: "carry the candle past the bathtub".
_ABOUT_ACTIONS = word_set(
    'past through across along around round up down over off before after about via on in by '
    'against inside within under behind between above near left right')
_PRESENT_TAGS = word_set('VBZ VBP MD')
_NO_WORD_TAGS = ADVERB_TAGS | {'UH', '.', ',', ':', '', 'CC', '-RRB-', '-LRB-', "''", '``', 'HYPH'}


def ignored_words(s: Sentence, clause: Clause, mention: Mention) -> str:
    """Return the words after a mention that were not understood, as they were written, or ''.

    In a command many words after the object are about the action ("put it on the table"), so only
    those count that begin with a preposition of place that no rule reads.
    """
    start, end = mention.end, clause.end
    while start < end and (s.word(start) in _SAYING_NOTHING or s.tag(start) in _NO_WORD_TAGS) and (
            not is_place_word(s.word(start))):
        start += 1
    if start >= end or clause.asked or not _PRESENT_TAGS.isdisjoint(
            s.tags[start + is_place_word(s.word(start)):start + 2]):
        return ''  # "the plant needs water"
    if clause.commanded and (
            not is_place_word(s.word(start)) or s.word(start) in _ABOUT_ACTIONS):
        return ''
    names_place = any(find_noun_phrase(s, i, end) for i in range(start + 1, end))
    if not names_place and not is_place_word(s.word(start)):
        return ''
    while end > start and (s.word(end - 1) in _SAYING_NOTHING or s.tag(end - 1) in _NO_WORD_TAGS):
        end -= 1
    return s.span(start, end) if end > start else ''
