# SPDX-License-Identifier: Apache-2.0
"""A conversation: commands and questions that may refer to the answer before them, or point."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
import math

import numpy as np

from ris_ros.dialogue_memory import (
    DialogueMemory,
    is_fresh,
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
from ris_ros.language.alternatives import Alternative
from ris_ros.language.dialogue import (
    TIMEOUT,
    Act,
    LastAnswer,
    Turn,
    interruption,
    pointing_turn,
    resolve,
    resolve_question,
)
from ris_ros.language.past import without_past
from ris_ros.language.pointing import POINTED, means_pointed, with_anchor, without_rejection
from ris_ros.language.query import Anchor, Quantity, Query, Relation, RelationType
from ris_ros.language.questions import Question
from ris_ros.pipeline import Pipeline
from ris_ros.questions.viewer import CAMERA, Viewer
from ris_ros.questions.wording import listing, with_article
from ris_ros.recollections import newcomers, recall
from ris_ros.status import Status
from ris_ros.tracking.scene_memory import Recollection

_NEXT_TO_IT = Relation(RelationType.NEAR, POINTED, (Anchor(POINTED),))


@dataclass(frozen=True, eq=False)
class _Said:
    """What was said, and what goes with it.

    Attributes:
        query: The objects that the words name.
        turn: What they mean after the last answer.
        question: What is asked of them; None for a command.
        viewer: Who an answer tells places from.
        pointed: (H, W) bool mask of the anchor of 'left of this'; None for none.
        only: Masks of the objects among which one is meant; None for all.
        remembered: What was seen up to now.
        is_past: Whether something is meant that was seen earlier.
    """

    query: Query
    turn: Turn
    question: Question | None
    viewer: Viewer
    pointed: np.ndarray | None = None
    only: tuple[np.ndarray, ...] | None = None
    remembered: Sequence[Recollection] = ()
    is_past: bool = False


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
        grounding, memory = self._consider(scene, text, now, timeout, viewer, pointed, remembered,
                                           alone)
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
            grounding, memories[one.text] = self._consider(
                scene, one.text, now, timeout, viewer, None, remembered)
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

    def _consider(self, scene: SceneIndex, text: str, now: float, timeout: float, viewer: Viewer,
                  pointed: Pointed | None, remembered: Sequence[Recollection], alone: bool = False
                  ) -> tuple[Grounding, DialogueMemory | None]:
        """Return the answer to a text, and what is to be remembered of it."""
        memory = None if alone else self._memory
        try:
            present = without_past(text)
            query = self._pipeline.parse(text if present is None else present)
            turn = resolve(query, memory and memory.answer, now, timeout)
            if turn.act in (Act.STOP, Act.RESET):
                self.interrupt(turn.act)
                return Grounding(Status.STOPPED, turn.message), self._memory
            if pointed is None:
                said = self._read(scene, query, turn, memory, now, timeout, viewer)
            else:
                numbers, reason = pointed.find(scene)
                if not numbers:
                    return Grounding(Status.NOT_FOUND, reason), memory
                before, memory = memory, self._point(scene, numbers, memory, now, timeout)
                said = self._read_pointing(query, [scene.masks[number] for number in numbers],
                                           before, memory, now, timeout, viewer)
            said = replace(said, remembered=remembered, is_past=present is not None)
            if said.turn.act is Act.ASK:
                return Grounding(Status.BAD_COMMAND, said.turn.message), self._memory
            if said.turn.act is Act.PICK:
                return self._pick(scene, said, memory, now)
            return self._ground(scene, said, memory, now)
        except CommandError as error:
            return Grounding(Status.BAD_COMMAND, str(error)), self._memory

    def interrupt(self, act: Act) -> None:
        """Hear 'stop' (STOP) or 'start over' (RESET); any thread may call this.

        The answer that is being made will not be remembered. RESET also forgets the last one.
        """
        self._interruptions += 1
        if act is Act.RESET:
            self._memory = None

    def _read(self, scene: SceneIndex, query: Query, turn: Turn, memory: DialogueMemory | None,
              now: float, timeout: float, viewer: Viewer) -> _Said:
        """Read words that go with no pointing."""
        question = query.question
        if question is not None:
            anchored = with_anchor(question.text)
            if anchored != question.text and is_fresh(memory, now, timeout):
                # "What is left of it" asks about the object that was chosen last.
                chosen = memory.listed[memory.answer.chosen - 1:memory.answer.chosen]
                if masks := masks_again(scene, chosen):
                    query = self._pipeline.parse(anchored)
                    return _Said(query, Turn(Act.GROUND, query.text), question, viewer, masks[0])
            query = self._pipeline.asked(query)
            turn = resolve_question(query, memory and memory.answer, now, timeout)
        return _Said(query, turn, question, viewer)

    def _point(self, scene: SceneIndex, numbers: Sequence[int], memory: DialogueMemory | None,
               now: float, timeout: float) -> DialogueMemory:
        """Return the memory in which what is pointed at was answered last.

        A click on an object of the last list chooses its number.
        """
        if is_fresh(memory, now, timeout) and len(numbers) == 1 and (
                number := memory.number_of(scene.masks[numbers[0]], scene)):
            return replace(memory, answer=replace(memory.answer, time=now, chosen=number),
                           rejected=())
        names = self._pipeline.respondent(scene).name(numbers)
        alike = len({name.noun for name in names if name.is_known}) == 1 and all(
            name.is_known for name in names)
        noun = names[0].noun if alike else 'thing'
        query = self._pipeline.parse(f'the {noun}' if len(numbers) > 1 or not names[0].is_known
                                     else f'the {names[0].words}')
        candidates = tuple(make_candidate(scene, number, 0.0, 1.0, is_answer=True)
                           for number in numbers)
        told = listing([with_article(name.words) for name in names])
        found = Grounding(
            Status.FOUND, f'Found what was pointed at: {told}.', query.expression, query.target,
            math.inf, tuple(replace(one, name='' if name.words == 'something' else name.words)
                            for one, name in zip(candidates, names, strict=True)),
            len(numbers), 1.0)
        return DialogueMemory(LastAnswer(query, len(numbers), int(len(numbers) == 1), now), found,
                              remember(scene, candidates), pointed=True)

    def _read_pointing(self, query: Query, masks: Sequence[np.ndarray],
                       before: DialogueMemory | None, memory: DialogueMemory, now: float,
                       timeout: float, viewer: Viewer) -> _Said:
        """Read words that go with pointing.

        Args:
            query: The text as it was parsed.
            masks: (H, W) bool, of the objects that are pointed at.
            before: The memory of the last answer.
            memory: That in which what is pointed at was answered last.
            now: The time in seconds.
            timeout: As in `answer`.
            viewer: Who places are told from.
        """
        text, question = query.text, query.question
        if (wanted := without_rejection(text)) is not None and question is None:
            query = self._pipeline.parse(wanted)
            turn = resolve(query, memory.answer, now, TIMEOUT)
            if turn.act is Act.GROUND and memory.answer.chosen:
                turn = replace(turn, not_last=True)
            return _Said(query, turn, None, viewer)
        about = question.text if question and question.text else text
        if (anchored := with_anchor(about)) != about and len(masks) == 1:
            # "The one left of this" has the noun of what was talked of, not of what is pointed at.
            last = None if before is None or before.pointed else before.answer
            query = self._pipeline.parse(anchored)
            return _Said(query, resolve_question(query, last, now, timeout), question, viewer,
                         masks[0])
        if question is not None:
            query = self._pipeline.asked(query)
        turn = resolve_question(query, memory.answer, now, TIMEOUT)
        if turn.act is Act.GROUND and means_pointed(query):
            return _Said(query, pointing_turn(query, memory.answer), question, viewer)
        # "How many mugs are there" is about all of them, wherever the finger still points.
        chooses = (turn.act is Act.GROUND and not turn.not_last and query.expression is not None
                   and not query.relations and (question is None or len(masks) > 1))
        return _Said(query, turn, question, viewer, masks[0] if len(masks) == 1 else None,
                     tuple(masks) if chooses else None)

    def _ground(self, scene: SceneIndex, said: _Said, memory: DialogueMemory | None,
                now: float) -> tuple[Grounding, DialogueMemory | None]:
        """Answer words that describe an object; return the answer and the new memory."""
        turn, query = said.turn, said.query
        if turn.text != query.text:
            query = self._pipeline.parse(turn.text)
        scene = self._pipeline.look_for(scene, query)
        rejected: tuple[Referent, ...] = ()
        if turn.not_last:
            rejected = (*memory.rejected, memory.listed[memory.answer.chosen - 1])
        grounding = self._reply(scene, query, rejected, said)
        if not grounding.count and len(rejected) > 1:
            rejected = rejected[-1:]  # each one was rejected, so begin again with the first
            grounding = self._reply(scene, query, rejected, said)
        if query.expression is None or query.forbidden:
            return grounding, memory
        if not grounding.count and not turn.not_last:
            grounding = recall(grounding, query, said.remembered, said.is_past, scene,
                               self._pipeline, said.viewer)
        if turn.not_last and not grounding.count:
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

    def _reply(self, scene: SceneIndex, query: Query, rejected: Sequence[Referent],
               said: _Said) -> Grounding:
        """Ground words, or answer the question about what they describe."""
        excluded = masks_again(scene, rejected)
        if said.only is not None:
            excluded += [mask for mask in scene.masks
                         if not any(same_object(mask, other) for other in said.only)]
        if said.is_past:
            excluded += newcomers(query, said.remembered, scene, self._pipeline)
        pointed = None if said.pointed is None else number_in(scene, said.pointed)
        if said.question is None:
            if pointed is not None and _means_next(query):
                query = replace(query, relations=(*query.relations, _NEXT_TO_IT))
            grounding = self._pipeline.answer(scene, query, excluded, self.least_confidence,
                                              pointed)
            if said.only is not None and grounding.status is Status.NOT_FOUND:
                grounding = replace(grounding, message=(
                    f'What was pointed at does not look like "{query.expression}".'))
            return grounding
        if query.expression is None:
            raise CommandError('The question names no object that could be looked for; ask e.g. '
                               '"where is the red mug".')
        respondent = self._pipeline.respondent(scene, said.viewer, pointed)
        return respondent.answer(said.question, query, excluded)

    def _pick(self, scene: SceneIndex, said: _Said, memory: DialogueMemory,
              now: float) -> tuple[Grounding, DialogueMemory]:
        """Answer with objects of the last answer, which are found again in the present scene."""
        scene = self._pipeline.look_for(scene, memory.answer.query)
        turn = said.turn
        found = find_again(memory.listed, scene)
        listed = tuple(before if index is None else Referent(before.candidate, scene.masks[index],
                                                         scene.features[index])
                       for before, index in zip(memory.listed, found, strict=True))
        picked = [(memory.listed[n - 1].candidate, found[n - 1]) for n in turn.numbers
                  if found[n - 1] is not None]
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
            grounding = self._pipeline.respondent(scene, said.viewer).tell(
                said.question, memory.answer.query, grounding)
        answer = replace(memory.answer, time=now,
                         chosen=turn.numbers[0] if len(turn.numbers) == 1 else 0)
        return grounding, replace(memory, answer=answer, listed=listed, rejected=())


def _means_next(query: Query) -> bool:
    """Tell whether any object beside what is pointed at may be meant: 'the one left of this'."""
    return bool(query.relations) and query.quantity is Quantity.ONE and fits_every_object(query)
