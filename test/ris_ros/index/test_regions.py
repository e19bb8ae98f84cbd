# SPDX-License-Identifier: Apache-2.0
"""From changed blocks to windows of the picture."""
import numpy as np

from ris_ros.index.regions import blocks_of, reach_of, spread, windows
from ris_ros.proposals import Window

SIZE = (480, 640)


def blocks(*places):
    array = np.zeros((60, 80), bool)
    for row, column in places:
        array[row, column] = True
    return array


def same(window, size):
    return window


def test_each_group_of_blocks_has_its_window():
    found = windows(blocks((10, 20), (10, 21), (40, 60)), SIZE, same)
    assert sorted(found) == [Window(160, 80, 16, 8), Window(480, 320, 8, 8)]


def test_windows_that_overlap_when_widened_become_one():
    def widen(window, size):
        return Window(window.x - 40, window.y - 40, window.width + 80, window.height + 80)
    found = windows(blocks((10, 20), (10, 28), (10, 36), (40, 60)), SIZE, widen)
    assert sorted(found) == [Window(120, 40, 216, 88), Window(440, 280, 88, 88)]


def test_windows_of_sizes_that_blocks_do_not_divide_hold_all_pixels():
    array = np.zeros((45, 80), bool)
    array[44, 79] = True
    assert windows(array, (721, 1283), same) == [Window(1266, 704, 17, 17)]


def test_blocks_of_a_mask_are_all_that_it_has_a_pixel_in():
    mask = np.zeros(SIZE, bool)
    mask[7:9, 16] = True
    np.testing.assert_array_equal(blocks_of(mask, (60, 80)), blocks((0, 2), (1, 2)))
    np.testing.assert_array_equal(
        spread(blocks((0, 0))), blocks((0, 0), (0, 1), (1, 0), (1, 1)))


def test_reach_of_masks_is_the_blocks_of_each():
    masks = np.zeros((2, *SIZE), bool)
    masks[0, :10, :5] = masks[1, 104:112, 104:113] = True
    np.testing.assert_array_equal(
        reach_of(masks, (60, 80)), [blocks((0, 0), (1, 0)), blocks((13, 13), (13, 14))])
    assert reach_of(masks[:0], (60, 80)).shape == (0, 60, 80)
