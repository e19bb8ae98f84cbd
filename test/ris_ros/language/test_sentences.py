# SPDX-License-Identifier: Apache-2.0
"""The bars on annotated sentences, half of which no rule was made for, and on variations."""
from itertools import product
import re

from annotated import read_sentences, read_unseen
from parse_scores import measure
import pytest

BARS = {'head': .93, 'target': .91, 'expression': .94, 'null_recall': .90, 'position': .92,
        'relation': .90}
GOLD = {name: read_sentences(name) for name in ('sentences.txt', 'fresh_sentences.txt')}
BARE = ('people in photographs', 'things in photographs', 'full descriptions',
        'people in snapshots', 'things in snapshots', 'captions', 'counted places')


def _held_out():
    return [gold for golds in GOLD.values() for gold in golds if gold.held_out]


def _keep_bars(scores: dict[str, float]) -> None:
    for name, bar in BARS.items():
        assert scores[name] >= bar, (name, scores)
    assert scores['false_rejects'] <= .02, scores
    assert scores['flips'] == 0


def _lower_first(text: str) -> str:
    return text[0].lower() + text[1:]


VARIATIONS = {
    'capitals': str.upper,
    'no punctuation': lambda text: re.sub(r"[^\w\s'/-]", '', text),
    'could you please': lambda text: 'could you please ' + _lower_first(text),
    'robot': lambda text: 'robot, ' + _lower_first(text),
}


@pytest.fixture(scope='module')
def plain_head(language):
    """Return the share of right heads in the held-out half."""
    return measure(_held_out(), language.parse)['head']


@pytest.mark.parametrize(('name', 'held_out'), list(product(GOLD, [False, True])))
def test_scores_on_annotated_sentences_reach_their_bars(language, name, held_out):
    scores = measure([gold for gold in GOLD[name] if gold.held_out == held_out], language.parse)
    _keep_bars(scores)


def test_scores_on_sentences_by_somebody_who_knew_no_rules_reach_their_bars(language):
    scores = measure(read_unseen(), language.parse)
    _keep_bars(scores)


@pytest.mark.slow
@pytest.mark.parametrize('variation', VARIATIONS)
def test_variations_hardly_move_the_head(language, plain_head, variation):
    varied = measure(_held_out(), lambda text: language.parse(VARIATIONS[variation](text)))['head']
    assert abs(plain_head - varied) <= .02


@pytest.mark.parametrize('name', GOLD)
def test_bare_expressions_have_their_heads(language, name):
    scores = measure([gold for gold in GOLD[name] if gold.style in BARE], language.parse)
    assert min(scores['head'], scores['target'], scores['expression']) >= .92, scores
