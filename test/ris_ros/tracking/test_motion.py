# SPDX-License-Identifier: Apache-2.0
"""Flow between drawn frames, and outlines that move with it."""
from drawn_table import Disc, take
import numpy as np
import pytest

from ris_ros.tracking.motion import corners, follow, moved, plane_motion, similarity_motion
from ris_ros.tracking.scaled_frame import ScaledFrame
from ris_ros.tracking.silhouette import Silhouette


def flow(first, second, where):
    before, after = ScaledFrame.of(first).gray, ScaledFrame.of(second).gray
    return follow(before, after, corners(before, where, 60))


def test_room_moves_against_the_camera():
    (first, _), (second, _) = take(), take(camera=3, stamp=.1)
    motion = plane_motion(*flow(first, second, np.ones((120, 160), bool)))
    assert moved(motion, np.float64([[80, 60]]))[0] == pytest.approx([77, 60], abs=.3)


def test_room_is_at_rest_though_something_large_moves():
    (first, _), (second, _) = take(board=30), take(board=36, stamp=.1)
    motion = plane_motion(*flow(first, second, np.ones((120, 160), bool)))
    np.testing.assert_array_equal(motion, np.eye(3))


def test_object_has_its_own_motion():
    (first, masks), (second, _) = take(Disc('red', 60, 60)), take(Disc('red', 64, 62), stamp=.1)
    motion, share = similarity_motion(*flow(first, second, masks[0]))
    assert moved(motion, np.float64([[60, 60]]))[0] == pytest.approx([64, 62], abs=.5)
    assert share > .5


def test_without_points_there_is_no_motion():
    none = np.zeros((0, 2), np.float32)
    assert similarity_motion(none, none) == (None, 0.0)
    assert plane_motion(none, none) is None
    assert follow(np.zeros((9, 9), np.uint8), np.zeros((9, 9), np.uint8), none)[0] is none


def test_silhouette_moves_grows_and_leaves_the_image():
    _, masks = take(Disc('red', 60, 60))
    shape = Silhouette.of(masks[0])
    placed, area = shape.placed(np.eye(3), (120, 160))
    np.testing.assert_array_equal(placed, masks[0])
    assert area == masks[0].sum()
    twice = np.array([[2.0, 0, -60], [0, 2, -60], [0, 0, 1]])
    placed, area = shape.placed(twice, (120, 160))
    assert area == pytest.approx(4 * masks[0].sum())
    assert placed.sum() == pytest.approx(area, rel=.08)
    away = np.array([[1.0, 0, -60], [0, 1, 0], [0, 0, 1]])
    placed, area = shape.placed(away, (120, 160))
    assert placed.sum() == pytest.approx(area / 2, rel=.1)
    away[0, 2] = -500
    assert not shape.placed(away, (120, 160))[0].any()
