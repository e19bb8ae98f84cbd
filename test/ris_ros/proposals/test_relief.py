# SPDX-License-Identifier: Apache-2.0
"""Depth tells a whole box from a picture on it, and fills the hole that the picture leaves."""
from closed_form_table import CAMERA, render, with_noise
import numpy as np
import pytest

from ris_ros.proposals.relief import Relief

BOX = ((-0.15, 0.0, 0), (0.0, 0.1, 0.15), (200, 30, 30))


@pytest.fixture
def seen():
    """Return the relief of a box with a picture on it, the box and the picture."""
    frame, labels = render([BOX])
    box = labels == 1
    rows, columns = np.nonzero(box)
    picture = np.zeros_like(box)
    middle = np.s_[int(rows.mean()) - 10:int(rows.mean()) + 10,
                   int(columns.mean()) - 12:int(columns.mean()) + 12]
    picture[middle] = box[middle]
    depth = with_noise(frame).depth
    boundary = np.zeros(box.shape, np.float32)
    boundary[middle] = 0.9
    boundary[middle][2:-2, 2:-2] = 0
    assert depth.shape == (CAMERA.height, CAMERA.width)
    return Relief.of(depth, box.astype(np.float32), boundary, 0.002), box, picture


def test_the_whole_is_more_solid_than_its_picture(seen):
    relief, box, picture = seen
    assert relief.solidity(box) > 0.9
    assert relief.solidity(picture) < 0.5


def test_print_is_less_of_a_boundary_than_it_looks(seen):
    relief, _, picture = seen
    boundary = picture.astype(np.float32)
    assert relief.informed(boundary)[picture].mean() < 0.7


def test_the_hole_of_a_picture_is_filled_and_that_of_the_table_is_not(seen):
    relief, box, picture = seen
    assert np.array_equal(relief.filled(box & ~picture), box)
    table = np.zeros_like(box)
    table[5:60, 5:60] = True
    ring = table.copy()
    ring[20:40, 20:40] = False
    assert np.array_equal(relief.filled(ring), ring)
