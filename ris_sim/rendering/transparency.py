# SPDX-License-Identifier: Apache-2.0
"""What is seen through glass and clear plastic."""
from __future__ import annotations

import numpy as np

from ris_sim.rendering.raycast import Hits, SceneTriangles

# Walls that a ray passes before it counts as stopped.
WALLS = 6
# Metres behind a wall at which the next is looked for.
STEP = np.float32(1e-4)
# How far the first wall turns a ray aside where it meets it at a slant.
BEND = np.float32(.07)


def transmissions(world: SceneTriangles) -> np.ndarray:
    """Return the transmission of each of the world's surfaces, (S,) float32."""
    return np.float32([surface.transmission for surface in world.surfaces])


def passing_share(transmission: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """Return the share of the light that passes a wall, (N,): less where it is seen at a slant.

    Args:
        transmission: (N,) of the wall's material.
        facing: (N,) cosine between the wall's normal and the ray.
    """
    return transmission * (1 - np.float32(.75) * (1 - facing) ** 3)


def follow(world: SceneTriangles, hits: Hits, index: np.ndarray,
           normals: np.ndarray) -> tuple[Hits, np.ndarray]:
    """Follow rays that met a transparent wall to the first surface that is not transparent.

    Args:
        world: the scene's triangles.
        hits: of the rays.
        index: (M,) of the rays to follow; all of them met a transparent wall.
        normals: (M, 3) there, on the viewer's side.

    Returns:
        Where the rays end, and the linear (M, 3) tint of the walls that they pass after the first.
    """
    transmission = transmissions(world)
    tints = np.float32([surface.colour for surface in world.surfaces]) ** np.float32(2.2)
    start = hits.origins[index] + hits.directions[index] * hits.distance[index, None]
    length = np.linalg.norm(hits.directions[index], axis=1, keepdims=True)
    directions = hits.directions[index] - BEND * length * normals
    # Origins lie as far back as the camera, so that distances go on from there.
    origins = np.ascontiguousarray(start - directions * hits.distance[index, None])
    directions = np.ascontiguousarray(directions)
    travelled = hits.distance[index].copy()
    last = Hits(origins, directions, *(getattr(hits, name)[index].copy() for name in (
        'hit', 'distance', 'primitive', 'u', 'v')))
    passed = np.ones((len(index), 3), np.float32)
    going = np.arange(len(index))
    for _ in range(WALLS):
        step = travelled[going] + STEP
        found = world.cast(np.ascontiguousarray(origins[going]
                                                + directions[going] * step[:, None]),
                           np.ascontiguousarray(directions[going]))
        travelled[going] = step + np.where(found.hit, found.distance, 0)
        for name in ('hit', 'primitive', 'u', 'v'):
            getattr(last, name)[going] = getattr(found, name)
        last.distance[going] = travelled[going]
        surface = world.surface[found.primitive]
        clear = found.hit & (transmission[surface] > 0)
        if not clear.any():
            break
        wall = surface[clear]
        passed[going[clear]] *= tints[wall] * transmission[wall, None]
        going = going[clear]
    return last, passed
