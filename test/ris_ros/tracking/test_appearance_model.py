# SPDX-License-Identifier: Apache-2.0
"""The appearance model follows the object and never learns what hides it."""
from drawn_table import BOARD_M, DISC_M, RED, TABLE_M, take
import numpy as np
import pytest

from ris_ros.tracking.appearance_model import AppearanceModel
from ris_ros.tracking.scaled_frame import ScaledFrame

MASK = take(RED)[1][0]
THIN, MOVED_M = .01, .1


def view(of=DISC_M, beside=None):
    """Return a view of the disc, a little domed; beside: depth of what covers its left half."""
    frame, _ = take(RED)
    rows, columns = np.mgrid[:120, :160]
    dome = ((rows - 60) ** 2 + (columns - 60) ** 2) / 14 ** 2
    frame.depth[MASK] = (of + THIN * np.clip(dome, 0, 1))[MASK]
    if beside is not None:
        frame.depth[MASK & (columns < 58)] = beside
    return ScaledFrame.of(frame)


def thickness(model):
    return model.depth_range[1] - model.depth_range[0]


def test_distance_is_that_of_its_middle():
    assert AppearanceModel.of(view(), MASK).distance == pytest.approx(DISC_M + THIN / 2, abs=.002)


def test_moved_model_is_as_far_as_it_was_moved():
    model = AppearanceModel.of(view(), MASK).moved(view(DISC_M - MOVED_M), MASK, .15)
    assert model.distance == pytest.approx(DISC_M - MOVED_M + THIN / 2, abs=.003)


def test_model_does_not_follow_depths_that_are_too_far_off():
    model = AppearanceModel.of(view(), MASK)
    assert model.moved(view(BOARD_M), MASK, .15).distance == pytest.approx(model.distance)


def test_depth_range_never_widens_by_objects_in_front_or_behind():
    model = AppearanceModel.of(view(), MASK)
    thin = thickness(model)
    for other in (DISC_M - .04, DISC_M + .05, TABLE_M):
        for _ in range(5):
            model = model.moved(view(beside=other), MASK, .15)
            assert thickness(model) <= thin + 1e-6
    assert model.distance == pytest.approx(DISC_M + THIN / 2, abs=.01)


def test_depth_range_stays_without_valid_depth():
    model, blind = AppearanceModel.of(view(), MASK), view()
    blind.depth[:] = np.nan
    again = model.moved(blind, MASK).moved(blind, MASK)
    assert again.depth_range == pytest.approx(model.depth_range)


def test_missing_depth_range_is_learnt_from_the_next_depth():
    flat = ScaledFrame.of(take(RED, depth=False)[0])
    model = AppearanceModel.of(flat, MASK)
    assert model.depth_range is None
    assert model.moved(view(), MASK).depth_range == AppearanceModel.of(view(), MASK).depth_range
    assert AppearanceModel.of(view(), MASK).moved(flat, MASK).depth_range is None
