# SPDX-License-Identifier: Apache-2.0
"""Sizes, borders, duplicates and components of drawn masks."""
import cv2
import numpy as np
import pytest

from ris_ros.proposals.filtering import components, drop_duplicates, is_object_sized


def rectangle(x, y, width, height, shape=(120, 160)):
    mask = np.zeros(shape, bool)
    mask[y:y + height, x:x + width] = True
    return mask


@pytest.mark.parametrize(('mask', 'expected'), [
    (rectangle(50, 50, 20, 20), True),
    (rectangle(50, 50, 3, 3), False),
    (rectangle(20, 20, 90, 80), False),
    (rectangle(0, 20, 40, 40), True),
    (rectangle(0, 0, 40, 40), False),
    (rectangle(0, 0, 20, 20), True),
    (np.zeros((120, 160), bool), False),
])
def test_objects_are_neither_specks_nor_background(mask, expected):
    assert is_object_sized(mask) is expected


def test_more_borders_can_be_allowed():
    assert is_object_sized(rectangle(0, 0, 40, 40), max_borders=2)
    assert not is_object_sized(rectangle(0, 0, 20, 120), max_borders=2)


def test_duplicates_are_dropped_and_the_first_stays():
    first, near, other = (
        rectangle(30, 30, 40, 40), rectangle(31, 30, 40, 40), rectangle(60, 30, 40, 40))
    kept = drop_duplicates([first, near, other])
    assert len(kept) == 2
    assert kept[0] is first
    assert kept[1] is other


def test_a_part_is_no_duplicate_of_its_whole():
    assert len(drop_duplicates([rectangle(30, 30, 40, 40), rectangle(30, 30, 40, 20)])) == 2
    assert drop_duplicates([]) == []


def test_components_come_largest_first_and_specks_are_left_out():
    mask = rectangle(5, 5, 10, 10) | rectangle(50, 50, 20, 20) | rectangle(100, 10, 2, 2)
    found = components(mask, min_pixels=5)
    assert [int(part.sum()) for part in found] == [400, 100]
    assert found[0].dtype == bool


def test_components_that_touch_at_a_corner_are_two():
    assert len(components(rectangle(5, 5, 5, 5) | rectangle(10, 10, 5, 5), 1)) == 2


@pytest.mark.parametrize('seed', range(5))
def test_components_are_those_of_the_whole_picture(seed):
    noise = np.random.default_rng(seed).random((90, 120)).astype(np.float32)
    mask = cv2.GaussianBlur(noise, (0, 0), 3) > 0.52
    mask[:, 80:] = mask[:7] = False
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.view(np.uint8), connectivity=4)
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind='stable') + 1
    plain = [labels == label for label in order if stats[label, cv2.CC_STAT_AREA] >= 20]
    assert count > len(plain) > 2
    found = components(mask, 20)
    assert len(found) == len(plain)
    assert all(map(np.array_equal, found, plain))
