# SPDX-License-Identifier: Apache-2.0
"""Small pieces of English: numbers, articles, lists, and a query's noun phrase for one or many."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
import re

from ris_ros.language.nouns import plural, singular
from ris_ros.language.query import Query

_NUMBERS = 'no one two three four five six seven eight nine ten eleven twelve'.split()
_ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split()
_DETERMINERS = re.compile(
    r'(?:(?:the|a|an|any|some|all|every|each|both|this|that|these|those|my|your|our|his|her|its|'
    r'their|enough|another|other|two|three|four|five|six|seven|eight|nine|ten) )+', re.IGNORECASE)


def number_word(count: int) -> str:
    """Return a number in words up to twelve, 'no' for none."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def ordinal_word(number: int) -> str:
    """Return 'first' for 1, and so on; 'another' beyond 'tenth'."""
    return f'{_ORDINALS[number - 1]}' if number <= len(_ORDINALS) else 'further'


def with_article(words: str) -> str:
    """Return words with 'a' or 'an' before them; 'something' and plural nouns take none."""
    last = words.split()[-1]
    if last in ('something', 'scissors', 'headphones', 'glasses', 'pliers', 'wipes', 'grapes',
                'broccoli', 'garlic', 'bread', 'corn', 'soap', 'tape'):
        return words
    return f'{"an" if re.match("[aeiou](?!ne|ni)", words) else "a"} {words}'


def listing(items: Sequence[str]) -> str:
    """Join items with commas and 'and'."""
    if len(items) < 2:
        return ''.join(items)
    return f'{", ".join(items[:-1])} and {items[-1]}'


def counted(names: Sequence[str]) -> str:
    """Count equal names: 'two mugs, a red bowl and something'; things without a name come last."""
    counts = Counter(names)
    nameless = counts.pop('something', 0)
    items = [with_article(name) if count == 1 else f'{number_word(count)} {plural(name)}'
             for name, count in counts.items()]
    if nameless == 1:
        items.append('one more thing' if items else 'one thing')
    elif nameless:
        items.append(f'{number_word(nameless)} {"other " if items else ""}things')
    return listing(items)


def noun_phrase(query: Query, several: bool) -> str:
    """Return what a query names, without a determiner: 'red mugs on the plate', 'red mug'."""
    expression, target = query.expression or '', query.target or ''
    rest = expression[len(target):] if expression.startswith(target) else ''
    words = _DETERMINERS.sub('', target.strip().lower() + ' ', count=1).split()
    if not words or query.head is None:
        bare = _DETERMINERS.sub('', f'{expression.lower()} ', count=1).strip()
        return bare or ('things' if several else 'thing')
    one = singular(words[-1])
    words[-1] = plural(one) if several else one
    rest = re.sub(r'^ that (?:is|are) ', ' that are ' if several else ' that is ', rest)
    return f'{" ".join(words)}{rest}'


def definite(query: Query) -> str:
    """Return a query's expression as the subject of a sentence: 'the red mug'."""
    expression = query.expression or 'it'
    if re.match(r'(?:the|this|that|these|those|my|your|our|it)\b', expression, re.IGNORECASE):
        return expression
    return f'the {noun_phrase(query, several=False)}'


def capital(sentence: str) -> str:
    """Return a sentence with a capital at its beginning."""
    return f'{sentence[:1].upper()}{sentence[1:]}'
