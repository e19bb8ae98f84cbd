"""What follows a noun phrase and belongs to it."""
from __future__ import annotations

from dataclasses import dataclass

from ris_ros.language.query import RelationType


@dataclass(frozen=True)
class Modifier:
    """Words start to before end that modify a noun phrase.

    kind: relation, position, deictic ('over there'), clause ('that is'), participle ('standing',
    'red' after 'that is'), exclusion ('except the red one') or purpose ('used for eating').
    relation: type of a relation, else None; anchor: (start, end) of what it relates to, else None.
    negated: 'not on the table'. joined: said with 'and', so it is about the same noun phrase as
    the modifier before it.
    """

    kind: str
    start: int
    end: int
    relation: RelationType | None = None
    anchor: tuple[int, int] | None = None
    negated: bool = False
    joined: bool = False
