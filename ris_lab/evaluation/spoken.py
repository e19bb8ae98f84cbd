"""Let a synthesiser speak, and put noise under it."""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
import subprocess
import tempfile

import numpy as np

from ris_ros.errors import RisError
from ris_ros.speech.recogniser import SAMPLE_RATE
from ris_ros.speech.wav_file import read_wav

_PAUSE = SAMPLE_RATE  # after a command; twice that before it
_LEVEL = 3000.0  # root mean square of the speech, of 32768
_BABBLERS = 8
_BABBLE = (
    'The meeting was moved to another room because the first one was too small for all of us. '
    'Yesterday we went down to the river and watched the boats until it began to rain. '
    'I have never understood why the train is always late on this line, and nobody says a word. '
    'She told him that the letter had arrived, but he did not believe a word of it.')


@dataclass(frozen=True)
class Voice:
    """A voice of a synthesiser.

    Attributes:
        synthesiser: 'espeak' (formants) or 'flite' (cut from recordings).
        name: Its name there.
        words_a_minute: Its pace; espeak's alone can be set.
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


@lru_cache(maxsize=1000)
def speak(text: str, voice: Voice) -> np.ndarray:
    """Have a voice say a text.

    Returns:
        (N,) int16 samples of 16 kHz.

    Raises:
        RisError: The synthesiser is not installed, or fails.
    """
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


def pink(count: int, rng: np.random.Generator) -> np.ndarray:
    """Make noise whose power falls with frequency, as that of fans and motors.

    Args:
        count: Number of samples.
        rng: Draws it.

    Returns:
        (count,) float64 of unit power.
    """
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum, count)
    return noise / _rms(noise)


def babble(count: int, rng: np.random.Generator) -> np.ndarray:
    """Make the noise of several voices that talk at the same time.

    Args:
        count: Number of samples of 16 kHz.
        rng: Draws where in its text each voice begins.

    Returns:
        (count,) float64 of unit power.
    """
    noise = np.zeros(count)
    for i in range(_BABBLERS):
        voice = VOICES[i % len(VOICES)]
        said = speak(_BABBLE, voice).astype(np.float64)
        noise += np.roll(np.resize(said / _rms(said), count), rng.integers(count))
    return noise / _rms(noise)


def heard_at(said: np.ndarray, noise: np.ndarray | None, decibels: float) -> np.ndarray:
    """Return speech as a microphone gives it, with pauses around it and noise beside it.

    Args:
        said: (M,) int16 speech.
        noise: (at least N,) float64 of unit power; None for none.
        decibels: How far the noise lies below the speech.

    Returns:
        (N,) int16; N is M and the pauses.
    """
    clean = said * (_LEVEL / _rms(said[said != 0]))
    sound = np.concatenate([np.zeros(2 * _PAUSE), clean, np.zeros(_PAUSE)])
    if noise is not None:
        sound = sound + noise[:len(sound)] * _LEVEL * 10 ** (-decibels / 20)
    return np.clip(np.round(sound), -32768, 32767).astype(np.int16)


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples.astype(np.float64)))))
