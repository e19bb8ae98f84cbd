# SPDX-License-Identifier: Apache-2.0
"""The location of a proposal is that of its whole mask, though only its box is looked at."""
import cv2
import numpy as np
import pytest

from ris_ros.frame import CameraModel, Frame
from ris_ros.geometry.location import locate
from ris_ros.geometry.masks import bounding_boxes, centroid, grasp_pixel
from ris_ros.geometry.points import find_points
from ris_ros.index.scene_index import SceneIndex

CAMERA = CameraModel(260.0, 250.0, 79.5, 59.5, 160, 120)


def draw(middle, axes, hole=0):
    mask = np.zeros((120, 160), np.uint8)
    cv2.ellipse(mask, middle, axes, 20, 0, 360, 1, -1)
    cv2.circle(mask, middle, hole, 0, -1)
    return mask.astype(bool)


@pytest.fixture(scope='module')
def frame():
    rng = np.random.default_rng(0)
    depth = (1 + .002 * np.arange(120)[:, None] + .002 * rng.standard_normal((120, 160)))
    depth[rng.random(depth.shape) < .1] = 0
    return Frame(np.zeros((120, 160, 3), np.uint8), depth.astype(np.float32), CAMERA)


@pytest.mark.parametrize('mask', [
    draw((80, 60), (30, 20)), draw((50, 40), (25, 25), 12), draw((0, 60), (30, 15)),
    draw((159, 119), (20, 20)), draw((70, 70), (3, 2)), draw((80, 60), (500, 500))])
def test_location_is_that_of_the_whole_mask(frame, mask):
    location = locate(mask, frame, bounding_boxes(mask[None])[0])
    whole = find_points(mask, frame.depth, CAMERA, most=1500)
    assert (location.position is None) == isinstance(whole, str)
    if location.position is None:
        assert location.note == whole
    else:
        np.testing.assert_allclose(location.position, whole.points.mean(0), rtol=1e-9)
        np.testing.assert_allclose(location.surface.points, whole.points, rtol=1e-6)
        assert location.valid_depth_ratio == whole.valid_ratio
    assert location.centroid == pytest.approx(centroid(mask))
    assert location.grasp == grasp_pixel(mask)


def test_without_depth_or_camera_it_is_said(frame):
    mask = draw((80, 60), (30, 20))
    box = bounding_boxes(mask[None])[0]
    assert 'no depth image' in locate(mask, Frame(frame.image), box).note
    assert 'no camera' in locate(mask, Frame(frame.image, frame.depth), box).note


def test_index_measures_a_location_once(frame):
    scene = SceneIndex.of(frame, draw((80, 60), (30, 20))[None], np.zeros((1, 4), np.float32))
    assert scene.location(0) is scene.location(0)


def test_what_is_seen_again_is_measured_where_it_is_now(frame):
    built = SceneIndex.of(frame, draw((80, 60), (30, 20))[None], np.zeros((1, 4), np.float32))
    then = built.location(0)
    later = built.seen_again(Frame(frame.image, frame.depth + np.float32(.01), CAMERA))
    assert later.layout is built.layout
    assert later.earlier_location(0) is then
    farther = later.location(0).position[2] - then.position[2]
    assert farther == pytest.approx(.01, abs=.002)
    assert later.location(0) is later.location(0)


def test_what_had_no_depth_when_the_index_was_built_is_measured_now(frame):
    masks = np.array([draw((50, 60), (20, 15)), draw((120, 60), (20, 15))])
    holes = Frame(frame.image, np.where(masks[1], 0, frame.depth), CAMERA)
    built = SceneIndex.of(holes, masks, np.zeros((2, 4), np.float32))
    assert not built.layout.has_depth([1])
    assert built.earlier_location(1).position is None
    assert built.seen_again(Frame(frame.image)).layout is built.layout
    later = built.seen_again(frame)
    assert later.layout.has_depth([0, 1])
    assert later.earlier_location(0) is built.location(0)
    np.testing.assert_allclose(later.earlier_location(1).position[:2],
                               locate(masks[1], frame).position[:2])
