"""The bars on annotated sentences, half of which no rule was made for, and on variations."""
import re

from annotated import read_sentences
from parse_scores import measure
import pytest

BARS = {'head': .93, 'target': .91, 'expression': .94, 'null_recall': .90, 'position': .92,
        'relation': .90}
GOLD = read_sentences()
BARE = ('people in photographs', 'things in photographs', 'full descriptions')


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
    return measure([gold for gold in GOLD if gold.held_out], language.parse)['head']


@pytest.mark.parametrize('held_out', [False, True])
def test_bars(language, held_out):
    scores = measure([gold for gold in GOLD if gold.held_out == held_out], language.parse)
    for name, bar in BARS.items():
        assert scores[name] >= bar, (name, scores)
    assert scores['false_rejects'] <= .02, scores
    assert scores['flips'] == 0


@pytest.mark.parametrize('variation', VARIATIONS)
def test_variations_hardly_move_the_head(language, plain_head, variation):
    golds = [gold for gold in GOLD if gold.held_out]
    varied = measure(golds, lambda text: language.parse(VARIATIONS[variation](text)))['head']
    assert abs(plain_head - varied) <= .02


def test_bare_expressions(language):
    scores = measure([gold for gold in GOLD if gold.style in BARE], language.parse)
    assert min(scores['head'], scores['target'], scores['expression']) >= .92, scores
