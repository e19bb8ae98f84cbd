"""Singular forms and corrected tags."""
import pytest

from ris_ros.language.nouns import singular
from ris_ros.language.tagging import correct_tags


@pytest.mark.parametrize(('plural', 'one'), [
    ('mugs', 'mug'), ('boxes', 'box'), ('brushes', 'brush'), ('vases', 'vase'), ('glass', 'glass'),
    ('berries', 'berry'), ('knives', 'knife'), ('potatoes', 'potato'), ('people', 'person'),
    ('scissors', 'scissors'), ('oranges', 'orange'), ('bus', 'bus'), ('mug', 'mug')])
def test_singular(plural, one):
    assert singular(plural) == one


@pytest.mark.parametrize(('words', 'tags', 'right'), [
    ('the orange can closest', 'DT JJ MD VB', 'DT JJ NN JJ'),
    ('can you see', 'MD PRP VB', 'MD PRP VB'),
    ('the robot can see', 'DT NN MD VB', 'DT NN MD VB'),
    ('the cyan thing', 'DT NN NN', 'DT JJ NN'),
    ('light blue pear', 'NN JJ VB', 'JJ JJ NN'),
    ('hammer the nail', 'VB DT NN', 'VB DT NN')])
def test_correct_tags(words, tags, right):
    assert correct_tags(words.split(), tags.split()) == right.split()
