"""Judge what was heard: word errors, right commands, right masks, stops and false alarms."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from ris_lab.evaluation.metrics import intersection_union, iou
from ris_ros.frame import Frame
from ris_ros.image_files import write_image
from ris_ros.pipeline import Pipeline
from ris_ros.speech.gate import Gate, Rules
from ris_ros.speech.recogniser import Hypothesis
from ris_ros.speech.words import spoken_words
from ris_sim.renderer import Renderer, Rendering
from ris_sim.sdf import read_world

MIN_CONFIDENCE = 0.35  # the node's default
_IOU_NEEDED = 0.5
_WIDTH, _HEIGHT, _MARGIN = 900, 460, 60
_COLOURS = {'moonshine': (200, 80, 30), 'pocketsphinx': (40, 120, 40), 'whisper': (40, 60, 200)}


@dataclass(frozen=True)
class Heard:
    """One thing that was said, and what was heard.

    kind: command, stop, other (words that are not in the vocabulary) or noise.
    utterances: (text, confidence, probability of stop) of each that was cut out. seconds: of CPU.
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
        rules = Rules(min_confidence, wake_phrase='', push_to_talk=False)
        gate = Gate()
        verdicts = [gate.judge(Hypothesis(*item), rules, False, 0.0) for item in self.utterances]
        return [verdict.command for verdict in verdicts if verdict.accepted]


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """Return the number of words to change, add or leave out, and the number that were said."""
    truth, found = spoken_words(said), spoken_words(heard)
    costs = list(range(len(found) + 1))
    for i, word in enumerate(truth, 1):
        before, costs[0] = costs[:], i
        for j, other in enumerate(found, 1):
            costs[j] = min(before[j] + 1, costs[j - 1] + 1, before[j - 1] + (word != other))
    return costs[-1], len(truth)


class Robot:
    """Answers texts in the simulated worlds with the embedded profile."""

    def __init__(self, worlds: Path) -> None:
        self._worlds = worlds
        self._pipeline = Pipeline.load('embedded')
        self._renderer = Renderer(640, 480)
        self._scene = lru_cache(self._look)
        self.answers = lru_cache(maxsize=None)(self._answers)
        self.same = lru_cache(maxsize=None)(self._same)

    def _look(self, world: str) -> tuple[Rendering, dict[str, int], object]:
        scene = read_world(str(self._worlds / f'{world}.sdf'))
        rendering = self._renderer.render(scene)
        labels = {thing.name: i for i, thing in enumerate(scene.objects, 1)}
        frame = Frame(rendering.image, rendering.depth, rendering.camera)
        return rendering, labels, self._pipeline.index(frame)

    def _answers(self, world: str, target: str | None, text: str) -> bool:
        """Tell whether a text is answered with the target, or with none where there is none."""
        rendering, labels, index = self._scene(world)
        grounding = self._pipeline.ground(index, text)
        if target is None:
            return grounding.status.name == 'NOT_FOUND'
        if grounding.status.name != 'FOUND':
            return False
        truth = rendering.labels == labels[target]
        return iou(*intersection_union(grounding.mask, truth)) >= _IOU_NEEDED

    def _same(self, said: str, heard: str) -> bool:
        """Tell whether two texts ask for the same."""
        first, second = (replace(self._pipeline.parse(' '.join(spoken_words(text))), text='')
                         for text in (said, heard))
        return first == second


def table(results: Sequence[Heard], worlds: Path) -> str:
    """Return the measurement as Markdown."""
    robot = Robot(worlds)
    lines = ['| engine | bias | voices | noise | WER | command right | mask right | typed | '
             'CPU ms |', '| --- | --- | --- | --- | --- | --- | --- | --- | --- |']
    for engine, bias, voices, condition, items in _groups(results, 'command'):
        errors, words = np.sum([word_errors(item.text, _all_text(item)) for item in items], 0)
        commands = [item.commands(MIN_CONFIDENCE) for item in items]
        right = [len(c) == 1 and robot.same(item.text, c[0])
                 for item, c in zip(items, commands, strict=True)]
        masks = [len(c) == 1 and robot.answers(item.world, item.target, c[0])
                 for item, c in zip(items, commands, strict=True)]
        typed = [robot.answers(item.world, item.target, item.text) for item in items]
        lines.append(f'| {engine} | {bias} | {voices} | {condition} | {errors / words:.3f} | '
                     f'{_share(right)} | {_share(masks)} | {_share(typed)} | '
                     f'{1000 * np.mean([item.seconds for item in items]):.0f} |')
    lines += ['', *_stop_table(results), '', *_other_table(results), '', *_noise_table(results)]
    return '\n'.join([*lines, ''])


def _stop_table(results: Sequence[Heard]) -> list[str]:
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


def _other_table(results: Sequence[Heard]) -> list[str]:
    lines = ['| engine | bias | voices | noise | WER of words that are not expected |',
             '| --- | --- | --- | --- | --- |']
    for engine, bias, voices, condition, items in _groups(results, 'other'):
        errors, words = np.sum([word_errors(item.text, _all_text(item)) for item in items], 0)
        lines.append(f'| {engine} | {bias} | {voices} | {condition} | {errors / words:.3f} |')
    return lines


def _noise_table(results: Sequence[Heard]) -> list[str]:
    lines = ['| engine | bias | nobody speaks to it | utterances | commands | "stop" |',
             '| --- | --- | --- | --- | --- | --- |']
    for item in results:
        if item.kind == 'noise':
            commands = item.commands(MIN_CONFIDENCE)
            lines.append(f'| {item.engine} | {item.bias} | {item.condition} | '
                         f'{len(item.utterances)} | {len(commands)} | {commands.count("stop")} |')
    return lines


def _groups(results: Sequence[Heard], kind: str) -> list[tuple[str, bool, str, str, list[Heard]]]:
    """Return the results of a kind by engine, bias, synthesiser and noise."""
    keys = dict.fromkeys((item.engine, item.bias, item.voice.split()[0], item.condition)
                         for item in results if item.kind == kind)
    return [(*key, _select(results, kind, *key)) for key in sorted(
        keys, key=lambda key: (key[0], not key[1], key[2]))]


def _select(results: Sequence[Heard], kind: str, engine: str, bias: bool, voices: str,
            condition: str) -> list[Heard]:
    return [item for item in results if item.kind == kind and item.voice.startswith(voices) and (
        item.engine, item.bias, item.condition) == (engine, bias, condition)]


def _all_text(item: Heard) -> str:
    return ' '.join(text for text, *_ in item.utterances)


def _share(values: Sequence[bool]) -> str:
    return f'{np.mean(values):.2f}'


def draw(results: Sequence[Heard], path: Path) -> None:
    """Draw the word error rate by noise: a line for each engine, dashed without the bias."""
    names = list(dict.fromkeys(item.condition for item in results if item.kind == 'command'))
    panels = [_panel(results, names, voices) for voices in ('espeak', 'flite')]
    write_image(path, np.hstack(panels))


def _panel(results: Sequence[Heard], names: list[str], voices: str) -> np.ndarray:
    picture = np.full((_HEIGHT, _WIDTH // 2 + _MARGIN, 3), 255, np.uint8)
    width = _WIDTH // 2 - _MARGIN

    def place(i: float, rate: float) -> tuple[int, int]:
        return (round(_MARGIN + width * i / max(1, len(names) - 1)),
                round(_HEIGHT - _MARGIN - (_HEIGHT - 2 * _MARGIN) * min(rate, 1)))

    def write(text: str, spot: tuple[int, int], colour: tuple[int, int, int] = (60, 60, 60),
              size: float = .4) -> None:
        cv2.putText(picture, text, spot, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)
    write(f'word error rate, {voices} voices', (_MARGIN, 30), size=.55)
    for rate in np.arange(0, 1.1, .2):
        cv2.line(picture, place(0, rate), place(len(names) - 1, rate), (225, 225, 225), 1)
        write(f'{rate:.1f}', (20, place(0, rate)[1] + 4))
    for i, name in enumerate(names):
        write(name, (place(i, 0)[0] - 34, _HEIGHT - 36), size=.36)
    lines = {}
    for engine, bias, speaker, condition, items in _groups(results, 'command'):
        if speaker == voices:
            errors, words = np.sum(
                [word_errors(item.text, _all_text(item)) for item in items], 0)
            lines.setdefault((engine, bias), []).append(
                place(names.index(condition), errors / words))
    for i, ((engine, bias), points) in enumerate(lines.items()):
        colour = _COLOURS[engine]
        for point in points:
            cv2.circle(picture, point, 5, colour, cv2.FILLED if bias else 2, cv2.LINE_AA)
        _line(picture, points, colour, dashed=not bias)
        spot = (_MARGIN + 12, 56 + 17 * i)
        _line(picture, [spot, (spot[0] + 30, spot[1])], colour, dashed=not bias)
        write(f'{engine}{"" if bias else " without bias"}', (spot[0] + 38, spot[1] + 4), colour)
    return picture


def _line(picture: np.ndarray, points: list[tuple[int, int]], colour: tuple[int, int, int],
          dashed: bool) -> None:
    for first, second in pairwise(points):
        steps = max(1, int(np.hypot(*np.subtract(second, first)) // 6)) if dashed else 1
        ends = np.linspace(first, second, steps + 1).round().astype(int)
        for i in range(0, steps, 2):
            cv2.line(picture, tuple(map(int, ends[i])), tuple(map(int, ends[i + 1])), colour, 2,
                     cv2.LINE_AA)
