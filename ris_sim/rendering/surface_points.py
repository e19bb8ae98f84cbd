# SPDX-License-Identifier: Apache-2.0
"""The points of surfaces that rays hit, with normals and texture coordinates."""
from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ris_ros.frame import CameraModel
from ris_sim.rendering.raycast import Hits, SceneTriangles


@dataclass(frozen=True, eq=False)
class SurfacePoints:
    """Visible points of surfaces, one row each; all float32 but triangle.

    Attributes:
        points: (N, 3) in the world.
        normals: (N, 3) unit vectors on the viewer's side.
        view: (N, 3) unit vectors to the viewer.
        facing: (N,) cosine between normal and view.
        triangle: (N,) index into the world's triangles.
        local: (N, 3) texture coordinates in metres.
        footprint: (N,) width of a pixel on the surface in metres.
    """

    points: np.ndarray
    normals: np.ndarray
    view: np.ndarray
    facing: np.ndarray
    triangle: np.ndarray
    local: np.ndarray
    footprint: np.ndarray

    def rows(self, which: slice | np.ndarray) -> SurfacePoints:
        """Return some of the points."""
        return SurfacePoints(*(getattr(self, field.name)[which] for field in fields(self)))


def surface_points(world: SceneTriangles, model: CameraModel, hits: Hits,
                   index: np.ndarray) -> SurfacePoints:
    """Return the surface points of the rays at (M,) indices; all of them must have hit."""
    triangle, distance = hits.primitive[index], hits.distance[index]
    u, v = hits.u[index, None], hits.v[index, None]
    view = -hits.directions[index]
    points = hits.origins[index] - view * distance[:, None]
    view /= np.sqrt(np.einsum('ij,ij->i', view, view))[:, None]
    normals, local = surface_frame(world, triangle, u, v, points)
    facing = np.einsum('ij,ij->i', normals, view)
    # A normal that points away belongs to the inner side of an open vessel.
    normals *= np.where(facing < 0, np.float32(-1), np.float32(1))[:, None]
    facing = np.abs(facing)
    footprint = distance / np.float32(model.fx) / np.maximum(facing, .1)
    return SurfacePoints(points, normals, view, facing, triangle, local, footprint)


def surface_frame(world: SceneTriangles, triangle: np.ndarray, u: np.ndarray, v: np.ndarray,
                  points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return unit normals and texture coordinates, (N, 3) each, of hits at world points."""
    # Table and floor, most of the image, are flat and textured in world coordinates.
    normals, local = world.corner_normals[:, 0].take(triangle, axis=0), points.copy()
    mine = np.flatnonzero(world.surface[triangle] > 1)
    some, u, v = triangle[mine], u[mine], v[mine]
    curved = interpolate(world.corner_normals, some, u, v)
    normals[mine] = curved / np.sqrt(np.einsum('ij,ij->i', curved, curved))[:, None]
    local[mine] = interpolate(world.corner_locals, some, u, v)
    return normals, local


def interpolate(corners: np.ndarray, triangle: np.ndarray, u: np.ndarray,
                v: np.ndarray) -> np.ndarray:
    """Blend (T, 3, 3) corner values at barycentric coordinates."""
    a, b, c = corners.take(triangle, axis=0).transpose(1, 0, 2)
    return (1 - u - v) * a + u * b + v * c
