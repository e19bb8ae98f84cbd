"""Check and normalise the text of a command."""
from __future__ import annotations

import re

from ris_ros.errors import CommandError

MAX_CHARACTERS = 1000

_SURROGATE = re.compile('[\ud800-\udfff]')
_QUOTES = str.maketrans({'‘': "'", '’': "'", '“': '"', '”': '"'})


def check_command(text: str) -> str:
    """Return the command with single spaces and plain quotes.

    Raises:
        CommandError: It is no string, blank, or longer than MAX_CHARACTERS.
    """
    if not isinstance(text, str):
        raise CommandError(
            f'The command is of type {type(text).__name__}; give it as a string of text.')
    if len(text) > MAX_CHARACTERS:
        raise CommandError(
            f'The command has {len(text)} characters, but at most {MAX_CHARACTERS} are read; '
            'say it in one or two sentences.')
    text = ' '.join(encodable(text).translate(_QUOTES).split())
    if not text:
        raise CommandError('The command is blank; name an object, e.g. "the red mug".')
    return text


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
