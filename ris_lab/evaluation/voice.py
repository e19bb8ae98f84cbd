"""Measure the way from spoken commands to masks: python -m ris_lab.evaluation.voice.

Synthetic voices speak the commands of the simulated worlds with noise; utterances are cut out,
recognised and answered as the nodes do it.  Each command is said by one of the voices in turn,
"stop" by all of them.  One line of heard.jsonl for each thing said; a run that was
stopped goes on where it was.
"""
from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
import json
from pathlib import Path
import time

import numpy as np
from tqdm import tqdm
import yaml

from ris_lab.evaluation.spoken import (
    FRESH_VOICES,
    VOICES,
    Voice,
    babble,
    heard_at,
    pink,
    speak,
)
from ris_lab.evaluation.voice_report import Heard, draw, table
from ris_ros.speech.recogniser import ENGINES, SAMPLE_RATE, Recogniser, make_recogniser
from ris_ros.speech.utterances import UtteranceSegmenter, VoiceDetector, load_silero

STOPS = ('stop', 'stop!', 'robot stop', 'please stop', 'stop it', 'cancel')
# Said about things that the vocabulary does not have, and in other frames.
OTHER_WORDS = (
    'could you grab that stethoscope for me', 'the telescope next to the aquarium',
    'I was wondering whether the violin is still there', 'bring the bicycle pump',
    "find my grandmother's necklace", 'is the parrot near the radiator',
    'take the envelope to the lawyer', 'let us have a look at the fireplace',
    'the rusty anchor by the lighthouse', 'please fold the blanket')
# Name, kind of noise and decibels below the speech.
CONDITIONS = (('clean', '', 0.0), ('pink 20 dB', 'pink', 20.0), ('pink 10 dB', 'pink', 10.0),
              ('babble 10 dB', 'babble', 10.0))
VOICE_SETS = {'fresh': FRESH_VOICES, 'known': VOICES}
_NOISE_SECONDS = 15
_ALONE_SECONDS = 60  # of noise without speech, each kind
_ALONE_LEVEL = 2000  # its root mean square, of 32768


@dataclass(frozen=True)
class Said:
    """Something to be spoken; world is '' where there is nothing to look for."""

    kind: str
    text: str
    world: str = ''
    target: str | None = None


def main() -> None:
    """Measure what the arguments ask for and write heard.jsonl, table.md and voice.png."""
    args = _arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    log = args.out / 'heard.jsonl'
    said = [*_commands(args.worlds, args.commands, args.seed),
            *(Said('stop', text) for text in STOPS), *(Said('other', text) for text in OTHER_WORDS)]
    sounds = list(_sounds(said, VOICE_SETS[args.voices], args.conditions, args.seed))
    done = {_key(item) for item in read(log)} if log.is_file() else set()
    detector = load_silero()
    for engine in args.engine:
        for bias in (name == 'on' for name in args.bias):
            recogniser = make_recogniser(engine, args.weights if engine == 'whisper' else '', bias)
            with log.open('a') as sink:
                for item, sound in tqdm(sounds, desc=f'{engine}, bias {bias}'):
                    heard = replace(item, engine=engine, bias=bias)
                    if _key(heard) not in done and (bias or item.kind in ('command', 'other')):
                        heard = _hear(recogniser, detector, sound(), heard)
                        sink.write(json.dumps(asdict(heard)) + '\n')
                        sink.flush()
    results = list(read(log))
    report = table(results, args.worlds)
    (args.out / 'table.md').write_text(report)
    print(report)
    draw(results, args.out / 'voice.png')


def read(path: Path) -> Iterator[Heard]:
    """Yield what an earlier run has heard."""
    for line in path.read_text().splitlines():
        fields = json.loads(line)
        fields['utterances'] = tuple(tuple(item) for item in fields['utterances'])
        yield Heard(**fields)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--engine', nargs='+', choices=ENGINES, default=['moonshine'])
    parser.add_argument('--weights', default='', help='of whisper: a folder with model.bin')
    parser.add_argument('--bias', nargs='+', choices=('on', 'off'), default=['on', 'off'])
    parser.add_argument('--conditions', type=int, default=len(CONDITIONS),
                        help='number, from clean on [%(default)s]')
    parser.add_argument('--commands', type=int, default=30, help='number [%(default)s]')
    parser.add_argument('--voices', choices=VOICE_SETS, default='fresh',
                        help='known: those that something was fitted to [%(default)s]')
    parser.add_argument('--worlds', type=Path, default=Path('worlds'))
    parser.add_argument('--out', type=Path, default=Path('voice_output'))
    parser.add_argument('--seed', type=int, default=0, help='[%(default)s]')
    return parser.parse_args()


def _commands(worlds: Path, count: int, seed: int) -> list[Said]:
    """Draw commands of the simulated worlds."""
    plan = yaml.safe_load((worlds / 'commands.yaml').read_text())
    every = [Said('command', entry['text'], name, entry['target'])
             for name, world in plan.items() for entry in world['commands']]
    chosen = np.random.default_rng(seed).permutation(len(every))[:count]
    return [every[i] for i in sorted(chosen)]


def _sounds(said: Sequence[Said], voices: Sequence[Voice], conditions: int,
            seed: int) -> Iterator[tuple[Heard, Callable[[], np.ndarray]]]:
    """Yield what there is to hear, without a result, and what makes its sound."""
    rng = np.random.default_rng(seed)
    count = _NOISE_SECONDS * SAMPLE_RATE
    noises = {'': None, 'pink': pink(count, rng), 'babble': babble(count, rng)}
    for condition, kind, decibels in CONDITIONS[:conditions]:
        for number, item in enumerate(said):
            if item.kind == 'other' and condition != 'clean':
                continue
            for voice in voices if item.kind == 'stop' else [voices[number % len(voices)]]:
                name = f'{voice.synthesiser} {voice.name} {voice.words_a_minute}'
                yield (Heard('', False, name, condition, item.kind, item.text, item.world,
                             item.target),
                       partial(_spoken, item.text, voice, noises[kind], decibels))
    rng, count = np.random.default_rng(seed), _ALONE_SECONDS * SAMPLE_RATE
    for name, noise in (('silence', np.zeros(count)), ('pink noise', pink(count, rng)),
                        ('white noise', rng.standard_normal(count)),
                        ('babble', babble(count, rng))):
        alone = (noise * _ALONE_LEVEL).astype(np.int16)
        yield Heard('', False, '', name, 'noise', ''), partial(np.copy, alone)


def _spoken(text: str, voice: Voice, noise: np.ndarray | None, decibels: float) -> np.ndarray:
    return heard_at(speak(text, voice), noise, decibels)


def _key(item: Heard) -> tuple:
    """Return what tells one thing that was said from all others."""
    return item.engine, item.bias, item.voice, item.condition, item.kind, item.text


def _hear(recogniser: Recogniser, detector: VoiceDetector, sound: np.ndarray,
          heard: Heard) -> Heard:
    """Cut sound into utterances and recognise them."""
    begin = time.process_time()
    segmenter = UtteranceSegmenter(detector)
    found = [recogniser.recognise(utterance.samples)
             for utterance in (*segmenter.push(sound), *segmenter.flush())]
    seconds = time.process_time() - begin
    return replace(heard, seconds=seconds, utterances=tuple(
        (item.text, item.confidence, item.stop) for item in found))


if __name__ == '__main__':
    main()
