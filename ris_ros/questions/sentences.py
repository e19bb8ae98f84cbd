# SPDX-License-Identifier: Apache-2.0
"""Sentences that answer questions, made of what is known of the objects."""
from __future__ import annotations

from collections.abc import Sequence

from ris_ros.grounding.appearance import GENERAL_NOUNS
from ris_ros.grounding.result import Grounding
from ris_ros.language.nouns import singular
from ris_ros.language.query import Query
from ris_ros.questions.naming import Name
from ris_ros.questions.wording import (
    capital,
    definite,
    listing,
    noun_phrase,
    number_word,
    ordinal_word,
    with_article,
)
from ris_ros.status import Status

# An object or a colour counts from this probability on.
FITS = 0.5
ABLE = ('Ask what is seen, how many there are, whether there is one, where it is, what it is, '
        'what colour it has, or which one is meant.')


def tell_count(query: Query, found: Grounding) -> str:
    """Say how many there are."""
    count, more = found.count, len(found.candidates) - found.count
    if not count and not more:
        return f'I see no {noun_phrase(query, several=True)}.'
    if not count:
        things = 'one thing may be one' if more == 1 else (
            f'{number_word(more)} things may be')
        return f'I see no {noun_phrase(query, several=False)} for sure; {things}.'
    words = f'I see {number_word(count)} {noun_phrase(query, several=count > 1)}'
    if more == 1:
        return f'{words}; a {ordinal_word(count + 1)} thing may be one.'
    return f'{words}; {number_word(more)} more things may be.' if more else f'{words}.'


def tell_existence(query: Query, found: Grounding) -> str:
    """Say whether there is one, or as many as was asked."""
    count, more = found.count, len(found.candidates) - found.count
    one, several = (noun_phrase(query, several=several) for several in (False, True))
    if query.count is not None and count:
        verdict = 'Yes' if count == query.count else 'Not exactly'
        return f'{verdict}: {tell_count(query, found)}'
    if count:
        what = with_article(one) if count == 1 else f'{number_word(count)} {several}'
        return f'Yes, I see {what}.'
    if more:
        things = 'one thing' if more == 1 else f'{number_word(more)} things'
        return f'I am not sure: {things} may be {with_article(one)}.'
    return f'No, I see no {one}.'


def tell_identity(names: Sequence[Name]) -> str:
    """Say what it is."""
    told = [_describe(name) for name in names]
    if len(told) == 1:
        return f'It {told[0]}.'
    return capital(f'{number_word(len(told))} things may be meant: ' + '; '.join(
        f'number {number} {words}' for number, words in enumerate(told, 1)) + '.')


def tell_colour(query: Query, found: Grounding, names: Sequence[Name]) -> str:
    """Say what colour the objects have."""
    told = [f'is {name.colour}' if name.colour_chance >= FITS
            else f'is perhaps {name.colour}, but that is not sure' for name in names]
    if len(told) == 1:
        may = 'what may be ' if found.status is Status.AMBIGUOUS else ''
        return capital(f'{may}{definite(query)} {told[0]}.')
    return capital(f'{number_word(found.count)} things may be {definite(query)}: ' + listing(
        [f'number {number} {words}' for number, words in enumerate(told, 1)]) + '.')


def tell_other(query: Query) -> str:
    """Say that the question cannot be answered, though its object is seen."""
    return f'I see {definite(query)}, but that question I cannot answer. {ABLE}'


def called(name: Name, query: Query) -> str:
    """Return what an object of an answer is called: by the noun that was asked for, if any."""
    asked = query.head and query.target and singular(query.target.lower().split()[-1])
    if asked and asked not in GENERAL_NOUNS:
        return f'{name.colour} {asked}' if name.colour_chance >= FITS else asked
    return '' if name.words == 'something' else name.words


def _describe(name: Name) -> str:
    """Say what a thing is, as far as that is known."""
    if name.is_known:
        return f'is {with_article(name.words)}'
    looks = f'looks {name.colour}' if name.colour_chance >= FITS else ''
    if name.guess:
        return f'may be {with_article(name.guess)}{f"; it {looks}" if looks else ""}'
    return f'has no name that I am sure of{f"; it {looks}" if looks else ""}'
