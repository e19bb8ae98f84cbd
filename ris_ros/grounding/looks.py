"""What of a query is for the eye: the noun phrase without the words that geometry judges."""
from __future__ import annotations

from dataclasses import replace

from ris_ros.grounding.ordering import SIZE_WORDS
from ris_ros.language.nouns import singular
from ris_ros.language.positions import POSITION_WORDS, SUPERLATIVES, ordinal
from ris_ros.language.query import Quantity, Query, RelationType

_NUMBERS = frozenset('both two three four five six seven eight nine ten'.split())
_QUANTIFIERS = frozenset('all every each of the a an any other another last'.split())
_NOT_SEEN = POSITION_WORDS | SUPERLATIVES | SIZE_WORDS | _NUMBERS | _QUANTIFIERS
# Nouns that fit every object.
_GENERAL = frozenset('object thing item one stuff'.split())
# Relations that are seen rather than measured stay in the sentence.
VISUAL_RELATIONS = frozenset({RelationType.WITH, RelationType.PART_OF, RelationType.OTHER})


def looks_of(query: Query) -> Query:
    """Return the query with the texts that say how the object looks.

    Where nothing but looks is said, these are the query's own.
    """
    words = (query.target or query.expression or '').lower().split()
    judged = (query.position or query.relations or query.negated_relations
              or query.quantity is Quantity.ALL or SIZE_WORDS & {*words})
    if not judged or not query.target:
        return query
    kept = [word for word, following in zip(words, (*words[1:], ''), strict=True)
            if word not in _NOT_SEEN and ordinal(word) is None
            and (word, following) != ('one', 'of')]  # "every one of the mugs"
    if query.quantity is Quantity.ALL:  # each of "the mugs" looks like a mug
        kept = [singular(word) if singular(word) == query.head else word for word in kept]
    phrase = ' '.join(['the', *kept])
    seen = any(relation.type in VISUAL_RELATIONS for relation in query.relations)
    return replace(query, sentence=query.sentence if seen else phrase, phrase=phrase)


def says_nothing(query: Query) -> bool:
    """Tell whether a query's noun phrase fits every object: 'the thing', 'the smallest object'."""
    stated = set(query.attributes) - _NOT_SEEN
    words = {word for word in (query.target or '').lower().split() if word not in _NOT_SEEN
             and ordinal(word) is None}
    return query.head in _GENERAL and not stated and words <= _GENERAL | {query.head, 'objects',
                                                                          'things', 'items'}
