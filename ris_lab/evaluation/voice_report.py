# SPDX-License-Identifier: Apache-2.0
"""Judge what was heard: word errors, right commands, right masks, stops and false alarms."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
import math
from pathlib import Path

import numpy as np

from ris_lab.evaluation.spoken_commands import SpokenCommand, SpokenScenes
from ris_lab.plots import new_figure, save_figure
from ris_ros.conversation import Conversation
from ris_ros.grounding.result import Grounding
from ris_ros.language.alternatives import Alternative
from ris_ros.speech.gate import Gate, GateDecision, GateSettings
from ris_ros.speech.recogniser import Hypothesis
from ris_ros.speech.vocabulary import spoken_words
from ris_ros.status import Status

MIN_CONFIDENCE = 0.35  # the node's default
_SOON = 0.5  # seconds in which "stop" should be heard
_SIZE = (1400, 460)
_SYNTHESISERS = ('espeak', 'flite', 'natural')
_COLOURS = {'moonshine': 'tab:red', 'pocketsphinx': 'tab:green', 'whisper': 'tab:blue'}


@dataclass(frozen=True)
class Recognition:
    """A sound and what was recognised in it.

    Attributes:
        engine: One of recogniser.ENGINES.
        bias: Whether the engine is biased towards the vocabulary.
        voice: Synthesiser, voice and words a minute; '' for noise alone.
        condition: Name of the noise.
        kind: 'command', 'stop', 'other' (words that are not in the vocabulary) or 'noise'.
        text: What was spoken.
        world: In which a command is answered, '' for none.
        target: The object that a command means, None for one that is not there.
        utterances: Text, confidence, probability of "stop" and alternatives (text and chance) of
            each that was cut out.
        seconds: CPU time.
        stop_delay: Seconds from the end of the words to "stop": of the sound, and of CPU time since
            its pause; None where it was not heard.
    """

    engine: str
    bias: bool
    voice: str
    condition: str
    kind: str
    text: str
    world: str = ''
    target: str | None = None
    utterances: tuple[tuple, ...] = ()
    seconds: float = 0.0
    stop_delay: float | None = None

    def decisions(self, min_confidence: float) -> list[GateDecision]:
        """Return what the speech node takes for commands."""
        settings = GateSettings(min_confidence, wake_phrase='', push_to_talk=False)
        gate = Gate()
        decisions = [gate.judge(as_hypothesis(item), settings, False, 0.0)
                     for item in self.utterances]
        return [decision for decision in decisions if decision.accepted]

    def commands(self, min_confidence: float) -> list[str]:
        """Return the texts of these commands as they were heard."""
        return [decision.command for decision in self.decisions(min_confidence)]

    def stops(self) -> bool:
        """Tell whether the robot stops."""
        return self.stop_delay is not None or 'stop' in self.commands(MIN_CONFIDENCE)


def as_hypothesis(utterance: tuple) -> Hypothesis:
    """Return the hypothesis of one of Recognition.utterances; logs of old have no alternatives."""
    text, confidence, stop, *rest = utterance
    return Hypothesis(text, confidence, stop,
                      tuple(Alternative(*pair) for pair in (rest[0] if rest else ())))


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """Return the number of words to change, add or leave out, and the number that were said."""
    truth, found = spoken_words(said), spoken_words(heard)
    costs = list(range(len(found) + 1))
    for i, word in enumerate(truth, 1):
        before, costs[0] = costs[:], i
        for j, other in enumerate(found, 1):
            costs[j] = min(before[j] + 1, costs[j - 1] + 1, before[j - 1] + (word != other))
    return costs[-1], len(truth)


class Judge:
    """Judges what the robot makes of what it hears."""

    def __init__(self, scenes: SpokenScenes) -> None:
        self._scenes = scenes

    def outcome(self, item: Recognition) -> tuple[bool, bool]:
        """Return whether a spoken command was answered rightly, and whether a wrong object was."""
        decisions = item.decisions(MIN_CONFIDENCE)
        if len(decisions) != 1:
            return False, False
        answer = self._answer(item.world, decisions[0])
        right = self._is_right(item, answer)
        return right, not right and answer.status is Status.FOUND

    def typed(self, item: Recognition) -> bool:
        """Tell whether a command is answered rightly when it is typed."""
        return self._is_right(item, self._answer(item.world, GateDecision(True, item.text, '')))

    def actions(self, item: Recognition, worlds: Sequence[str]) -> int:
        """Count what the robot would do in the worlds, by turns, on utterances of no commands."""
        answers = [self._answer(worlds[number % len(worlds)], decision)
                   for number, decision in enumerate(item.decisions(MIN_CONFIDENCE))
                   if decision.command != 'stop']
        return sum(answer.status is Status.FOUND for answer in answers)

    def _answer(self, world: str, decision: GateDecision) -> Grounding:
        """Answer a command as the first one of a conversation."""
        conversation = Conversation(self._scenes.pipeline)
        index = self._scenes.look(world).index
        if decision.alternatives:
            return conversation.answer_heard(index, decision.alternatives, 0.0)
        return conversation.answer(index, decision.command, 0.0)

    def _is_right(self, item: Recognition, answer: Grounding) -> bool:
        return self._scenes.is_right(SpokenCommand(item.text, item.world, item.target), answer)

    def same(self, said: str, heard: str) -> bool:
        """Tell whether two texts ask for the same."""
        first, second = (replace(self._scenes.pipeline.parse(' '.join(spoken_words(text))), text='')
                         for text in (said, heard))
        return first == second


def table(results: Sequence[Recognition], scenes: SpokenScenes) -> str:
    """Return the measurement as Markdown."""
    judge = Judge(scenes)
    lines = ['| engine | bias | voices | noise | commands | WER | command right | mask right | '
             'wrong object | typed | CPU ms |',
             '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |']
    for engine, bias, voices, condition, items in _groups(results, 'command'):
        commands = [item.commands(MIN_CONFIDENCE) for item in items]
        right = [len(c) == 1 and judge.same(item.text, c[0])
                 for item, c in zip(items, commands, strict=True)]
        outcomes = [judge.outcome(item) for item in items]
        typed = [judge.typed(item) for item in items]
        rate = _word_error_rate(items)
        lines.append(f'| {engine} | {bias} | {voices} | {condition} | {len(items)} | {rate:.3f} | '
                     f'{_share(right)} | {_share([good for good, _ in outcomes])} | '
                     f'{_share([wrong for _, wrong in outcomes])} | {_share(typed)} | '
                     f'{1000 * np.mean([item.seconds for item in items]):.0f} |')
    lines += ['', *_stop_table(results), '', *_other_table(results), '',
              *_noise_table(results, judge)]
    return '\n'.join([*lines, ''])


def _stop_table(results: Sequence[Recognition]) -> list[str]:
    lines = ['| engine | bias | voices | noise | "stop" said | heard | within 0.5 s | median delay '
             '| commands taken for "stop" |',
             '| --- | --- | --- | --- | --- | --- | --- | --- | --- |']
    for engine, bias, voices, condition, items in _groups(results, 'stop'):
        others = [item for kind in ('command', 'other') for item in _select(
            results, kind, engine, bias, voices, condition)]
        alarms = sum(item.stops() for item in others)
        delays = [math.inf if item.stop_delay is None else item.stop_delay for item in items]
        lines.append(f'| {engine} | {bias} | {voices} | {condition} | {len(items)} | '
                     f'{_share([item.stops() for item in items])} | '
                     f'{_share([delay <= _SOON for delay in delays])} | '
                     f'{np.median(delays):.2f} s | {alarms} of {len(others)} |')
    return lines


def _other_table(results: Sequence[Recognition]) -> list[str]:
    lines = ['| engine | bias | voices | noise | WER of words that are not expected |',
             '| --- | --- | --- | --- | --- |']
    for engine, bias, voices, condition, items in _groups(results, 'other'):
        rate = _word_error_rate(items)
        lines.append(f'| {engine} | {bias} | {voices} | {condition} | {rate:.3f} |')
    return lines


def _noise_table(results: Sequence[Recognition], judge: Judge) -> list[str]:
    worlds = sorted({item.world for item in results if item.world})
    lines = ['| engine | bias | nobody speaks to it | utterances | commands | objects found | '
             '"stop" |', '| --- | --- | --- | --- | --- | --- | --- |']
    for item in results:
        if item.kind == 'noise':
            commands = item.commands(MIN_CONFIDENCE)
            lines.append(f'| {item.engine} | {item.bias} | {item.condition} | '
                         f'{len(item.utterances)} | {len(commands)} | '
                         f'{judge.actions(item, worlds) if worlds else 0} | '
                         f'{commands.count("stop")} |')
    return lines


def kind_of_voice(voice: str) -> str:
    """Return the kind of a voice, by which the tables are grouped."""
    synthesiser = voice.partition(' ')[0]
    return synthesiser if synthesiser in ('espeak', 'flite') else 'natural'


def _groups(results: Sequence[Recognition], kind: str
            ) -> list[tuple[str, bool, str, str, list[Recognition]]]:
    """Return the results of a kind by engine, bias, synthesiser and noise."""
    keys = dict.fromkeys((item.engine, item.bias, kind_of_voice(item.voice), item.condition)
                         for item in results if item.kind == kind)
    return [(*key, _select(results, kind, *key)) for key in sorted(
        keys, key=lambda key: (key[0], not key[1], key[2]))]


def _select(results: Sequence[Recognition], kind: str, engine: str, bias: bool, voices: str,
            condition: str) -> list[Recognition]:
    return [item for item in results if item.kind == kind and (
        item.engine, item.bias, kind_of_voice(item.voice), item.condition) == (
        engine, bias, voices, condition)]


def _all_text(item: Recognition) -> str:
    return ' '.join(text for text, *_ in item.utterances)


def _word_error_rate(items: Sequence[Recognition]) -> float:
    errors, words = np.sum([word_errors(item.text, _all_text(item)) for item in items], 0)
    return errors / words


def _share(values: Sequence[bool]) -> str:
    return f'{np.mean(values):.2f}'


def draw(results: Sequence[Recognition], path: Path) -> None:
    """Draw the word error rate by noise: a line for each engine, dashed without the bias.

    Args:
        results: Of all engines and conditions.
        path: PNG to write.
    """
    names = list(dict.fromkeys(item.condition for item in results if item.kind == 'command'))
    figure, panels = new_figure(*_SIZE, columns=len(_SYNTHESISERS))
    for axes, voices in zip(panels, _SYNTHESISERS, strict=True):
        lines: dict[tuple[str, bool], list[tuple[int, float]]] = {}
        for engine, bias, speaker, condition, items in _groups(results, 'command'):
            if speaker == voices:
                lines.setdefault((engine, bias), []).append(
                    (names.index(condition), min(_word_error_rate(items), 1)))
        for (engine, bias), points in lines.items():
            axes.plot(*zip(*points, strict=True), color=_COLOURS[engine], marker='o',
                      linestyle='-' if bias else '--', markerfacecolor=None if bias else 'white',
                      label=f'{engine}{"" if bias else " without bias"}')
        axes.set(title=f'word error rate, {voices} voices', ylim=(0, 1.03),
                 xlim=(-.2, len(names) - .8))
        axes.set_xticks(range(len(names)), names)
        if lines:
            axes.legend(loc='upper left')
    save_figure(figure, path)
