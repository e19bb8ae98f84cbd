# SPDX-License-Identifier: Apache-2.0
"""Edges and holes on drawn pictures: colour decides what shape left open."""
from closed_form_table import best_iou
import cv2
import numpy as np
import pytest

from ris_ros.proposals.refining import colour_space, refine

TABLE, OBJECT = (150, 120, 90), (30, 60, 200)


def disc(radius, thickness=-1, centre=(80, 60)):
    return cv2.circle(np.zeros((120, 160), np.uint8), centre, radius, 1, thickness).astype(bool)


def picture(mask, colour=OBJECT):
    image = np.empty((*mask.shape, 3), np.uint8)
    image[:] = TABLE
    image[mask] = colour
    noise = np.random.default_rng(0).integers(-8, 9, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize('radius', [28, 32])
def test_an_edge_beside_the_colour_edge_moves_onto_it(radius):
    truth = disc(30)
    colours = colour_space(picture(truth))
    before, after = disc(radius), refine(disc(radius), colours)
    assert after.dtype == bool
    assert best_iou([after], truth) > 0.97 > best_iou([before], truth)


def test_where_object_and_table_look_alike_the_shape_is_kept():
    colours = colour_space(picture(disc(30), colour=TABLE))
    assert best_iou([refine(disc(28), colours)], disc(28)) > 0.97


def test_a_hole_of_the_objects_colour_is_filled():
    ring = disc(30) & ~disc(15)
    refined = refine(ring, colour_space(picture(disc(30))))
    assert best_iou([refined], disc(30)) > 0.97


def test_a_hole_that_shows_the_table_stays_open():
    ring = disc(30) & ~disc(15)
    refined = refine(ring, colour_space(picture(ring)))
    assert best_iou([refined], ring) > 0.95


def test_a_notch_of_the_objects_colour_is_filled():
    truth = disc(30)
    notched = truth & ~disc(15)
    notched[60:, 79:82] = False
    assert best_iou([refine(notched, colour_space(picture(truth)))], truth) > 0.97


def test_a_hole_cut_by_the_border_of_the_picture_is_filled():
    truth = disc(30, centre=(80, 118))
    ring = truth & ~disc(18, centre=(80, 118))
    assert best_iou([refine(ring, colour_space(picture(truth)))], truth) > 0.95


def test_a_thin_mask_is_not_lost():
    thin = np.zeros((120, 160), bool)
    thin[60:64, 20:120] = True
    assert best_iou([refine(thin, colour_space(picture(thin)))], thin) > 0.7


def test_colour_space_weighs_lightness_less_than_hue():
    image = np.zeros((8, 8, 3), np.uint8)
    image[:] = 100
    lighter = colour_space(image + np.uint8(20)) - colour_space(image)
    assert colour_space(image).dtype == np.float32
    assert 5 < lighter[4, 4, 0] < 15
    assert np.abs(lighter[4, 4, 1:]).max() <= 1
