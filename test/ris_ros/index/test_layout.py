# SPDX-License-Identifier: Apache-2.0
"""Where proposals lie, in pixels and metres."""
import numpy as np
import pytest
from rectangle_scenes import CAMERA, scene

from ris_ros.geometry.masks import centroid
from ris_ros.index.scene_index import SceneIndex


def test_places_of_masks():
    index = scene(('mug', 60, 40, 12, 6, .8), ('box', 150, 60, 8, 20, 1.6))
    layout = index.layout
    assert index.layout is layout, 'measured once'
    for mask, centre in zip(index.masks, layout.centres, strict=True):
        assert centre == pytest.approx(centroid(mask), abs=.5)
    assert layout.areas == pytest.approx([72, 160])
    assert layout.points[:, 2] == pytest.approx([.8, 1.6])
    assert layout.points[0, 0] == pytest.approx((layout.centres[0, 0] - CAMERA.cx) * .8 / 200)
    assert layout.scale == pytest.approx([.004, .008])
    assert layout.lengths == pytest.approx([.044, .152], rel=.1)


def test_without_depth_there_is_only_the_picture():
    layout = scene(('mug', 60, 40, 12, 6), deep=False).layout
    assert np.isnan(layout.points).all()
    assert np.isnan(layout.lengths).all()
    assert not layout.has_depth(np.array([0]))


def test_holes_take_the_place_in_space():
    index = scene(('mug', 60, 40, 12, 6, 0.0), ('box', 150, 60, 8, 20, 1.6))
    assert np.isnan(index.layout.points[0]).all()
    assert not index.layout.has_depth(np.array([0, 1]))
    assert index.layout.has_depth(np.array([1]))


def test_a_mask_that_shows_two_depths_by_halves_is_measured_at_one_of_them():
    index = scene(('mug', 60, 40, 12, 6, .8))
    index.frame.depth[index.masks[0]] = np.repeat([.8, 2.4], 36)
    assert index.layout.lengths == pytest.approx([.044], rel=.1)


def test_shares_inside_each_other():
    layout = scene(('plate', 60, 60, 40, 30, 1.), ('apple', 60, 60, 8, 8, .97),
                   ('mug', 150, 60, 8, 20, 1.)).layout
    assert layout.inside[1] == pytest.approx([1, 1, 0])
    assert layout.lower_inside[2].tolist() == [0, 0, 1]
    assert layout.inside[0, 1] < .15


def test_what_lies_beside_a_handle_is_not_in_the_pan():
    index = scene(('pan', 60, 50, 40, 40, 1.), ('apple', 60, 50, 10, 10, .97),
                  ('apple', 90, 62, 10, 10, 1.))
    masks = index.masks.copy()
    masks[0, 48:52, 80:110] = True
    layout = SceneIndex.of(index.frame, masks, index.features).layout
    assert layout.inside[1, 0] == pytest.approx(1)
    assert layout.inside[2, 0] < .1


def test_corners_belong_to_a_box():
    index = scene(('box', 60, 50, 40, 40, 1.), ('apple', 42, 31, 3, 3, .97))
    assert index.layout.inside[1, 0] == pytest.approx(1)


def test_what_is_slender_all_over_is_its_own_hull():
    index = scene(('spoon', 60, 50, 60, 4, 1.), ('apple', 34, 50, 3, 3, .97))
    assert index.layout.inside[1, 0] == pytest.approx(1)


def test_a_picture_of_many_pixels_is_measured_on_a_grid():
    small = scene(('mug', 60, 40, 3, 3, .8)).layout
    assert small.step == 1
    assert scene().layout.centres.shape == (0, 2)
