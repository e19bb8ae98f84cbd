"""An expression with its truth, and how one is begun."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_sim.expressions.visible_objects import VisibleObject
from ris_sim.expressions.vocabulary import PREFIXES, may_mean, noun_phrase


@dataclass(frozen=True)
class Expression:
    """An expression and what it names.

    kind: one of expressions.KINDS or DOUBTFUL_KINDS.  text: the command.  target_index: into
    scene.objects, None when nothing there is meant, or more than one.  matching_indices: visible
    objects that the noun phrase alone fits.  phrase: that noun phrase.  detail: 'small', 'left',
    'near' ..., '' for attribute.  targets: of a plural, all that are meant; of what is ambiguous,
    all that may be.  before: the commands before it, which it points back to.
    """

    kind: str
    text: str
    target_index: int | None
    matching_indices: tuple[int, ...]
    phrase: str
    detail: str = ''
    targets: tuple[int, ...] = ()
    before: tuple[str, ...] = ()


def named(sights: tuple[VisibleObject, ...], targets: list[VisibleObject], rng: np.random.Generator,
          forms: tuple[str, ...]) -> tuple[VisibleObject, str, list[VisibleObject]]:
    """Draw a target, a noun phrase for it and all visible objects that the phrase may mean."""
    target = targets[rng.integers(len(targets))]
    phrase, keys = noun_phrase(target.thing, rng, str(rng.choice(forms)))
    return target, phrase, [s for s in sights if may_mean(s.thing, phrase, keys)]


def command(rest: str, rng: np.random.Generator) -> str:
    """Put an imperative or nothing before an expression."""
    return f'{rng.choice(PREFIXES)} {rest}'.strip()


def indices(sights: list[VisibleObject]) -> tuple[int, ...]:
    """Return the objects' indices."""
    return tuple(s.index for s in sights)
