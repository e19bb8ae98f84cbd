"""What a command asks for."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Relation:
    """A spatial or other relation of the target to an anchor, e.g. ('near', 'the bowl')."""

    type: str
    anchor: str


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
        no expression.
    """

    text: str
    expression: str | None
    target: str | None
    head: str | None
    position: str | None = None
    relations: tuple[Relation, ...] = ()
    sentence: str = ''
    phrase: str = ''
