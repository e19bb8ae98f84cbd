# SPDX-License-Identifier: Apache-2.0
"""Which part of an object each pixel shows."""
from __future__ import annotations

import numpy as np

from ris_sim.rendering.prints import print_region
from ris_sim.rendering.raycast import Hits, SceneTriangles
from ris_sim.rendering.surface_points import interpolate


def part_numbers(world: SceneTriangles, hits: Hits) -> np.ndarray:
    """Return the numbers of the parts that rays hit.

    Args:
        world: the scene's triangles.
        hits: of the rays.

    Returns:
        (N,) uint8; 0 for no object, else a number that is the part's own within its object. A
        printed element on a part has another number than the part itself.
    """
    numbers = np.where(hits.hit & (world.label[hits.primitive] > 0),
                       world.part[world.surface[hits.primitive]], 0).astype(np.uint8)
    shown = np.where(numbers > 0, world.surface[hits.primitive], -1)
    for which, surface in enumerate(world.surfaces):
        mine = np.flatnonzero(shown == which) if surface.print is not None else ()
        if len(mine):
            triangle = hits.primitive[mine]
            local = interpolate(world.corner_locals, triangle, hits.u[mine, None],
                                hits.v[mine, None])
            numbers[mine] += print_region(surface.print, local, world.face_normals(triangle))
    return numbers
