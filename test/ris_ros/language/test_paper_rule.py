# SPDX-License-Identifier: Apache-2.0
"""The paper's phrase rule gives the published pipeline's sentences and noun phrases."""
import pytest
from spacy.tokens import Doc

from ris_ros.language.command import Language
from ris_ros.language.paper_rule import head_noun, join_tokens, noun_phrase, paper_doc

# What the published code gave with en_core_web_sm 3.8: text, sentence, noun phrase, head.
PUBLISHED = [
    ('The man in the blue Shirt on the left', 'the man in the blue shirt on the left',
     'the man', 'man'),
    ('red  cup, nearest to the laptop', 'red cup , nearest to the laptop', 'red cup', 'cup'),
    ('left', 'left', 'left', 'left'),
    ('a woman holding a black umbrella that is walking behind the bus',
     'a woman holding a black umbrella that is walking behind the bus', 'a woman', 'woman'),
    ('second giraffe from right', 'second giraffe from right', 'second giraffe', 'giraffe'),
]


@pytest.mark.parametrize(('text', 'sentence', 'phrase', 'head'), PUBLISHED)
def test_published_sentences_have_their_published_phrases(nlp, text, sentence, phrase, head):
    doc = paper_doc(nlp, text)
    assert (doc.text, noun_phrase(doc), head_noun(doc)) == (sentence, phrase, head)
    query = Language(nlp, 'paper').parse(text)
    assert (query.sentence, query.phrase, query.head) == (sentence, phrase, head)


def test_hyphens_become_words(nlp):
    assert paper_doc(nlp, 'Left-most cup').text == 'left - most cup'


def test_only_single_spaces_are_dropped(nlp):
    assert join_tokens(nlp('red  cup')) == 'red cup'
    assert join_tokens(nlp('red   cup')) == 'red    cup'


def _doc(nlp, words, heads, tags, deps):
    """Build a parsed doc by hand."""
    spaces = [True] * (len(words) - 1) + [False]
    return Doc(nlp.vocab, words=words, spaces=spaces, heads=heads, pos=tags, deps=deps)


def test_head_in_no_chunk_takes_the_chunk_of_its_first_child(nlp):
    doc = _doc(nlp, ['the', 'cup', 'stands'], [1, 2, 2], ['DET', 'NOUN', 'VERB'],
               ['det', 'nsubj', 'ROOT'])
    assert noun_phrase(doc) == 'the cup'


def test_a_later_child_does_not_count(nlp):
    doc = _doc(nlp, ['stand', 'up', 'cup'], [0, 0, 0], ['VERB', 'ADP', 'NOUN'],
               ['ROOT', 'prt', 'dobj'])
    assert noun_phrase(doc) == 'stand up cup'


def test_the_last_root_is_the_head(nlp):
    doc = _doc(nlp, ['cup', 'plate'], [0, 1], ['NOUN', 'NOUN'], ['ROOT', 'ROOT'])
    assert noun_phrase(doc) == 'plate'
