"""The camera's truth against geometry that is known by formula."""
from dataclasses import replace

import numpy as np
import pytest

from ris_ros.geometry.position import back_project
from ris_ros.simulation.renderer import Renderer
from ris_ros.simulation.sampling import sample_scene
from ris_ros.simulation.scene import Camera

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
