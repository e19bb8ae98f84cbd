# SPDX-License-Identifier: Apache-2.0
"""Words that mean something that was seen earlier: 'the mug you saw before'."""
from __future__ import annotations

import re

from ris_ros.language.text import MAX_CHARACTERS, normalise

_WHEN = (r'(?:before|earlier|previously|just now|already|last time|the last time|'
         r'(?:a|one) (?:moment|minute|second|while) ago)')
_WHO = r"(?:you|u|we|i)(?:'ve| have|'d| had)?(?: just| already)?"
_SEEN = r'(?:saw|seen|(?:showed|shown)(?: to)?(?: you| me| us)?|noticed|spotted)'
# Not of "have you seen the mug", whose verb asks.
_NO_QUESTION = ''.join(rf'(?<!\b{word} )' for word in (
    'have', 'has', 'had', 'did', 'do', 'what', 'where', 'who'))
_PAST = re.compile(
    rf',? (?:(?:that|which) )?{_NO_QUESTION}\b{_WHO} {_SEEN}\b(?: (?:here|there))?(?: {_WHEN}\b)?|'
    rf' (?:from|of) {_WHEN}\b|'
    rf' (?:that|which) (?:was|were) (?:here|there|seen|visible|in view)\b(?: {_WHEN}\b)?',
    re.IGNORECASE)


def without_past(text: str) -> str | None:
    """Return a text without the words that say that its object was seen earlier.

    Returns:
        'take the mug' of 'take the mug you saw before'; None where nothing says so.
    """
    if len(text) > MAX_CHARACTERS:
        return None  # which is refused when it is parsed
    plain = ' '.join(normalise(text).split())
    kept = _PAST.sub('', plain, count=1)
    return kept if kept != plain else None
