# SPDX-License-Identifier: Apache-2.0
"""The trigram model: probabilities sum to one, seen words come first, back-off works."""
import math

import pytest

from ris_ros.speech.ngram import END, Trigrams

SENTENCES = ['give me the mug', 'give me the cup', 'take the mug', 'stop']


@pytest.fixture(scope='module')
def model():
    return Trigrams(SENTENCES)


@pytest.mark.parametrize('history', [
    ('<s>',), ('<s>', 'give'), ('give', 'me'), ('me', 'the'), ('mug', 'stop'), ('cup', 'cup')])
def test_probabilities_of_the_next_word_sum_to_one(model, history):
    total = sum(math.exp(model.log_probability(history, word)) for word in [*model.words, END])
    assert total == pytest.approx(1, abs=1e-6)


def test_words_in_a_known_order_are_likelier_and_unknown_words_have_no_probability(model):
    after = ('give', 'me')
    assert model.log_probability(after, 'the') > model.log_probability(after, 'stop') > -10
    assert model.log_probability(after, 'giraffe') is None


def test_arpa_counts_what_it_lists(model):
    lines = model.arpa().splitlines()
    counts = {int(line[6]): int(line.split('=')[1]) for line in lines if line.startswith('ngram')}
    for n, count in counts.items():
        start = lines.index(f'\\{n}-grams:') + 1
        grams = lines[start:lines.index('', start)]
        assert len(grams) == count
        assert all(len(line.split()) in (n + 1, n + 2) for line in grams)
    assert lines[-1] == '\\end\\'
