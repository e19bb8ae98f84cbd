"""A camera on wheels for the built-in simulator: it drives over the floor towards a goal."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from ris_sim.scene import Camera

SPEED_M_S = .3
TURN_RAD_S = .8


def driven(camera: Camera, place: np.ndarray, yaw: float, seconds: float) -> Camera:
    """Return the camera after some seconds on its way to (2,) x and y and a heading.

    Height and tilt stay; it is there when the result equals the goal.
    """
    here = np.array(camera.position[:2])
    way = np.subtract(place, here)
    length = np.linalg.norm(way)
    step = way if length <= SPEED_M_S * seconds else way * (SPEED_M_S * seconds / length)
    turn = (yaw - camera.yaw + np.pi) % (2 * np.pi) - np.pi
    limit = TURN_RAD_S * seconds
    x, y = here + step
    return replace(camera, position=(float(x), float(y), camera.position[2]),
                   yaw=float(camera.yaw + np.clip(turn, -limit, limit)))
