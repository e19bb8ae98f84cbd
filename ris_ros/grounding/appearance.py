# SPDX-License-Identifier: Apache-2.0
"""What appearance can judge of a phrase: the words that geometry does not judge better."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from ris_ros.grounding.ordering import SIZE_WORDS
from ris_ros.language.nouns import singular
from ris_ros.language.positions import POSITION_WORDS, SUPERLATIVES, ordinal
from ris_ros.language.query import Quantity, Query, RelationType

if TYPE_CHECKING:
    import torch

_NUMBERS = frozenset('both two three four five six seven eight nine ten'.split())
_QUANTIFIERS = frozenset('all every each of the a an any other another last'.split())
_NOT_VISUAL = POSITION_WORDS | SUPERLATIVES | SIZE_WORDS | _NUMBERS | _QUANTIFIERS
# Nouns that fit every object.
GENERAL_NOUNS = frozenset('object thing item one stuff'.split())
# An image model judges these relations better than geometry, so they stay in the sentence.
VISUAL_RELATIONS = frozenset({RelationType.WITH, RelationType.PART_OF, RelationType.OTHER})
# What people mean although it does not stand on the surface in view.
_FURNITURE = frozenset(
    'table desk chair stool armchair sofa couch bench bed shelf bookshelf cupboard cabinet '
    'wardrobe drawer door window curtain wall floor ceiling carpet rug mat counter sink oven '
    'stove fridge refrigerator dishwasher microwave monitor screen television tv computer lamp '
    'plant picture painting poster mirror clock fan radiator person man woman boy girl child '
    'human hand arm leg foot head face robot gripper manipulator camera tripod bin trash dog cat '
    'backpack bag coat jacket bicycle bike ladder cart trolley pallet rack whiteboard board '
    'printer'.split())


class Appearance(Protocol):
    """Compares the features of proposals with words; CLIP's `Encoder` is one."""

    def rate(self, visual: torch.Tensor, sentence: str, phrase: str,
             anchors: Sequence[str]) -> torch.Tensor:
        """Score proposals.

        Args:
            visual: (N, D) features of the proposals of a scene.
            sentence: The words for the whole object, such as 'the mug with the handle'.
            phrase: Its noun phrase.
            anchors: Phrases of the same command that mean other objects.

        Returns:
            (N,) scores, higher where a proposal looks more like the words.
        """
        ...


def appearance_query(query: Query) -> Query:
    """Replace the texts of a query by those that say how the object looks.

    A query that says nothing else is returned as it is.
    """
    words = (query.target or query.expression or '').lower().split()
    has_geometry = (query.position or query.relations or query.negated_relations
                    or query.quantity is Quantity.ALL or SIZE_WORDS & {*words})
    if not has_geometry or not query.target:
        return query
    kept = [word for word, following in zip(words, (*words[1:], ''), strict=True)
            if word not in _NOT_VISUAL and ordinal(word) is None
            and (word, following) != ('one', 'of')]  # "every one of the mugs"
    if query.quantity is Quantity.ALL:  # each of "the mugs" looks like a mug
        kept = [singular(word) if singular(word) == query.head else word for word in kept]
    phrase = ' '.join(['the', *kept])
    is_visual = any(relation.type in VISUAL_RELATIONS for relation in query.relations)
    return replace(query, sentence=query.sentence if is_visual else phrase, phrase=phrase)


def fits_every_object(query: Query) -> bool:
    """Tell whether a noun phrase fits every object: 'the thing', 'the smallest object'."""
    visual = set(query.attributes) - _NOT_VISUAL
    words = {word for word in (query.target or '').lower().split() if word not in _NOT_VISUAL
             and ordinal(word) is None}
    return query.head in GENERAL_NOUNS and not visual and words <= {
        *GENERAL_NOUNS, query.head, 'objects', 'things', 'items'}


def says_only_the_noun(query: Query) -> bool:
    """Tell whether a noun phrase says nothing of how an object looks but what it is."""
    words = appearance_query(query).phrase.lower().split()
    return {word for word in words if word not in _NOT_VISUAL} == {query.head}


def names_furniture(query: Query) -> bool:
    """Tell whether a noun phrase means what does not stand on a table, such as 'the chair'."""
    return bool(_FURNITURE & {query.head, singular(query.head or '')})
