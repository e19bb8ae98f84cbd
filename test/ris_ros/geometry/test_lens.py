# SPDX-License-Identifier: Apache-2.0
"""Pixels and points through a lens that distorts, by the numbers of real cameras."""
from dataclasses import replace

import cv2
import numpy as np
import pytest

from ris_ros.frame import CameraModel, Frame
from ris_ros.geometry.lens import back_project, is_invertible, project
from ris_ros.geometry.location import locate

# A camera at a USB port, and one of time of flight; plumb_bob and rational_polynomial.
USB = CameraModel(610.0, 612.0, 318.0, 243.0, 640, 480, (-.41, .19, .001, -.0007, 0.0))
RATIONAL = CameraModel(613.0, 613.0, 638.0, 367.0, 1280, 720,
                       (.45, -2.6, .0007, -.0002, 1.5, .33, -2.4, 1.4))
# The same of ordinary wide lenses, and one that draws straight lines inwards.
WIDE = CameraModel(1000.0, 1000.0, 959.5, 539.5, 1920, 1080, (-.30, .10, 0.0, 0.0))
WIDER = CameraModel(420.0, 421.0, 322.0, 238.0, 640, 480, (-.31, .09, .0008, -.0006, -.011))
RATIONAL_WIDE = CameraModel(900.0, 900.0, 1020.0, 770.0, 2048, 1536,
                            (.52, -2.76, .0006, -.0002, 1.6, .40, -2.57, 1.52))
PINCUSHION = CameraModel(700.0, 700.0, 640.0, 360.0, 1280, 720, (.5, 0.0, 0.0, 0.0, 0.0))


@pytest.mark.parametrize('camera', [USB, RATIONAL, replace(USB, distortion=())])
def test_a_pixel_comes_back_from_its_point(camera):
    for u, v in ((0, 0), (12.5, 300), (camera.width - 1, camera.height - 1)):
        point = back_project(u, v, 1.7, camera)
        assert point.shape == (3,)
        assert point[2] == 1.7
        assert np.allclose(project(point, camera), (u, v), atol=.1)


def test_the_distortion_is_that_of_plumb_bob():
    x, y = .4, -.3
    r2 = x * x + y * y
    k1, k2, p1, p2, _ = USB.distortion
    radial = 1 + k1 * r2 + k2 * r2 * r2
    u = USB.fx * (x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)) + USB.cx
    v = USB.fy * (y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y) + USB.cy
    assert np.allclose(project(np.array([2 * x, 2 * y, 2.0]), USB), (u, v), atol=1e-6)
    assert np.allclose(back_project(u, v, 2.0, USB), (2 * x, 2 * y, 2.0), atol=1e-4)


def test_an_object_at_the_edge_of_a_raw_picture_is_where_it_is():
    place = np.array([.40, .28, 1.0])
    u, v = (round(number) for number in project(place, USB))
    mask = np.zeros((480, 640), bool)
    mask[v - 8:v + 9, u - 8:u + 9] = True
    depth = np.ones((480, 640), np.float32)
    image = np.zeros((480, 640, 3), np.uint8)
    found = locate(mask, Frame(image, depth, USB))
    assert np.linalg.norm(found.position - place) < .002
    as_pinhole = locate(mask, Frame(image, depth, replace(USB, distortion=())))
    assert np.linalg.norm(as_pinhole.position - place) > .03


@pytest.mark.parametrize('camera', [USB, RATIONAL, WIDE, WIDER, RATIONAL_WIDE, PINCUSHION])
def test_each_pixel_of_a_wide_lens_comes_back_to_a_hundredth_of_a_pixel(camera):
    assert is_invertible(camera)
    across, down = np.meshgrid(np.linspace(0, camera.width - 1, 65),
                               np.linspace(0, camera.height - 1, 65))
    points = back_project(across, down, np.ones(across.shape), camera).reshape(-1, 3)
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
    pixels, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), matrix,
                                  np.array(camera.distortion))
    off = pixels[:, 0] - np.column_stack([across.ravel(), down.ravel()])
    assert np.linalg.norm(off, axis=1).max() < .01


@pytest.mark.parametrize('distortion', [
    (-.5, 0.0, 0.0, 0.0),                     # the corners are seen nowhere
    (-.53, .125, 0.0, 0.0),                   # it folds between the middle and the corners only
    (.3, -1.5, 0.0, 0.0, 0.0, .4, 0.0, 0.0)])
def test_a_wide_lens_that_folds_the_picture_somewhere_is_found_out(distortion):
    assert not is_invertible(replace(WIDE, distortion=distortion))


@pytest.mark.parametrize(('distortion', 'expected'), [
    ((), True), (USB.distortion, True), ((-5.0, 0.0, 0.0, 0.0), False),
    ((np.nan, 0.0, 0.0, 0.0), False), ((.1, .1, .1), False), ((1e300, 0, 0, 0, 0), False)])
def test_a_lens_that_folds_the_picture_or_has_no_numbers_is_found_out(distortion, expected):
    assert is_invertible(replace(USB, distortion=distortion)) is expected


def test_no_pixels_have_no_points():
    nothing = np.zeros(0)
    assert back_project(nothing, nothing, nothing, USB).shape == (0, 3)
