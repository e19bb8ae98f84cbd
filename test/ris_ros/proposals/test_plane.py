# SPDX-License-Identifier: Apache-2.0
"""Planes of closed-form scenes against the camera's known pose."""
from closed_form_table import CAMERA, HEIGHT, ROTATION, render, with_noise
import numpy as np
import pytest

from ris_ros import CameraModel
from ris_ros.proposals.plane import find_planes

UP = ROTATION.T @ [0, 0, 1]
BOX = ((-0.1, -0.05, 0), (0.1, 0.1, 0.12), (200, 30, 30))


def plane_depth(normal, offset):
    v, u = np.mgrid[:CAMERA.height, :CAMERA.width]
    rays = np.stack(
        [(u - CAMERA.cx) / CAMERA.fx, (v - CAMERA.cy) / CAMERA.fy, np.ones(u.shape)], -1)
    depth = -offset / (rays @ normal)
    return np.where((depth > 0) & (depth < 8), depth, np.inf)


@pytest.mark.parametrize('make', [lambda frame: frame, with_noise])
def test_the_table_is_found_below_the_objects(make):
    frame = make(render(boxes=[BOX])[0])
    planes = find_planes(frame.depth, CAMERA)
    assert len(planes) == 1
    assert planes[0].normal @ UP > np.cos(np.radians(0.3))
    assert planes[0].offset == pytest.approx(HEIGHT, abs=0.001)


def test_heights_are_those_above_the_table():
    frame, labels = render(boxes=[BOX])
    plane, = find_planes(frame.depth, CAMERA)
    heights = plane.heights(frame.depth, CAMERA)
    assert heights.dtype == np.float32
    assert np.abs(heights[labels == 0]).max() < 0.001
    assert heights[labels == 1].max() == pytest.approx(0.12, abs=0.001)


def test_what_lies_flat_on_the_table_does_not_lift_the_plane():
    sheet = ((-0.3, -0.2, 0), (0.15, 0.3, 0.004), (250, 250, 250))
    plane, = find_planes(render(boxes=[sheet])[0].depth, CAMERA)
    assert plane.offset == pytest.approx(HEIGHT, abs=0.0003)


def test_noise_is_measured():
    clean, = find_planes(render()[0].depth, CAMERA)
    noisy, = find_planes(with_noise(render()[0]).depth, CAMERA)
    assert clean.noise < 1e-5
    assert noisy.noise == pytest.approx(0.0014, abs=0.0006)


def test_table_and_floor_are_two_planes():
    table = plane_depth(UP, 0.6)
    table[:70] = np.inf
    depth = np.minimum(table, plane_depth(UP, 1.4)).astype(np.float32)
    offsets = sorted(plane.offset for plane in find_planes(depth, CAMERA))
    assert offsets == pytest.approx([0.6, 1.4], abs=0.005)


def test_table_and_wall_are_two_planes_and_a_big_box_is_none():
    wall = ROTATION.T @ [0, -1, 0]
    depth = np.minimum(plane_depth(UP, HEIGHT), plane_depth(wall, 0.75)).astype(np.float32)
    planes = find_planes(depth, CAMERA)
    assert len(planes) == 2
    assert max(plane.normal @ wall for plane in planes) > 0.999
    big = ((-0.5, -0.3, 0), (0.5, 0.0, 0.25), (30, 30, 30))
    frame, _ = render(boxes=[big])
    assert all(plane.normal @ UP > 0.99 for plane in find_planes(frame.depth, CAMERA)[:1])
    assert not any(plane.normal @ wall > 0.9 for plane in find_planes(frame.depth, CAMERA))


def test_a_scene_without_a_large_plane_has_none():
    frame, _ = render(spheres=[((0, 0, 0.1), 0.3, (1, 2, 3))], table=False)
    assert find_planes(frame.depth, CAMERA) == ()


def test_no_depth_or_a_line_of_depth_gives_no_plane():
    assert find_planes(np.zeros((240, 320), np.float32), CAMERA) == ()
    line = np.zeros((3000, 320), np.float32)
    line[:, 160] = 1.0
    tall = CameraModel(260, 260, 160, 1500, 320, 3000)
    assert find_planes(line, tall) == ()


def test_the_same_depth_gives_the_same_planes():
    depth = with_noise(render(boxes=[BOX])[0]).depth
    one, other = find_planes(depth, CAMERA)[0], find_planes(depth, CAMERA)[0]
    assert np.array_equal(one.normal, other.normal)
    assert one.offset == other.offset
