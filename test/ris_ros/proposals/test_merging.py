# SPDX-License-Identifier: Apache-2.0
"""Pieces of a printed box are merged into the box before it is merged with its neighbour."""
from closed_form_table import best_iou
import numpy as np

from ris_ros.proposals.merging import merged


def test_a_label_and_its_box_are_merged_and_two_boxes_are_not():
    inside = np.zeros((80, 140), bool)
    inside[20:60, 20:70] = inside[20:60, 72:120] = inside[30:50, 70:72] = True
    boundary = np.zeros(inside.shape, np.float32)
    boundary[20:60, 69:73] = 0.95
    boundary[30:50, 40:42] = boundary[30:50, 58:60] = 0.4
    boundary[30:32, 40:60] = boundary[48:50, 40:60] = 0.4
    box = inside.copy()
    box[:, 71:] = False
    unions = merged(boundary, boundary, inside, 30)
    assert best_iou(unions, box) > 0.95
    assert best_iou(unions, inside) < 0.7


def test_nothing_inside_has_no_unions():
    empty = np.zeros((20, 20), np.float32)
    assert merged(empty, empty, empty > 0, 10) == []
