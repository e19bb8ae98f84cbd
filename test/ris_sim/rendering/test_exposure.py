# SPDX-License-Identifier: Apache-2.0
"""The camera's metering, and surfaces that give off light."""
from dataclasses import replace

import numpy as np
import pytest

from ris_sim.rendering.exposure import compressed
from ris_sim.rendering.renderer import Renderer
from ris_sim.scene import Material, Metering

RENDERER = Renderer(160, 120)
STEADY = Metering(level=.2, adaptation=1.0)


def lit(scene, **light):
    return replace(scene, light=replace(scene.light, **light), metering=STEADY)


def test_metering_makes_up_for_dim_and_bright_light(make_object, make_scene):
    scene = make_scene(make_object('cube'))
    means = [RENDERER.render(lit(scene, intensity=power, ambient=power / 2)).image.mean()
             for power in (.1, 1.0, 4.0)]
    assert np.ptp(means) < 4
    assert RENDERER.render(replace(scene, metering=replace(STEADY, level=.05))).image.mean() < (
        means[0] - 40)


@pytest.mark.parametrize(('adaptation', 'least', 'most'), [(1.0, -6, 6), (0.0, 40, 200)])
def test_white_balance_takes_the_tint_of_the_light_away(make_scene, adaptation, least, most):
    warm = {'colour': (1.6, .9, .3), 'sky': (1.6, .9, .3)}
    scene = lit(make_scene(), **warm)
    image = RENDERER.render(replace(
        scene, metering=replace(STEADY, adaptation=adaptation))).image[60:].reshape(-1, 3)
    red, _, blue = image.mean(axis=0)
    assert least < red - blue < most


def test_highlights_are_compressed_not_cut():
    light = np.linspace(0, 3, 50, dtype=np.float32)
    soft = compressed(light, .6)
    assert (np.diff(soft) > 0).all()
    assert soft.max() <= 1
    np.testing.assert_array_equal(soft[light < .6], light[light < .6])
    np.testing.assert_array_equal(compressed(light, 1.0), np.minimum(light, 1))


def test_a_screen_glows_in_the_dark(make_object, make_scene):
    cube = make_object('cube')
    night = lit(make_scene(), intensity=.01, ambient=.01)
    bright = replace(cube, parts=tuple(replace(part, surface=Material((.2, .9, .2), emission=1.0))
                                       for part in cube.parts))
    dull, glowing = (RENDERER.render(replace(night, background=(thing,), metering=None))
                     for thing in (cube, bright))
    shown = glowing.background == 1
    assert dull.image[shown].mean() < 40
    assert glowing.image[shown][:, 1].mean() > 200


def test_a_wider_reach_of_occlusion_darkens_more_of_the_table(make_object, make_scene):
    can = make_object('can', scale=1.5)
    near, wide = (RENDERER.render(replace(make_scene(can), light=replace(
        make_scene().light, intensity=0.0, occlusion=reach))) for reach in (.05, .4))
    table = near.labels == 0
    assert (wide.image[table] < near.image[table] - 2.0).mean() > .02
