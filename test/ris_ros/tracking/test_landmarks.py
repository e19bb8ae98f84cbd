# SPDX-License-Identifier: Apache-2.0
"""The place of an object is known again by the room around it."""
from drawn_table import BLUE, RED, take
import numpy as np
import pytest

from ris_ros.frame import Frame
from ris_ros.tracking.landmarks import Landmarks
from ris_ros.tracking.motion import moved
from ris_ros.tracking.scaled_frame import ScaledFrame


@pytest.fixture
def landmarks():
    frame, masks = take(RED, BLUE)
    return Landmarks(ScaledFrame.of(frame), masks[0])


@pytest.mark.parametrize('depth', [True, False])
@pytest.mark.parametrize('way', [0, 12, -30])
def test_motion_of_its_place_is_that_of_the_camera(depth, way):
    frame, masks = take(RED, BLUE, depth=depth)
    later, _ = take(RED, BLUE, camera=way, stamp=1.0, depth=depth)
    motion = Landmarks(ScaledFrame.of(frame), masks[0]).motion(ScaledFrame.of(later))
    place = np.float64([[60, 60]])
    # The drawn disc moves as if it were as far as the table.
    np.testing.assert_allclose(moved(motion, place), place - [way, 0], atol=3)


def test_another_room_is_not_recognised(landmarks):
    noise = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)
    assert landmarks.motion(ScaledFrame.of(Frame(noise))) is None
    assert landmarks.motion(ScaledFrame.of(Frame(np.full_like(noise, 90)))) is None
