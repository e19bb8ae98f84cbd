# SPDX-License-Identifier: Apache-2.0
"""What a robot is expected to be told."""
import pytest

from ris_ros.errors import RisError
from ris_ros.speech.vocabulary import draw_sentences, nouns, read_nouns, spoken_words
from ris_sim.expressions.vocabulary import CATEGORY_WORDS


def test_sentences_are_the_same_each_time_and_name_everything():
    drawn = draw_sentences(3000)
    assert drawn == draw_sentences(3000)
    assert drawn != draw_sentences(3000, seed=1)
    said = {word for sentence in drawn for word in sentence.split()}
    assert 'stop' in drawn
    assert said >= {word for noun in CATEGORY_WORDS for word in noun.split()}


def test_sentences_have_the_words_of_the_user(tmp_path):
    path = tmp_path / 'words.txt'
    path.write_text('Stethoscope\n\nrubber mallet\n')
    more = read_nouns(path)
    assert more == ('stethoscope', 'rubber mallet')
    assert 'rubber mallet' in nouns(more)
    assert any('stethoscope' in sentence for sentence in draw_sentences(3000, more))


def test_missing_file_of_words_is_named(tmp_path):
    with pytest.raises(RisError, match=r'nowhere\.txt cannot be read'):
        read_nouns(tmp_path / 'nowhere.txt')


def test_words_have_no_capitals_and_no_punctuation():
    assert spoken_words('Hey robot, don’t: pick up BOX 2!') == [
        'hey', 'robot', "don't", 'pick', 'up', 'box', '2']
    assert spoken_words(' ... ') == []
