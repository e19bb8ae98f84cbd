# SPDX-License-Identifier: Apache-2.0
"""What lies in an object, and stands out of it, is not where the object is grasped."""
import cv2
import numpy as np
import pytest

from ris_ros.frame import CameraModel, Frame
from ris_ros.geometry.masks import bounding_boxes, grasp_pixel, overlaps
from ris_ros.index.contents import bare_part
from ris_ros.index.scene_index import SceneIndex

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
