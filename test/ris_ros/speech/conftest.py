# SPDX-License-Identifier: Apache-2.0
"""The sounds of test/ris_ros/speech/sounds, spoken by espeak-ng, and the packaged recogniser."""
from pathlib import Path

import numpy as np
import pytest

from ris_ros.speech.recogniser import SAMPLE_RATE, make_recogniser
from ris_ros.speech.wav_file import read_wav

SOUNDS = Path(__file__).parent / 'sounds'


@pytest.fixture(scope='session')
def sound():
    """Return the samples of a file, with pauses around the words."""
    def load(name):
        pause = np.zeros(SAMPLE_RATE, np.int16)
        return np.concatenate([pause, read_wav(SOUNDS / f'{name}.wav'), pause])
    return load


@pytest.fixture(scope='session')
def moonshine():
    return make_recogniser('moonshine')
