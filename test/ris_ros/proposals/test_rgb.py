# SPDX-License-Identifier: Apache-2.0
"""Regions of distinct colour in drawn pictures."""
from closed_form_table import best_iou
import cv2
import numpy as np

from ris_ros.proposals.rgb import find_regions

SIZE = (480, 640)


def scene():
    """Return a picture of three discs and a ring on a grainy table, and their masks."""
    random = np.random.default_rng(3)
    image = np.clip(
        np.array([150, 130, 100]) + random.normal(0, 6, (*SIZE, 1)), 0, 255).astype(np.uint8)
    shapes = [((120, 120), 40, -1, (200, 30, 30)), ((330, 240), 25, -1, (30, 160, 60)),
              ((520, 360), 60, -1, (40, 60, 190)), ((180, 360), 45, 18, (230, 220, 40))]
    masks = []
    for centre, radius, thickness, colour in shapes:
        cv2.circle(image, centre, radius, colour, thickness)
        masks.append(cv2.circle(np.zeros(SIZE, np.uint8), centre, radius, 1, thickness) > 0)
    return image, masks


def test_discs_and_the_open_ring_are_found():
    image, truths = scene()
    masks = find_regions(image, 40)
    assert [best_iou(masks, truth) > 0.85 for truth in truths] == [True] * 4
    assert all(mask.dtype == bool and mask.shape == SIZE and mask.any() for mask in masks)


def test_the_most_certain_regions_come_first():
    image, truths = scene()
    first = find_regions(image, 4)
    assert len(first) == 4
    assert sum(best_iou(first, truth) > 0.7 for truth in truths) >= 3


def test_small_pictures_are_not_enlarged():
    image, truths = scene()
    half = cv2.resize(image, (200, 150), interpolation=cv2.INTER_AREA)
    truth = cv2.resize(truths[2].astype(np.uint8), (200, 150)) > 0
    masks = find_regions(half, 40)
    assert masks[0].shape == (150, 200)
    assert best_iou(masks, truth) > 0.85


def test_a_plain_picture_has_no_regions():
    assert find_regions(np.full((240, 320, 3), 128, np.uint8), 40) == []
