# SPDX-License-Identifier: Apache-2.0
"""The table of positions tells how far they are off."""
import numpy as np
import pytest

from ris_lab.evaluation.positions import PositionError, compare, table_row
from ris_ros.frame import CameraModel, Frame
from ris_ros.geometry.lens import back_project

CAMERA = CameraModel(100.0, 100.0, 31.5, 23.5, 64, 48)


def test_perfect_depth_gives_no_error_and_a_shifted_mask_does():
    image, depth = np.zeros((48, 64, 3), np.uint8), np.full((48, 64), .8, np.float32)
    mask = np.zeros((48, 64), bool)
    mask[10:30, 10:40] = True
    frame = Frame(image, depth, CAMERA)
    rows, columns = np.nonzero(mask)
    centroid = back_project(columns, rows, .8 * np.ones(len(rows)), CAMERA).mean(0)
    right = compare(mask, frame, frame, mask, centroid)
    assert right.distance == pytest.approx(0, abs=1e-6)
    assert right.length == 0
    shifted = compare(np.roll(mask, 5, axis=1), frame, frame, mask, centroid)
    assert shifted.distance == pytest.approx(.04, abs=1e-3)
    assert shifted.squared > 7.8


def test_objects_without_a_position_are_counted_and_not_averaged():
    row = table_row('true', [PositionError(.002, 1.0, .004), PositionError(.004, 99.0, .006),
                             PositionError(np.nan, np.nan, np.nan)])
    assert row == '| true | 3 | 2 | 3.0 | 3.9 | 4.0 | 0.50 | 5.0 |'
