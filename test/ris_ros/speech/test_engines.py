# SPDX-License-Identifier: Apache-2.0
"""The real recognisers on speech of espeak-ng."""
import numpy as np
import pytest

from ris_ros.errors import RisError
from ris_ros.speech.gate import Gate, GateSettings
from ris_ros.speech.moonshine import FILES, packaged_folder
from ris_ros.speech.recogniser import SAMPLE_RATE, SpeechError, make_recogniser
from ris_ros.speech.vocabulary import draw_sentences
from ris_ros.speech.whisper import Whisper


@pytest.mark.slow
@pytest.mark.parametrize(('name', 'text'), [
    ('red_mug', 'give me the red mug'), ('blue_ball', 'robot find the blue ball'),
    ('yellow_book', 'where is the yellow book'), ('stop', 'stop')])
def test_moonshine_understands(moonshine, sound, name, text):
    heard = moonshine.recognise(sound(name))
    assert heard.text == text
    assert .4 < heard.confidence <= 1


@pytest.mark.slow
def test_the_bias_decides_between_words_that_sound_alike(moonshine, sound):
    plain = make_recogniser('moonshine', bias=False).recognise(sound('red_mug')).text
    assert plain != 'give me the red mug'
    assert moonshine.recognise(sound('red_mug')).text == 'give me the red mug'


@pytest.mark.parametrize('seed', range(3))
def test_noise_that_gets_to_moonshine_is_no_command(moonshine, seed):
    rng = np.random.default_rng(seed)
    noise = (rng.standard_normal(2 * SAMPLE_RATE) * 1000).astype(np.int16)
    settings = GateSettings(.35, wake_phrase='', push_to_talk=False)
    assert not Gate().judge(moonshine.recognise(noise), settings, False, 0.0).accepted


@pytest.mark.slow
def test_pocketsphinx_hears_stop_and_only_words_of_the_vocabulary(sound):
    recogniser = make_recogniser('pocketsphinx')
    heard = recogniser.recognise(sound('stop'))
    assert heard.text == 'stop'
    assert 0 < heard.confidence <= 1
    expected = {word for sentence in draw_sentences(20_000) for word in sentence.split()}
    assert {*recogniser.recognise(sound('red_mug')).text.split()} <= expected


@pytest.mark.parametrize(('engine', 'weights', 'sentence'), [
    ('parrot', '', "no engine 'parrot'; expected one of moonshine, pocketsphinx, whisper"),
    ('whisper', '', 'no Whisper weights'),
    ('whisper', '/nowhere', 'no Whisper weights'),
    ('moonshine', '/nowhere', 'encoder_model.ort is missing')])
def test_engines_that_cannot_be_loaded_say_why(engine, weights, sentence):
    with pytest.raises(SpeechError, match=sentence):
        make_recogniser(engine, weights)


def test_damaged_models_are_named(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes(b'no model')
    with pytest.raises(SpeechError, match='cannot be loaded'):
        make_recogniser('moonshine', str(tmp_path))
    (tmp_path / 'model.bin').write_bytes(b'no model')
    pytest.importorskip('faster_whisper', reason='an optional engine')
    with pytest.raises(SpeechError, match='cannot be loaded'):
        Whisper(tmp_path, ())


def test_words_of_the_user_are_read_first(tmp_path):
    with pytest.raises(RisError, match='cannot be read'):
        make_recogniser('moonshine', words=str(tmp_path / 'nowhere.txt'))


def test_the_model_is_in_the_installed_wheel():
    assert packaged_folder() is not None
