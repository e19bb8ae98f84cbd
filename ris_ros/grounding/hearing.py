# SPDX-License-Identifier: Apache-2.0
"""Choose, among the texts that may have been said, the one that means something in the scene.

By Bayes' rule a text is as probable as its sound times the chance that somebody says such a thing
in this scene. Somebody who commands a robot mostly names what is there, so that the confidence of
the answer tells that chance. Texts with the same answer support each other: "give me the red mug"
and "get me the red mug" are one.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ris_ros.grounding.result import Grounding
from ris_ros.status import Status

# At most this many texts are tried, and none that is less probable than this.
MOST_TRIED, LEAST_CHANCE = 8, 0.01
# How likely it is that somebody says a thing that is answered so; where its object is found, it is
# the answer's confidence.
_SENSE = {Status.AMBIGUOUS: 0.1, Status.NOT_FOUND: 0.06}
_NO_SENSE = 0.01
# The texts that are left cannot change the choice if together they are this much less probable.
_SETTLED = 0.1


@dataclass(frozen=True, eq=False)
class Reading:
    """A text that may have been said, and its answer.

    Attributes:
        text: The text.
        chance: Probability of its sound, 0 to 1.
        grounding: Its answer in the scene.
    """

    text: str
    chance: float
    grounding: Grounding

    @property
    def weight(self) -> float:
        """How probable it is by its sound and its sense, on the scale of the chances."""
        answer = self.grounding
        if answer.status is Status.FOUND or (answer.status is Status.ANSWERED and answer.count):
            return self.chance * max(answer.confidence, _NO_SENSE)
        if answer.status is Status.ANSWERED:  # "is there a red ball": there is none
            return self.chance * _SENSE[Status.NOT_FOUND]
        names_something = answer.expression is not None
        return self.chance * (_SENSE.get(answer.status, _NO_SENSE) if names_something
                              else _NO_SENSE)

    @property
    def outcome(self) -> tuple:
        """What the robot would do; the same for texts that mean the same."""
        answer = self.grounding
        objects = tuple(thing.proposal for thing in answer.objects)
        return answer.status, answer.question, objects or answer.expression or self.text


def is_settled(readings: Sequence[Reading], rest: float) -> bool:
    """Tell whether the texts that were not tried yet cannot change the choice.

    Args:
        readings: Those that were tried.
        rest: The chance of all others together.
    """
    return rest <= _SETTLED * max((reading.weight for reading in readings), default=0.0)


def choose(readings: Sequence[Reading], heard: float) -> tuple[Reading, float]:
    """Choose a reading.

    Args:
        readings: All that were tried, at least one.
        heard: The chance that any of the alternatives was said.

    Returns:
        The reading, and the probability that its outcome is what was meant by the words, 0 to 1.
    """
    weights: dict[tuple, float] = {}
    for reading in readings:
        weights[reading.outcome] = weights.get(reading.outcome, 0.0) + reading.weight
    best = max(weights, key=weights.__getitem__)
    chosen = max((one for one in readings if one.outcome == best), key=lambda one: one.weight)
    total = sum(weights.values())
    return chosen, heard * weights[best] / total if total else 0.0


def tell(chosen: Reading, chance: float, heard: str, least: float) -> Grounding:
    """Return the answer of the chosen reading, with what was heard where that is another text.

    The confidence becomes the joint one of ears and eyes. An object that is less sure than it must
    be is asked for again.

    Args:
        chosen: The reading.
        chance: Probability that it is right, from `choose`.
        heard: The text that sounds most like what was said.
        least: Least confidence of an object that is found.
    """
    answer = chosen.grounding
    confidence = chance * answer.confidence
    said = f'Heard "{heard}"'
    if answer.status is Status.FOUND and confidence < least:
        understood = '' if chosen.text == heard else f', which may be "{chosen.text}"'
        return replace(answer, status=Status.AMBIGUOUS, confidence=confidence, message=(
            f'{said}{understood}; that is not sure enough. Please say it again.'))
    if chosen.text != heard:
        answer = replace(answer, message=f'{said}, understood "{chosen.text}". {answer.message}')
    return replace(answer, confidence=confidence)
