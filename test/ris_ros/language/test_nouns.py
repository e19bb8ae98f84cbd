# SPDX-License-Identifier: Apache-2.0
"""Singular forms of nouns."""
import pytest

from ris_ros.language.nouns import singular


@pytest.mark.parametrize(('plural', 'one'), [
    ('mugs', 'mug'), ('boxes', 'box'), ('brushes', 'brush'), ('vases', 'vase'), ('glass', 'glass'),
    ('berries', 'berry'), ('knives', 'knife'), ('potatoes', 'potato'), ('people', 'person'),
    ('scissors', 'scissors'), ('oranges', 'orange'), ('bus', 'bus'), ('mug', 'mug')])
def test_a_plural_has_its_singular(plural, one):
    assert singular(plural) == one
