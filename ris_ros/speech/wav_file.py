# SPDX-License-Identifier: Apache-2.0
"""WAV files in and out, as recorders and editors write them."""
from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
import struct
import wave

import numpy as np
from scipy.signal import resample_poly

from ris_ros.speech.recogniser import SAMPLE_RATE, SpeechError

_LARGEST_FILE = 2 ** 31  # bytes; a whole day of speech
_RATES = range(1000, 768_001)  # hertz, of recorders of any kind
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_FORMATS = {2: 'ADPCM', 6: 'A-law', 7: 'mu-law', 0x11: 'IMA ADPCM', 0x31: 'GSM', 0x55: 'MP3'}
# How other files of sound begin.
_OTHERS = ((b'fLaC', 'FLAC'), (b'OggS', 'Ogg'), (b'ID3', 'MP3'), (b'\xff\xfb', 'MP3'),
           (b'\xff\xf3', 'MP3'), (b'FORM', 'AIFF'), (b'.snd', 'AU'), (b'caff', 'CAF'),
           (b'riff', 'Wave64'), (b'\x1aE\xdf\xa3', 'Matroska or WebM'), (b'#!AMR', 'AMR'))
_CONVERT = 'Convert it, for example with: ffmpeg -i FILE -ac 1 -ar 16000 FILE.wav'


@dataclass(frozen=True)
class _Format:
    """What a WAV file says about its samples.

    Attributes:
        kind: _PCM or _FLOAT.
        channels: Number of channels.
        rate: Samples per second.
        width: Bytes of a sample.
        order: '<' or '>', the order of its bytes.
    """

    kind: int
    channels: int
    rate: int
    width: int
    order: str

    @classmethod
    def read(cls, chunk: bytes, order: str) -> _Format:
        """Read the chunk 'fmt '; raise ValueError where it is none that can be read."""
        if len(chunk) < 16:
            raise ValueError('its header is cut short')
        kind, channels, rate, _, block, bits = struct.unpack(f'{order}HHIIHH', chunk[:16])
        if kind == _EXTENSIBLE and len(chunk) >= 26:
            kind, = struct.unpack(f'{order}H', chunk[24:26])
        if channels == 0 or rate not in _RATES:
            raise ValueError(f'it has {channels} channels and {rate} samples per second')
        # Samples of 20 bits, for example, stand in 3 or 4 bytes each.
        width = -(-bits // 8)
        if block % channels == 0 and block // channels > width:
            width = block // channels
        if width not in {_PCM: (1, 2, 3, 4), _FLOAT: (4, 8)}.get(kind, ()):
            name = _FORMATS.get(kind, f'of format {kind}')
            raise ValueError(f'its samples are {name if kind not in (_PCM, _FLOAT) else "numbers"}'
                             f' of {bits} bits; expected PCM of 8 to 32 bits or floats')
        return cls(kind, channels, rate, width, order)

    def decode(self, data: bytes) -> np.ndarray:
        """Return the (N,) mean of the channels, in units of a 16-bit sample."""
        frame = self.channels * self.width
        data = data[:len(data) // frame * frame]
        samples: np.ndarray
        if self.kind == _FLOAT:
            samples = np.frombuffer(data, f'{self.order}f{self.width}').astype(np.float64)
            np.nan_to_num(samples, copy=False, posinf=1, neginf=-1)
            samples = 32768 * np.clip(samples, -1, 1)
        elif self.width == 1:  # the only one without a sign
            samples = (np.frombuffer(data, np.uint8) - 128.0) * 256
        elif self.width == 3:
            parts = np.frombuffer(data, np.uint8).reshape(-1, 3)
            low, middle, high = parts.T if self.order == '<' else parts.T[::-1]
            samples = high.view(np.int8) * 256.0 + middle + low / 256
        else:
            samples = np.frombuffer(data, f'{self.order}i{self.width}')
            samples = samples / 65536 if self.width == 4 else samples
        return samples.reshape(-1, self.channels).mean(1)


def read_wav(path: Path) -> np.ndarray:
    """Read a WAV file of PCM or float samples at any rate, its channels averaged.

    A file that a recorder could not finish, whose header says no or a wrong length, is read to
    its end.

    Returns:
        (N,) int16 samples of 16 kHz.

    Raises:
        SpeechError: The file cannot be read.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ValueError(f'it is larger than {_LARGEST_FILE} bytes')
        form, data = _parse(path.read_bytes())
        samples = form.decode(data)
    except OSError as error:
        raise SpeechError(f'The sound in {path} cannot be read: {error}') from None
    except ValueError as error:
        raise SpeechError(f'The sound in {path} cannot be read: {error}. {_CONVERT}') from None
    if form.rate != SAMPLE_RATE and len(samples):
        # Odd rates get the nearest ratio whose filter is not endless.
        ratio = Fraction(SAMPLE_RATE, form.rate).limit_denominator(10_000)
        samples = resample_poly(samples, ratio.numerator, ratio.denominator)
    return np.clip(np.round(samples), -32768, 32767).astype(np.int16)


def write_wav(path: Path, samples: np.ndarray) -> None:
    """Write (N,) int16 samples of 16 kHz to a WAV file."""
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype('<i2').tobytes())


def _parse(file: bytes) -> tuple[_Format, bytes]:
    """Find format and samples in the chunks of a file; raise ValueError where there are none."""
    if file[:4] not in (b'RIFF', b'RIFX', b'RF64', b'BW64') or file[8:12] != b'WAVE':
        raise ValueError(f'it is {_name(file)}; expected WAV')
    order = '>' if file[:4] == b'RIFX' else '<'
    end = 8 + struct.unpack(f'{order}I', file[4:8])[0]
    form = sound = length = None
    start = 12
    while start + 8 <= len(file) and (form is None or sound is None):
        name, size = struct.unpack(f'{order}4sI', file[start:start + 8])
        start += 8
        if name == b'ds64' and size >= 16:  # lengths beyond 32 bits
            length = int.from_bytes(file[start + 8:start + 16], 'little')
        elif name == b'fmt ':
            form = _Format.read(file[start:start + size], order)
        elif name == b'data':
            if size == 0xFFFFFFFF and length is not None:
                size = length
            # Lengths are written last; a header that does not even reach to the end has none.
            if size == 0 and not start < end <= len(file) + 1:
                size = len(file) - start
            sound = file[start:start + size]
        start += size
        if size % 2 and file[start:start + 1] == b'\0':  # which not every writer puts there
            start += 1
    if form is None or sound is None:
        raise ValueError('it is a WAV file without format or samples')
    return form, sound


def _name(file: bytes) -> str:
    """Return what kind of file this is."""
    if file[4:8] == b'ftyp':
        return 'MP4 or M4A'
    for begin, name in _OTHERS:
        if file.startswith(begin):
            return name
    return 'of another kind' if file else 'empty'
