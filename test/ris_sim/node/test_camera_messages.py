# SPDX-License-Identifier: Apache-2.0
"""The simulated camera's messages say what was rendered."""
import json

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from std_msgs.msg import Header

from ris_ros.node.conversions import to_camera_model, to_depth
from ris_sim.node.camera_messages import to_camera_info, to_depth_image, truth_json
from ris_sim.rendering.renderer import Renderer
from ris_sim.sampling.scenes import sample_scene


@pytest.fixture(scope='module')
def scene():
    return sample_scene(np.random.default_rng(5), 'test')


@pytest.fixture(scope='module')
def rendering(scene):
    return Renderer(160, 120).render(scene)


def test_camera_info_gives_back_the_intrinsics(rendering):
    assert to_camera_model(to_camera_info(rendering.camera, Header())) == rendering.camera


@pytest.mark.parametrize(('encoding', 'tolerance'), [('32FC1', 0), ('16UC1', .00051)])
def test_depth_comes_back_and_holes_stay_holes(encoding, tolerance):
    depth = np.float32([[0, np.nan, .4567], [1, 2.3456, 7]])
    back = to_depth(to_depth_image(depth, encoding, Header()))
    hole = np.array([[True, True, False], [False] * 3])
    assert (np.isnan(back[hole]) if encoding == '32FC1' else back[hole] == 0).all()
    np.testing.assert_allclose(back[~hole], depth[~hole], atol=tolerance)


def test_truth_names_every_object_and_where_it_is(scene, rendering):
    truth = json.loads(truth_json(scene, rendering, Header(frame_id='optical'), 'seed 5'))
    assert (truth['world'], truth['frame_id']) == ('seed 5', 'optical')
    assert [thing['name'] for thing in truth['objects']] == [t.name for t in scene.objects]
    for thing, source in zip(truth['objects'], scene.objects, strict=True):
        assert thing['visible_pixels'] == (rendering.labels == thing['label']).sum()
        if thing['surface_centroid'] is not None:
            # The visible surface lies within the object, the footprint's centre at its bottom.
            distance = np.linalg.norm(np.subtract(thing['surface_centroid'], thing['position']))
            assert distance <= np.linalg.norm(source.extents)


def test_poses_put_objects_upright_on_the_table(scene, rendering):
    truth = json.loads(truth_json(scene, rendering, Header(), 'seed 5'))
    for thing, source in zip(truth['objects'], scene.objects, strict=True):
        up = Rotation.from_quat(thing['orientation']).apply([0, 0, 1])
        np.testing.assert_allclose(up, scene.camera.rotation.T @ [0, 0, 1], atol=1e-6)
        world = scene.camera.rotation @ thing['position'] + scene.camera.position
        np.testing.assert_allclose(world, source.position, atol=1e-6)
