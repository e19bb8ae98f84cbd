# SPDX-License-Identifier: Apache-2.0
"""Light that surfaces give off themselves: screens, windows and lamp shades."""
from __future__ import annotations

import numpy as np

from ris_ros.frame import CameraModel
from ris_sim.rendering.raycast import Hits, SceneTriangles
from ris_sim.rendering.shading import materials
from ris_sim.rendering.surface_points import surface_points


def add_glow(world: SceneTriangles, model: CameraModel, hits: Hits, colour: np.ndarray) -> None:
    """Add what surfaces give off to the (N, 3) linear colour of rays, in place."""
    emission = np.float32([surface.emission for surface in world.surfaces])
    if not emission.any():
        return
    power = np.where(hits.hit, emission[world.surface[hits.primitive]], 0)
    index = np.flatnonzero(power)
    if len(index):
        base, _, _ = materials(world, surface_points(world, model, hits, index))
        colour[index] += base * power[index, None]
