# SPDX-License-Identifier: Apache-2.0
"""Depth noise: the right size, in the right places, the same for the same seed."""
import numpy as np
import pytest

from ris_sim.rendering.depth_effects import (
    add_depth_noise,
    depth_sigma,
    quantised,
    stereo_shadow,
)


@pytest.mark.parametrize('distance', [.5, 1.0, 2.0])
def test_depth_noise_has_the_published_spread(distance):
    depth = np.full((200, 300), distance, np.float32)
    noisy = add_depth_noise(depth, np.random.default_rng(0))
    valid = noisy[noisy > 0]
    expected = .0012 + .0019 * (distance - .4) ** 2
    assert depth_sigma(np.array(distance)) == pytest.approx(expected)
    assert valid.std() == pytest.approx(expected, rel=.03)
    assert valid.mean() == pytest.approx(distance, abs=1e-4)
    assert 0 < (noisy == 0).mean() < .01


def test_depth_is_lost_at_steps_and_where_there_was_none():
    depth = np.full((100, 100), .8, np.float32)
    depth[:, 50:] = 1.2
    depth[:10] = 0
    noisy = add_depth_noise(depth, np.random.default_rng(1))
    assert (noisy[:10] == 0).all()
    assert .4 < (noisy[20:, 49:51] == 0).mean() < .8
    assert (noisy[20:, 60:] == 0).mean() < .02


def test_background_left_of_near_things_is_in_the_stereo_shadow():
    depth = np.full((60, 320), 1.0, np.float32)
    depth[:, 150:200] = .5
    shadow = stereo_shadow(depth)
    # Focal length 288 px and eyes 5 cm apart: disparities of 28.8 and 14.4 px.
    assert shadow[:, 137:150].all()
    assert shadow.sum() == pytest.approx(60 * 14.4, rel=.12)
    assert not stereo_shadow(np.full((60, 320), 1.0, np.float32)).any()


def test_depth_comes_in_steps_that_grow_with_distance():
    for distance in (.5, 1.0):
        values = np.unique(quantised(np.linspace(distance, distance + .02, 5000)))
        assert np.diff(values).mean() == pytest.approx(distance ** 2 / 1024, rel=.05)


def test_shiny_and_grazing_surfaces_have_holes():
    flat = np.full((120, 160), .8, np.float32)
    shiny = np.zeros_like(flat)
    shiny[:, 80:] = .4
    noisy = add_depth_noise(flat, np.random.default_rng(0), shiny)
    assert (noisy[:, :80] == 0).mean() < .01
    assert .2 < (noisy[:, 80:] == 0).mean() < .6
    steep = flat + np.float32(.012) * np.arange(160, dtype=np.float32)
    assert (add_depth_noise(steep, np.random.default_rng(0))[:, :60] == 0).mean() > .2


def test_some_pixels_float_between_two_surfaces():
    depth = np.full((400, 40), .8, np.float32)
    depth[:, 20:] = 1.2
    noisy = add_depth_noise(depth, np.random.default_rng(1))
    between = (noisy > .85) & (noisy < 1.15)
    assert .02 < between[:, 19:21].mean() < .15
    assert not between[:, :18].any()


def test_same_seed_gives_the_same_noise():
    depth = np.linspace(.5, 1.5, 6000, dtype=np.float32).reshape(60, 100)
    one, same, other = (add_depth_noise(depth, np.random.default_rng(s)) for s in (4, 4, 5))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
