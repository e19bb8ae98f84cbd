# SPDX-License-Identifier: Apache-2.0
"""The parts of a phrase that are contrasted with other words: its noun, and each attribute."""
from __future__ import annotations

from dataclasses import dataclass
import re

from ris_ros.grounding.appearance import GENERAL_NOUNS
from ris_ros.language.household import is_household_noun, rival_attributes
from ris_ros.language.query import Query

_DETERMINERS = frozenset(
    'the a an my your his her our their this that these those some any and'.split())


@dataclass(frozen=True)
class RivalTexts:
    """A text with an attribute, and the same text with each of the attribute's rivals.

    Attributes:
        text: 'the red mug'.
        others: 'the blue mug', 'the green mug' …
    """

    text: str
    others: tuple[str, ...]


def noun_of(query: Query) -> str:
    """Return the words that name the thing, lower case; '' where any thing is meant.

    It is 'toy car' of 'the red toy car', and 'paper towel' of 'a paper towel'.
    """
    words = [word for word in query.phrase.lower().split() if word not in _DETERMINERS]
    attributes = {word for attribute in query.attributes for word in attribute.split()}
    for first in range(len(words)):  # "paper towel" is a noun of the vocabulary, whatever paper is
        if is_household_noun(whole := ' '.join(words[first:])) and first < len(words) - 1:
            return whole
    kept = [word for word in words[:-1] if word not in attributes] + words[-1:]
    noun = ' '.join(kept)
    is_bare = query.head is None and {*kept} <= attributes  # "red"
    return '' if noun in GENERAL_NOUNS or is_bare else noun


def exchanges_of(query: Query) -> tuple[RivalTexts, ...]:
    """Return an exchange for each colour, material and pattern of a query's target."""
    noun, found = noun_of(query), []
    for attribute in query.attributes:
        rivals = [one for one in rival_attributes(attribute) if one not in query.attributes]
        word = re.compile(rf'\b{re.escape(attribute)}\b')
        # "The mug that is red" has its colour in the sentence only.
        text = next((one for one in (query.phrase.lower(), query.sentence.lower())
                     if word.search(one)), None)
        if rivals and text is not None and attribute not in noun.split()[:-1]:
            found.append(RivalTexts(text, tuple(word.sub(other, text, count=1)
                                              for other in rivals)))
    return tuple(found)
