# SPDX-License-Identifier: Apache-2.0
"""Find the anchor of a relation: 'the bowl', 'me', 'blue', 'the jar and the pan'."""
from __future__ import annotations

import re

from ris_ros.language.noun_phrase import NounPhrase, find_noun_phrase, is_noun
from ris_ros.language.nouns import COLOURS, INDEFINITES
from ris_ros.language.positions import SELF, match_position, ordinal
from ris_ros.language.sentence import PRONOUN_TAGS, Sentence

_IS_SELF = re.compile(rf'{SELF}(?= |$)')
_JOINTS = frozenset({',', 'and', '&'})


def find_anchor(s: Sentence, start: int, end: int, several: bool) -> tuple[int, int] | None:
    """Return the span of the anchor at word start, or None.

    Args:
        s: The sentence.
        start: Index of the anchor's first word.
        end: Index before which the anchor ends.
        several: Whether it may have two parts ('between the bowl and the mug').
    """
    if oneself := _IS_SELF.match(s.joined(start, end)):
        return start, start + len(oneself.group().split())
    if start < end and s.word(start) in INDEFINITES:
        return start, start + 1  # "with nobody in it"
    if start < end and s.joined(start - 1, start + 1) == 'with back':
        return start, start + 1  # "with back to us"
    if s.tag(start) in PRONOUN_TAGS and start < end and s.word(start) != 'her':
        return start, start + 1
    if start < end and s.word(start) in COLOURS and match_position(s.joined(start + 1, end)) and (
            not is_noun(s, start + 1)):
        return start, start + 1  # "person in black right side"
    phrase = find_noun_phrase(s, start, end)
    if phrase is None and start < end and s.word(start) in COLOURS:
        return start, start + 1  # "man in blue"
    if phrase is None or (phrase.head is None and not phrase.determined):
        return None
    stop = phrase.end
    if phrase.head is None and match_position(s.joined(start, end)):
        return None
    while s.word(stop) == 'of' and stop + 1 < end:
        part = find_noun_phrase(s, stop + 1, end)
        if part is None:
            break
        stop = part.end
    if any(ordinal(w) for w in s.words[start:stop]) and s.word(stop) == 'from' and stop < end:
        stop += match_position(s.joined(stop, end))
    if several and (second := _second(s, stop, end)):
        stop = second.end
    return start, stop


def is_self(s: Sentence, start: int, end: int) -> bool:
    """Tell whether the words at start name the robot, its camera or the speaker."""
    return _IS_SELF.match(s.joined(start, end)) is not None


def anchor_parts(s: Sentence, span: tuple[int, int], several: bool) -> list[tuple[int, int]]:
    """Return the spans of the parts of an anchor, of which it has two only with several."""
    start, end = span
    if several:
        for joint in range(start + 1, end - 1):
            if s.word(joint) in _JOINTS and s.word(joint + 1) not in _JOINTS and (
                    find_noun_phrase(s, joint + 1, end)):
                first = find_anchor(s, start, joint, several=False)
                if (first and first[1] == joint) or s.word(joint) == 'and':
                    return [(start, joint), (joint + 1, end)]
    return [span]


def _second(s: Sentence, start: int, end: int) -> NounPhrase | None:
    """Return the noun phrase after 'and', or None."""
    i = start
    while i < end and s.word(i) in _JOINTS:
        i += 1
    return find_noun_phrase(s, i, end) if i > start else None
