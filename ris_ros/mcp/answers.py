# SPDX-License-Identifier: Apache-2.0
"""What a tool returns: an answer of ris_node in few plain values, which a model can read."""
from __future__ import annotations

from dataclasses import dataclass

from ris_ros.msg import Candidate, Grounding
from ris_ros.status import Status

_METRE_DIGITS, _SHARE_DIGITS = 3, 2


@dataclass(frozen=True)
class ToolObject:
    """An object of an answer.

    Attributes:
        number: From 1; "the second one" chooses number 2.
        name: What it looks like; '' where the answer names it not.
        confidence: Probability that it is what the words name, 0 to 1.
        box: x, y, width and height in pixels of the camera's image.
        position: x, y, z in metres in the answer's frame; None where it is not known.
    """

    number: int
    name: str
    confidence: float
    box: list[int]
    position: list[float] | None


@dataclass(frozen=True)
class ToolAnswer:
    """An answer of ris_node.

    Attributes:
        status: FOUND, NOT_FOUND, AMBIGUOUS, ANSWERED or STOPPED. Only FOUND means one object, or
            all of "all the mugs".
        message: The answer in a sentence.
        confidence: Probability that status and objects are right, 0 to 1.
        frame: Of the positions: x to the right, y down, z away from the camera.
        objects: What was found, what is to be chosen from, or what the question is about.
    """

    status: str
    message: str
    confidence: float
    frame: str
    objects: list[ToolObject]


def to_tool_answer(answer: Grounding) -> ToolAnswer:
    """Return what a tool says of an answer."""
    return ToolAnswer(
        Status(answer.status).name, answer.message, round(answer.confidence, _SHARE_DIGITS),
        answer.header.frame_id,
        [_object(number, candidate)
         for number, candidate in enumerate(answer.candidates[:answer.count], 1)])


def _object(number: int, candidate: Candidate) -> ToolObject:
    """Return what a tool says of an object."""
    box, place = candidate.box, candidate.position
    position = [round(value, _METRE_DIGITS) for value in (place.x, place.y, place.z)]
    return ToolObject(
        number, candidate.name, round(candidate.confidence, _SHARE_DIGITS),
        [box.x_offset, box.y_offset, box.width, box.height],
        position if candidate.has_position else None)
