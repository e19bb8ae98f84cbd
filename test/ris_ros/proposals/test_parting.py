# SPDX-License-Identifier: Apache-2.0
"""Parts along drawn boundaries and along creases of a depth image."""
from closed_form_table import CAMERA, best_iou, render, with_noise
import numpy as np

from ris_ros.proposals.parting import creases, cut


def two_rooms(gap):
    """Return a square with a wall through its middle that has a gap, and its two halves."""
    inside = np.zeros((80, 120), bool)
    inside[20:60, 20:100] = True
    wall = np.zeros(inside.shape, np.float32)
    wall[20:60, 59:62] = 0.9
    wall[40:40 + gap, 59:62] = 0
    left, right = inside.copy(), inside.copy()
    left[:, 60:], right[:, :60] = False, False
    return wall, inside, (left, right)


def test_a_boundary_parts_and_the_parts_meet_on_it():
    wall, inside, halves = two_rooms(gap=0)
    parts = cut(wall, inside, 0.5, 0, 30)
    assert len(parts) == 2
    assert all(best_iou(parts, half) > 0.93 for half in halves)
    assert not any((part & ~inside).any() for part in parts)


def test_narrow_gaps_are_closed_where_wanted():
    wall, inside, halves = two_rooms(gap=2)
    assert len(cut(wall, inside, 0.5, 0, 30)) == 1
    parts = cut(wall, inside, 0.5, 1, 30)
    assert all(best_iou(parts, half) > 0.93 for half in halves)


def test_an_unlikely_boundary_does_not_part():
    wall, inside, _ = two_rooms(gap=0)
    assert len(cut(wall, inside, 0.95, 0, 30)) == 1


def test_nothing_inside_has_no_parts():
    assert cut(np.zeros((20, 20), np.float32), np.zeros((20, 20), bool), 0.5, 1, 10) == []


def test_a_box_on_a_box_stands_in_a_crease():
    low, high = ((-0.15, 0.0, 0), (0.15, 0.25, 0.05)), ((-0.04, 0.1, 0.05), (0.04, 0.18, 0.12))
    frame, labels = render([(*low, (150, 120, 90)), (*high, (150, 120, 90))])
    relief = creases(with_noise(frame).depth, labels.shape)
    parts = cut(relief, labels > 0, 0.5, 1, 60)
    assert best_iou(parts, labels == 2) > 0.75


def test_a_plane_has_no_creases():
    frame, _ = render()
    assert creases(frame.depth, (CAMERA.height, CAMERA.width)).max() < 0.1
