# SPDX-License-Identifier: Apache-2.0
"""Scenes of style HOME: furnished, lit, metered, and the same for the same seed."""
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from ris_sim.background.catalogue import nouns_of
from ris_sim.rendering.raycast import bounds_of
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.furnishing import HARD, MOST, THIN, in_view, window_bars
from ris_sim.sampling.home_light import blackbody, sample_home_light
from ris_sim.sampling.home_rooms import Place, sample_room
from ris_sim.sampling.scenes import sample_scene
from ris_sim.style import Style


@pytest.fixture(scope='module')
def scenes():
    """Return thirty scenes."""
    return [sample_scene(np.random.default_rng(seed), 'train', (3, 6), style=Style.HOME)
            for seed in range(30)]


def test_the_same_seed_gives_the_same_picture():
    one, other = (Renderer(160, 120).render(
        sample_scene(np.random.default_rng(5), 'test', style=Style.HOME)) for _ in range(2))
    for field in ('image', 'depth', 'labels', 'background'):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field))


def test_rooms_are_furnished(scenes):
    counts = [len(scene.background) for scene in scenes]
    assert np.median(counts) > 6
    assert max(counts) <= MOST
    categories = Counter(thing.category for scene in scenes for thing in scene.background)
    assert len(categories) > 25
    for scene in scenes:
        names = [thing.name for thing in (*scene.objects, *scene.background)]
        assert len(set(names)) == len(names)


def test_background_fills_much_of_the_pictures_and_carries_no_label(scenes):
    shares = []
    for scene in scenes[:12]:
        rendering = Renderer(160, 120).render(scene)
        assert not rendering.labels[rendering.background > 0].any()
        assert rendering.background.max() <= len(scene.background)
        shares.append((rendering.background > 0).mean())
    assert np.mean(shares) > .15


def test_what_lies_on_the_table_keeps_clear_of_the_named_things(scenes):
    """No named thing has its middle in the box, along its own axes, about another thing."""
    flat = {'table frame', 'bin', 'paper', 'place mat', 'runner', 'calibration board', 'cable',
            'forearm', 'arms', 'gripper', 'robot arm', 'shelf', 'goods', 'keyboard'}
    for scene in scenes:
        for thing in scene.background:
            points = np.concatenate([part.mesh.vertices for part in thing.parts])
            low, high = points.min(axis=0), points.max(axis=0)
            if thing.category in flat or thing.position[2] < -.01 or high[2] < THIN:
                continue
            for named in scene.objects:
                least, most = bounds_of(named)
                middle = (least + most) / 2 - thing.position
                middle = replace(thing, yaw=-thing.yaw).turn(middle[None])[0]
                assert not ((middle > low) & (middle < high)).all(), (thing.name, named.name)


def test_all_places_are_drawn():
    places = Counter(sample_room(np.random.default_rng(seed)).place for seed in range(200))
    assert set(places) == set(Place)
    assert places[Place.TABLE] > 120


def test_cameras_have_the_promised_range():
    rooms = [sample_room(np.random.default_rng(seed)) for seed in range(200)]
    fov = np.degrees([room.camera.horizontal_fov for room in rooms])
    assert fov.min() >= 45
    assert fov.max() <= 95
    away = [np.linalg.norm(room.camera.position) for room in rooms]
    assert .35 < min(away) < .6
    assert 1.1 < max(away) < 2.0
    assert all(room.reach <= .45 for room in rooms)


def test_warm_lamps_are_redder_than_daylight():
    ratios = [blackbody(kelvin)[0] / blackbody(kelvin)[2] for kelvin in (2500, 4000, 6504, 8000)]
    assert all(np.diff(ratios) < 0)
    assert ratios[2] == pytest.approx(1, abs=.05)
    assert ratios[0] > 4


def test_light_is_hard_or_soft_and_of_more_than_one_colour():
    lights = [sample_home_light(np.random.default_rng(seed)) for seed in range(100)]
    softness = [light.softness for light, _ in lights]
    assert min(softness) < .01
    assert max(softness) > .2
    mixed = [lamps[0].colour != light.colour for light, lamps in lights if lamps]
    assert .3 < np.mean(mixed) < .95


def test_exposure_runs_from_near_dark_to_too_bright():
    levels = [Renderer(96, 72).render(sample_scene(
        np.random.default_rng(seed), 'train', (0, 0), style=Style.HOME)).image.mean()
        for seed in range(30)]
    assert np.percentile(levels, 10) < 90
    assert np.percentile(levels, 90) > 130
    assert 70 < np.median(levels) < 150


def test_bars_stand_in_hard_sun_outside_of_the_picture():
    found = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        room = sample_room(rng)
        for bars in window_bars(room, 0, rng):
            found += 1
            assert room.light.softness <= HARD
            assert not in_view(bars, room)
            away = np.array(bars.position) / np.linalg.norm(bars.position)
            assert away @ room.light.direction > .99
    assert found > 2


def test_no_noun_of_a_named_thing_fits_the_background(scenes):
    for scene in scenes:
        assert not nouns_of(scene.objects) & nouns_of(scene.background)
    assert {'box', 'lamp'} & frozenset.union(*(nouns_of(scene.background) for scene in scenes))
