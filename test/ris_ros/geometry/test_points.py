# SPDX-License-Identifier: Apache-2.0
"""Size, axes, grasp point and cloud of boards and rings that are known by hand."""
import cv2
import numpy as np
import pytest

from ris_ros.frame import CameraModel, Frame
from ris_ros.geometry.lens import back_project
from ris_ros.geometry.location import locate
from ris_ros.geometry.masks import grasp_pixel
from ris_ros.geometry.points import object_cloud

CAMERA = CameraModel(fx=300.0, fy=300.0, cx=79.5, cy=59.5, width=160, height=120)
V, U = np.mgrid[:120, :160]


def board(angle, length=.24, width=.10, distance=1.0, lean=0.0):
    """Return mask and depth of a board turned in the picture and leaning away at its top."""
    depth = distance / (1 + lean * (V - CAMERA.cy) / CAMERA.fy)
    points = back_project(U, V, depth, CAMERA)
    c, s = np.cos(angle), np.sin(angle)
    slope = np.hypot(1, lean)
    y = points[..., 1] * slope
    along, across = c * points[..., 0] + s * y, -s * points[..., 0] + c * y
    mask = (np.abs(along) < length / 2) & (np.abs(across) < width / 2)
    return mask, np.where(mask, depth, distance + 1).astype(np.float32)


def frame(depth):
    image = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    return Frame(image, depth, CAMERA)


@pytest.mark.parametrize('angle', [0.0, .5, -1.0])
@pytest.mark.parametrize('lean', [0.0, .8])
def test_board_has_its_size_and_axes(angle, lean):
    mask, depth = board(angle, lean=lean)
    found = locate(mask, frame(depth))
    assert found.size == pytest.approx([.24, .10, 0], abs=.012)
    x, y, z = found.axes.T
    assert abs(x[0]) == pytest.approx(np.cos(angle), abs=.03)
    normal = np.array([0, lean, 1]) / np.hypot(1, lean)
    assert z @ normal == pytest.approx(-1, abs=.01)
    assert np.cross(x, y) == pytest.approx(z)
    assert x[np.argmax(np.abs(x[:2]))] > 0


def test_pose_is_at_the_position():
    mask, depth = board(.3, lean=.5)
    location = locate(mask, frame(depth))
    assert location.surface.centre == pytest.approx(location.position)


def test_stray_points_do_not_stretch_the_size():
    mask, depth = board(0.0)
    random = np.random.default_rng(2)
    depth[random.random(depth.shape) < .03] = 3.0
    assert locate(mask, frame(depth)).size == pytest.approx([.24, .10, 0], abs=.015)


def test_grasp_of_a_ring_lies_on_the_ring_in_space_too():
    ring = cv2.circle(np.zeros((120, 160), np.uint8), (80, 60), 30, 1, 9).astype(bool)
    depth = np.where(ring, .8, 1.2).astype(np.float32)
    u, v = grasp_pixel(ring)
    found = locate(ring, frame(depth))
    assert found.grasp == (u, v)
    assert found.grasp_position == pytest.approx(back_project(u, v, .8, CAMERA), abs=1e-6)
    assert np.linalg.norm(found.grasp_position - found.position) > .06


def test_grasp_in_a_hole_of_the_depth_takes_the_depth_around_it():
    mask, depth = board(0.0)
    depth[55:66, 75:86] = 0
    location = locate(mask, frame(depth), grasp=(80, 60))
    assert location.grasp_position[2] == pytest.approx(1.0, abs=1e-3)


def test_cloud_holds_what_was_measured_in_the_colours_of_the_image():
    mask, depth = board(0.0)
    depth[:, :70] = np.nan
    seen = frame(depth)
    points, colours = object_cloud(mask, seen)
    assert points.dtype == np.float32
    assert len(points) == len(colours) > 100
    u = np.rint(points[:, 0] / points[:, 2] * CAMERA.fx + CAMERA.cx).astype(int)
    v = np.rint(points[:, 1] / points[:, 2] * CAMERA.fy + CAMERA.cy).astype(int)
    assert u.min() >= 70
    assert mask[v, u].all()
    np.testing.assert_array_equal(colours, seen.image[v, u])


def test_without_depth_there_is_neither():
    mask, depth = board(0.0)
    for blind in (Frame(np.zeros((120, 160, 3), np.uint8)), frame(np.zeros_like(depth))):
        location = locate(mask, blind)
        assert location.surface is location.axes is location.size is None
        assert location.grasp_position is None
        assert len(object_cloud(mask, blind)[0]) == 0
