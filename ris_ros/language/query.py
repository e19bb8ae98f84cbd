# SPDX-License-Identifier: Apache-2.0
"""The query: a parsed command."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ris_ros.language.questions import Question


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
    """An object to which a relation refers.

    Attributes:
        text: Its noun phrase ('the red bowl').
        head: Its head noun, lower case, singular ('me' counts as one); None where it has none
            ('blue' in 'man in blue').
        position: As a query's.
        attributes: As a query's.
        relations: Its own, such as on the tray in 'the spoon in the mug on the tray'.
    """

    text: str
    head: str | None = None
    position: str | None = None
    attributes: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True)
class Relation:
    """A spatial or other relation of an object to one or two anchors.

    Attributes:
        type: Its type.
        anchor: The words of the anchor without its own relations ('the bowl'); BETWEEN has both
            anchors here ('the jar and the pan').
        anchors: The anchors one by one: two for 'between the jar and the pan', else one. The one
            of 'between the two jars' stands for two objects.
    """

    type: RelationType
    anchor: str
    anchors: tuple[Anchor, ...] = ()

    @property
    def each_anchor(self) -> tuple[Anchor, ...]:
        """The anchors one by one, also where only their words are known."""
        return self.anchors or (Anchor(self.anchor),)


@dataclass(frozen=True)
class Query:
    """A parsed command.

    Attributes:
        text: The command as it was given.
        expression: The referring expression in it ('the red mug next to the bowl'); None when the
            command refers to nothing that can be segmented ('stop').
        target: The noun phrase without relational modifiers ('the red mug'), or None.
        head: Its head noun, lower case, singular ('mug'), or None.
        position: 'leftmost', 'nearest', 'nth:2:left' and so on, or None; see positions.py.
        relations: Relations of the target to anchors.
        sentence: The global text that is encoded: the expression without what is denied; '' when
            there is no expression.
        phrase: The local text that is encoded: the noun phrase; '' when there is no expression.
        attributes: Adjectives and materials of the target, lower case ('small', 'red').
        negated_attributes: What the target must not be ('red' in 'the mug that is not red').
        negated_relations: Relations in which it must not stand ('the ball not on the table', 'the
            cup without a handle').
        quantity: ALL for a plural ('all the mugs', 'the mugs', 'every mug', 'both mugs').
        count: The number of objects that the command mentions ('the two mugs', 'both mugs'), or
            None.
        other: Whether another object than the last one is meant ('the other mug').
        forbidden: Whether the command names only what the robot shall leave alone, which is its
            expression ("don't touch the hot pan"); then there is no object to look for.
        ignored: The words after the expression that may tell a place but were not understood
            ('versus the box'), else ''.
        question: What is asked where the text is a question, which moves no robot; None for a
            command. The other fields tell which object the whole text names.
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
    forbidden: bool = False
    ignored: str = ''
    question: Question | None = None
