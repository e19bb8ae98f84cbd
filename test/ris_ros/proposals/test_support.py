# SPDX-License-Identifier: Apache-2.0
"""What stands on the table counts, and what stands behind or beside it does not."""
from closed_form_table import CAMERA, render, with_noise
import numpy as np

from ris_ros.proposals.rgbd import find_standing, find_surfaces
from ris_ros.proposals.support import Ground

RED = (200, 30, 30)
CUBE = ((-0.15, 0.0, 0), (-0.05, 0.1, 0.1), RED)
LAMP = ((0.15, 0.1, 0.2), (0.3, 0.25, 0.3), RED)


def standing(boxes):
    frame, labels = render(boxes)
    depth = with_noise(frame).depth
    surfaces = find_surfaces(depth, CAMERA)
    clusters = find_standing(depth, CAMERA, surfaces, depth.size).clusters
    ground = Ground.of(surfaces, clusters, depth, CAMERA)
    return ground, ground.standing(clusters, depth, CAMERA), labels


def test_a_cube_on_the_table_stands_and_a_lamp_above_it_does_not():
    ground, likely, labels = standing([CUBE, LAMP])
    assert ground.main is ground.surfaces[0]
    assert likely[labels == 1].mean() > 0.8
    assert likely[labels == 2].mean() < 0.1


def test_where_nothing_stands_on_a_surface_all_that_is_seen_counts():
    ground, likely, labels = standing([LAMP])
    assert ground.main is None
    assert likely[labels == 1].mean() > 0.8
    assert np.isfinite(likely).all()
