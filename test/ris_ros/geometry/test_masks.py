# SPDX-License-Identifier: Apache-2.0
"""Boxes, centroids and grasp pixels of drawn masks."""
import cv2
import numpy as np
import pytest

from ris_ros.geometry.masks import (
    bounding_boxes,
    centroid,
    grasp_pixel,
    intersection_over_union,
    overlaps,
)


def draw(shape=(48, 64), **kinds):
    mask = np.zeros(shape, np.uint8)
    for box in kinds.get('boxes', ()):
        x, y, width, height = box
        mask[y:y + height, x:x + width] = 1
    for centre, radius, thickness in kinds.get('circles', ()):
        cv2.circle(mask, centre, radius, 1, thickness)
    return mask.astype(bool)


def test_bounding_boxes_hold_all_parts_of_each_mask():
    masks = np.stack([draw(boxes=[(3, 5, 10, 7)]), draw(boxes=[(0, 0, 2, 2), (60, 40, 4, 8)])])
    boxes = bounding_boxes(masks)
    assert boxes.dtype == np.int32
    assert boxes.tolist() == [[3, 5, 10, 7], [0, 0, 64, 48]]


def test_bounding_boxes_take_views_empty_masks_and_no_masks():
    mask = draw(boxes=[(4, 6, 10, 8)])
    assert bounding_boxes(mask[None, ::2, ::2]).tolist() == [[2, 3, 5, 4]]
    assert bounding_boxes(np.zeros((1, 4, 5), bool))[0, 2:].tolist() == [0, 0]
    assert bounding_boxes(np.zeros((0, 4, 5), bool)).shape == (0, 4)


def test_centroid_is_the_mean_pixel():
    mask = draw(boxes=[(3, 5, 10, 7), (40, 30, 3, 9)])
    rows, columns = np.nonzero(mask)
    assert centroid(mask) == pytest.approx((columns.mean(), rows.mean()))


def test_centroid_of_one_pixel_is_that_pixel():
    assert centroid(draw(boxes=[(63, 47, 1, 1)])) == (63.0, 47.0)


def test_grasp_pixel_of_a_disc_is_its_centre():
    assert grasp_pixel(draw(circles=[((30, 20), 12, -1)])) == (30, 20)


def test_grasp_pixel_of_a_ring_is_on_the_ring_and_the_centroid_is_not():
    mask = draw(circles=[((32, 24), 17, 5)])
    u, v = grasp_pixel(mask)
    assert mask[v, u]
    assert 14 <= np.hypot(u - 32, v - 24) <= 20
    hole_u, hole_v = centroid(mask)
    assert not mask[round(hole_v), round(hole_u)]


def test_grasp_pixel_of_a_long_bar_is_its_middle():
    assert grasp_pixel(draw(boxes=[(2, 10, 51, 7)])) == (27, 13)


def test_grasp_pixel_prefers_the_body_to_the_handle():
    mask = draw(boxes=[(0, 20, 45, 3)], circles=[((50, 21), 10, -1)])
    u, v = grasp_pixel(mask)
    assert np.hypot(u - 50, v - 21) <= 2


def test_grasp_pixel_keeps_away_from_the_border_of_the_image():
    u, v = grasp_pixel(np.ones((21, 41), bool))
    assert (u, v) == (20, 10)


def test_grasp_pixel_of_one_pixel_is_that_pixel():
    assert grasp_pixel(draw(boxes=[(0, 47, 1, 1)])) == (0, 47)


def found(masks):
    return overlaps(masks, bounding_boxes(masks), np.empty((0, 0), np.float32))


def test_overlaps_are_shares_of_the_smaller_mask():
    masks = np.zeros((3, 20, 40), bool)
    masks[0, :, :20] = masks[1, :, 15:25] = masks[2, 5:10, 30:35] = True
    np.testing.assert_allclose(found(masks), [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]])
    assert found(masks[:0]).shape == (0, 0)


def test_overlaps_are_those_of_whole_masks():
    rng = np.random.default_rng(0)
    masks = np.zeros((40, 60, 80), bool)
    for mask in masks:
        top, left, height, width = rng.integers(0, 50, 4)
        mask[top:top + height + 1, left:left + width + 1] = True
        mask &= rng.random(mask.shape) < .8
    masks = masks[masks.any((1, 2))]
    flat = masks.reshape(len(masks), -1).astype(int)
    areas = flat.sum(1)
    wanted = flat @ flat.T / np.minimum(areas[:, None], areas)
    assert 0 < np.count_nonzero(wanted) < wanted.size
    np.testing.assert_allclose(found(masks), wanted, rtol=1e-6)
    for count in (1, 17, len(masks)):
        some = found(masks[:count])
        assert np.array_equal(overlaps(masks, bounding_boxes(masks), some), found(masks))
        some[0] = 9  # what is known is not measured again
        assert np.array_equal(overlaps(masks, bounding_boxes(masks), some)[0, :count], some[0])


def test_overlaps_of_a_large_image_are_close():
    masks = np.zeros((2, 1080, 1920), bool)
    masks[0, 100:400, 100:700] = masks[1, 300:500, 100:700] = True
    assert found(masks)[0, 1] == pytest.approx(0.5, abs=0.03)


def test_intersection_over_union():
    one, other = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    assert intersection_over_union(one, other) == 0
    one[:2], other[1:3] = True, True
    assert intersection_over_union(one, other) == pytest.approx(1 / 3)
