"""The simulator's camera drives to its goal and no further."""
import numpy as np
import pytest

from ris_sim.driving import SPEED_M_S, TURN_RAD_S, driven
from ris_sim.scene import Camera

CAMERA = Camera((-1.5, .2, .8), .02, .5, 3.0, 1.0)


def test_it_arrives_keeping_height_and_tilt():
    camera, steps = CAMERA, 0
    while (following := driven(camera, [-.6, 0], -3.0, .2)) != camera:
        assert np.hypot(*np.subtract(following.position, camera.position)[:2]) \
            <= SPEED_M_S * .2 + 1e-9
        camera, steps = following, steps + 1
        assert steps < 50
    assert camera.position == pytest.approx((-.6, 0, .8))
    assert np.cos(camera.yaw + 3.0) == pytest.approx(1)
    assert (camera.roll, camera.pitch) == (CAMERA.roll, CAMERA.pitch)


def test_it_turns_the_shorter_way():
    camera = driven(CAMERA, CAMERA.position[:2], -3.0, .1)
    assert camera.yaw == pytest.approx(3.0 + .1 * TURN_RAD_S)
