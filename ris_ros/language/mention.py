# SPDX-License-Identifier: Apache-2.0
"""A referring expression within a sentence, and the modifiers of its noun phrase."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from ris_ros.language.query import RelationType


class ModifierKind(Enum):
    """How a modifier tells an object apart.

    RELATION: by an anchor ('on the table'). POSITION: by a place in the image ('on the left').
    DEICTIC: by pointing ('over there'). CLAUSE: the words that open a clause ('that is').
    PREDICATE: by a state or a look ('standing', 'red' after 'that is'). EXCLUSION: by what it is
    not ('except the red one'). PURPOSE: by its use ('used for eating').
    """

    RELATION = auto()
    POSITION = auto()
    DEICTIC = auto()
    CLAUSE = auto()
    PREDICATE = auto()
    EXCLUSION = auto()
    PURPOSE = auto()


@dataclass(frozen=True)
class Modifier:
    """Words after a noun phrase that belong to it.

    Attributes:
        kind: How they tell the object apart.
        start: Index of the first word.
        end: Index after the last word.
        relation: Type of a relation, else None.
        anchor: (start, end) of the anchor's words, else None.
        negated: Whether they are denied ('not on the table').
        joined: Whether 'and' or a comma joins them to the modifier before, so that both are about
            the same noun phrase.
    """

    kind: ModifierKind
    start: int
    end: int
    relation: RelationType | None = None
    anchor: tuple[int, int] | None = None
    negated: bool = False
    joined: bool = False

    @property
    def anchor_span(self) -> tuple[int, int]:
        """(start, end) of the anchor's words, which each relation and exclusion has."""
        assert self.anchor is not None, self.kind
        return self.anchor

    @classmethod
    def relating(cls, start: int, relation: RelationType, anchor: tuple[int, int],
                 negated: bool = False) -> Modifier:
        """Return the relation to an anchor, with whose words it ends."""
        return cls(ModifierKind.RELATION, start, anchor[1], relation, anchor, negated)


@dataclass(frozen=True)
class Mention:
    """A referring expression.

    Attributes:
        start: Index of its first word.
        end: Index after its last word.
        target: (start, end) of the noun phrase without relational modifiers; None where there is
            none ('on the left').
        head: Index of the head noun, or None.
        modifiers: What follows the noun phrase, in order.
    """

    start: int
    end: int
    target: tuple[int, int] | None
    head: int | None
    modifiers: tuple[Modifier, ...] = ()
