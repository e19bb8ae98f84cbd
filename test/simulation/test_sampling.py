"""Sampled scenes: the same for the same seed, and nothing stands in anything else."""
import itertools

import numpy as np
import pytest

from ris_ros.errors import RisError
from ris_ros.simulation.colours import COLOURS, MATERIALS
from ris_ros.simulation.sampling import footprints_touch, sample_scene
from ris_ros.simulation.shapes import CATEGORIES, VARIANTS


def test_same_seed_gives_the_same_scene():
    one, other = (sample_scene(np.random.default_rng(5), 'test') for _ in range(2))
    assert one.camera == other.camera
    assert one.light == other.light
    assert one.table == other.table
    assert [(o.name, o.position, o.yaw) for o in one.objects] == [
        (o.name, o.position, o.yaw) for o in other.objects]


@pytest.mark.parametrize('split', ['train', 'test'])
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


def test_objects_do_not_stand_in_each_other():
    for seed in range(10):
        things = sample_scene(np.random.default_rng(seed), 'test').objects
        for one, other in itertools.combinations(things, 2):
            a, b = ([part.mesh.vertices for part in t.parts] for t in (one, other))
            a, b = one.to_world(np.concatenate(a))[:, :2], other.to_world(np.concatenate(b))[:, :2]
            # A line between the centres' closest rectangle sides must part the two.
            assert any(np.ptp(np.r_[a @ axis, b @ axis])
                       > np.ptp(a @ axis) + np.ptp(b @ axis)
                       for yaw in (one.yaw, other.yaw)
                       for axis in np.array([[np.cos(yaw), np.sin(yaw)],
                                             [-np.sin(yaw), np.cos(yaw)]]))


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
