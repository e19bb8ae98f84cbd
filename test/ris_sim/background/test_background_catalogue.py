# SPDX-License-Identifier: Apache-2.0
"""Things of the background: sound meshes of realistic size, the same for the same seed."""
import numpy as np
import pytest

from ris_sim.background.catalogue import BUILDERS, FLAT, FLOOR, SEATS, background_object, build
from ris_sim.background.solids import at, ball, beam, link, pipe, post, slab

# Wall things and what hovers start above the ground.
LIFTED = {'window', 'picture', 'board', 'curtain', 'clock', 'wall board', 'radiator', 'gripper',
          'forearm', 'arms', 'person'}


@pytest.mark.parametrize('name', list(BUILDERS))
def test_builders_make_sound_meshes_of_realistic_size(name):
    for seed in range(4):
        thing = background_object(name, build(name, np.random.default_rng(seed)), seed)
        for part in thing.parts:
            assert np.isfinite(part.mesh.vertices).all()
            np.testing.assert_allclose(np.linalg.norm(part.mesh.normals, axis=1), 1, atol=.02)
            assert part.mesh.faces.max() < len(part.mesh.vertices)
        assert .08 < max(thing.extents) < 3.2
        low = min(part.mesh.vertices[:, 2].min() for part in thing.parts)
        assert low > -.15
        if name not in LIFTED:
            assert low < .03


def test_the_same_seed_builds_the_same_thing():
    one, same, other = (background_object('shelf', build('shelf', np.random.default_rng(s)), 0)
                        for s in (1, 1, 2))
    assert one.extents == same.extents != other.extents
    for a, b in zip(one.parts, same.parts, strict=True):
        np.testing.assert_array_equal(a.mesh.vertices, b.mesh.vertices)


def test_seats_are_as_high_as_seats_and_flat_things_are_flat():
    for name in SEATS:
        height = background_object(name, build(name, np.random.default_rng(0)), 0).extents[2]
        assert .4 < height < 1.4
    for name in FLAT:
        assert background_object(name, build(name, np.random.default_rng(0)), 0).extents[2] < .05
    assert len(FLOOR) >= 10


@pytest.mark.parametrize('mesh', [slab(.2, .3, .4), post(.1, .4), ball(.1, .2, .3), pipe(
    [[0, 0, 0], [0, .1, .2], [.1, .1, .5]], .02), link([0, 0, 0], [.3, .1, .2], .03),
    beam([0, 0, 0], [.3, .1, .2], .03, .05), at(slab(.1, .1, .1), 1, 2, 3, .4, .5, .6)])
def test_normals_of_solids_point_outward(mesh):
    corners = mesh.vertices[mesh.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(across, axis=1)
    shading = mesh.normals[mesh.faces].mean(axis=1)
    agree = np.einsum('ij,ij->i', across, shading) / np.maximum(area, 1e-12)
    # Either all triangles run with their normals or all against: rays hit both sides.
    assert (np.abs(agree[area > 1e-9]) > .6).all()
    outward = corners.mean(axis=1) - mesh.vertices.mean(axis=0)
    convex = np.einsum('ij,ij->i', outward, shading)
    assert (convex[area > 1e-9] > -.03).mean() > .9
