# SPDX-License-Identifier: Apache-2.0
"""Beam search on a small decoder whose probabilities are known."""
import math

import numpy as np

from ris_ros.speech.ngram import Trigrams
from ris_ros.speech.token_search import NARROW, TokenSearch, WordBias, likelihoods, tokenise

# Token 2 ends; the rest are words and pieces, and some that nothing likes.
TOKENS = ['<unk>', '<s>', '</s>', '▁the', '▁red', '▁mug', '▁mud', '▁mu', 'g', '▁read',
          *(f'▁x{i}' for i in range(30))]
LIKES = [{'▁the': .9}, {'▁read': .5, '▁red': .4}, {'▁mud': .45, '▁mu': .4}, {'g': .9, '</s>': .05},
         {'</s>': .9}]


def step_of(likes):
    """Return a decoder that likes tokens by how many came before, whichever they were."""
    depth = iter(range(100))

    def step(parents, tokens):
        wanted = likes[min(next(depth), len(likes) - 1)]
        row = np.full(len(TOKENS), (1 - sum(wanted.values())) / len(TOKENS))
        for token, share in wanted.items():
            row[TOKENS.index(token)] += share
        return np.log(np.tile(row, (len(tokens), 1)))
    return step


def test_without_bias_the_likeliest_tokens_win_with_their_mean_probability():
    found = TokenSearch(TOKENS, 2, None).run(step_of([{'▁the': .9}, {'▁mud': .8}, {'</s>': .9}]), 9)
    assert found.text == 'the mud'
    rest = [(1 - share) / len(TOKENS) for share in (.9, .8, .9)]
    chances = [share + more for share, more in zip((.9, .8, .9), rest, strict=True)]
    assert math.isclose(found.confidence, math.prod(chances) ** (1 / 3), rel_tol=1e-6)


def test_bias_prefers_expected_words_also_when_they_are_spelled_in_pieces():
    bias = WordBias(Trigrams(['the red mug', 'give me the red mug', 'the mug'] * 5))
    assert TokenSearch(TOKENS, 2, bias).run(step_of(LIKES), 9).text == 'the red mug'
    assert TokenSearch(TOKENS, 2, None).run(step_of(LIKES), 9).text.startswith('the read')


def test_an_unexpected_word_can_still_be_said_when_it_is_clear():
    bias = WordBias(Trigrams(['the red mug'] * 5))
    clear = [{'▁the': .99}, {'▁mud': .999}, {'</s>': .99}]
    assert TokenSearch(TOKENS, 2, bias).run(step_of(clear), 9).text == 'the mud'


def test_a_decoder_that_never_ends_is_cut():
    found = TokenSearch(TOKENS, 2, None).run(step_of([{'▁the': .99}]), 4)
    assert found.text == 'the the the the'


def test_sentences_are_as_likely_as_their_tokens():
    likes = [{'▁the': .9}, {'▁mud': .8, '</s>': .1}, {'</s>': .9}]
    sentences = [(*tokenise(text, TOKENS), 2) for text in ('the mud', 'the', 'mug')]
    assert sentences[0] == (3, 6, 2)
    found = likelihoods(step_of(likes), sentences)
    rest = [(1 - sum(shares.values())) / len(TOKENS) for shares in likes]
    expected = [(.9 + rest[0]) * (.8 + rest[1]) * (.9 + rest[2]), (.9 + rest[0]) * (.1 + rest[1]),
                rest[0] * (.1 + rest[1])]
    np.testing.assert_allclose(np.exp(found), expected)


def test_words_without_a_token_are_spelled_in_pieces():
    assert tokenise('mug', ['▁mu', 'g', '▁', 'm', 'u']) == (0, 1)


def test_alternatives_are_told_with_chances_and_the_best_comes_first():
    bias = WordBias(Trigrams(['the red mug', 'the red mud', 'the read mug'] * 5))
    found = TokenSearch(TOKENS, 2, bias).run(step_of(LIKES), 9)
    texts = [one.text for one in found.alternatives]
    assert texts[0] == found.text
    assert {'the red mud', 'the red mug', 'the read mug'} <= {*texts}
    assert len(texts) == len({*texts})
    chances = [one.chance for one in found.alternatives]
    assert chances == sorted(chances, reverse=True)
    assert found.confidence < sum(chances) < 1


def test_a_quick_search_finds_the_same_text_where_it_is_clear():
    clear = [{'▁the': .99}, {'▁mud': .98}, {'</s>': .99}]
    quick, _ = TokenSearch(TOKENS, 2, None).run_with_likelihood(step_of(clear), 9, NARROW)
    assert quick.text == TokenSearch(TOKENS, 2, None).run(step_of(clear), 9).text
