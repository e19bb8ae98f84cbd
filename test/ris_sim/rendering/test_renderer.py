# SPDX-License-Identifier: Apache-2.0
"""The camera's truth against geometry that is known by formula."""
from dataclasses import replace

import cv2
import numpy as np
import pytest

from ris_ros.geometry.lens import back_project
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene
from ris_sim.scene import Camera, Lamp, Material, Wall

RENDERER = Renderer(320, 240)


def world_points(scene, rendering):
    """Return (H, W, 3) world coordinates of every pixel's depth."""
    v, u = np.mgrid[:RENDERER.height, :RENDERER.width]
    points = back_project(u.ravel(), v.ravel(), rendering.depth.ravel().astype(float),
                          rendering.camera)
    world = points @ scene.camera.rotation.T + scene.camera.position
    return world.reshape(RENDERER.height, RENDERER.width, 3)


def test_table_depth_is_that_of_the_plane(make_scene):
    scene = make_scene()
    rendering = RENDERER.render(scene)
    world = world_points(scene, rendering)
    on_table = (np.abs(world[..., :2]) < .95).all(axis=2) & (rendering.depth > 0)
    assert on_table.mean() > .5
    assert np.abs(world[on_table][:, 2]).max() < 1e-4


def test_ball_depth_is_that_of_the_sphere(make_object, make_scene):
    ball = make_object('ball', number=45)
    scene = make_scene(ball)
    rendering = RENDERER.render(scene)
    radius = ball.extents[2] / 2
    points = world_points(scene, rendering)[rendering.labels == 1]
    distance = np.linalg.norm(points - [0, 0, radius], axis=1)
    assert len(points) > 100
    # The mesh is inscribed in the sphere, a belt may stand out a little.
    assert np.abs(distance - radius).max() < .03 * radius


def test_every_object_has_its_label_where_its_pose_projects(make_object, make_scene):
    things = [make_object(*what) for what in (
        ('cube', 'red', -.2, -.1), ('can', 'blue', .2, -.1), ('apple', 'green', 0, .15))]
    scene = make_scene(*things)
    rendering = RENDERER.render(scene)
    camera = rendering.camera
    assert set(np.unique(rendering.labels)) == {0, 1, 2, 3}
    for label, thing in enumerate(things, 1):
        centre = np.array([[*thing.position[:2], thing.extents[2] / 2]])
        x, y, z = scene.camera.to_optical(centre)[0]
        u, v = camera.fx * x / z + camera.cx, camera.fy * y / z + camera.cy
        assert rendering.labels[round(v), round(u)] == label


def test_nearer_objects_hide_farther_ones(make_object, make_scene):
    behind = make_object('cube', 'blue', y=.1)
    alone = RENDERER.render(make_scene(behind))
    both = RENDERER.render(make_scene(behind, make_object('can', 'red', scale=1.5)))
    hidden = (alone.labels == 1) & (both.labels == 2)
    assert hidden.any()
    assert (both.depth[hidden] < alone.depth[hidden]).all()


@pytest.mark.parametrize(('colour', 'channel'), [('red', 0), ('green', 1), ('blue', 2)])
def test_objects_have_the_colour_of_their_name(make_object, make_scene, colour, channel):
    rendering = RENDERER.render(make_scene(make_object('cube', colour)))
    mean = rendering.image[rendering.labels == 1].mean(axis=0)
    assert mean.argmax() == channel


def test_shadows_fall_away_from_the_sun(make_object, make_scene):
    vase = make_object('vase', scale=1.5)
    light = replace(make_scene().light, direction=(-.8, 0.0, .6))
    empty, full = (RENDERER.render(replace(make_scene(*things), light=light))
                   for things in ((), (vase,)))
    drop = empty.image.astype(int).sum(axis=2) - full.image.sum(axis=2, dtype=int)
    columns = np.nonzero((full.labels == 0) & (drop > 60))[1]
    assert len(columns) > 200
    assert columns.mean() > np.nonzero(full.labels == 1)[1].max()


def test_same_scene_gives_the_same_picture():
    scene = sample_scene(np.random.default_rng(8), 'test')
    one, other = RENDERER.render(scene), RENDERER.render(scene)
    np.testing.assert_array_equal(one.image, other.image)
    np.testing.assert_array_equal(one.depth, other.depth)
    np.testing.assert_array_equal(one.labels, other.labels)


def test_truth_has_the_promised_shapes_and_fits_a_frame():
    rendering = RENDERER.render(sample_scene(np.random.default_rng(2), 'train'))
    assert rendering.image.shape == (240, 320, 3)
    assert rendering.depth.dtype == np.float32
    assert rendering.labels.dtype == np.uint8
    assert rendering.frame(1.5).stamp == 1.5


def test_camera_angles_are_those_of_sdf():
    level = Camera((0, 0, 1), 0, 0, 0, 1.0)
    np.testing.assert_allclose(level.rotation @ [0, 0, 1], [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(level.rotation @ [1, 0, 0], [0, -1, 0], atol=1e-12)
    down = Camera((0, 0, 1), 0, np.pi / 2, 0, 1.0)
    np.testing.assert_allclose(down.rotation @ [0, 0, 1], [0, 0, -1], atol=1e-12)


def test_lamps_light_and_cast_shadows_away_from_themselves(make_object, make_scene):
    can = make_object('can', scale=1.5)
    dim = replace(make_scene().light, intensity=0.0, ambient=0.2)
    lamp = Lamp((-.6, 0.0, .6), .6, (1.0, 1.0, 1.0))
    dark, empty, full = (RENDERER.render(replace(make_scene(*things), light=dim, lamps=lamps))
                         for things, lamps in (((), ()), ((), (lamp,)), ((can,), (lamp,))))
    gain = empty.image.astype(int).sum(axis=2) - dark.image.sum(axis=2, dtype=int)
    # The lamp hangs on the left.
    assert gain[60:, :100].mean() > 1.5 * gain[60:, -100:].mean() > 0
    drop = empty.image.astype(int).sum(axis=2) - full.image.sum(axis=2, dtype=int)
    columns = np.nonzero((full.labels == 0) & (drop > 60))[1]
    assert len(columns) > 200
    assert columns.mean() > np.nonzero(full.labels == 1)[1].max()


def test_table_darkens_near_an_object(make_object, make_scene):
    light = replace(make_scene().light, intensity=0.0)
    empty, full = (RENDERER.render(replace(make_scene(*things), light=light))
                   for things in ((), (make_object('can', scale=1.5),)))
    near = cv2.dilate((full.labels == 1).astype(np.uint8), np.ones((5, 5))) > 0
    far = cv2.dilate((full.labels == 1).astype(np.uint8), np.ones((121, 121))) == 0
    drop = empty.image.astype(int).sum(axis=2) - full.image.sum(axis=2, dtype=int)
    foot = near & (full.labels == 0)
    foot[:np.nonzero(full.labels == 1)[0].max() - 8] = False
    assert foot.sum() > 20
    assert drop[foot].mean() > 40
    assert np.abs(drop[far]).max() == 0


def test_walls_stand_behind_the_table_and_let_the_sun_in(make_object, make_scene):
    scene = make_scene(make_object('cube'))
    wall = Wall((0.0, 1.05, -.7), -np.pi / 2, (6.0, 2.5), Material((.2, .5, .9)))
    camera = replace(scene.camera, pitch=np.radians(20))
    light = replace(scene.light, direction=(0.0, .8, .6))
    # The floor of this room ends where its wall stands.
    open_air, room = (replace(scene, camera=camera, light=light,
                              table=replace(scene.table, walls=walls))
                      for walls in ((), (wall,)))
    one, other = RENDERER.render(open_air), RENDERER.render(room)
    same = one.depth == other.depth
    assert .1 < (~same).mean() < .9
    world = world_points(room, other)
    np.testing.assert_allclose(world[~same][:, 1], 1.05, atol=1e-3)
    on_table = same & (np.abs(world[..., 2]) < 1e-3)
    difference = one.image.astype(int) - other.image
    assert np.abs(difference[on_table]).max() <= 2


def test_metal_mirrors_its_neighbour(make_object, make_scene):
    metal = make_object('can', 'white', material='metal', number=47, scale=1.6)
    red = make_object('cube', 'red', y=-.1)
    alone, both = RENDERER.render(make_scene(metal)), RENDERER.render(make_scene(metal, red))
    seen = (alone.labels == 1) & (both.labels == 1)
    change = both.image.astype(int)[seen] - alone.image[seen]
    redder = (change[:, 0] - change[:, 1]) > 12
    assert redder.sum() > 30
