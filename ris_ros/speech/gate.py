# SPDX-License-Identifier: Apache-2.0
"""Decide whether an utterance is a command."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ris_ros.language.alternatives import Alternative
from ris_ros.language.stop_orders import ends_in_stop, is_stop_order
from ris_ros.speech.recogniser import Hypothesis
from ris_ros.speech.vocabulary import spoken_words

STOP = 'stop'
# Below this confidence "stop" is taken for noise; see docs/voice.md.
STOP_FLOOR = 0.1
# From this probability on "stop" is obeyed, whatever else the engine understood.
STOP_PROBABLE = 0.01
# The same in the first pause, where it may be the beginning of another word.
STOP_PROBABLE_EARLY = 0.3
# After the wake phrase alone, the command may follow within this time.
AWAKE_SECONDS = 6.0

_STOPS = frozenset('stop cancel halt abort freeze'.split())
# Recognisers write these for a "stop" that is shouted or clipped; none of them is a command.
_SOUNDS_LIKE_STOP = frozenset('step stopped stops stub stopping'.split())
# In "please stop" and "robot stop" the s runs into the word before it.
_CALLS = frozenset("please robot robot's".split())
_AROUND_STOP = _CALLS | frozenset(
    'hey please now it that this no right there everything moving at once immediately the '
    'just oh wait'.split())
# Recognisers that learned from subtitles write these for noise; alone they ask for nothing.
_HEARD_IN_NOISE = frozenset('you thank thanks bye oh uh um hmm so the a'.split())


@dataclass(frozen=True)
class GateSettings:
    """Which utterances are commands.

    Attributes:
        min_confidence: Least confidence of a command, 0 to 1.
        wake_phrase: The words that a command begins with; '' for any.
        push_to_talk: Whether a button must be held.
    """

    min_confidence: float
    wake_phrase: str
    push_to_talk: bool


@dataclass(frozen=True)
class GateDecision:
    """Whether an utterance is a command.

    Attributes:
        accepted: Whether it is one.
        command: Its text; '' where it is none.
        reason: A sentence that says why it is none; '' where it is one.
        alternatives: The texts that the command may be, best first, itself included; empty for
            "stop", and where the engine knows one text only.
    """

    accepted: bool
    command: str
    reason: str
    alternatives: tuple[Alternative, ...] = ()


def is_stop(text: str) -> bool:
    """Tell whether somebody wants the robot to stop: "stop", "robot stop it", "... no, stop"."""
    words = spoken_words(text)
    if not words:
        return False
    if len(words) == 1 and words[0] in _SOUNDS_LIKE_STOP:
        return True
    if words[-1] == 'top' and words[0] in _CALLS and {*words[:-1]} <= _AROUND_STOP:
        return True
    return is_stop_order(text) or ends_in_stop(words) or (
        not _STOPS.isdisjoint(words) and {*words} <= _STOPS | _AROUND_STOP)


def orders_stop(hypothesis: Hypothesis, has_ended: bool = True) -> bool:
    """Tell whether what was understood is an order to stop, sure enough to be obeyed.

    Args:
        hypothesis: What the recogniser understood.
        has_ended: Whether the utterance has, or may go on.
    """
    return (is_stop(hypothesis.text) and hypothesis.confidence >= STOP_FLOOR) or (
        hypothesis.stop >= (STOP_PROBABLE if has_ended else STOP_PROBABLE_EARLY))


class Gate:
    """Judges one utterance after the other, and remembers the wake phrase between them."""

    def __init__(self) -> None:
        self._awake_until = float('-inf')

    def judge(self, hypothesis: Hypothesis, settings: GateSettings, button_held: bool,
              now: float) -> GateDecision:
        """Decide whether an utterance is a command.

        Args:
            hypothesis: What the recogniser understood.
            settings: Which utterances are commands.
            button_held: Whether the push-to-talk button was held during the utterance.
            now: Seconds of any clock.
        """
        text, confidence = hypothesis.text, hypothesis.confidence
        if orders_stop(hypothesis):
            return GateDecision(True, STOP, '')
        if not text:
            return _refuse('Nothing was understood.')
        if {*spoken_words(text)} <= _HEARD_IN_NOISE:
            return _refuse('It is what noise sounds like.')
        if _repeats_itself(spoken_words(text)):
            return _refuse('It repeats itself, as what is made of noise does.')
        if confidence < settings.min_confidence:
            return _refuse(f'The confidence {confidence:.2f} is below min_confidence '
                           f'{settings.min_confidence:.2f}.')
        if settings.push_to_talk and not button_held:
            return _refuse('The push-to-talk button was not held.')
        return self._without_wake_phrase(hypothesis, settings.wake_phrase, now)

    def _without_wake_phrase(self, hypothesis: Hypothesis, phrase: str,
                             now: float) -> GateDecision:
        """Accept the words after the wake phrase, in the same utterance or soon after it."""
        words, wake = spoken_words(hypothesis.text), spoken_words(phrase)
        said = wake if words[:len(wake)] == wake else []
        if words[:len(wake)] != wake:
            if now > self._awake_until:
                return _refuse(f'It does not begin with the wake phrase {phrase!r}.')
        elif wake:
            words = words[len(wake):]
            if not words:
                self._awake_until = now + AWAKE_SECONDS
                return _refuse('The wake phrase was said; waiting for the command.')
        self._awake_until = float('-inf')
        return GateDecision(True, ' '.join(words), '', _commands(hypothesis.alternatives, said))


def _repeats_itself(words: list[str]) -> bool:
    """Tell whether three words in a row come three times, which they do in no command."""
    triples = Counter(zip(words, words[1:], words[2:], strict=False))
    return max(triples.values(), default=0) >= 3


def _commands(alternatives: Sequence[Alternative], wake: list[str]) -> tuple[Alternative, ...]:
    """Return the alternatives that are commands after a wake phrase, without it.

    An order to stop is none: it is obeyed where it is what was understood.
    """
    chances: dict[str, float] = {}
    for one in alternatives:
        words = spoken_words(one.text)
        text = ' '.join(words[len(wake):])
        if words[:len(wake)] == wake and text and not is_stop(text):
            chances[text] = chances.get(text, 0.0) + one.chance
    return tuple(Alternative(text, chance) for text, chance in chances.items())


def _refuse(reason: str) -> GateDecision:
    """Return the decision that an utterance is no command."""
    return GateDecision(False, '', reason)
