# SPDX-License-Identifier: Apache-2.0
"""The 27 categories: where the models rest, that they repeat, that the splits are apart."""
import numpy as np
import pytest

from ris_sim.shapes.catalogue import CAN_LIE, CATEGORIES, ROLES, VARIANTS, variant


def test_there_are_27_categories():
    assert len(CATEGORIES) == 27


def test_splits_share_no_variant():
    shapes = [number for split in VARIANTS.values() for number in split]
    assert len(set(shapes)) == len(shapes)


@pytest.mark.parametrize('category', CATEGORIES)
def test_model_rests_on_the_table_in_the_middle(category):
    for number, lying in ((0, False), (41, category in CAN_LIE)):
        shape = variant(category, number, lying)
        points = np.concatenate([mesh.vertices for _, mesh in shape.meshes])
        low, high = points.min(axis=0), points.max(axis=0)
        assert low[2] == pytest.approx(0, abs=1e-6)
        np.testing.assert_allclose((low + high)[:2] / 2, 0, atol=1e-6)
        np.testing.assert_allclose(high - low, shape.extents, atol=1e-6)
        assert .01 < max(shape.extents) < .3
        assert 'main' in {role for role, _ in shape.meshes} <= set(ROLES)


@pytest.mark.parametrize('category', CATEGORIES)
def test_meshes_have_unit_normals_and_valid_faces(category):
    for _, mesh in variant(category, 7).meshes:
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3)
        assert mesh.faces.min() >= 0
        assert mesh.faces.max() < len(mesh.vertices)
        assert mesh.vertices.dtype == mesh.normals.dtype == np.float32


@pytest.mark.parametrize('category', CATEGORIES)
def test_variants_repeat_and_differ(category):
    variant.cache_clear()
    first = variant(category, 3)
    variant.cache_clear()
    again, other = variant(category, 3), variant(category, 43)
    assert first is not again
    for (_, a), (_, b) in zip(first.meshes, again.meshes, strict=True):
        np.testing.assert_array_equal(a.vertices, b.vertices)
    assert not np.allclose(first.extents, other.extents, atol=1e-5)
