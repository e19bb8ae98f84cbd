"""Sound from files, topics and microphones, and what is said where there is none."""
import threading
import wave

import numpy as np
import pytest

from ris_ros.speech.recogniser import SAMPLE_RATE, SpeechError
from ris_ros.speech.sources import AudioQueue, microphone, read_wav, write_wav


def test_written_files_are_read_back(tmp_path):
    samples = np.random.default_rng(0).integers(-9000, 9000, 4000).astype(np.int16)
    write_wav(tmp_path / 'a.wav', samples)
    np.testing.assert_array_equal(read_wav(tmp_path / 'a.wav'), samples)


def test_other_rates_and_two_channels_become_16_khz_and_one(tmp_path):
    rate = 44100
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype('<i2')
    with wave.open(str(tmp_path / 'b.wav'), 'wb') as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.stack([tone, tone], 1).tobytes())
    samples = read_wav(tmp_path / 'b.wav')
    assert len(samples) == SAMPLE_RATE
    assert np.abs(np.fft.rfft(samples)).argmax() == 440
    assert np.abs(samples).max() == pytest.approx(8000, rel=.05)


def test_bad_files_are_named(tmp_path):
    (tmp_path / 'c.wav').write_bytes(b'no sound')
    for name in ('c.wav', 'nowhere.wav'):
        with pytest.raises(SpeechError, match=f'{name} cannot be read'):
            read_wav(tmp_path / name)


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
