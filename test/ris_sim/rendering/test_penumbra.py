# SPDX-License-Identifier: Apache-2.0
"""Soft shadows of broad lights: wide, without grain, and the same each time."""
from dataclasses import replace

import numpy as np

from ris_sim.rendering.renderer import Renderer
from ris_sim.scene import Lamp

RENDERER = Renderer(320, 240)


def shadow_of(make_object, make_scene, softness, smooth=True):
    """Return how much a can darkens each pixel of the table, in gray levels."""
    light = replace(make_scene().light, direction=(-.6, 0.0, .8), softness=softness,
                    is_smooth=smooth)
    empty, full = (RENDERER.render(replace(make_scene(*things), light=light))
                   for things in ((), (make_object('can', scale=2.0),)))
    drop = empty.image.astype(float).mean(axis=2) - full.image.mean(axis=2)
    return np.where(full.labels == 0, drop, 0)


def half_lit(drop):
    """Return the number of pixels that are neither in full light nor in full shadow."""
    full = np.percentile(drop[drop > 10], 75)
    return ((drop > .3 * full) & (drop < .7 * full)).sum()


def test_a_broad_light_has_a_wide_border_of_shadow(make_object, make_scene):
    hard, soft = (half_lit(shadow_of(make_object, make_scene, softness)) for softness in (.01, .3))
    assert soft > 2 * hard


def test_smooth_shadows_have_no_grain(make_object, make_scene):
    grain = []
    for smooth in (False, True):
        drop = shadow_of(make_object, make_scene, .25, smooth)
        inner = drop[1:-1, 1:-1]
        around = (drop[:-2, 1:-1] + drop[2:, 1:-1] + drop[1:-1, :-2] + drop[1:-1, 2:]) / 4
        partly = (inner > .2 * drop.max()) & (inner < .8 * drop.max())
        grain.append(np.abs(inner - around)[partly].mean())
    assert grain[1] < .5 * grain[0]


def test_a_large_lamp_throws_softer_shadows_than_a_small_one(make_object, make_scene):
    dim = replace(make_scene().light, intensity=0.0, ambient=.2)
    widths = []
    for radius in (.01, .25):
        lamp = Lamp((-.7, 0.0, .7), .8, (1.0, 1.0, 1.0), radius, True)
        empty, full = (RENDERER.render(replace(make_scene(*things), light=dim, lamps=(lamp,)))
                       for things in ((), (make_object('can', scale=2.0),)))
        drop = empty.image.astype(float).mean(axis=2) - full.image.mean(axis=2)
        widths.append(half_lit(np.where(full.labels == 0, drop, 0)))
    assert widths[1] > 1.5 * widths[0]
