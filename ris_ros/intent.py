# SPDX-License-Identifier: Apache-2.0
"""What the words of a turn ask for, given the last answer and what is pointed at."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
import math

import numpy as np

from ris_ros.dialogue_memory import DialogueMemory, is_fresh, last_answer, masks_again
from ris_ros.grounding.pointing import Pointed
from ris_ros.grounding.recognition import remember
from ris_ros.grounding.result import Grounding, make_candidate
from ris_ros.index.scene_index import SceneIndex
from ris_ros.language.dialogue import (
    TIMEOUT,
    Act,
    LastAnswer,
    Turn,
    pointing_turn,
    resolve,
    resolve_question,
)
from ris_ros.language.pointing import means_pointed, with_anchor, without_rejection
from ris_ros.language.query import Query
from ris_ros.language.questions import Question
from ris_ros.pipeline import Pipeline
from ris_ros.questions.viewer import CAMERA, Viewer
from ris_ros.questions.wording import listing, with_article
from ris_ros.status import Status
from ris_ros.tracking.scene_memory import Recollection


@dataclass(frozen=True, eq=False)
class Situation:
    """Where and when something is said.

    Attributes:
        scene: The index of the frame that the answer comes from.
        now: The time in seconds.
        timeout: Seconds after which the last answer is forgotten; with 0 each command stands for
            itself.
        viewer: Who an answer tells places from.
        pointed: What is pointed at; None for nothing.
        remembered: What was seen up to now.
    """

    scene: SceneIndex
    now: float
    timeout: float = TIMEOUT
    viewer: Viewer = CAMERA
    pointed: Pointed | None = None
    remembered: Sequence[Recollection] = ()


@dataclass(frozen=True, eq=False)
class Intent:
    """What was said, and what goes with it.

    Attributes:
        query: The objects that the words name.
        turn: What they mean after the last answer.
        question: What is asked of them; None for a command.
        anchor: (H, W) bool mask of the anchor of 'left of this'; None for none.
        only: (H, W) bool masks of the objects among which one is meant; None for all.
        is_past: Whether something is meant that was seen earlier.
    """

    query: Query
    turn: Turn
    question: Question | None = None
    anchor: np.ndarray | None = None
    only: tuple[np.ndarray, ...] | None = None
    is_past: bool = False


def read(query: Query, turn: Turn, memory: DialogueMemory | None, situation: Situation,
         pipeline: Pipeline) -> Intent:
    """Read words that go with no pointing.

    Args:
        query: The text as it was parsed.
        turn: What it means after the last answer, if it is no question.
        memory: The memory of the last answer; None without one.
        situation: Where and when it is said.
        pipeline: Parses what the words stand for.
    """
    question = query.question
    if question is None:
        return Intent(query, turn)
    anchored = with_anchor(question.text)
    if anchored != question.text and is_fresh(memory, situation.now, situation.timeout):
        # "What is left of it" asks about the object that was chosen last.
        chosen = memory.listed[memory.answer.chosen - 1:memory.answer.chosen]
        if masks := masks_again(situation.scene, chosen):
            query = pipeline.parse(anchored)
            return Intent(query, Turn(Act.GROUND, query.text), question, masks[0])
    query = pipeline.asked(query)
    turn = resolve_question(query, last_answer(memory), situation.now, situation.timeout)
    return Intent(query, turn, question)


def point_at(numbers: Sequence[int], memory: DialogueMemory | None, situation: Situation,
             pipeline: Pipeline) -> DialogueMemory:
    """Return the memory in which what is pointed at was answered last.

    A click on an object of the last list chooses its number.

    Args:
        numbers: Of the proposals that are pointed at, at least one.
        memory: The memory of the last answer; None without one.
        situation: Where and when something is pointed at.
        pipeline: Names what is pointed at.
    """
    scene, now = situation.scene, situation.now
    if is_fresh(memory, now, situation.timeout) and len(numbers) == 1 and (
            number := memory.number_of(scene.masks[numbers[0]], scene)):
        return replace(memory, answer=replace(memory.answer, time=now, chosen=number),
                       rejected=())
    names = pipeline.respondent(scene).name(numbers)
    alike = len({name.noun for name in names if name.is_known}) == 1 and all(
        name.is_known for name in names)
    noun = names[0].noun if alike else 'thing'
    query = pipeline.parse(f'the {noun}' if len(numbers) > 1 or not names[0].is_known
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


def read_pointing(query: Query, masks: Sequence[np.ndarray], before: DialogueMemory | None,
                  memory: DialogueMemory, situation: Situation, pipeline: Pipeline) -> Intent:
    """Read words that go with pointing.

    Args:
        query: The text as it was parsed.
        masks: (H, W) bool, of the objects that are pointed at.
        before: The memory of the last answer; None without one.
        memory: That in which what is pointed at was answered last, from `point_at`.
        situation: Where and when it is said.
        pipeline: Parses what the words stand for.
    """
    text, question, now = query.text, query.question, situation.now
    if (wanted := without_rejection(text)) is not None and question is None:
        query = pipeline.parse(wanted)
        turn = resolve(query, memory.answer, now, TIMEOUT)
        if turn.act is Act.GROUND and memory.answer.chosen:
            turn = replace(turn, not_last=True)
        return Intent(query, turn)
    about = question.text if question and question.text else text
    if (anchored := with_anchor(about)) != about and len(masks) == 1:
        # "The one left of this" has the noun of what was talked of, not of what is pointed at.
        last = None if before is None or before.pointed else before.answer
        query = pipeline.parse(anchored)
        return Intent(query, resolve_question(query, last, now, situation.timeout), question,
                         masks[0])
    if question is not None:
        query = pipeline.asked(query)
    turn = resolve_question(query, memory.answer, now, TIMEOUT)
    if turn.act is Act.GROUND and means_pointed(query):
        return Intent(query, pointing_turn(query, memory.answer), question)
    # "How many mugs are there" is about all of them, wherever the finger still points.
    chooses = (turn.act is Act.GROUND and not turn.not_last and query.expression is not None
               and not query.relations and (question is None or len(masks) > 1))
    return Intent(query, turn, question, masks[0] if len(masks) == 1 else None,
                     tuple(masks) if chooses else None)
