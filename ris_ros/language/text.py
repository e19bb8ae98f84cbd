# SPDX-License-Identifier: Apache-2.0
"""Check and normalise the text of a command."""
from __future__ import annotations

import re
import unicodedata

from ris_ros.errors import CommandError

MAX_CHARACTERS = 1000

_SURROGATE = re.compile('[\ud800-\udfff]')
# NFKC would make a space and an accent of some of these, so that they are replaced before it.
_LOOKALIKES = str.maketrans(
    dict.fromkeys('‘’‚‛′‵´`ˊˋʹʻʼʽˈꞌ՚׳＇', "'") | dict.fromkeys('“”„‟″‶«»＂', '"')
    | dict.fromkeys('‐‑−﹣－', '-'))
# Variation selectors and other marks and fillers without a shape, beside the format characters
# (category Cf): zero-width and bidirectional marks, soft hyphens, tags.
_WITHOUT_SHAPE = frozenset('\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0') | {
    chr(code) for code in (*range(0x180b, 0x1810), *range(0xfe00, 0xfe10))}
_CONTROLS = re.compile('[\x00-\x1f\x7f-\x9f]+')


def check_command(text: str) -> str:
    """Return the command in plain characters and with single spaces.

    Raises:
        CommandError: It is no string, blank, or longer than MAX_CHARACTERS.
    """
    if not isinstance(text, str):
        raise CommandError(
            f'The command is of type {type(text).__name__}; give it as a string of text.')
    if len(text) <= MAX_CHARACTERS:
        text = ' '.join(normalise(text).split())
    if len(text) > MAX_CHARACTERS:
        raise CommandError(
            f'The command has {len(text)} characters, but at most {MAX_CHARACTERS} are read; '
            'say it in one or two sentences.')
    if not text:
        raise CommandError('The command is blank; name an object, e.g. "the red mug".')
    return text


def normalise(text: str) -> str:
    """Return a text in the characters that a keyboard has, as far as there are any for it.

    Quotes, apostrophes and hyphens of other shapes become plain, full-width and other compatibility
    characters become those that they stand for (NFKC), and characters without a shape are left out.
    Everything that reads words starts here.
    """
    text = unicodedata.normalize('NFKC', encodable(text).translate(_LOOKALIKES))
    text = ''.join(c for c in text if c not in _WITHOUT_SHAPE and unicodedata.category(c) != 'Cf')
    text = unicodedata.normalize('NFKC', text).translate(_LOOKALIKES)
    # A text of control characters alone is kept: it is a command that names nothing.
    return _CONTROLS.sub(' ', text) if _CONTROLS.sub('', text).strip() else text


def encodable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot encode, as spaCy does with every word."""
    return _SURROGATE.sub('\ufffd', text)


def lower_keeping_length(text: str) -> str:
    """Lower-case text so that every character keeps its offset.

    str.lower() turns some characters ('İ') into two, which would shift all later offsets.
    """
    return ''.join(c.lower() if len(c.lower()) == 1 else c for c in text)


def word_set(text: str) -> frozenset[str]:
    """Return the words of text as a set, for lexicons."""
    return frozenset(text.split())
