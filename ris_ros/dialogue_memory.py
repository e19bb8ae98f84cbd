# SPDX-License-Identifier: Apache-2.0
"""What a conversation remembers of its last answer, and finding those objects again."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from ris_ros.geometry.masks import ious
from ris_ros.grounding.recognition import Referent, find_again
from ris_ros.grounding.result import Grounding
from ris_ros.index.outlines import same_object
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.dialogue import LastAnswer, Turn


@dataclass(frozen=True, eq=False)
class DialogueMemory:
    """What is remembered of the last answer.

    Attributes:
        answer: The answer in words.
        grounding: The answer as it was given.
        listed: The objects of the answer, in its order.
        rejected: The objects that 'another one' and 'not that one' have excluded up to now.
        pointed: Whether somebody pointed at the objects, so that their noun is the node's own.
    """

    answer: LastAnswer
    grounding: Grounding
    listed: tuple[Referent, ...] = ()
    rejected: tuple[Referent, ...] = ()
    pointed: bool = False

    def number_of(self, mask: np.ndarray, scene: SceneIndex) -> int:
        """Return the number, from 1, of an object in a list of several; 0 if it is not in it."""
        if len(self.listed) < 2:
            return 0
        return next((number for number, index in enumerate(find_again(self.listed, scene), 1)
                     if index is not None and same_object(scene.masks[index], mask)), 0)


def masks_again(scene: SceneIndex, objects: Sequence[Referent]) -> list[np.ndarray]:
    """Return the (H, W) bool masks of earlier objects that the present scene shows."""
    return [scene.masks[index] for index in find_again(objects, scene) if index is not None]


def last_answer(memory: DialogueMemory | None) -> LastAnswer | None:
    """Return the answer in words of a memory, None where there is none."""
    return None if memory is None else memory.answer


def is_fresh(memory: DialogueMemory | None, now: float,
             timeout: float) -> TypeGuard[DialogueMemory]:
    """Tell whether there is a memory that is not older than a timeout in seconds."""
    return memory is not None and timeout > 0 and 0 <= now - memory.answer.time <= timeout


def number_in(scene: SceneIndex, mask: np.ndarray) -> int:
    """Return the number of the proposal that shows what a mask does.

    It may be another one than before, because `Pipeline.look_for` adds proposals.
    """
    return int(ious(mask[None], scene.masks)[0].argmax())


def report_again(last: Grounding, turn: Turn, found: int) -> str:
    """Return a sentence about objects that were looked for again."""
    which = f'"{last.expression}"'
    if len(turn.numbers) == 1 and last.count > 1:
        which = f'number {turn.numbers[0]} of {which}'
    if not found:
        return f'{which[0].upper()}{which[1:]} is not seen any more; describe it again.'
    if found < len(turn.numbers):
        return f'Found {found} of the {len(turn.numbers)} objects of {which} again.'
    return f'Found {which} again.'
