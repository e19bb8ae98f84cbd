# SPDX-License-Identifier: Apache-2.0
"""Positions on analytic scenes: planes, a sphere and a slanted board, with what cameras add."""
import cv2
import numpy as np
import pytest

from ris_ros.frame import CameraModel, Frame
from ris_ros.geometry.lens import back_project
from ris_ros.geometry.location import locate
from ris_ros.geometry.masks import bounding_boxes, centroid, grasp_pixel
from ris_ros.geometry.points import MIN_PIXELS
from ris_ros.status import Status

CAMERA = CameraModel(fx=300.0, fy=310.0, cx=79.5, cy=59.5, width=160, height=120)
V, U = np.mgrid[:120, :160]


def plane(distance=1.0, slope_x=0.0, slope_y=0.0):
    """Return the depth of the plane z = distance + slope_x * x + slope_y * y."""
    rays_x, rays_y = (U - CAMERA.cx) / CAMERA.fx, (V - CAMERA.cy) / CAMERA.fy
    return (distance / (1 - slope_x * rays_x - slope_y * rays_y)).astype(np.float32)


def disc(u=80, v=60, radius=20, thickness=-1):
    return cv2.circle(np.zeros((120, 160), np.uint8), (u, v), radius, 1, thickness).astype(bool)


def truth(mask, depth):
    return back_project(U[mask], V[mask], depth[mask].astype(float), CAMERA).mean(0)


def frame(depth, camera=CAMERA):
    return Frame(np.zeros((120, 160, 3), np.uint8), depth, camera)


def found(mask, depth):
    location = locate(mask, frame(depth))
    assert (location.status, location.note) == (Status.FOUND, '')
    assert location.position is not None
    return location


def test_back_projection_is_the_pinhole_model():
    assert back_project(np.array(79.5), np.array(59.5), np.array(2.0), CAMERA) == (
        pytest.approx([0, 0, 2.0]))
    assert back_project(np.array(379.5), np.array(59.5), np.array(2.0), CAMERA) == (
        pytest.approx([2.0, 0, 2.0]))


def test_a_disc_on_a_fronto_parallel_plane_is_found_exactly():
    mask, depth = disc(40, 30, 12), plane(0.8)
    location = found(mask, depth)
    assert location.position == pytest.approx(truth(mask, depth), abs=1e-6)
    assert location.valid_depth_ratio == 1.0


@pytest.mark.parametrize('place', [(60, 50), (8, 50), (150, 110)])
def test_a_slanted_board_is_found_to_three_millimetres(place):
    mask, depth = disc(*place, 25), plane(1.2, 0.5, -0.8)
    assert found(mask, depth).position == pytest.approx(truth(mask, depth), abs=3e-3)


def test_a_sphere_is_found_on_its_visible_surface():
    # A sphere of 10 cm at 1 m on the axis of the camera; the wall stands at 1.5 m.
    rays = np.stack([(U - CAMERA.cx) / CAMERA.fx, (V - CAMERA.cy) / CAMERA.fy, U * 0 + 1.0], -1)
    a, b, c = (rays ** 2).sum(-1), -2.0, 1.0 - 0.1 ** 2
    root = b * b - 4 * a * c
    mask = root > 0
    depth = np.where(mask, (-b - np.sqrt(np.maximum(root, 0))) / (2 * a), 1.5).astype(np.float32)
    point = np.array(found(mask, depth).position)
    assert np.linalg.norm(point - truth(mask, depth)) < 0.005
    assert 0.9 < point[2] < 0.97


@pytest.mark.parametrize('garbage', [0.0, 0.15])
def test_a_long_tool_that_leans_away_keeps_its_far_end(garbage):
    # Most pixels are of the head, and the handle reaches far beyond them in depth.
    random = np.random.default_rng(1)
    mask, depth = disc(60, 90, 14), plane(1.0, 0.0, -1.5)
    mask[10:90, 56:64] = True
    assert np.ptp(depth[mask]) > 0.3
    noisy = np.where(random.random(depth.shape) < garbage,
                     random.uniform(0.3, 4, depth.shape), depth).astype(np.float32)
    point = np.array(found(mask, noisy).position)
    assert np.linalg.norm(point - truth(mask, depth)) < 0.015


def test_noise_and_holes_cost_millimetres():
    random = np.random.default_rng(0)
    mask, depth = disc(70, 50, 18), plane(0.9, 0.3, 0.6)
    noisy = depth + random.normal(0, 0.004, depth.shape).astype(np.float32)
    noisy[random.random(depth.shape) < 0.3] = 0
    location = found(mask, noisy)
    assert np.linalg.norm(np.array(location.position) - truth(mask, depth)) < 0.003
    assert location.valid_depth_ratio == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize('hole', [0.0, np.nan, np.inf, -1.0])
def test_every_kind_of_hole_is_left_out(hole):
    mask, depth = disc(), plane(0.7)
    holed = depth.copy()
    holed[::2] = hole
    location = found(mask, holed)
    assert location.position[2] == pytest.approx(0.7, abs=1e-6)
    assert location.valid_depth_ratio == pytest.approx(0.5, abs=0.05)


def test_a_mask_that_leaks_onto_the_wall_is_placed_on_the_object():
    mask, depth = disc(), plane(2.0)
    depth[mask] = 0.8
    leaking = disc(radius=24)
    assert found(leaking, depth).position == pytest.approx(truth(mask, depth), abs=1e-3)


def test_flying_pixels_do_not_move_the_position():
    random = np.random.default_rng(1)
    mask, depth = disc(), plane(0.8)
    flying = depth.copy()
    flying[random.random(depth.shape) < 0.1] = 6.0
    assert found(mask, flying).position == pytest.approx(truth(mask, depth), abs=1e-3)


def test_a_ring_is_located_in_its_middle_though_nothing_is_there():
    mask, depth = disc(thickness=5), plane(1.0)
    depth[mask] = 0.95
    assert found(mask, depth).position == pytest.approx(truth(mask, depth), abs=1e-4)


def test_a_line_of_one_pixel_width_is_not_eroded_away():
    mask = np.zeros((120, 160), bool)
    mask[40, 20:60] = True
    location = found(mask, plane(1.0))
    assert location.valid_depth_ratio == 1.0
    assert location.position == pytest.approx(truth(mask, plane(1.0)), abs=1e-6)


def test_a_mask_at_the_image_border_is_not_eroded_there():
    mask = np.zeros((120, 160), bool)
    mask[:, :20] = True
    depth = plane(1.0)
    shifted = back_project(np.array(9.0), np.array(59.5), np.array(1.0), CAMERA)
    assert found(mask, depth).position == pytest.approx(shifted, abs=1e-6)


def test_covariance_is_symmetric_positive_and_grows_with_holes():
    mask, depth = disc(), plane(0.8, 0.4, 0.4)
    holed = depth.copy()
    holed[:, 80:] = 0
    whole, half = found(mask, depth).covariance, found(mask, holed).covariance
    for covariance in (whole, half):
        assert covariance.shape == (3, 3)
        assert covariance == pytest.approx(covariance.T)
        assert np.linalg.eigvalsh(covariance).min() > 0
    assert np.trace(half) > 2 * np.trace(whole)


def test_holes_over_half_of_the_object_lie_within_the_predicted_error():
    mask, depth = disc(), plane(0.8, 0.4, 0.4)
    holed = depth.copy()
    holed[:, 80:] = 0
    location = found(mask, holed)
    error = np.array(location.position) - truth(mask, depth)
    assert error @ np.linalg.solve(location.covariance, error) < 9.0


def test_one_pixel_is_refused_with_a_count():
    mask = np.zeros((120, 160), bool)
    mask[5, 5] = True
    location = locate(mask, frame(plane()))
    assert (location.status, location.position) == (Status.NO_DEPTH, None)
    assert '1 of the 1 pixels' in location.note
    assert str(MIN_PIXELS) in location.note


def test_mostly_missing_depth_is_refused():
    depth = np.zeros((120, 160), np.float32)
    depth[55:60, 60:100] = 1.0
    location = locate(disc(), frame(depth))
    assert (location.status, location.position) == (Status.NO_DEPTH, None)
    assert '20%' in location.note


def test_an_empty_mask_is_refused():
    location = locate(np.zeros((120, 160), bool), frame(plane()))
    assert (location.status, location.position) == (Status.NO_DEPTH, None)
    assert location.note


def test_a_frame_without_depth_or_camera_is_refused_and_says_which():
    for blind, note in (
            (frame(None), 'There is no position because the frame has no depth image.'),
            (frame(plane(), None), 'There is no position because the frame has no camera model.')):
        location = locate(disc(), blind)
        assert (location.status, location.position, location.note) == (
            Status.NO_DEPTH, None, note)
        assert location.centroid == pytest.approx((80, 60))


def test_the_reason_that_a_frame_gives_is_passed_on():
    blind = Frame(np.zeros((120, 160, 3), np.uint8), position_note='The depth is late.')
    assert locate(disc(), blind).note == 'The depth is late.'


def test_pixels_are_those_of_the_mask_and_a_known_box_changes_nothing():
    mask, seen = disc(50, 40, 25), frame(plane(1.0, .2))
    location = locate(mask, seen, bounding_boxes(mask[None])[0])
    assert location.centroid == pytest.approx(centroid(mask))
    assert location.grasp == grasp_pixel(mask)
    assert location.position == locate(mask, seen).position
    assert locate(mask, seen, grasp=(45, 40)).grasp == (45, 40)


def test_another_frame_sees_position_covariance_axes_and_grasp_turned_and_moved():
    seen = locate(disc(50, 40), frame(plane(1.0, .2)))
    turn, move = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]), np.array([1.0, 2, 3])
    there = seen.seen_from('base', turn, move)
    assert (there.frame, there.status) == ('base', Status.FOUND)
    assert there.position == pytest.approx(turn @ seen.position + move)
    assert there.grasp_position == pytest.approx(turn @ seen.grasp_position + move)
    assert there.covariance == pytest.approx(turn @ seen.covariance @ turn.T)
    assert there.axes == pytest.approx(turn @ seen.axes)
    assert there.size == pytest.approx(seen.size)


def test_axes_are_measured_once_and_only_when_they_are_asked_for():
    location = locate(disc(), frame(plane()))
    assert '_axes_and_extent' not in vars(location.surface)
    assert location.axes is location.axes
