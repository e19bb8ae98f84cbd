# SPDX-License-Identifier: Apache-2.0
"""What lies in an object, and stands out of it, is not where the object is grasped."""
from pathlib import Path
import sys

import cv2
import numpy as np
import pytest

from ris_ros.frame import CameraModel, Frame
from ris_ros.geometry.masks import bounding_boxes, grasp_pixel, overlaps
from ris_ros.index.contents import bare_part
from ris_ros.index.scene_index import SceneIndex
from ris_sim.rendering.sensor_depth import sample_sensor

sys.path.append(str(Path(__file__).resolve().parents[2]))
from simulated_table import render

CAMERA = CameraModel(260.0, 260.0, 79.5, 59.5, 160, 120)
BOWL = ((80, 60), 40)
BALL = ((76, 58), 18)


def disc(middle, radius):
    return cv2.circle(np.zeros((120, 160), np.uint8), middle, radius, 1, -1).astype(bool)


def table(height_of_the_ball, *, ball=BALL, with_depth=True):
    """Return the index of a bowl's outline, in which there is a ball's, seen from above."""
    masks = np.array([disc(*BOWL), disc(*ball)])
    rng = np.random.default_rng(0)
    depth = 1 + .002 * rng.standard_normal((120, 160))
    depth[masks[1]] -= height_of_the_ball
    depth[rng.random(depth.shape) < .05] = 0
    frame = Frame(np.zeros((120, 160, 3), np.uint8),
                  depth.astype(np.float32) if with_depth else None, CAMERA)
    return SceneIndex.of(frame, masks, np.zeros((2, 4), np.float32))


def at(mask, pixel):
    return mask[pixel[1], pixel[0]]


def test_a_bowl_is_grasped_beside_the_ball_in_it():
    scene = table(.03)
    assert at(disc(*BALL), grasp_pixel(disc(*BOWL)))  # without a look at the ball
    grasp = scene.location(0).grasp
    assert at(disc(*BOWL), grasp)
    assert not at(disc(*BALL), grasp)
    assert scene.location(1).grasp == grasp_pixel(disc(*BALL))
    beside = scene.location(0).grasp_position
    assert beside[2] == pytest.approx(1, abs=.01)


def test_a_print_on_an_object_does_not_move_its_grasp():
    assert table(0).location(0).grasp == grasp_pixel(disc(*BOWL))


def leaning_book(tilt, rise):
    """Return a book that leans by degrees, a stripe at its near edge that rises, and the depth."""
    book = np.zeros((120, 160), bool)
    book[15:105, 40:120] = True
    stripe = book.copy()
    stripe[:80] = False
    down = (np.arange(120)[:, None] - 60) / CAMERA.fy
    depth = np.where(book, .7 / (1 + down * np.tan(np.radians(tilt))), 1.2)
    depth += .003 * np.random.default_rng(1).standard_normal(depth.shape)
    return book, stripe, (depth - rise * stripe).astype(np.float32)


@pytest.mark.parametrize('tilt', [0, 40, 60])
@pytest.mark.parametrize(('rise', 'clear'), [(0.0, False), (.03, True)])
def test_a_stripe_at_the_near_edge_of_a_leaning_book_is_in_it_only_if_it_stands_out(
        tilt, rise, clear):
    book, stripe, depth = leaning_book(tilt, rise)
    masks = np.array([book, stripe])
    boxes = bounding_boxes(masks)
    bare = bare_part(0, masks, boxes, overlaps(masks, boxes, np.empty((0, 0), np.float32)), depth)
    x, y, width, height = boxes[0]
    left = (book & ~stripe if clear else book)[y:y + height, x:x + width]
    np.testing.assert_array_equal(bare, left)


@pytest.mark.slow
def test_a_thing_in_a_deep_bowl_that_is_seen_aslant_is_told_through_the_noise_of_a_sensor():
    rendering = render(('bowl', 'blue', 0.0, 0.0), ('ball', 'red', 0.0, 0.0))
    masks = np.array([rendering.labels > 0, rendering.labels == 2])
    for seed in range(6):
        rng = np.random.default_rng(seed)
        depth = sample_sensor(rng).measure(rendering, rng)
        scene = SceneIndex.of(Frame(rendering.image, depth, rendering.camera), masks,
                              np.zeros((2, 4), np.float32))
        assert not at(masks[1], scene.location(0).grasp)


def test_without_depth_the_grasp_is_the_middle_of_the_outline():
    assert table(.03, with_depth=False).location(0).grasp == grasp_pixel(disc(*BOWL))


def test_a_plate_that_is_full_may_be_grasped_anywhere():
    scene = table(.03, ball=((80, 60), 35))
    masks, boxes = scene.masks, scene.boxes
    shares = overlaps(masks, boxes, np.empty((0, 0), np.float32))
    x, y, width, height = boxes[0]
    np.testing.assert_array_equal(bare_part(0, masks, boxes, shares, scene.frame.depth),
                                  masks[0][y:y + height, x:x + width])


def test_another_outline_of_the_object_is_nothing_in_it():
    masks = np.array([disc(*BOWL), disc(BOWL[0], 36)])
    boxes = bounding_boxes(masks)
    depth = np.where(masks[1], np.float32(.9), np.float32(1))
    shares = overlaps(masks, boxes, np.empty((0, 0), np.float32))
    assert bare_part(0, masks, boxes, shares, depth).sum() == masks[0].sum()
