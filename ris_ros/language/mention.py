"""A referring expression within a sentence."""
from __future__ import annotations

from dataclasses import dataclass

from ris_ros.language.modifier import Modifier


@dataclass(frozen=True)
class Mention:
    """A referring expression: words start to before end.

    target: the span of the noun phrase without relational modifiers, or None ('on the left').
    head: index of the head noun, or None.
    """

    start: int
    end: int
    target: tuple[int, int] | None
    head: int | None
    modifiers: tuple[Modifier, ...] = ()
