# SPDX-License-Identifier: Apache-2.0
"""Objects on a closed-form table, found by their depth alone."""
from closed_form_table import CAMERA, best_iou, render, with_noise
import numpy as np
import pytest

from ris_ros.proposals.rgbd import find_standing, find_surfaces

RED = (200, 30, 30)
CUBE = ((-0.25, 0.0, 0), (-0.15, 0.1, 0.1), RED)
BOOK = ((0.05, 0.0, 0), (0.22, 0.15, 0.007), RED)
BALL = ((0.0, 0.2, 0.05), 0.05, RED)


def found(depth):
    standing = find_standing(depth, CAMERA, find_surfaces(depth, CAMERA), depth.size)
    return standing.clusters + standing.pieces


@pytest.mark.parametrize('make', [lambda frame: frame, with_noise])
def test_cube_flat_book_and_ball_are_one_mask_each(make):
    frame, labels = render([CUBE, BOOK], [BALL])
    masks = found(make(frame).depth)
    for label in (1, 2, 3):
        assert best_iou(masks, labels == label) > 0.85
    assert 3 <= len(masks) <= 6


def test_the_low_floor_of_a_tray_is_part_of_it():
    colour = (90, 90, 200)
    floor = ((-0.12, 0, 0), (0.12, 0.2, 0.003), colour)
    rims = [((-0.13, -0.01, 0), (-0.11, 0.21, 0.03), colour),
            ((0.11, -0.01, 0), (0.13, 0.21, 0.03), colour)]
    frame, labels = render([floor, *rims])
    masks = found(with_noise(frame).depth)
    assert best_iou(masks, labels > 0) > 0.85


def test_objects_behind_each_other_are_cut_apart_and_also_given_whole():
    front = ((-0.05, -0.05, 0), (0.05, 0.0, 0.16), RED)
    back = ((-0.1, 0.1, 0), (0.12, 0.16, 0.2), RED)
    frame, labels = render([front, back])
    masks = found(frame.depth)
    assert best_iou(masks, labels == 1) > 0.85
    assert best_iou(masks, labels == 2) > 0.85
    assert best_iou(masks, labels > 0) > 0.9


def test_an_empty_table_has_no_objects():
    assert found(with_noise(render()[0]).depth) == []


def test_where_there_is_no_plane_none_is_found():
    frame, _ = render(spheres=[((0, 0, 0.1), 0.3, RED)], table=False)
    assert find_surfaces(frame.depth, CAMERA) == ()


def test_a_corner_of_a_wall_is_no_object_but_that_of_a_cube_is():
    wall, cube = ((0.25, 0.45, 0), (1.5, 0.5, 1.0), RED), ((0.3, 0.3, 0), (0.6, 0.6, 0.3), RED)
    for shape, is_object in ((wall, False), (cube, True)):
        frame, labels = render([shape])
        corner = labels == 1
        assert corner[0].any()
        assert corner[:, -1].any()
        masks = found(with_noise(frame).depth)
        assert (best_iou(masks, corner) > 0.85) == is_object, shape


@pytest.mark.parametrize('hole', [np.nan, np.inf, 0.0, -1.0])
def test_holes_of_every_kind_are_no_objects(hole):
    frame, labels = render([CUBE])
    depth = frame.depth.copy()
    depth[150:190, 200:260] = hole
    masks = found(depth)
    assert best_iou(masks, labels == 1) > 0.85
    assert not any(mask[155:185, 205:255].any() for mask in masks)


def test_masks_are_bool_and_not_empty():
    masks = found(render([CUBE])[0].depth)
    assert masks
    for mask in masks:
        assert mask.dtype == bool
        assert mask.shape == (240, 320)
        assert mask.any()
