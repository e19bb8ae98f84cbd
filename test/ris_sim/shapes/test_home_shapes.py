# SPDX-License-Identifier: Apache-2.0
"""The categories of Style.HOME: they rest on the table, have real sizes, and splits are apart."""
import numpy as np
import pytest

from ris_sim.expressions.home_words import HOME_GROUPS, HOME_WORDS
from ris_sim.sampling.home_looks import LOOKS
from ris_sim.shapes.catalogue import CATEGORIES, HOME_CATEGORIES, VARIANTS, variant
from ris_sim.style import Style


def test_home_has_sixty_categories_with_the_toys_among_them():
    assert len(HOME_CATEGORIES) >= 60
    assert set(CATEGORIES) <= set(HOME_CATEGORIES)


def test_every_category_has_words_and_a_look():
    assert set(HOME_WORDS) == set(LOOKS) == set(HOME_CATEGORIES)
    assert all(words[0] for words in HOME_WORDS.values())
    assert {name for group in HOME_GROUPS.values() for name in group} <= set(HOME_CATEGORIES)


@pytest.mark.parametrize('category', HOME_CATEGORIES)
def test_thing_rests_on_the_table_and_has_a_real_size_in_every_split(category):
    shapes = [variant(category, numbers[0], LOOKS[category].lies and split == 'test', Style.HOME)
              for split, numbers in VARIANTS.items()]
    for shape in shapes:
        points = np.concatenate([mesh.vertices for _, mesh in shape.meshes])
        low, high = points.min(axis=0), points.max(axis=0)
        assert low[2] == pytest.approx(0, abs=1e-6)
        np.testing.assert_allclose((low + high)[:2] / 2, 0, atol=1e-6)
        np.testing.assert_allclose(high - low, shape.extents, atol=1e-5)
        assert .01 < max(shape.extents) < .45
        assert 'main' in {role for role, _ in shape.meshes}
        assert sum(len(mesh.faces) for _, mesh in shape.meshes) < 20000
        for _, mesh in shape.meshes:
            np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-2)
    sizes = [shape.extents for shape in shapes]
    assert not np.allclose(sizes[0], sizes[1], atol=1e-5)
    assert not np.allclose(sizes[0], sizes[2], atol=1e-5)
