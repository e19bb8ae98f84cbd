# SPDX-License-Identifier: Apache-2.0
"""Sources of sound; each yields (N,) int16 samples of 16 kHz, one channel."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import queue
import threading

import numpy as np

from ris_ros.speech.recogniser import SAMPLE_RATE, SpeechError
from ris_ros.speech.wav_file import read_wav

_BLOCK = SAMPLE_RATE // 10
_SILENT_SECONDS = 3.0  # a microphone that gives nothing for this long was unplugged
_QUEUED_BLOCKS = 600  # a minute; blocks beyond that are dropped while the recogniser is busy


def play_file(path: Path, stopped: threading.Event) -> Iterator[np.ndarray]:
    """Yield a WAV file in real time, then a second of silence."""
    samples = np.concatenate([read_wav(path), np.zeros(SAMPLE_RATE, np.int16)])
    for i in range(0, len(samples), _BLOCK):
        yield samples[i:i + _BLOCK]
        if stopped.wait(_BLOCK / SAMPLE_RATE):
            return


def microphone(device: str, stopped: threading.Event) -> Iterator[np.ndarray]:
    """Yield the sound of a microphone until stopped.

    Args:
        device: PortAudio's name or number of it; '' for the default one.
        stopped: Ends the sound when it is set.

    Raises:
        SpeechError: There is no microphone, it cannot be opened, or it was unplugged.
    """
    try:
        import sounddevice
    except ImportError:
        raise SpeechError('The microphone needs sounddevice; run pip install -r '
                          "requirements/voice.txt in ris_ros's folder.") from None
    except OSError as error:
        raise SpeechError(f'The microphone needs the PortAudio library ({error}); run '
                          'sudo apt-get install libportaudio2.') from None
    blocks: queue.Queue[np.ndarray] = queue.Queue(_QUEUED_BLOCKS)

    def keep(data: np.ndarray, frames: int, time: object, status: object) -> None:
        if not blocks.full():
            blocks.put_nowait(data[:, 0].copy())
    try:
        stream = sounddevice.InputStream(
            SAMPLE_RATE, _BLOCK, _device(device), channels=1, dtype='int16', callback=keep)
        with stream:
            yield from _take(blocks, stopped)
    except (sounddevice.PortAudioError, ValueError) as error:
        name = repr(device) if device else 'the default one'
        raise SpeechError(f'The microphone ({name}) cannot be used: {error} '
                          'Run python -m sounddevice for a list of those that are here.') from None


def _device(name: str) -> str | int | None:
    """Return a device as sounddevice wants it."""
    if not name:
        return None
    return int(name) if name.isdecimal() else name


def _take(blocks: queue.Queue[np.ndarray], stopped: threading.Event) -> Iterator[np.ndarray]:
    """Yield blocks until stopped; raise SpeechError when they cease."""
    waited = 0.0
    while not stopped.is_set():
        try:
            block = blocks.get(timeout=0.2)
        except queue.Empty:
            waited += 0.2
            if waited >= _SILENT_SECONDS:
                raise SpeechError('The microphone gives no sound any more; was it unplugged?') \
                    from None
            continue
        waited = 0.0
        yield block


class AudioQueue:
    """A source of sound that is filled from outside, for example from a topic."""

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped
        self._blocks: queue.Queue[np.ndarray] = queue.Queue(_QUEUED_BLOCKS)

    def push(self, data: bytes) -> None:
        """Take 16-bit little-endian samples of 16 kHz, one channel.

        Raises:
            SpeechError: The number of bytes is odd.
        """
        if len(data) % 2:
            raise SpeechError(f'A message on the topic audio has {len(data)} bytes; expected '
                              '16-bit little-endian samples of 16 kHz, one channel.')
        if not self._blocks.full():
            self._blocks.put_nowait(np.frombuffer(data, '<i2'))

    def chunks(self) -> Iterator[np.ndarray]:
        """Yield what was pushed, until stopped, and silence where nothing comes for a while."""
        while not self._stopped.is_set():
            try:
                yield self._blocks.get(timeout=0.2)
            except queue.Empty:
                # Silence ends the last utterance of a stream that has ended.
                yield np.zeros(SAMPLE_RATE // 5, np.int16)
