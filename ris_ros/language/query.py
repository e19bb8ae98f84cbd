"""What a command asks for."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class RelationType(Enum):
    """How an object stands to an anchor; the values are those of `ris parse`."""

    LEFT_OF = 'left_of'
    RIGHT_OF = 'right_of'
    ABOVE = 'above'
    BELOW = 'below'
    ON = 'on'
    IN = 'in'
    BEHIND = 'behind'
    IN_FRONT_OF = 'in_front_of'
    NEAR = 'near'
    BETWEEN = 'between'
    WITH = 'with'
    PART_OF = 'part_of'
    OTHER = 'other'


class Quantity(Enum):
    """Whether a command means one object, or all that fit its words."""

    ONE = 'one'
    ALL = 'all'


@dataclass(frozen=True)
class Anchor:
    """An object that a relation refers to.

    text: its noun phrase ('the red bowl'). head: its head noun, lower case, singular, or None
    ('me' has one, 'blue' in 'man in blue' has none). position: as a query's. attributes: as a
    query's. relations: its own, e.g. on the tray in 'the spoon in the mug on the tray'.
    """

    text: str
    head: str | None = None
    position: str | None = None
    attributes: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True)
class Relation:
    """A spatial or other relation of an object to one or two anchors.

    anchor: the words of the anchor without its own relations ('the bowl'); both anchors of
        between ('the jar and the pan').
    anchors: the same, taken apart: one anchor, two for 'between the jar and the pan'; one whose
        phrase stands for two objects for 'between the two jars'.
    """

    type: RelationType
    anchor: str
    anchors: tuple[Anchor, ...] = ()


@dataclass(frozen=True)
class Query:
    """A parsed command.

    text: the command as it was given.
    expression: the referring expression in it ('the red mug next to the bowl'); None when the
        command refers to nothing that can be segmented ('stop').
    target: the noun phrase without relational modifiers ('the red mug'), or None.
    head: head noun, lower case, singular ('mug'), or None.
    position: 'leftmost', 'nearest', 'nth:2:left' ..., or None.
    relations: relations of the target to anchors.
    sentence, phrase: the two texts that are encoded (global and local text), '' when there is
        no expression; what is denied is left out.
    attributes: adjectives, materials and the like of the target, lower case ('small', 'red').
    negated_attributes: what the target must not be ('red' in 'the mug that is not red').
    negated_relations: relations in which it must not stand ('the ball not on the table', 'the
        cup without a handle').
    quantity: ALL for a plural ('all the mugs', 'the mugs', 'every mug', 'both mugs').
    count: how many are said to be there ('the two mugs', 'both mugs'), or None.
    other: something else than what was meant before ('the other mug', 'another one').
    """

    text: str
    expression: str | None
    target: str | None
    head: str | None
    position: str | None = None
    relations: tuple[Relation, ...] = ()
    sentence: str = ''
    phrase: str = ''
    attributes: tuple[str, ...] = ()
    negated_attributes: tuple[str, ...] = ()
    negated_relations: tuple[Relation, ...] = ()
    quantity: Quantity = Quantity.ONE
    count: int | None = None
    other: bool = False
