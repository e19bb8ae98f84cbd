# SPDX-License-Identifier: Apache-2.0
"""A referring expression with its truth, and the parts that all generators share."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ris_sim.expressions.visible_objects import VisibleObject, VisibleScene
from ris_sim.expressions.vocabulary import PREFIXES, may_mean, noun_phrase


@dataclass(frozen=True)
class Expression:
    """An expression and what it names.

    Attributes:
        kind: one of generator.KINDS or DOUBTFUL_KINDS.
        text: the command.
        target_index: of the target in scene.objects; None when it names several objects or none.
        matching_indices: visible objects that fit the noun phrase alone.
        phrase: that noun phrase.
        detail: 'small', 'left', 'near' and the like; '' for attribute.
        targets: all objects that a plural names, or that an ambiguous expression may mean.
        before: earlier commands of a dialogue that it points back to.
    """

    kind: str
    text: str
    target_index: int | None
    matching_indices: tuple[int, ...]
    phrase: str
    detail: str = ''
    targets: tuple[int, ...] = ()
    before: tuple[str, ...] = ()


def draw_named(scene: VisibleScene, forms: tuple[str, ...], rng: np.random.Generator,
               among: Sequence[VisibleObject] | None = None
               ) -> tuple[VisibleObject, str, list[VisibleObject]]:
    """Draw an object and a noun phrase for it.

    Args:
        scene: what is visible.
        forms: of the noun phrase (see vocabulary.WORDS); one is drawn.
        rng: to draw with.
        among: objects to choose from; None for all that are clear enough.

    Returns:
        The object, the noun phrase, and all visible objects that the phrase may mean.
    """
    candidates = scene.targets if among is None else among
    target = candidates[rng.integers(len(candidates))]
    phrase, keys = noun_phrase(target.thing, rng, str(rng.choice(forms)))
    return target, phrase, [one for one in scene.objects if may_mean(one.thing, phrase, keys)]


def command(rest: str, rng: np.random.Generator) -> str:
    """Put an imperative, an article or nothing before an expression."""
    return f'{rng.choice(PREFIXES)} {rest}'.strip()


def indices(objects: Sequence[VisibleObject]) -> tuple[int, ...]:
    """Return the objects' indices."""
    return tuple(one.index for one in objects)
