"""Measure the way from spoken commands to masks, with synthetic voices and noise.

Voices speak the commands of the simulated worlds; the utterances are cut out, recognised and
answered as the nodes do it.
"""
from __future__ import annotations

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
from ris_lab.evaluation.voice_report import Recognition, draw, table
from ris_ros.speech.recogniser import SAMPLE_RATE, Recogniser, make_recogniser
from ris_ros.speech.utterances import UtteranceSegmenter, VoiceDetector, load_silero

STOPS = ('stop', 'stop!', 'robot stop', 'please stop', 'stop it', 'cancel')
# About things that the vocabulary does not have, in other kinds of sentence.
OTHER_WORDS = (
    'could you grab that stethoscope for me', 'the telescope next to the aquarium',
    'I was wondering whether the violin is still there', 'bring the bicycle pump',
    "find my grandmother's necklace", 'is the parrot near the radiator',
    'take the envelope to the lawyer', 'let us have a look at the fireplace',
    'the rusty anchor by the lighthouse', 'please fold the blanket')
# Name, kind of noise and decibels below the speech.
CONDITIONS = (('clean', '', 0.0), ('pink 20 dB', 'pink', 20.0), ('pink 10 dB', 'pink', 10.0),
              ('babble 10 dB', 'babble', 10.0))
# fresh: nothing was fitted to them.
VOICE_SETS = {'fresh': FRESH_VOICES, 'known': VOICES}
_NOISE_SECONDS = 15
_ALONE_SECONDS = 60  # of noise without speech, each kind
_ALONE_LEVEL = 2000  # its root mean square, of 32768


@dataclass(frozen=True)
class VoiceTrial:
    """What is spoken, by whom, and in which noise.

    Attributes:
        worlds: Folder of SDF worlds with their commands.
        voices: One of VOICE_SETS.
        commands: Number of commands, drawn from those of the worlds.
        conditions: Number of CONDITIONS, from the first on.
        seed: Of commands and noise.
    """

    worlds: Path
    voices: str = 'fresh'
    commands: int = 30
    conditions: int = len(CONDITIONS)
    seed: int = 0

    def utterances(self) -> Iterator[tuple[Recognition, Callable[[], np.ndarray]]]:
        """Yield everything that is spoken, still without a result, and the maker of its sound.

        One voice after the other takes a command, "stop" is spoken by all of them; in the end comes
        noise alone.
        """
        rng = np.random.default_rng(self.seed)
        count = _NOISE_SECONDS * SAMPLE_RATE
        noises = {'': None, 'pink': pink(count, rng), 'babble': babble(count, rng)}
        voices = VOICE_SETS[self.voices]
        texts = self._texts()
        for condition, kind, decibels in CONDITIONS[:self.conditions]:
            for number, text in enumerate(texts):
                if text.kind == 'other' and condition != 'clean':
                    continue
                for voice in voices if text.kind == 'stop' else [voices[number % len(voices)]]:
                    name = f'{voice.synthesiser} {voice.name} {voice.words_a_minute}'
                    yield (replace(text, voice=name, condition=condition),
                           partial(_speak_in_noise, text.text, voice, noises[kind], decibels))
        rng, count = np.random.default_rng(self.seed), _ALONE_SECONDS * SAMPLE_RATE
        for name, noise in (('silence', np.zeros(count)), ('pink noise', pink(count, rng)),
                            ('white noise', rng.standard_normal(count)),
                            ('babble', babble(count, rng))):
            alone = (noise * _ALONE_LEVEL).astype(np.int16)
            yield Recognition('', False, '', name, 'noise', ''), partial(np.copy, alone)

    def _texts(self) -> list[Recognition]:
        """Return commands of the worlds, ways to say "stop", and sentences of other words."""
        plan = yaml.safe_load((self.worlds / 'commands.yaml').read_text())
        every = [Recognition('', False, '', '', 'command', entry['text'], name, entry['target'])
                 for name, world in plan.items() for entry in world['commands']]
        chosen = np.random.default_rng(self.seed).permutation(len(every))[:self.commands]
        return [*(every[i] for i in sorted(chosen)),
                *(Recognition('', False, '', '', 'stop', text) for text in STOPS),
                *(Recognition('', False, '', '', 'other', text) for text in OTHER_WORDS)]


def measure_voice(trial: VoiceTrial, recognisers: Sequence[tuple[str, bool]], weights: str,
                  out: Path) -> None:
    """Recognise what is spoken, judge it, and print the tables.

    Args:
        trial: What is spoken.
        recognisers: Engine, and whether it is biased towards the vocabulary.
        weights: Of Whisper, a folder.
        out: Folder for heard.jsonl, table.md and voice.png.  A run that was stopped goes on where
            it was: heard.jsonl has a line for each sound.
    """
    out.mkdir(parents=True, exist_ok=True)
    log = out / 'heard.jsonl'
    utterances = list(trial.utterances())
    done = {_key(item) for item in read_log(log)} if log.is_file() else set()
    detector = load_silero()
    for engine, bias in recognisers:
        recogniser = make_recogniser(engine, weights if engine == 'whisper' else '', bias)
        with log.open('a') as sink:
            for item, make_sound in tqdm(utterances, desc=f'{engine}, bias {bias}'):
                item = replace(item, engine=engine, bias=bias)
                if _key(item) not in done and (bias or item.kind in ('command', 'other')):
                    item = _recognise(recogniser, detector, make_sound(), item)
                    sink.write(json.dumps(asdict(item)) + '\n')
                    sink.flush()
    results = list(read_log(log))
    report = table(results, trial.worlds)
    (out / 'table.md').write_text(report)
    print(report)
    draw(results, out / 'voice.png')


def read_log(path: Path) -> Iterator[Recognition]:
    """Yield the results of an earlier run."""
    for line in path.read_text().splitlines():
        fields = json.loads(line)
        fields['utterances'] = tuple(tuple(item) for item in fields['utterances'])
        yield Recognition(**fields)


def _speak_in_noise(text: str, voice: Voice, noise: np.ndarray | None, decibels: float
                    ) -> np.ndarray:
    return heard_at(speak(text, voice), noise, decibels)


def _key(item: Recognition) -> tuple:
    """Return the fields that tell a sound and its recogniser from all others."""
    return item.engine, item.bias, item.voice, item.condition, item.kind, item.text


def _recognise(recogniser: Recogniser, detector: VoiceDetector, sound: np.ndarray,
               item: Recognition) -> Recognition:
    """Cut sound into utterances and recognise them."""
    begin = time.process_time()
    segmenter = UtteranceSegmenter(detector)
    found = [recogniser.recognise(utterance.samples)
             for utterance in (*segmenter.push(sound), *segmenter.flush())]
    seconds = time.process_time() - begin
    return replace(item, seconds=seconds, utterances=tuple(
        (hypothesis.text, hypothesis.confidence, hypothesis.stop) for hypothesis in found))
