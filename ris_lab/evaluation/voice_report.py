"""Judge what was heard: word errors, right commands, right masks, stops and false alarms."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ris_lab.evaluation.spoken_commands import SpokenCommand, SpokenScenes
from ris_lab.plots import new_figure, save_figure
from ris_ros.speech.gate import Gate, GateSettings
from ris_ros.speech.recogniser import Hypothesis
from ris_ros.speech.vocabulary import spoken_words
from ris_ros.status import Status

MIN_CONFIDENCE = 0.35  # the node's default
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
        utterances: Text, confidence and probability of "stop" of each that was cut out.
        seconds: CPU time.
    """

    engine: str
    bias: bool
    voice: str
    condition: str
    kind: str
    text: str
    world: str = ''
    target: str | None = None
    utterances: tuple[tuple[str, float, float], ...] = ()
    seconds: float = 0.0

    def commands(self, min_confidence: float) -> list[str]:
        """Return what the node publishes."""
        settings = GateSettings(min_confidence, wake_phrase='', push_to_talk=False)
        gate = Gate()
        decisions = [gate.judge(Hypothesis(*item), settings, False, 0.0)
                     for item in self.utterances]
        return [decision.command for decision in decisions if decision.accepted]


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
    """Judges what the robot makes of the texts that it gets."""

    def __init__(self, scenes: SpokenScenes) -> None:
        self._scenes = scenes
        self._outcomes: dict[tuple[SpokenCommand, str], tuple[bool, bool]] = {}

    def outcome(self, item: Recognition) -> tuple[bool, bool]:
        """Return whether a spoken command was answered rightly, and whether a wrong object was."""
        texts = item.commands(MIN_CONFIDENCE)
        if len(texts) != 1:
            return False, False
        return self.answer(item, texts[0])

    def answer(self, item: Recognition, text: str) -> tuple[bool, bool]:
        """Return whether a text is answered rightly, and whether with a wrong object."""
        command = SpokenCommand(item.text, item.world, item.target)
        if (command, text) not in self._outcomes:
            seen = self._scenes.look(item.world)
            grounding = self._scenes.pipeline.refer(seen.index, text)
            right = self._scenes.is_right(command, grounding)
            self._outcomes[command, text] = (
                right, not right and grounding.status is Status.FOUND)
        return self._outcomes[command, text]

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
        typed = [judge.answer(item, item.text)[0] for item in items]
        rate = _word_error_rate(items)
        lines.append(f'| {engine} | {bias} | {voices} | {condition} | {len(items)} | {rate:.3f} | '
                     f'{_share(right)} | {_share([good for good, _ in outcomes])} | '
                     f'{_share([wrong for _, wrong in outcomes])} | {_share(typed)} | '
                     f'{1000 * np.mean([item.seconds for item in items]):.0f} |')
    lines += ['', *_stop_table(results), '', *_other_table(results), '', *_noise_table(results)]
    return '\n'.join([*lines, ''])


def _stop_table(results: Sequence[Recognition]) -> list[str]:
    lines = ['| engine | bias | voices | noise | "stop" heard | commands taken for "stop" |',
             '| --- | --- | --- | --- | --- | --- |']
    for engine, bias, voices, condition, items in _groups(results, 'stop'):
        others = [item for kind in ('command', 'other') for item in _select(
            results, kind, engine, bias, voices, condition)]
        alarms = sum('stop' in item.commands(MIN_CONFIDENCE) for item in others)
        lines.append(f'| {engine} | {bias} | {voices} | {condition} | '
                     f'{_share(["stop" in item.commands(MIN_CONFIDENCE) for item in items])} | '
                     f'{alarms} of {len(others)} |')
    return lines


def _other_table(results: Sequence[Recognition]) -> list[str]:
    lines = ['| engine | bias | voices | noise | WER of words that are not expected |',
             '| --- | --- | --- | --- | --- |']
    for engine, bias, voices, condition, items in _groups(results, 'other'):
        rate = _word_error_rate(items)
        lines.append(f'| {engine} | {bias} | {voices} | {condition} | {rate:.3f} |')
    return lines


def _noise_table(results: Sequence[Recognition]) -> list[str]:
    lines = ['| engine | bias | nobody speaks to it | utterances | commands | "stop" |',
             '| --- | --- | --- | --- | --- | --- |']
    for item in results:
        if item.kind == 'noise':
            commands = item.commands(MIN_CONFIDENCE)
            lines.append(f'| {item.engine} | {item.bias} | {item.condition} | '
                         f'{len(item.utterances)} | {len(commands)} | {commands.count("stop")} |')
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
