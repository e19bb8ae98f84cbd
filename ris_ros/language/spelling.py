# SPDX-License-Identifier: Apache-2.0
"""Correct the spelling of function words, and keep where each character was."""
from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
import re

from ris_ros.language.text import lower_keeping_length, word_set
from ris_ros.language.verbs import verb_of_gerund

# Words that people shorten or join when they type.
_SHORT_FORMS = {
    'w/': 'with', 'w': 'with', 'w/o': 'without', 'n': 'and', '&': 'and', 'u': 'you', 'ur': 'your',
    'teh': 'the', 'hte': 'the', 'th': 'the', 'plz': 'please', 'pls': 'please',
    'cud': 'could', 'wud': 'would', 'infront': 'in front', 'ontop': 'on top', 'inback': 'in back',
    'inbetween': 'in between', 'besides': 'beside', 'wheres': 'where is', 'whats': 'what is',
    'whos': 'who is', 'thats': 'that is', 'theres': 'there is', 'dont': "don't", 'cant': "can't",
    'gimme': 'give me', 'lemme': 'let me', 'wanna': 'want to',
}
# A command is misread when one of these is misspelt, whereas a misspelt noun is still a noun.
_FUNCTION_WORDS = word_set(
    'above behind below beneath beside between bottom bring closest could farthest front furthest '
    'grab inside leftmost left middle near nearest next pick please right rightmost second that '
    'their there these third this those under underneath which with without would')
# "front l chair"
_SIDE_LETTERS = {'l': 'left', 'r': 'right'}
_BEFORE_SIDES = [[word] for word in 'far front back top bottom upper lower on the'.split()]
_LETTERS = 'abcdefghijklmnopqrstuvwxyz'
_PIECE = re.compile(r'[^\s,.;:!?()"]+')
# "the bottle form the table": a real word, but neither a verb nor a noun fits here.
_FORM = re.compile(r'(?<=[a-z] )form(?= (?:the|my|that|this|a|your) )')


@dataclass(frozen=True)
class CorrectedText:
    """A text in lower case and in good spelling.

    Attributes:
        text: The corrected text.
        starts: For each of its characters, the offset in the original text where the word or the
            character that it replaces starts.
        ends: The same, where it ends.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def misspellings(known: Container[str]) -> dict[str, str]:
    """Map each unknown word that is one slip away from a function word to that word.

    A slip is a letter left out, put in, replaced (in words of five letters or more) or swapped
    with the next.

    Args:
        known: Words that are right as they are.
    """
    found: dict[str, set[str]] = {}
    for word in _FUNCTION_WORDS:
        for slip in _slips(word):
            found.setdefault(slip, set()).add(word)
    return {slip: words.pop() for slip, words in found.items()
            if len(words) == 1 and slip not in known and slip not in _FUNCTION_WORDS}


def _slips(word: str) -> set[str]:
    """Return all words one slip away."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    slips = {a + b[1:] for a, b in cuts[1:] if b}
    slips |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    slips |= {a + c + b for a, b in cuts for c in _LETTERS}
    if len(word) > 4:
        slips |= {a + c + b[1:] for a, b in cuts if b for c in _LETTERS}
    return slips - {word}


def correct_spelling(text: str, slips: dict[str, str]) -> CorrectedText:
    """Lower-case a text and correct its function words.

    Args:
        text: The text as it was written.
        slips: Misspelt words and the right ones, as from misspellings().
    """
    lower = _FORM.sub('from', lower_keeping_length(text))
    parts, starts, ends, done = [], [], [], 0
    for piece in _PIECE.finditer(lower):
        word = piece.group()
        right = _SHORT_FORMS.get(word) or slips.get(word)
        if word in _SIDE_LETTERS and lower[:piece.start()].split()[-1:] in _BEFORE_SIDES:
            right = _SIDE_LETTERS[word]
        if lower[:piece.start()].split()[-1:] == ['mind']:
            right = verb_of_gerund(word)  # "would you mind passing me the mug"
        if right is None:
            continue
        for kept in range(done, piece.start()):
            starts.append(kept)
            ends.append(kept + 1)
        parts += [lower[done:piece.start()], right]
        starts += [piece.start()] * len(right)
        ends += [piece.end()] * len(right)
        done = piece.end()
    parts.append(lower[done:])
    starts += range(done, len(lower))
    ends += range(done + 1, len(lower) + 1)
    return CorrectedText(''.join(parts), tuple(starts), tuple(ends))
