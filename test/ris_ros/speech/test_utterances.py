# SPDX-License-Identifier: Apache-2.0
"""Utterances are cut where people pause, and nothing else is."""
import numpy as np
import pytest

from ris_ros.speech.recogniser import SAMPLE_RATE
from ris_ros.speech.utterances import FRAME, UtteranceSegmenter, load_silero


def loudness(data):
    """Judge speech by loudness, so that the cutting alone is tested."""
    return float(np.abs(np.frombuffer(data, np.int16)).mean() > 100)


def tone(seconds):
    return np.full(round(seconds * SAMPLE_RATE), 1000, np.int16)


def rest(seconds):
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


@pytest.mark.parametrize('chunk', [160, FRAME, 1600, 100_000])
def test_an_utterance_ends_after_a_pause_whatever_the_chunks(chunk):
    stream = np.concatenate([rest(2), tone(1), rest(.3), tone(.5), rest(1.5), tone(.7), rest(1)])
    segmenter = UtteranceSegmenter(loudness)
    found = [utterance for i in range(0, len(stream), chunk)
             for utterance in segmenter.push(stream[i:i + chunk])]
    assert len(found) == 2
    for utterance, (begin, seconds) in zip(found, [(2, 1.8), (5.3, .7)], strict=True):
        assert utterance.begin / SAMPLE_RATE == pytest.approx(begin - .6, abs=.07)
        assert len(utterance.samples) / SAMPLE_RATE == pytest.approx(.6 + seconds + .5, abs=.1)
        part = stream[utterance.begin:utterance.begin + len(utterance.samples)]
        np.testing.assert_array_equal(utterance.samples, part)
    assert segmenter.flush() == []


def test_a_click_is_no_utterance():
    segmenter = UtteranceSegmenter(loudness)
    assert segmenter.push(np.concatenate([rest(1), tone(.1), rest(2)])) == []


def test_endless_noise_is_cut_so_that_memory_is_bounded():
    segmenter = UtteranceSegmenter(loudness, most=2.0)
    found = segmenter.push(np.tile(np.concatenate([tone(.4), rest(.1)]), 18))
    assert len(found) == 4
    assert max(len(item.samples) for item in found) <= 2.1 * SAMPLE_RATE
    assert len(segmenter.flush()) == 1


def test_a_near_speaker_stands_out_of_distant_voices():
    background = tone(12) // 4
    background[5 * SAMPLE_RATE:6 * SAMPLE_RATE] *= 4
    found = UtteranceSegmenter(loudness).push(background)
    # One at the beginning, where it is not known yet what is background.
    assert [round(item.begin / SAMPLE_RATE) for item in found] == [0, 4]
    assert len(found[1].samples) < 2.3 * SAMPLE_RATE


def test_an_utterance_at_the_end_of_the_stream_is_kept():
    segmenter = UtteranceSegmenter(loudness)
    assert segmenter.push(tone(1)) == []
    assert segmenter.speaking
    assert len(segmenter.flush()) == 1
    assert not segmenter.speaking


def test_silero_hears_speech_and_neither_silence_nor_noise(sound):
    noise = (np.random.default_rng(0).standard_normal(5 * SAMPLE_RATE) * 2000).astype(np.int16)
    for samples, count in ((sound('red_mug'), 1), (sound('stop'), 1), (rest(5), 0), (noise, 0)):
        segmenter = UtteranceSegmenter(load_silero())
        assert len([*segmenter.push(samples), *segmenter.flush()]) == count


def test_a_short_utterance_is_shown_in_its_first_pauses_and_a_long_one_is_not():
    stream = np.concatenate([rest(2), tone(.5), rest(.3), tone(.5), rest(1.5), tone(3), rest(1)])
    found = UtteranceSegmenter(loudness, preview=.19).push(stream)
    assert [item.has_ended for item in found] == [False, False, True, True]
    first, second, whole, _ = found
    assert first.begin == second.begin == whole.begin
    assert len(first.samples) / SAMPLE_RATE == pytest.approx(.6 + .5 + .19, abs=.07)
    np.testing.assert_array_equal(first.samples, whole.samples[:len(first.samples)])


def test_the_detector_forgets_after_an_utterance_and_in_silence_but_not_in_speech():
    speaking, forgotten_while = [], []
    segmenter = UtteranceSegmenter(
        loudness, forget=lambda: forgotten_while.append(segmenter.speaking))
    stream = np.concatenate([rest(5), tone(3), rest(3)])
    for i in range(0, len(stream), FRAME):
        segmenter.push(stream[i:i + FRAME])
        speaking.append(len(forgotten_while))
    assert not any(forgotten_while)
    during = [count for i, count in enumerate(speaking) if 5.1 < i * FRAME / SAMPLE_RATE < 8.4]
    assert len({*during}) == 1
    assert speaking[-1] >= during[0] + 1 >= 3

