# SPDX-License-Identifier: Apache-2.0
"""The simulator's gripper holds what is between its fingers, and nothing else."""
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ris_ros.errors import RisError
from ris_ros.frame import Frame
from ris_ros.geometry.location import locate
from ris_sim import gripper as hand
from ris_sim.gripper import OPENING_M, Gripper
from ris_sim.rendering.depth_effects import add_depth_noise
from ris_sim.rendering.renderer import Renderer
from ris_sim.worlds.sdf_reader import read_world


def at(x, y, z, yaw=0.0):
    return Gripper((x, y, z), yaw)


@pytest.fixture
def cube(make_object):
    return replace(make_object('cube'), position=(.1, .05, 0.0), yaw=0.0)


def middle(thing):
    x, y, z = thing.position
    return x, y, z + thing.extents[2] / 2


def test_fingers_close_to_the_width_of_what_they_hold(cube, make_scene):
    for yaw in (0.0, np.pi / 2):
        gripper = hand.closed(at(*middle(cube), yaw=yaw), make_scene(cube))
        assert gripper.held == cube.name
        assert gripper.gap == pytest.approx(cube.extents[0 if yaw == 0 else 1], abs=2e-3)


@pytest.mark.parametrize(('offset', 'message'), [
    ((.09, 0, 0), 'no room|one object alone|Nothing'),  # beside it
    ((0, 0, .06), 'Nothing'),                            # above it
    ((0, .09, 0), 'Nothing')])                           # before it
def test_a_point_off_the_object_grasps_nothing(cube, make_scene, offset, message):
    x, y, z = np.add(middle(cube), offset)
    with pytest.raises(RisError, match=message):
        hand.closed(at(x, y, z), make_scene(cube))


def test_object_wider_than_the_opening_is_not_grasped(make_object, make_scene):
    plate = make_object('plate', scale=1.5)
    assert plate.extents[0] > OPENING_M
    with pytest.raises(RisError, match='no room for the fingers'):
        hand.closed(at(*plate.position[:2], .005), make_scene(plate))


def test_two_things_at_once_are_not_grasped(cube, make_scene):
    gap = cube.extents[0] + .002
    twin = replace(cube, name='twin', position=(cube.position[0] + gap, *cube.position[1:]))
    x, y, z = middle(cube)
    with pytest.raises(RisError):
        hand.closed(at(x + gap / 2, y, z), make_scene(cube, twin))


def test_grasped_object_moves_along_with_objects_on_it(cube, make_object, make_scene):
    ball = replace(make_object('ball', scale=.4), support=cube.name,
                   position=(*cube.position[:2], cube.extents[2]))
    other = replace(make_object('can'), name='other', position=(-.3, 0.0, 0.0))
    scene = make_scene(cube, ball, other)
    gripper = hand.closed(at(*middle(cube)), scene)
    x, y, z = gripper.tip
    gripper, scene = hand.moved(gripper, scene, (x + .1, y, z + .2))
    for before, after in zip((cube, ball, other), scene.objects, strict=True):
        shift = np.subtract(after.position, before.position)
        np.testing.assert_allclose(shift, (0, 0, 0) if before is other else (.1, 0, .2), atol=1e-9)
    assert hand.moved(at(0, 0, .3), scene, (.2, .2, .3))[1].objects[0].position \
        == scene.objects[0].position


def test_released_object_falls_on_the_object_below(cube, make_object, make_scene):
    below = replace(make_object('cube', scale=1.5), name='below', position=(-.2, 0.0, 0.0), yaw=0.0)
    scene = make_scene(cube, below)
    for place, rest in (((.3, .2), 0.0), (below.position[:2], below.extents[2])):
        gripper = hand.closed(at(*middle(cube)), scene)
        gripper, lifted = hand.moved(gripper, scene, (*place, .4))
        gripper, after = hand.opened(gripper, lifted)
        assert gripper.held == ''
        assert after.objects[0].position == pytest.approx((*place, rest), abs=2e-3)
        assert after.objects[1].position == below.position


def test_gripper_is_in_the_picture(cube, make_scene):
    scene = make_scene(cube)
    gripper = hand.closed(at(*middle(cube)), scene)
    shown = hand.with_gripper(scene, gripper)
    assert shown.objects[:1] == scene.objects
    labels = Renderer(160, 120).render(shown).labels
    assert {1, 2} <= set(np.unique(labels))


def test_measured_grasp_points_are_good_enough_for_most_things_of_the_worlds():
    held, total, rng = 0, 0, np.random.default_rng(0)
    for path in sorted((Path(__file__).parents[2] / 'worlds').glob('tabletop_*.sdf')):
        scene = read_world(path)
        camera, rendering = scene.camera, Renderer(320, 240).render(scene)
        depth = add_depth_noise(rendering.depth, rng, rendering.shiny)
        frame = Frame(rendering.image, depth, rendering.camera)
        right = camera.rotation[:, 0]
        for label, thing in enumerate(scene.objects, 1):
            mask = rendering.labels == label
            if not mask.any():
                continue
            total += 1
            point = locate(mask, frame).grasp_position
            # As examples/pick.py goes a little deeper than the visible side.
            tip = camera.rotation @ (point * (1 + .02 / np.linalg.norm(point))) + camera.position
            try:
                gripper = hand.closed(at(*tip, yaw=np.arctan2(right[1], right[0])), scene)
            except RisError:
                continue
            held += gripper.held == thing.name
    assert total == 57
    assert held >= 45
