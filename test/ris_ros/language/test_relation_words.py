# SPDX-License-Identifier: Apache-2.0
"""The relation lexicon."""
import pytest

from ris_ros.language.query import RelationType
from ris_ros.language.relation_words import match_relation


@pytest.mark.parametrize(('text', 'found'), [
    ('next to the bowl', (2, 'near')), ('to the left of the bowl', (4, 'left_of')),
    ('on the right hand side of it', (6, 'right_of')), ('right of it', (2, 'right_of')),
    ('left to the bowl', (2, 'left_of')), ('on top of it', (3, 'on')), ('on the box', (1, 'on')),
    ('in front of it', (3, 'in_front_of')), ('in the box', (1, 'in')),
    ('in back of it', (3, 'behind')),
    ('underneath it', (1, 'below')), ('above it', (1, 'above')), ('between them', (1, 'between')),
    ('made of wood', (2, 'with')), ('of the mug', (1, 'part_of')), ('bigger than it', (2, 'other')),
    ('looking at it', (2, 'other')), ('on the corner of it', (4, 'other')), ('inner tube', None),
    ('red', None), ('', None)])
def test_longest_relation_wins(text, found):
    assert match_relation(text) == (found and (found[0], RelationType(found[1])))
