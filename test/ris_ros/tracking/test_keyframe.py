# SPDX-License-Identifier: Apache-2.0
"""The outline of a keyframe is put into later views as large as it is, and pixel by pixel."""
from drawn_table import BLUE, RED, Disc, take
import numpy as np
import pytest

from ris_ros.tracking.keyframe import Keyframe
from ris_ros.tracking.motion import shifted
from ris_ros.tracking.scaled_frame import ScaledFrame


@pytest.fixture
def key():
    frame, masks = take(RED, BLUE)
    return Keyframe(ScaledFrame.of(frame), masks[0])


@pytest.mark.parametrize(('shrunk', 'distance', 'wanted'), [
    (.6, 1.1, 1 / 1.1), (1.6, 1.1, 1.1), (1.05, 1.1, 1.05), (1.0, 2.2, .55), (.6, None, .6)])
def test_outline_is_about_as_large_as_its_distance_makes_it(key, shrunk, distance, wanted):
    motion = key.sized(np.diag([shrunk, shrunk, 1.0]), distance)
    assert np.sqrt(key.silhouette.growth(motion)) == pytest.approx(wanted)
    assert key.silhouette.middle(motion) == pytest.approx(
        key.silhouette.middle(np.diag([shrunk, shrunk, 1.0])))


def test_outline_that_is_some_pixels_off_is_put_right(key):
    later, masks = take(Disc('red', 80, 60), BLUE, stamp=1.0)
    motion = key.nudged(ScaledFrame.of(later), shifted((17, 2)))
    placed = key.silhouette.placed(motion, masks[0].shape)[0]
    assert (placed & masks[0]).sum() / (placed | masks[0]).sum() > .9
