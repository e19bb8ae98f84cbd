# SPDX-License-Identifier: Apache-2.0
"""Sound from topics and microphones, and the sentence where there is none."""
import threading

import numpy as np
import pytest

from ris_ros.speech.recogniser import SpeechError
from ris_ros.speech.sources import AudioQueue, microphone


def test_pushed_sound_comes_out_and_half_a_sample_is_refused():
    stopped = threading.Event()
    pushed = AudioQueue(stopped)
    pushed.push(np.array([1, -2, 300], '<i2').tobytes())
    with pytest.raises(SpeechError, match='has 3 bytes'):
        pushed.push(b'abc')
    chunks = pushed.chunks()
    assert next(chunks).tolist() == [1, -2, 300]
    assert not next(chunks).any()  # silence, so that a last word is not waited on for ever
    stopped.set()
    assert list(chunks) == []


def test_a_microphone_that_is_missing_is_named():
    with pytest.raises(SpeechError, match='microphone'):
        next(microphone('no such microphone', threading.Event()))
