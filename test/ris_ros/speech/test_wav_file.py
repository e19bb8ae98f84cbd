# SPDX-License-Identifier: Apache-2.0
"""WAV files of every recorder are read, or refused with a sentence."""
import struct
import wave

import numpy as np
import pytest

from ris_ros.speech.recogniser import SAMPLE_RATE, SpeechError
from ris_ros.speech.wav_file import read_wav, write_wav

SAMPLES = np.random.default_rng(0).integers(-9000, 9000, 4000).astype(np.int16)


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


def chunk(name, data, size=None, order='<'):
    size = len(data) if size is None else size
    return name + struct.pack(f'{order}I', size) + data + b'\0' * (len(data) % 2)


def form(kind=1, channels=1, rate=SAMPLE_RATE, bits=16, order='<', rest=b'', block=None):
    block = channels * -(-bits // 8) if block is None else block
    return chunk(b'fmt ', struct.pack(f'{order}HHIIHH', kind, channels, rate, rate * block, block,
                                      bits) + rest, order=order)


def riff(*chunks, name=b'RIFF', size=None, order='<'):
    body = b'WAVE' + b''.join(chunks)
    return name + struct.pack(f'{order}I', len(body) if size is None else size) + body


def read(tmp_path, content):
    (tmp_path / 'a.wav').write_bytes(content)
    return read_wav(tmp_path / 'a.wav')


def extensible(kind, bits):
    guid = struct.pack('<H', kind) + bytes.fromhex('000000001000800000aa00389b71')
    return form(0xFFFE, bits=bits, rest=struct.pack('<HHI', 22, bits, 4) + guid)


DATA = SAMPLES.tobytes()
WIDE = SAMPLES.astype('<i4') * 65536
DATA_24 = b''.join((int(sample) * 256).to_bytes(3, 'little', signed=True) for sample in SAMPLES)
FLOATS = SAMPLES / np.float32(32768)
BEXT = chunk(b'bext', bytes(601))


@pytest.mark.parametrize('content', [
    riff(form(), chunk(b'data', DATA)),
    riff(form(rest=b'\0\0'), chunk(b'data', DATA)),
    riff(BEXT, form(), chunk(b'LIST', b'INFOabc'), chunk(b'data', DATA), chunk(b'id3 ', b'xyz')),
    riff(chunk(b'data', DATA), form()),
    riff(extensible(1, 16), chunk(b'fact', bytes(4)), chunk(b'data', DATA)),
    riff(form(bits=24), chunk(b'data', DATA_24)),
    riff(extensible(1, 24), chunk(b'data', DATA_24)),
    riff(form(bits=32), chunk(b'data', WIDE.tobytes())),
    riff(form(bits=24, block=4), chunk(b'data', WIDE.tobytes())),
    riff(form(3, bits=32), chunk(b'data', FLOATS.astype('<f4').tobytes())),
    riff(extensible(3, 32), chunk(b'data', FLOATS.astype('<f4').tobytes())),
    riff(form(3, bits=64), chunk(b'data', FLOATS.astype('<f8').tobytes())),
    riff(form(channels=2), chunk(b'data', np.stack([SAMPLES, SAMPLES], 1).tobytes())),
    riff(form(order='>'), chunk(b'data', SAMPLES.astype('>i2').tobytes(), order='>'),
         name=b'RIFX', order='>'),
    riff(chunk(b'ds64', struct.pack('<QQQI', 0, len(DATA), 4000, 0)), form(),
         chunk(b'data', DATA, 0xFFFFFFFF), chunk(b'id3 ', b'xyzw'), name=b'RF64', size=0xFFFFFFFF)])
def test_every_form_of_sample_gives_the_same_sound(tmp_path, content):
    np.testing.assert_array_equal(read(tmp_path, content), SAMPLES)


@pytest.mark.parametrize(('size', 'length'), [
    (0, 0), (36, 0), (0xFFFFFFFF, 0), (0xFFFFFFFF, 0xFFFFFFFF), (0x7FFFFFFF, 0x7FFFF000),
    (0, 0xFFFFFFFF), (36 + len(DATA), 10 * len(DATA)), (0, len(DATA))])
def test_a_recorder_that_was_killed_or_wrote_to_a_pipe_leaves_its_sound(tmp_path, size, length):
    content = riff(form(), chunk(b'data', DATA, length), size=size)
    np.testing.assert_array_equal(read(tmp_path, content), SAMPLES)
    # The last sample may be there by half.
    np.testing.assert_array_equal(read(tmp_path, content[:-1]), SAMPLES[:-1])


def test_eight_bits_have_no_sign(tmp_path):
    content = riff(form(bits=8), chunk(b'data', bytes([0, 128, 255])))
    assert read(tmp_path, content).tolist() == [-32768, 0, 127 * 256]


def test_floats_beyond_full_scale_are_cut_and_no_numbers_are_silence(tmp_path):
    floats = np.array([0, 2, -3, np.nan, np.inf, -np.inf, .5, 1e38], '<f4')
    assert read(tmp_path, riff(form(3, bits=32), chunk(b'data', floats.tobytes()))).tolist() == [
        0, 32767, -32768, 0, 32767, -32768, 16384, 32767]


def test_a_file_without_samples_is_silent(tmp_path):
    assert len(read(tmp_path, riff(form(), chunk(b'data', b'')))) == 0
    assert len(read(tmp_path, riff(form(rate=44100), chunk(b'data', b''),
                                   chunk(b'LIST', b'INFO')))) == 0


@pytest.mark.parametrize('rate', [1000, 8000, 11025, 44100, 48000, 96000, 44101, 767999])
def test_a_second_stays_a_second_at_every_rate(tmp_path, rate):
    tone = (8000 * np.sin(2 * np.pi * 200 * np.arange(rate) / rate)).astype('<i2')
    samples = read(tmp_path, riff(form(rate=rate), chunk(b'data', tone.tobytes())))
    assert abs(len(samples) - SAMPLE_RATE) <= 1
    assert np.abs(np.fft.rfft(samples)).argmax() == 200


@pytest.mark.parametrize(('content', 'sentence'), [
    (b'', 'it is empty'), (b'fLaC....', 'it is FLAC'), (b'OggS', 'it is Ogg'),
    (b'ID3\4', 'it is MP3'), (b'FORM....AIFF', 'it is AIFF'), (b'....ftypM4A ', 'it is MP4 or M4A'),
    (b'riff', 'it is Wave64'), (b'RIFF....AVI ', 'of another kind'), (riff(), 'without format'),
    (riff(form()), 'without format or samples'), (riff(chunk(b'data', DATA)), 'without format'),
    (riff(chunk(b'fmt ', b'12'), chunk(b'data', DATA)), 'cut short'),
    (riff(form(channels=0), chunk(b'data', DATA)), '0 channels'),
    (riff(form(rate=0), chunk(b'data', DATA)), '0 samples per second'),
    (riff(form(rate=2 ** 30), chunk(b'data', DATA)), 'samples per second'),
    (riff(form(bits=0), chunk(b'data', DATA)), '0 bits'),
    (riff(form(bits=64), chunk(b'data', DATA)), '64 bits'),
    (riff(form(3), chunk(b'data', DATA)), '16 bits'), (riff(form(7, bits=8)), 'mu-law'),
    (riff(form(0x1234)), 'of format 4660')])
def test_what_cannot_be_read_is_named_with_a_way_out(tmp_path, content, sentence):
    with pytest.raises(SpeechError, match=rf'a\.wav cannot be read: .*{sentence}.*ffmpeg -i'):
        read(tmp_path, content)
