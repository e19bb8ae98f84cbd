"""Decide whether what was heard is a command."""
from __future__ import annotations

from dataclasses import dataclass

from ris_ros.speech.recogniser import Hypothesis
from ris_ros.speech.words import spoken_words

STOP = 'stop'
# The confidence below which "stop" is taken for noise; see docs/voice.md.
STOP_FLOOR = 0.1
# "stop" is obeyed where the engine finds it that probable, whatever else it understood.
STOP_PROBABLE = 0.01
# After the wake phrase alone, the command may follow so many seconds later.
AWAKE_SECONDS = 6.0

_STOPS = frozenset('stop cancel halt abort freeze'.split())
# What "stop" is heard as when it is shouted or clipped; none of them alone is a command.
_SOUNDS_LIKE_STOP = frozenset('step stopped stops stub stopping'.split())
# "please stop" and "robot stop", whose s runs into the word before it.
_CALLS = frozenset("please robot robot's".split())
_AROUND_STOP = _CALLS | frozenset(
    'hey please now it that this no right there everything moving at once immediately the '
    'just oh wait'.split())
# What recognisers that learned from subtitles hear in noise; alone it asks for nothing.
_HEARD_IN_NOISE = frozenset('you thank thanks bye oh uh um hmm so the a'.split())


@dataclass(frozen=True)
class Rules:
    """Which of the things heard are commands.

    min_confidence: 0 to 1. wake_phrase: what a command begins with, '' for anything.
    push_to_talk: whether a button must be held.
    """

    min_confidence: float
    wake_phrase: str
    push_to_talk: bool


@dataclass(frozen=True)
class Verdict:
    """Whether something heard is a command, its text, and why not; '' where it is one."""

    accepted: bool
    command: str
    reason: str


def is_stop(text: str) -> bool:
    """Tell whether somebody wants the robot to stop: "stop", "robot stop it", "... no, stop"."""
    words = spoken_words(text)
    if not words:
        return False
    if len(words) == 1 and words[0] in _SOUNDS_LIKE_STOP:
        return True
    if words[-1] == 'top' and words[0] in _CALLS and {*words[:-1]} <= _AROUND_STOP:
        return True
    return words[-1] == STOP or (
        not _STOPS.isdisjoint(words) and {*words} <= _STOPS | _AROUND_STOP)


class Gate:
    """Judges one utterance after the other."""

    def __init__(self) -> None:
        self._awake_until = float('-inf')

    def judge(self, heard: Hypothesis, rules: Rules, held: bool, now: float) -> Verdict:
        """Return the verdict on what was heard.

        held: whether the button was held while it was said. now: seconds of any clock.
        """
        if not heard.text:
            return _no('Nothing was understood.')
        if (is_stop(heard.text) and heard.confidence >= STOP_FLOOR) or heard.stop >= STOP_PROBABLE:
            return Verdict(True, STOP, '')
        if {*spoken_words(heard.text)} <= _HEARD_IN_NOISE:
            return _no('It is what noise sounds like.')
        if heard.confidence < rules.min_confidence:
            return _no(f'The confidence {heard.confidence:.2f} is below min_confidence '
                       f'{rules.min_confidence:.2f}.')
        if rules.push_to_talk and not held:
            return _no('The push-to-talk button was not held.')
        return self._without_wake_phrase(heard.text, rules.wake_phrase, now)

    def _without_wake_phrase(self, text: str, phrase: str, now: float) -> Verdict:
        """Accept what follows the wake phrase, in the same breath or soon after it."""
        words, wake = spoken_words(text), spoken_words(phrase)
        if words[:len(wake)] != wake:
            if now > self._awake_until:
                return _no(f'It does not begin with the wake phrase {phrase!r}.')
        elif wake:
            words = words[len(wake):]
            if not words:
                self._awake_until = now + AWAKE_SECONDS
                return _no('The wake phrase was said; waiting for the command.')
        self._awake_until = float('-inf')
        return Verdict(True, ' '.join(words), '')


def _no(reason: str) -> Verdict:
    return Verdict(False, '', reason)
