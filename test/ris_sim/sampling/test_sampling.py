# SPDX-License-Identifier: Apache-2.0
"""Sampled scenes: the same for the same seed, and nothing stands in anything else."""
import itertools

import numpy as np
import pytest

from ris_ros.errors import RisError
from ris_sim.sampling.colours import COLOURS, MATERIALS
from ris_sim.sampling.placement import VESSELS, footprints_touch
from ris_sim.sampling.scenes import sample_scene
from ris_sim.shapes.catalogue import CATEGORIES, VARIANTS
from ris_sim.style import Style


def test_same_seed_gives_the_same_scene():
    one, other = (sample_scene(np.random.default_rng(5), 'test') for _ in range(2))
    assert one.camera == other.camera
    assert one.light == other.light
    assert one.table == other.table
    assert [(o.name, o.position, o.yaw) for o in one.objects] == [
        (o.name, o.position, o.yaw) for o in other.objects]


@pytest.mark.parametrize('split', list(VARIANTS))
def test_scenes_use_their_split_and_known_words(split):
    for seed in range(10):
        scene = sample_scene(np.random.default_rng(seed), split)
        assert 1 <= len(scene.objects) <= 8
        assert len({thing.name for thing in scene.objects}) == len(scene.objects)
        for thing in scene.objects:
            assert thing.variant in VARIANTS[split]
            assert thing.category in CATEGORIES
            assert thing.colour in COLOURS
            assert thing.material in MATERIALS


def world_points(thing):
    """Return all vertices of an object in the world."""
    return np.concatenate([thing.to_world(part.mesh.vertices) for part in thing.parts])


def test_footprints_overlap_only_when_objects_touch_or_are_stacked():
    meetings = 0
    for seed in range(20):
        for one, other in itertools.combinations(
                sample_scene(np.random.default_rng(seed), 'test').objects, 2):
            if one.name == other.support or other.name == one.support:
                continue
            a, b = (world_points(thing)[:, :2] for thing in (one, other))
            # A line between the centres' closest rectangle sides parts the two.
            meetings += not any(
                np.ptp(np.r_[a @ axis, b @ axis]) > np.ptp(a @ axis) + np.ptp(b @ axis)
                for yaw in (one.yaw, other.yaw)
                for axis in np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]]))
    assert meetings <= 20


def test_stacked_things_rest_on_their_support():
    stacked = []
    for seed in range(40):
        scene = sample_scene(np.random.default_rng(seed), 'test')
        by_name = {thing.name: thing for thing in scene.objects}
        for thing in scene.objects:
            lowest = world_points(thing)[:, 2].min()
            assert lowest == pytest.approx(thing.position[2], abs=1e-5)
            if thing.support is None:
                assert thing.position[2] == 0
                continue
            support = by_name[thing.support]
            assert 0 < lowest <= support.extents[2] + 1e-4
            assert thing.contained == (support.category in VESSELS)
            stacked.append(thing.contained)
    assert 8 < len(stacked) < 25
    assert 2 < sum(stacked) < len(stacked) - 2


def test_scenes_hold_confusable_objects():
    shared = 0
    for seed in range(20):
        things = sample_scene(np.random.default_rng(seed), 'train').objects
        shared += len({t.category for t in things}) < len(things)
    assert shared > 5


def test_touching_footprints_are_seen(make_object):
    assert footprints_touch(make_object('cube'), make_object('cube', x=.03))
    assert not footprints_touch(make_object('cube'), make_object('cube', x=.3))


def test_unknown_split_is_an_error():
    with pytest.raises(RisError, match="no split 'dev'"):
        sample_scene(np.random.default_rng(0), 'dev')


def test_scenes_without_a_style_are_the_toys_of_old():
    for scene in (sample_scene(np.random.default_rng(8), 'test'),
                  sample_scene(np.random.default_rng(8), 'test', style=Style.TOY)):
        assert [thing.name for thing in scene.objects] == [
            'green_pear_1', 'yellow_duck_2', 'black_cone_3', 'purple_pear_4']
        assert scene.camera.position == pytest.approx((-.1087150, -.2377069, .8021591), abs=1e-6)
        assert scene.objects[3].position == pytest.approx((-.103527, -.109618, 0), abs=1e-6)
