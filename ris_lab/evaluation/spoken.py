# SPDX-License-Identifier: Apache-2.0
"""What a microphone hears of a speaker: pauses around the words, a room, and noise."""
from __future__ import annotations

import numpy as np
from scipy.signal import fftconvolve

from ris_lab.evaluation.voices import VOICES, Speakers
from ris_ros.speech.recogniser import SAMPLE_RATE

# Samples before and after a command.
LEAD, _PAUSE = 2 * SAMPLE_RATE, SAMPLE_RATE
_LEVEL = 3000.0  # root mean square of the speech, of 32768
_BABBLERS = 8
_FIRST_ECHO = .004  # seconds after the direct sound
_BABBLE = (
    'The meeting was moved to another room because the first one was too small for all of us. '
    'Yesterday we went down to the river and watched the boats until it began to rain. '
    'I have never understood why the train is always late on this line, and nobody says a word. '
    'She told him that the letter had arrived, but he did not believe a word of it.')


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


def babble(count: int, rng: np.random.Generator, speakers: Speakers) -> np.ndarray:
    """Make the noise of several voices that talk at the same time.

    Args:
        count: Number of samples of 16 kHz.
        rng: Draws where in its text each voice begins.
        speakers: Let the voices speak.

    Returns:
        (count,) float64 of unit power.
    """
    noise = np.zeros(count)
    for i in range(_BABBLERS):
        voice = VOICES[i % len(VOICES)]
        said = speakers.say(_BABBLE, voice).astype(np.float64)
        noise += np.roll(np.resize(said / _rms(said), count), rng.integers(count))
    return noise / _rms(noise)


def room_response(rng: np.random.Generator, seconds: float = 0.5,
                  direct_decibels: float = 0.0) -> np.ndarray:
    """Make the impulse response of a room for a speaker who is some metres away.

    The sound that walls return is noise that decays exponentially.

    Args:
        rng: Draws it.
        seconds: In which the returned sound decays by 60 dB.
        direct_decibels: Power of the direct sound above that of the returned one.

    Returns:
        (N,) float64, whose direct sound is 1 and comes first.

    Source:
        J.-D. Polack, La transmission de l'energie sonore dans les salles, thesis, Le Mans 1988.
    """
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    returned = rng.standard_normal(len(times)) * 10 ** (-3 * times / seconds)
    returned[:round(_FIRST_ECHO * SAMPLE_RATE)] = 0
    returned *= 10 ** (-direct_decibels / 20) / np.sqrt(np.sum(returned ** 2))
    returned[0] = 1
    return returned


def heard_at(said: np.ndarray, noise: np.ndarray | None, decibels: float,
             room: np.ndarray | None = None) -> np.ndarray:
    """Return speech as a microphone gives it, with pauses around it and noise beside it.

    Args:
        said: (M,) int16 speech.
        noise: (at least N,) float64 of unit power; None for none.
        decibels: How far the noise lies below the speech.
        room: (K,) impulse response of the room; None for a microphone at the mouth.

    Returns:
        (N,) int16; N is M and the pauses.
    """
    spoken = said if room is None else fftconvolve(said.astype(np.float64), room)
    clean = spoken * (_LEVEL / _rms(spoken[:len(said)][said != 0]))
    sound = np.concatenate([np.zeros(LEAD), clean, np.zeros(_PAUSE)])
    if noise is not None:
        sound = sound + noise[:len(sound)] * _LEVEL * 10 ** (-decibels / 20)
    return np.clip(np.round(sound), -32768, 32767).astype(np.int16)


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples.astype(np.float64)))))
