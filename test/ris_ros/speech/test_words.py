"""Texts are compared by their words."""
from ris_ros.speech.words import spoken_words


def test_words_have_no_capitals_and_no_punctuation():
    assert spoken_words('Hey robot, don’t: pick up BOX 2!') == [
        'hey', 'robot', "don't", 'pick', 'up', 'box', '2']
    assert spoken_words(' ... ') == []
