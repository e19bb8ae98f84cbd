# SPDX-License-Identifier: Apache-2.0
"""Synthetic voices: of formants, cut from recordings, and natural ones of neural models."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
import subprocess
import tempfile

import numpy as np
from scipy.signal import resample_poly

from ris_ros.errors import RisError
from ris_ros.speech.recogniser import SAMPLE_RATE
from ris_ros.speech.wav_file import read_wav, write_wav

# The files of kokoro-onnx, as they are called in the folder of models.
KOKORO_FILES = ('kokoro.onnx', 'voices.bin')


@dataclass(frozen=True)
class Voice:
    """A voice of a synthesiser.

    Attributes:
        synthesiser: 'espeak' (formants), 'flite' (cut from recordings), or 'kokoro' and 'piper'
            (neural).
        name: Its name there; of piper, the name of its file without .onnx.
        words_a_minute: Its pace; that of flite and piper cannot be set.
    """

    synthesiser: str
    name: str
    words_a_minute: int = 160


# What "stop" is confused with was collected from these voices, and the bias was weighted by them;
VOICES = (
    Voice('espeak', 'en-us'), Voice('espeak', 'en-us+f3', 190), Voice('espeak', 'en-gb-x-rp'),
    Voice('espeak', 'en-gb-scotland+f2', 140), Voice('flite', 'slt'), Voice('flite', 'rms'))
# nothing was fitted to these.
FRESH_VOICES = (
    Voice('espeak', 'en-us-nyc+m3'), Voice('espeak', 'en-029+f4', 150),
    Voice('espeak', 'en-gb+m7', 180), Voice('espeak', 'en-gb-x-gbclan+f5'),
    Voice('flite', 'awb'), Voice('flite', 'kal16'))
# The choice of words was fitted to these natural voices, and not to those below. The last four of
# them have learned another language (Japanese, Hindi, French, Spanish), which makes an accent.
NATURAL_VOICES = (
    Voice('kokoro', 'af_heart'), Voice('kokoro', 'am_michael', 190), Voice('kokoro', 'bf_emma'),
    Voice('kokoro', 'bm_george', 140), Voice('kokoro', 'hf_alpha'), Voice('kokoro', 'jm_kumo'))
FRESH_NATURAL_VOICES = (
    Voice('kokoro', 'af_bella'), Voice('kokoro', 'am_puck', 190), Voice('kokoro', 'bf_isabella'),
    Voice('kokoro', 'bm_lewis', 140), Voice('piper', 'en_US-joe-medium'),
    Voice('kokoro', 'jf_alpha'), Voice('kokoro', 'hm_omega'), Voice('kokoro', 'ff_siwis', 140),
    Voice('kokoro', 'em_alex'))


@dataclass(frozen=True)
class Speakers:
    """Lets voices speak, and keeps what they said.

    Attributes:
        models: Folder with KOKORO_FILES and the files of piper's voices; None for none.
        kept: Folder for what was said, which is read again in place of synthesising it.
    """

    models: Path | None
    kept: Path

    def say(self, text: str, voice: Voice) -> np.ndarray:
        """Have a voice say a text.

        Returns:
            (N,) int16 samples of 16 kHz.

        Raises:
            RisError: The synthesiser or its model is not there, or fails.
        """
        key = sha256(f'{voice}{text}'.encode()).hexdigest()[:16]
        path = self.kept / f'{voice.synthesiser}_{voice.name}_{key}.wav'
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_wav(path, self._synthesise(text, voice))
        return read_wav(path)

    def _synthesise(self, text: str, voice: Voice) -> np.ndarray:
        """Return what a voice says as (N,) int16 samples of 16 kHz."""
        if voice.synthesiser in ('espeak', 'flite'):
            return _run_program(text, voice)
        if self.models is None:
            raise RisError(f'The voice {voice.name} needs a folder of models; give it with '
                           '--models (docs/voice.md).')
        load = _load_kokoro if voice.synthesiser == 'kokoro' else _load_piper
        try:
            return load(self.models, voice.name)(text, voice)
        except ImportError as error:
            raise RisError(f'The voice {voice.name} needs a package: {error}; pip install '
                           'kokoro-onnx piper-tts.') from None


def _run_program(text: str, voice: Voice) -> np.ndarray:
    """Let espeak-ng or flite speak."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'said.wav'
        command = {
            'espeak': ['espeak-ng', '-v', voice.name, '-s', str(voice.words_a_minute),
                       '-w', str(path), text],
            'flite': ['flite', '-voice', voice.name, '-t', text, '-o', str(path)],
        }[voice.synthesiser]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise RisError(f'{command[0]} cannot speak: {error}; '
                           'sudo apt-get install espeak-ng flite.') from None
        return read_wav(path)


@lru_cache(maxsize=1)
def _load_kokoro(models: Path, _name: str) -> Callable[[str, Voice], np.ndarray]:
    """Load Kokoro (Hexgrad 2025), whose voices share one model."""
    from kokoro_onnx import Kokoro
    return partial(_speak_kokoro, Kokoro(*(str(models / name) for name in KOKORO_FILES)))


def _speak_kokoro(model: object, text: str, voice: Voice) -> np.ndarray:
    language = 'en-gb' if voice.name.startswith('b') else 'en-us'
    sound, rate = model.create(
        text, voice=voice.name, speed=voice.words_a_minute / 160, lang=language)
    return _at_our_rate(sound, rate)


@lru_cache(maxsize=4)
def _load_piper(models: Path, name: str) -> Callable[[str, Voice], np.ndarray]:
    """Load a voice of Piper, each of which is a VITS model (Kim et al. 2021) of its own."""
    from piper import PiperVoice
    return partial(_speak_piper, PiperVoice.load(str(models / f'{name}.onnx')))


def _speak_piper(model: object, text: str, _voice: Voice) -> np.ndarray:
    sound = np.concatenate([chunk.audio_float_array for chunk in model.synthesize(text)])
    return _at_our_rate(sound, model.config.sample_rate)


def _at_our_rate(sound: np.ndarray, rate: int) -> np.ndarray:
    """Return float samples of -1 to 1 as int16 of 16 kHz."""
    sound = resample_poly(sound, SAMPLE_RATE, rate)
    return np.clip(np.round(sound * 32767), -32768, 32767).astype(np.int16)
