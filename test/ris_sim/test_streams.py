# SPDX-License-Identifier: Apache-2.0
"""Streams of moving scenes move the right objects, and tell the truth."""
import numpy as np
import pytest

from ris_ros.errors import RisError
from ris_sim.rendering.renderer import Renderer
from ris_sim.streams import KINDS, make_stream

RENDERER = Renderer(96, 72)


def shots(kind, seed=1, count=9):
    return list(make_stream(kind, seed, count, rate=4.0).shots(RENDERER))


def target_pixels(kind, seed=1, count=9):
    stream = make_stream(kind, seed, count, rate=4.0)
    return [int((shot.rendering.labels == stream.target).sum())
            for shot in stream.shots(RENDERER)]


@pytest.mark.parametrize('kind', KINDS)
def test_every_kind_repeats_with_its_seed_and_starts_with_a_visible_target(kind):
    one, same = shots(kind, count=3), shots(kind, count=3)
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a.frame.image, b.frame.image)
        np.testing.assert_array_equal(a.frame.depth, b.frame.depth)
    assert [shot.frame.stamp for shot in one] == [0, .25, .5]
    assert target_pixels(kind, count=1)[0] > 20


def test_still_scene_has_fresh_noise_and_one_truth():
    first, second = shots('still', count=2)
    assert (first.frame.image != second.frame.image).any()
    assert (first.frame.depth != second.frame.depth).any()
    np.testing.assert_array_equal(first.rendering.labels, second.rendering.labels)
    difference = first.frame.image.astype(int) - second.frame.image
    assert abs(difference).mean() < 6


@pytest.mark.parametrize(('kind', 'moves'), [('moving_object', True), ('other_moves', False)])
def test_one_object_moves_from_rest_to_rest(kind, moves):
    stream = make_stream(kind, 3, 9, rate=4.0)
    taken = [shot.scene for shot in stream.shots(RENDERER)]
    places = np.array([[thing.position[:2] for thing in scene.objects] for scene in taken])
    ways = np.linalg.norm(places[-1] - places[0], axis=1)
    assert (ways > .05).sum() == 1
    assert (ways[stream.target - 1] > .05) == moves
    steps = np.linalg.norm(np.diff(places, axis=0), axis=2).max(axis=1)
    assert steps.argmax() not in (0, len(steps) - 1)


def test_camera_pans_over_a_scene_that_stands_still():
    taken = shots('panning')
    assert len({shot.scene.camera.yaw for shot in taken}) > 4
    assert all(shot.scene.objects == taken[0].scene.objects for shot in taken)


def test_light_changes_and_nothing_else():
    taken = shots('light_change')
    assert taken[-1].rendering.image.mean() < .85 * taken[0].rendering.image.mean()
    np.testing.assert_array_equal(taken[0].rendering.labels, taken[-1].rendering.labels)


@pytest.mark.parametrize('kind', ['occlusion', 'hidden_beside_twin', 'leaving',
                                  'leaving_beside_twin'])
def test_target_is_out_of_sight_in_the_middle_and_comes_back(kind):
    seen = target_pixels(kind)
    assert seen[4] < .1 * seen[0]
    assert seen[-1] > .8 * seen[0]


def test_twin_differs_in_place_only():
    stream = make_stream('twin_passes', 2)
    scene = stream.at(0.0)
    target, twin = scene.objects[stream.target - 1], scene.objects[-1]
    assert (twin.category, twin.colour, twin.variant, twin.scale) == (
        target.category, target.colour, target.variant, target.scale)
    assert np.linalg.norm(np.subtract(twin.position, target.position)) > .02


def test_unknown_kind_is_refused():
    with pytest.raises(RisError, match='no stream'):
        make_stream('dancing', 1)
