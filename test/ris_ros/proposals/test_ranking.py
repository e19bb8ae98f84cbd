# SPDX-License-Identifier: Apache-2.0
"""The likeliest objects among overlapping masks, on drawn maps."""
import numpy as np
import pytest
import torch

from ris_ros.proposals.learned import Maps
from ris_ros.proposals.ranking import best_masks, objectness

SIZE = (60, 80)


def square(top, left, bottom, right):
    mask = np.zeros(SIZE, bool)
    mask[top:bottom, left:right] = True
    return mask


WHOLE, PART, ELSEWHERE = square(15, 15, 45, 45), square(15, 15, 45, 28), square(5, 60, 20, 75)


@pytest.fixture
def maps():
    """Return maps that show one object, WHOLE."""
    boundary = WHOLE & ~square(16, 16, 44, 44) | square(14, 14, 46, 46) & ~WHOLE
    empty = np.zeros(SIZE, np.float32)
    centre = np.full(SIZE, 29.5, np.float32)
    return Maps(np.where(WHOLE, np.float32(0.95), np.float32(0.02)),
                boundary.astype(np.float32), empty, centre, centre, torch.empty(0))


def test_the_whole_object_comes_before_its_part(maps):
    assert objectness(WHOLE, maps) > 2 * objectness(PART, maps)
    assert best_masks([PART, WHOLE], maps, 2, 0.1) == [1, 0]


def test_what_is_no_object_is_left_out(maps):
    assert best_masks([ELSEWHERE, WHOLE], maps, 5, 0.1) == [1]
    assert best_masks([], maps, 5, 0.1) == []


def test_of_nearly_equal_masks_the_likelier_is_taken(maps):
    assert best_masks([square(15, 15, 45, 43), WHOLE], maps, 5, 0.1) == [1]


def test_no_more_than_wanted(maps):
    assert best_masks([WHOLE, PART], maps, 1, 0.1) == [0]
