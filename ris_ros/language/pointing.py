# SPDX-License-Identifier: Apache-2.0
"""Words that go with a pointing finger: 'the one left of this', 'not this, the blue one'."""
from __future__ import annotations

import re

from ris_ros.language.query import Anchor, Query
from ris_ros.language.text import normalise

# The anchor that stands for what is pointed at; the parser reads it as any other noun phrase.
POINTED = 'this thing'
_PREPOSITIONS = (r'(?:of|to|from|behind|near|by|beside|on|in|under|above|below|over|inside|with|'
                 r'between|opposite|than|front of|next to)')
_PRONOUN = r'(?:this|that|it|these|those|here|there)(?: one| ones| thing| object)?'
# After the pronoun comes the end or something else; 'left of this mug' names an anchor already.
_ANCHOR = re.compile(
    rf'\b({_PREPOSITIONS}) {_PRONOUN}'
    r'(?=\s*(?:$|[,.;:!?]|(?:and|but|please|which|that|is|are)\b))', re.IGNORECASE)
_NOT_THIS = re.compile(
    r'(?:no[,.!]? )*(?:not|never) (?:this|that|it|these)(?: one| thing| object)?'
    r'(?:[,.;:!]| but)* *', re.IGNORECASE)
_HERE = re.compile(r'\b(?:this|that|these|those|here|there|it)\b', re.IGNORECASE)
_DEICTIC = frozenset({'this', 'that', 'these', 'those'})


def with_anchor(text: str) -> str:
    """Return a text in which 'left of this' names an anchor: 'left of this thing'."""
    return _ANCHOR.sub(rf'\1 {POINTED}', normalise(text))


def without_rejection(text: str) -> str | None:
    """Return what is meant in place of the object: 'the blue one' of 'not this, the blue one'.

    Returns:
        'another one' where nothing is said of it; None where the text rejects nothing.
    """
    found = _NOT_THIS.match(normalise(text).strip())
    if found is None:
        return None
    return normalise(text).strip()[found.end():].strip(' .!?') or 'another one'


def means_pointed(query: Query) -> bool:
    """Tell whether a query names what is pointed at: 'this mug', 'the mug here'."""
    words = (query.target or '').lower().split()
    return bool(words and words[0] in _DEICTIC) or (not query.relations and bool(
        _HERE.search(query.text)) and query.head is not None)


def is_pointed(anchor: Anchor) -> bool:
    """Tell whether an anchor is what is pointed at: 'this thing', 'that mug'."""
    return anchor.text.lower().split()[:1] in (['this'], ['that'], ['these'], ['those'])
