"""A conversation: commands that may refer to the answer before them."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
import math

import numpy as np

from ris_ros.errors import CommandError
from ris_ros.grounding.recognition import Referent, find_again, remember
from ris_ros.grounding.result import Grounding, make_candidate
from ris_ros.index.outlines import same_object
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.dialogue import TIMEOUT, Act, LastAnswer, Turn, resolve
from ris_ros.language.query import Query
from ris_ros.pipeline import Pipeline
from ris_ros.status import Status


@dataclass(frozen=True, eq=False)
class _Memory:
    """What is remembered of the last answer.

    Attributes:
        answer: The answer in words.
        grounding: The answer as it was given.
        listed: The objects of the answer, in its order.
        rejected: The objects that 'another one' and 'not that one' have excluded up to now.
    """

    answer: LastAnswer
    grounding: Grounding
    listed: tuple[Referent, ...] = ()
    rejected: tuple[Referent, ...] = ()


class Conversation:
    """Answers commands in the order in which they are given.

    Attributes:
        least_confidence: In place of the profile's; 0 for the profile's.

    >>> conversation = Conversation(pipeline)
    >>> conversation.answer(scene, 'the mug', now=0.0)      # AMBIGUOUS: two are listed
    >>> conversation.answer(scene, 'the second one', now=3.0)
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._memory: _Memory | None = None
        self._interruptions = 0
        self.least_confidence = 0.0

    def answer(self, scene: SceneIndex, text: str, now: float,
               timeout: float = TIMEOUT) -> Grounding:
        """Answer a command from an indexed frame.

        Args:
            scene: The index of the frame.
            text: The command.
            now: The time in seconds.
            timeout: Seconds after which the last answer is forgotten; with 0 each command stands
                for itself.

        Returns:
            The answer. Its status is BAD_COMMAND if the command needs an earlier answer and there
            is none, and STOPPED for 'stop' and 'start over'.
        """
        memory, interruptions = self._memory, self._interruptions
        try:
            query = self._pipeline.parse(text)
            turn = resolve(query, memory and memory.answer, now, timeout)
            if turn.act in (Act.STOP, Act.RESET):
                self.interrupt(turn.act)
                return Grounding(Status.STOPPED, turn.message)
            if turn.act is Act.ASK:
                return Grounding(Status.BAD_COMMAND, turn.message)
            if turn.act is Act.PICK:
                grounding, memory = self._pick(scene, turn, memory, now)
            else:
                grounding, memory = self._ground(scene, query, turn, memory, now)
        except CommandError as error:
            return Grounding(Status.BAD_COMMAND, str(error))
        if interruptions == self._interruptions:
            self._memory = memory
        return grounding

    def interrupt(self, act: Act) -> None:
        """Hear 'stop' (STOP) or 'start over' (RESET); any thread may call this.

        The answer that is being made will not be remembered. RESET also forgets the last one.
        """
        self._interruptions += 1
        if act is Act.RESET:
            self._memory = None

    def _ground(self, scene: SceneIndex, query: Query, turn: Turn, memory: _Memory | None,
                now: float) -> tuple[Grounding, _Memory | None]:
        """Answer a command that describes an object; return the answer and the new memory."""
        if turn.text != query.text:
            query = self._pipeline.parse(turn.text)
        scene = self._pipeline.look_for(scene, query)
        rejected: tuple[Referent, ...] = ()
        if turn.not_last:
            rejected = (*memory.rejected, memory.listed[memory.answer.chosen - 1])
        grounding = self._pipeline.answer(
            scene, query, _masks(scene, rejected), self.least_confidence)
        if grounding.status is Status.NOT_FOUND and len(rejected) > 1:
            rejected = rejected[-1:]  # each one was rejected, so begin again with the first
            grounding = self._pipeline.answer(
            scene, query, _masks(scene, rejected), self.least_confidence)
        if query.expression is None or query.forbidden:
            return grounding, memory
        if turn.not_last and not grounding.count:
            grounding = replace(grounding, message=f'Nothing else matches "{query.expression}".')
            return grounding, replace(memory, answer=replace(memory.answer, time=now))
        listed = remember(scene, grounding.objects)
        chosen = int(grounding.status is Status.FOUND and grounding.count == 1)
        if turn.refines and chosen and (number := _number_of(listed[0], memory.listed, scene)):
            # "the left one" chose from the list, whose other objects are still "the other one".
            answer = replace(memory.answer, time=now, chosen=number)
            return grounding, replace(memory, answer=answer, rejected=())
        answer = LastAnswer(query, len(listed), chosen, now)
        return grounding, _Memory(answer, grounding, listed, rejected)

    def _pick(self, scene: SceneIndex, turn: Turn, memory: _Memory,
              now: float) -> tuple[Grounding, _Memory]:
        """Answer with objects of the last answer, which are found again in the present scene."""
        scene = self._pipeline.look_for(scene, memory.answer.query)
        found = find_again(memory.listed, scene)
        listed = tuple(before if index is None else Referent(before.candidate, scene.masks[index],
                                                         scene.features[index])
                       for before, index in zip(memory.listed, found, strict=True))
        picked = [(memory.listed[n - 1].candidate, found[n - 1]) for n in turn.numbers
                  if found[n - 1] is not None]
        last = memory.grounding
        asked = memory.answer.listed > 1 and len(turn.numbers) == 1
        grounding = Grounding(
            Status.FOUND if picked else Status.NOT_FOUND,
            _report(last, turn, len(picked)), last.expression, last.target, margin=math.inf,
            candidates=tuple(
                make_candidate(scene, index, before.score, before.confidence, is_answer=True)
                for before, index in picked),
            count=len(picked),
            # The choice of a person is certain; otherwise the confidence is that of the answer.
            confidence=float(bool(picked)) if asked else last.confidence,
            calibrated=last.calibrated and not asked)
        answer = replace(memory.answer, time=now,
                         chosen=turn.numbers[0] if len(turn.numbers) == 1 else 0)
        return grounding, replace(memory, answer=answer, listed=listed, rejected=())


def _masks(scene: SceneIndex, objects: Sequence[Referent]) -> list[np.ndarray]:
    """Return the (H, W) bool masks of earlier objects in the present scene."""
    return [scene.masks[index] for index in find_again(objects, scene) if index is not None]


def _number_of(chosen: Referent, listed: Sequence[Referent], scene: SceneIndex) -> int:
    """Return the number, from 1, of an object in a list of several; 0 if it is not in it."""
    if len(listed) < 2:
        return 0
    return next((number for number, index in enumerate(find_again(listed, scene), 1)
                 if index is not None and same_object(scene.masks[index], chosen.mask)), 0)


def _report(last: Grounding, turn: Turn, found: int) -> str:
    """Return a sentence about objects that were looked for again."""
    which = f'"{last.expression}"'
    if len(turn.numbers) == 1 and last.count > 1:
        which = f'number {turn.numbers[0]} of {which}'
    if not found:
        return f'{which[0].upper()}{which[1:]} is not seen any more; describe it again.'
    if found < len(turn.numbers):
        return f'Found {found} of the {len(turn.numbers)} objects of {which} again.'
    return f'Found {which} again.'
