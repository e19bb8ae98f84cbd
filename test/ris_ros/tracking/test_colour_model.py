# SPDX-License-Identifier: Apache-2.0
"""Colours are told apart, through noise and in changing light."""
from drawn_table import Disc, take
import numpy as np
import pytest

from ris_ros.tracking.colour_model import ColourModel, to_hsv

DISCS = Disc('red', 40, 60), Disc('red', 80, 60), Disc('blue', 120, 60)


def looks(**taken):
    frame, masks = take(*DISCS, **taken)
    hsv = to_hsv(frame.image)
    return hsv, masks, [ColourModel.of(hsv, mask) for mask in masks]


def test_equal_colours_are_similar_and_others_are_not():
    _, _, (one, like, other) = looks()
    assert one.similarity(one) == pytest.approx(1)
    assert one.similarity(like) > .95
    assert one.similarity(other) < .4


def test_histogram_sums_to_one_and_that_of_nothing_is_even():
    hsv, masks, (one, _, _) = looks()
    assert one.histogram.sum() == pytest.approx(1, abs=1e-4)
    assert (one.histogram > 0).all()
    nothing = ColourModel.of(hsv, np.zeros_like(masks[0]))
    assert np.ptp(nothing.histogram) == 0


def test_less_light_changes_a_little():
    (_, _, (bright, _, _)), (_, _, (dim, _, other)) = looks(), looks(light=.85, stamp=.1)
    assert bright.similarity(dim) > .6 > bright.similarity(other)


def test_pixels_of_its_colours_are_likelier_on_it_than_beside_it():
    hsv, masks, (one, _, _) = looks()
    table = ColourModel.of(hsv, ~masks.any(0))
    likely = one.likelihood(hsv, table)
    assert likely[masks[0]].mean() > 200
    assert likely[~masks.any(0)].mean() < 60
    assert likely[masks[2]].mean() < 130


def test_blending_goes_from_one_to_the_other():
    _, _, (one, _, other) = looks()
    half = one.blended(other, .5)
    assert one.similarity(other) < half.similarity(other) < 1
    assert one.blended(other, 0.0).similarity(one) == pytest.approx(1, abs=1e-4)
