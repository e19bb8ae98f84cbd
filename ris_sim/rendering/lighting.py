# SPDX-License-Identifier: Apache-2.0
"""Shadows of the sun and of lamps, and ambient occlusion."""
from __future__ import annotations

import cv2
import numpy as np

from ris_sim.rendering.penumbra import STRIDE, penumbra, smoothed
from ris_sim.rendering.raycast import SceneTriangles, TriangleSoup
from ris_sim.rendering.surface_points import SurfacePoints
from ris_sim.scene import Daylight, Lamp

# Rays to a light for each point within this many pixels of a shadow's edge.
SHADOW_RAYS = 6
EDGE_WIDTH = 9
# Metres above a surface at which rays start, so that they do not meet the surface itself.
OFFSET = np.float32(4e-4)
# Ambient occlusion: its number of rays, and pixels between its samples.
NEARBY_RAYS = 12
TABLE_STRIDE, OBJECT_STRIDE = 4, 2


def sunlight(light: Daylight, blockers: TriangleSoup, spots: SurfacePoints, index: np.ndarray,
             shape: tuple[int, int] | None) -> np.ndarray:
    """Compute the share of the sun, 0 to 1, that each surface point sees.

    Args:
        light: the sun.
        blockers: triangles that keep light away.
        spots: the surface points.
        index: (N,) pixel of each point in the image.
        shape: height and width of the image, whose shadows are soft; None for one ray a point.
    """
    towards = np.float32(light.direction)
    lit = np.flatnonzero(spots.normals @ towards > 0)
    start = spots.points[lit] + spots.normals[lit] * OFFSET
    free = np.zeros(len(spots.points), np.float32)
    free[lit] = ~blockers.occluded(start, np.tile(towards, (len(lit), 1)))
    if light.is_smooth and shape is not None:
        rays = np.tile(towards, (len(lit), 1))
        softness = np.full(len(lit), light.softness, np.float32)
        return full_penumbra(blockers, spots, index, shape, free, lit, start, rays, softness, None)
    again = np.flatnonzero(shadow_border(free, index, shape)[lit])
    if len(again):
        rays = np.tile(towards, (len(again), 1))
        free[lit[again]] = soft_share(blockers, start[again], rays, light.softness, None)
    return free


def full_penumbra(blockers: TriangleSoup, spots: SurfacePoints, index: np.ndarray,
                  shape: tuple[int, int], free: np.ndarray, lit: np.ndarray, start: np.ndarray,
                  towards: np.ndarray, softness: np.ndarray,
                  reach: np.ndarray | None) -> np.ndarray:
    """Return the share of a broad light that points see, without grain.

    Args:
        blockers: what may stand between the points and the light.
        spots: the N surface points.
        index: (N,) pixel of each.
        shape: height and width of the image.
        free: (N,) 1 for points that see the light's middle, else 0.
        lit: (M,) points that face the light.
        start: (M, 3) from where their rays start.
        towards: (M, 3) unit directions to the light.
        softness: (M,) angular radius of the light.
        reach: (M,) distance of the light; None for the sun.
    """
    rows, columns = np.divmod(index[lit], shape[1])
    coarse = np.flatnonzero((rows % STRIDE == 0) & (columns % STRIDE == 0))
    tried = soft_share(blockers, start[coarse], towards[coarse], softness[coarse],
                       None if reach is None else reach[coarse])
    again = np.flatnonzero(penumbra(tried, coarse, index[lit], shape)
                           | shadow_border(free, index, shape)[lit])
    if not len(again):
        return free
    free[lit[again]] = soft_share(blockers, start[again], towards[again], softness[again],
                                  None if reach is None else reach[again])
    return smoothed(free, lit[again], spots, index, shape)


def way_to(lamp: Lamp, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return unit directions (N, 3) from (N, 3) points to a lamp, and the distances (N,)."""
    way = np.float32(lamp.position) - points
    distance = np.sqrt(np.einsum('ij,ij->i', way, way))
    return way / distance[:, None], distance


def lamplight(lamp: Lamp, blockers: TriangleSoup, spots: SurfacePoints, index: np.ndarray,
              shape: tuple[int, int] | None) -> np.ndarray:
    """Compute the share of a lamp, 0 to 1, that each surface point sees; Args as in sunlight."""
    towards, distance = way_to(lamp, spots.points)
    lit = np.flatnonzero(np.einsum('ij,ij->i', spots.normals, towards) > 0)
    start, towards, distance = (
        spots.points[lit] + spots.normals[lit] * OFFSET, towards[lit], distance[lit])
    free = np.zeros(len(spots.points), np.float32)
    free[lit] = ~blockers.occluded(start, towards, distance)
    if lamp.is_smooth and shape is not None:
        softness = np.float32(lamp.radius) / np.maximum(distance, .1)
        return full_penumbra(blockers, spots, index, shape, free, lit, start, towards, softness,
                             distance)
    again = np.flatnonzero(shadow_border(free, index, shape)[lit])
    if len(again):
        softness = lamp.radius / np.maximum(distance[again], .1)
        free[lit[again]] = soft_share(blockers, start[again], towards[again], softness,
                                      distance[again])
    return free


def shadow_border(free: np.ndarray, index: np.ndarray,
                  shape: tuple[int, int] | None) -> np.ndarray:
    """Mark the points near which light and shadow meet in the image; none without an image."""
    if shape is None:
        return np.zeros(len(free), bool)
    picture = np.ones(shape, np.uint8).ravel()
    picture[index] = free > 0
    picture = picture.reshape(shape)
    kernel = np.ones((EDGE_WIDTH, EDGE_WIDTH), np.uint8)
    return (cv2.dilate(picture, kernel) != cv2.erode(picture, kernel)).ravel()[index]


def soft_share(blockers: TriangleSoup, start: np.ndarray, towards: np.ndarray,
               softness: np.ndarray | float, reach: np.ndarray | None) -> np.ndarray:
    """Return the share of a light's disc that points see.

    Args:
        blockers: What may stand between the points and the light.
        start: (N, 3) the points.
        towards: (N, 3) unit directions to the light.
        softness: Angular radius of the light in radians.
        reach: (N,) distance of the light; None for the sun.
    """
    rng = np.random.default_rng(7)
    side = np.cross(towards, np.float32([.36, .48, .8]))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(towards, side)
    turn = rng.random(len(start), dtype=np.float32)
    total = np.zeros(len(start), np.float32)
    for i in range(SHADOW_RAYS):
        angle = np.float32(2 * np.pi) * (turn + np.float32(i * .618))
        radius = np.float32(softness * np.sqrt((i + .5) / SHADOW_RAYS))
        rays = (towards + (np.cos(angle) * radius)[:, None] * side
                + (np.sin(angle) * radius)[:, None] * other)
        total += ~blockers.occluded(start, np.ascontiguousarray(rays, np.float32), reach)
    return total / SHADOW_RAYS


def openness(world: SceneTriangles, spots: SurfacePoints, index: np.ndarray,
             shape: tuple[int, int]) -> np.ndarray:
    """Compute the ambient occlusion of an image: how open each point's surroundings are, 0 to 1.

    It is measured at every second pixel of objects and at every fourth pixel near them, and
    interpolated smoothly between those.

    Args:
        world: the scene's triangles.
        spots: the surface points.
        index: (N,) pixel of each point in the image.
        shape: height and width of the image.
    """
    result = np.ones(len(index), np.float32)
    rows, columns = np.divmod(index, shape[1])
    labels = world.label[spots.triangle]
    for mine, stride in ((labels > 0, OBJECT_STRIDE), (labels == 0, TABLE_STRIDE)):
        some = np.flatnonzero(mine & (rows % stride == 0) & (columns % stride == 0))
        if not len(some):
            continue
        share = np.ones(len(some), np.float32)
        near = np.flatnonzero(world.near_things(spots.points[some], world.occlusion))
        share[near] = open_share(world.blockers, spots.points[some[near]],
                                 spots.normals[some[near]], world.occlusion)
        grid = np.zeros((2, -(-shape[0] // stride), -(-shape[1] // stride)), np.float32)
        at = rows[some] // stride, columns[some] // stride
        grid[0][at] = share
        grid[1][at] = 1
        # Sum and weight are blurred alike, so that nothing leaks in from outside the outline.
        spread = np.float32([[1 / stride, 0, 0], [0, 1 / stride, 0]])
        total, weight = (cv2.warpAffine(
            cv2.GaussianBlur(layer, (0, 0), 1.2), spread, shape[::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        ).ravel()[index[mine]] for layer in grid)
        result[mine] = np.where(weight > 1e-3, total / np.maximum(weight, 1e-3), 1)
    return result


def open_share(blockers: TriangleSoup, points: np.ndarray, normals: np.ndarray,
               reach: np.float32) -> np.ndarray:
    """Return the share of cosine-distributed rays from (N, 3) points that meet nothing near.

    reach: metres that the rays look.
    """
    rng = np.random.default_rng(11)
    start = points + normals * OFFSET
    turn = rng.random((2, len(points)), dtype=np.float32)
    total = np.zeros(len(points), np.float32)
    length = np.full(len(points), reach, np.float32)
    for i in range(NEARBY_RAYS):
        z = 1 - 2 * ((i + turn[0]) / NEARBY_RAYS)
        angle = np.float32(2 * np.pi) * (turn[1] + np.float32(i * .618))
        radius = np.sqrt(np.maximum(0, 1 - z * z))
        ball = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=1)
        # A point on the unit sphere around the normal's tip is a cosine-distributed direction.
        rays = normals * np.float32(1.001) + ball
        rays /= np.linalg.norm(rays, axis=1, keepdims=True)
        total += ~blockers.occluded(start, np.ascontiguousarray(rays, np.float32), length)
    return total / NEARBY_RAYS
