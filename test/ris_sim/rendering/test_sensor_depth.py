# SPDX-License-Identifier: Apache-2.0
"""Depth cameras: where they see nothing, how their steps grow, and that seeds decide."""
from dataclasses import replace

import numpy as np
import pytest

from ris_ros.frame import CameraModel
from ris_sim.rendering.renderer import Renderer, Rendering
from ris_sim.rendering.sensor_depth import (
    MOST_MISSING,
    DepthSensor,
    SensorKind,
    sample_sensor,
    stereo,
    structured_light,
    time_of_flight,
)
from ris_sim.sampling.scenes import sample_scene

CAMERA = CameraModel(600.0, 600.0, 319.5, 239.5, 640, 480)
# An ideal stereo camera: no noise, no losses but those of geometry.
IDEAL = DepthSensor(SensorKind.STEREO, .05, step=1 / 32, noise=0.0, waves=0.0)


def rendering_of(depth, image=None, shiny=None):
    """Return a rendering with a depth picture, gray unless an image is given."""
    if image is None:
        image = np.full((*depth.shape, 3), 140, np.uint8)
    return Rendering(image, depth.astype(np.float32), np.zeros(depth.shape, np.uint8), CAMERA,
                     shiny)


def plane(distance):
    return np.full((480, 640), distance, np.float32)


def slab():
    """Return a slab half a metre away before a wall at 1 m."""
    depth = plane(1.0)
    depth[100:380, 300:400] = .5
    return depth


def measured(sensor, depth, seed=0, **look):
    return sensor.measure(rendering_of(depth, **look), np.random.default_rng(seed))


@pytest.mark.parametrize(('baseline', 'shadow', 'lit'), [
    (.05, np.s_[200, 272:299], np.s_[200, 402:430]),
    (-.05, np.s_[200, 402:428], np.s_[200, 270:298])])
def test_the_shadow_is_on_the_side_away_from_the_second_eye(baseline, shadow, lit):
    depth = measured(replace(IDEAL, baseline=baseline), slab())
    # Focal length 600 px and eyes 5 cm apart: disparities of 60 and 30 px.
    assert (depth[shadow] == 0).all()
    assert (depth[lit] > 0).all()


def test_the_border_that_only_one_eye_sees_is_lost():
    depth = measured(IDEAL, plane(1.0))
    assert (depth[:, :29] == 0).all()
    assert (depth[:, 32:] > 0).all()


@pytest.mark.parametrize('step', [1 / 8, 1 / 32])
def test_steps_grow_with_the_square_of_the_distance(step):
    widths = []
    for distance in (.6, 1.2):
        ramp = np.tile(np.linspace(distance, distance + .1, 640, dtype=np.float32), (480, 1))
        values = np.unique(measured(replace(IDEAL, step=step), ramp))
        widths.append(np.diff(values[values > 0]).mean() / (distance + .05) ** 2)
        assert widths[-1] == pytest.approx(step / (600 * .05), rel=.1)
    assert widths[1] == pytest.approx(widths[0], rel=.1)


def test_noise_grows_with_the_square_of_the_distance():
    noisy = replace(IDEAL, noise=.05, waves=.05)
    near, far = (measured(noisy, plane(z))[:, 100:].std() for z in (.6, 1.8))
    assert far / near == pytest.approx(9, rel=.2)


def test_near_things_grow_by_the_matching_window():
    depth = measured(replace(IDEAL, fattening=3), slab())
    assert (np.abs(depth[200, 400:403] - .5) < .01).all()
    assert depth[200, 404] > .9


def test_black_shiny_and_overexposed_surfaces_have_holes():
    image = np.full((480, 640, 3), 140, np.uint8)
    image[:, 200:300], image[:, 500:] = 3, 255
    shiny = np.zeros((480, 640), np.float32)
    shiny[:, 350:450] = .5
    sensor = replace(IDEAL, dark_loss=.8, glare_loss=.8)
    depth = measured(sensor, plane(1.0), image=image, shiny=shiny)
    for lossy in (np.s_[:, 205:295], np.s_[:, 355:445], np.s_[:, 505:]):
        assert (depth[lossy] == 0).mean() > .3
    assert (depth[:, 60:195] > 0).all()


def test_surfaces_at_a_flat_angle_are_lost():
    floor = np.tile(np.minimum(.5 + .06 * np.arange(480, dtype=np.float32), 8)[:, None], (1, 640))
    depth = measured(replace(IDEAL, grazing=.3), floor)
    assert (depth[60:120, 100:] == 0).mean() > .5
    assert (depth[200:, 100:] > 0).all()


def test_range_ends_but_never_takes_most_of_a_picture():
    depth = slab()
    short = replace(IDEAL, farthest=.8, nearest=.2)
    beyond = measured(short, np.where(np.arange(640) < 400, .6, depth))
    assert (beyond[:, 410:] == 0).all()
    assert (beyond[:, 150:390] > 0).all()
    assert (measured(replace(IDEAL, nearest=.55), slab())[200:300, 310:390] == 0).all()
    assert (measured(short, depth) > 0).mean() > .4


def test_pixels_float_between_surfaces_at_outlines_only():
    flight = replace(IDEAL, kind=SensorKind.TIME_OF_FLIGHT, step=0.0, flying=.4)
    depth = measured(flight, slab())
    between = (depth > .55) & (depth < .95)
    assert .1 < between[100:380, 399:401].mean() < .6
    assert not between[:, 420:].any()


def test_misregistration_moves_the_whole_picture():
    still, moved = (measured(replace(IDEAL, offset=offset), slab())
                    for offset in ((0, 0), (2, -1)))
    np.testing.assert_array_equal(moved[1:-5, 5:], still[2:-4, 3:-2])


def test_a_driver_that_fills_leaves_no_hole_near_surfaces():
    sensor = replace(IDEAL, dropout=.3, fills=True)
    depth = measured(sensor, slab())
    assert (depth == 0).mean() < .001
    assert np.abs(depth[:, 450:] - 1).max() < .05


@pytest.mark.parametrize('kind', [stereo, structured_light, time_of_flight])
def test_drawn_sensors_miss_some_of_a_scene_but_never_most_of_it(kind):
    shares = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        rendering = Renderer(320, 240).render(sample_scene(rng, 'train'))
        depth = kind(rng).measure(rendering, rng)
        assert depth.dtype == np.float32
        shares.append((depth == 0).mean())
        error = np.abs(depth - rendering.depth)[depth > 0] / rendering.depth[depth > 0] ** 2
        assert np.median(error) < .01
    assert max(shares) <= MOST_MISSING
    assert np.ptp(shares) > .03


def test_all_kinds_are_drawn_and_the_same_seed_gives_the_same_depth():
    kinds = [sample_sensor(np.random.default_rng(seed)).kind for seed in range(200)]
    shares = {kind: kinds.count(kind) / 200 for kind in SensorKind}
    assert shares[SensorKind.STEREO] == pytest.approx(.52, abs=.1)
    assert shares[SensorKind.STRUCTURED_LIGHT] == pytest.approx(.34, abs=.1)
    takes = []
    for seed in (1, 1, 2):
        rng = np.random.default_rng(seed)
        takes.append(sample_sensor(rng).measure(rendering_of(slab()), rng))
    np.testing.assert_array_equal(takes[0], takes[1])
    assert (takes[0] != takes[2]).any()
