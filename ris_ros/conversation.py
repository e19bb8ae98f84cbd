# SPDX-License-Identifier: Apache-2.0
"""A conversation: commands and questions that may refer to the answer before them, or point."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
import math

from ris_ros.dialogue_memory import (
    DialogueMemory,
    last_answer,
    masks_again,
    number_in,
    report_again,
)
from ris_ros.errors import CommandError
from ris_ros.grounding.appearance import fits_every_object
from ris_ros.grounding.hearing import (
    LEAST_CHANCE,
    MOST_TRIED,
    Reading,
    choose,
    is_settled,
    tell,
)
from ris_ros.grounding.pointing import Pointed
from ris_ros.grounding.recognition import Referent, find_again, remember
from ris_ros.grounding.result import Grounding, make_candidate
from ris_ros.index.outlines import same_object
from ris_ros.index.scene_index import SceneIndex
from ris_ros.intent import Intent, Situation, point_at, read, read_pointing
from ris_ros.language.alternatives import Alternative
from ris_ros.language.dialogue import TIMEOUT, Act, LastAnswer, interruption, resolve
from ris_ros.language.past import without_past
from ris_ros.language.pointing import POINTED
from ris_ros.language.query import Anchor, Quantity, Query, Relation, RelationType
from ris_ros.pipeline import Pipeline
from ris_ros.questions.viewer import CAMERA, Viewer
from ris_ros.recollections import newcomers, recall
from ris_ros.status import Status
from ris_ros.tracking.scene_memory import Recollection

_NEXT_TO_IT = Relation(RelationType.NEAR, POINTED, (Anchor(POINTED),))


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
        self._memory: DialogueMemory | None = None
        self._interruptions = 0
        self.least_confidence = 0.0

    def use(self, pipeline: Pipeline) -> None:
        """Answer with a pipeline from now on.

        If it is another one than before, the last answer is forgotten: its features cannot be
        compared with those of other models.
        """
        if pipeline is not self._pipeline:
            self._pipeline, self._memory = pipeline, None

    def answer(self, scene: SceneIndex, text: str, now: float, timeout: float = TIMEOUT,
               viewer: Viewer = CAMERA, pointed: Pointed | None = None,
               remembered: Sequence[Recollection] = (), alone: bool = False) -> Grounding:
        """Answer a command or a question from an indexed frame.

        Args:
            scene: The index of the frame.
            text: The command.
            now: The time in seconds.
            timeout: Seconds after which the last answer is forgotten; with 0 each command stands
                for itself.
            viewer: Who answers tell places from.
            pointed: What is pointed at, which 'this' means; None for nothing.
            remembered: What was seen up to now, from `SceneMemory.recall`.
            alone: Whether it refers to no answer, and no later command refers to its own.

        Returns:
            The answer. Its status is BAD_COMMAND if the command needs an earlier answer and there
            is none, or points beyond the picture; STOPPED for 'stop' and 'start over'; and
            ANSWERED for a question.
        """
        interruptions = self._interruptions
        grounding, memory = self._consider(
            text, Situation(scene, now, timeout, viewer, pointed, remembered), alone)
        if interruptions == self._interruptions and not alone:
            self._memory = memory
        return grounding

    def answer_heard(self, scene: SceneIndex, alternatives: Sequence[Alternative], now: float,
                     timeout: float = TIMEOUT, viewer: Viewer = CAMERA,
                     remembered: Sequence[Recollection] = ()) -> Grounding:
        """Answer what was said: the alternative that means something in this scene, or none.

        Args:
            scene: The index of the frame.
            alternatives: The texts that it may be, best first, at least one. An order to stop is
                obeyed where it is the first, and left out elsewhere.
            now: The time in seconds.
            timeout: As in `answer`.
            viewer: As in `answer`.
            remembered: As in `answer`.

        Returns:
            The answer of the chosen text, whose confidence is the joint one of ears and eyes. Below
            the least confidence the status is AMBIGUOUS in place of FOUND.
        """
        if interruption(alternatives[0].text):
            return self.answer(scene, alternatives[0].text, now, timeout, viewer)
        situation = Situation(scene, now, timeout, viewer, remembered=remembered)
        interruptions, heard = self._interruptions, sum(one.chance for one in alternatives)
        tried: list[Reading] = []
        memories: dict[str, DialogueMemory | None] = {}
        rest = heard
        for one in alternatives[:MOST_TRIED]:
            if tried and (one.chance < LEAST_CHANCE or is_settled(tried, rest)):
                break
            rest -= one.chance
            if interruption(one.text):
                continue
            grounding, memories[one.text] = self._consider(one.text, situation)
            tried.append(Reading(one.text, one.chance, grounding))
        chosen, chance = choose(tried, heard)
        least = self.least_confidence or self._pipeline.profile.decision.least_confidence
        grounding = tell(chosen, chance, alternatives[0].text, least)
        memory = memories[chosen.text]
        if memory is not None and grounding.status is not chosen.grounding.status:
            memory = replace(memory, answer=replace(memory.answer, chosen=0))
        if interruptions == self._interruptions:
            self._memory = memory
        return grounding

    def _consider(self, text: str, situation: Situation, alone: bool = False
                  ) -> tuple[Grounding, DialogueMemory | None]:
        """Return the answer to a text, and what is to be remembered of it."""
        memory, scene = None if alone else self._memory, situation.scene
        try:
            present = without_past(text)
            query = self._pipeline.parse(text if present is None else present)
            turn = resolve(query, last_answer(memory), situation.now, situation.timeout)
            if turn.act in (Act.STOP, Act.RESET):
                self.interrupt(turn.act)
                return Grounding(Status.STOPPED, turn.message), self._memory
            if situation.pointed is None:
                said = read(query, turn, memory, situation, self._pipeline)
            else:
                numbers, reason = situation.pointed.find(scene)
                if not numbers:
                    return Grounding(Status.NOT_FOUND, reason), memory
                before, memory = memory, point_at(numbers, memory, situation, self._pipeline)
                said = read_pointing(query, [scene.masks[number] for number in numbers], before,
                                     memory, situation, self._pipeline)
            said = replace(said, is_past=present is not None)
            if said.turn.act is Act.ASK:
                return Grounding(Status.BAD_COMMAND, said.turn.message), self._memory
            if said.turn.act is Act.PICK:
                assert memory is not None, 'its numbers are those of the last answer'
                return self._pick(said, memory, situation)
            return self._ground(said, memory, situation)
        except CommandError as error:
            return Grounding(Status.BAD_COMMAND, str(error)), self._memory

    def interrupt(self, act: Act) -> None:
        """Hear 'stop' (STOP) or 'start over' (RESET); any thread may call this.

        The answer that is being made will not be remembered. RESET also forgets the last one.
        """
        self._interruptions += 1
        if act is Act.RESET:
            self._memory = None

    def _ground(self, said: Intent, memory: DialogueMemory | None, situation: Situation
                ) -> tuple[Grounding, DialogueMemory | None]:
        """Answer words that describe an object; return the answer and the new memory."""
        turn, query, now = said.turn, said.query, situation.now
        if turn.text != query.text:
            query = self._pipeline.parse(turn.text)
        scene = self._pipeline.look_for(situation.scene, query)
        situation = replace(situation, scene=scene)
        rejected: tuple[Referent, ...] = ()
        if turn.not_last and memory is not None:
            rejected = (*memory.rejected, memory.listed[memory.answer.chosen - 1])
        grounding = self._reply(query, rejected, said, situation)
        if not grounding.count and len(rejected) > 1:
            rejected = rejected[-1:]  # each one was rejected, so begin again with the first
            grounding = self._reply(query, rejected, said, situation)
        if query.expression is None or query.forbidden:
            return grounding, memory
        if not grounding.count and not turn.not_last:
            grounding = recall(grounding, query, situation.remembered, said.is_past, scene,
                               self._pipeline, situation.viewer)
        if turn.not_last and memory is not None and not grounding.count:
            grounding = replace(grounding, message=f'Nothing else matches "{query.expression}".')
            return grounding, replace(memory, answer=replace(memory.answer, time=now))
        listed = remember(scene, grounding.objects)
        is_verdict = grounding.status in (Status.FOUND, Status.ANSWERED)
        chosen = int(is_verdict and grounding.count == 1)
        if turn.refines and chosen and memory and (
                number := memory.number_of(listed[0].mask, scene)):
            # "the left one" chose from the list, whose other objects are still "the other one".
            answer = replace(memory.answer, time=now, chosen=number)
            return grounding, replace(memory, answer=answer, rejected=())
        answer = LastAnswer(query, len(listed), chosen, now)
        return grounding, DialogueMemory(answer, grounding, listed, rejected)

    def _reply(self, query: Query, rejected: Sequence[Referent], said: Intent,
               situation: Situation) -> Grounding:
        """Ground words, or answer the question about what they describe."""
        scene = situation.scene
        excluded = masks_again(scene, rejected)
        if said.only is not None:
            excluded += [mask for mask in scene.masks
                         if not any(same_object(mask, other) for other in said.only)]
        if said.is_past:
            excluded += newcomers(query, situation.remembered, scene, self._pipeline)
        anchor = None if said.anchor is None else number_in(scene, said.anchor)
        if said.question is None:
            if anchor is not None and _means_next(query):
                query = replace(query, relations=(*query.relations, _NEXT_TO_IT))
            grounding = self._pipeline.answer(scene, query, excluded, self.least_confidence,
                                              anchor)
            if said.only is not None and grounding.status is Status.NOT_FOUND:
                grounding = replace(grounding, message=(
                    f'What was pointed at does not look like "{query.expression}".'))
            return grounding
        if query.expression is None:
            raise CommandError('The question names no object that could be looked for; ask e.g. '
                               '"where is the red mug".')
        respondent = self._pipeline.respondent(scene, situation.viewer, anchor)
        return respondent.answer(said.question, query, excluded)

    def _pick(self, said: Intent, memory: DialogueMemory, situation: Situation
              ) -> tuple[Grounding, DialogueMemory]:
        """Answer with objects of the last answer, which are found again in the present scene."""
        scene = self._pipeline.look_for(situation.scene, memory.answer.query)
        turn = said.turn
        found = find_again(memory.listed, scene)
        listed = tuple(before if index is None else Referent(before.candidate, scene.masks[index],
                                                         scene.features[index])
                       for before, index in zip(memory.listed, found, strict=True))
        picked = [(before, index) for n in turn.numbers
                  if (before := memory.listed[n - 1].candidate) is not None
                  and (index := found[n - 1]) is not None]
        last = memory.grounding
        chosen = memory.answer.listed > 1 and len(turn.numbers) == 1
        grounding = Grounding(
            Status.FOUND if picked else Status.NOT_FOUND,
            report_again(last, turn, len(picked)), last.expression, last.target, margin=math.inf,
            candidates=tuple(
                replace(make_candidate(scene, index, before.score, before.confidence,
                                       is_answer=True), name=before.name)
                for before, index in picked),
            count=len(picked),
            # The choice of a person is certain; otherwise the confidence is that of the answer.
            confidence=float(bool(picked)) if chosen else last.confidence,
            calibrated=last.calibrated and not chosen)
        if memory.pointed and memory is not self._memory and picked:
            grounding = replace(grounding, message=last.message)  # it has just been pointed at
        if said.question is not None:
            grounding = self._pipeline.respondent(scene, situation.viewer).tell(
                said.question, memory.answer.query, grounding)
        answer = replace(memory.answer, time=situation.now,
                         chosen=turn.numbers[0] if len(turn.numbers) == 1 else 0)
        return grounding, replace(memory, answer=answer, listed=listed, rejected=())


def _means_next(query: Query) -> bool:
    """Tell whether any object beside what is pointed at may be meant: 'the one left of this'."""
    return bool(query.relations) and query.quantity is Quantity.ONE and fits_every_object(query)
