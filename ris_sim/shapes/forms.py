# SPDX-License-Identifier: Apache-2.0
"""Forms that household things are made of: rounded boxes, lofts, prisms and handles."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import trimesh

from ris_sim.shapes.mesh import bezier, lathe, moved, rotated, tube


def superellipse(a: float, b: float, power: float = 2.0, count: int = 32) -> np.ndarray:
    """Return (count, 2) points of a superellipse with half axes a and b.

    A power of 2 is an ellipse; a higher one comes closer to a rectangle.
    """
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    return np.c_[a * np.sign(c) * np.abs(c) ** (2 / power),
                 b * np.sign(s) * np.abs(s) ** (2 / power)]


def loft(rings: np.ndarray) -> trimesh.Trimesh:
    """Join (K, N, 3) rings of points into a closed solid."""
    rings = np.asarray(rings, float)
    count, around = rings.shape[:2]
    j = np.arange(around)
    k = (j + 1) % around
    faces = [np.r_[np.c_[j, k, k + around], np.c_[j, k + around, j + around]] + i * around
             for i in range(count - 1)]
    start, last = count * around, (count - 1) * around
    faces += [np.c_[np.full(around, start), k, j],
              np.c_[np.full(around, start + 1), last + j, last + k]]
    ends = [rings[0].mean(axis=0), rings[-1].mean(axis=0)]
    solid = trimesh.Trimesh(np.vstack([rings.reshape(-1, 3), ends]), np.vstack(faces),
                            process=False)
    solid.fix_normals()
    return solid


def pillar(sections: Sequence[tuple[float, float, float]], power: float = 2.0,
           count: int = 36) -> trimesh.Trimesh:
    """Build an upright solid from sections of (z, half x, half y)."""
    return loft(np.stack([np.c_[superellipse(max(a, 1e-5), max(b, 1e-5), power, count),
                                np.full(count, z)] for z, a, b in sections]))


def beam(sections: Sequence[tuple[float, float, float, float]], power: float = 2.0,
         count: int = 24) -> trimesh.Trimesh:
    """Build a solid along x from sections of (x, half y, half z, middle z)."""
    rings = []
    for x, b, c, z in sections:
        flat = superellipse(max(b, 1e-5), max(c, 1e-5), power, count)
        rings.append(np.c_[np.full(count, x), flat[:, 0], flat[:, 1] + z])
    return loft(np.stack(rings))


def rounded_box(x: float, y: float, z: float, radius: float) -> trimesh.Trimesh:
    """Build a box with rounded edges that stands on z = 0."""
    radius = min(radius, .49 * min(x, y, z))
    corner = trimesh.creation.icosphere(subdivisions=2, radius=radius).vertices
    half = np.array([x, y, z]) / 2 - radius
    signs = np.stack(np.meshgrid(*[[-1, 1]] * 3), axis=-1).reshape(-1, 3)
    points = (corner[None] + (signs * half)[:, None]).reshape(-1, 3)
    return moved(trimesh.convex.convex_hull(points), z=z / 2)


def slab(x: float, y: float, z: float, radius: float, edge: float = 0.0) -> trimesh.Trimesh:
    """Build a flat plate with rounded corners and, if wanted, softened edges, on z = 0."""
    edge = min(edge, z * .45)
    outline = corners_of(x, y, radius)
    inner = outline * (1 - 2 * edge / np.array([x, y]))
    flat = [(inner, 0), (outline, edge), (outline, z - edge), (inner, z)] if edge else [
        (outline, 0), (outline, z)]
    return loft(np.stack([np.c_[ring, np.full(len(ring), high)] for ring, high in flat]))


def corners_of(x: float, y: float, radius: float, steps: int = 6) -> np.ndarray:
    """Return the outline of a rectangle with rounded corners."""
    radius = min(radius, .499 * min(x, y))
    angle = np.linspace(0, np.pi / 2, steps)
    arc = radius * np.c_[np.cos(angle), np.sin(angle)]
    middle = np.array([x, y]) / 2 - radius
    turns = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    points = []
    for i, signs in enumerate(turns):
        c, s = np.cos(i * np.pi / 2), np.sin(i * np.pi / 2)
        points.append(arc @ np.array([[c, s], [-s, c]]) + middle * signs)
    return np.concatenate(points)


def prism(outline: Sequence | np.ndarray, height: float) -> trimesh.Trimesh:
    """Extrude an outline, all of which is seen from its middle, upwards from z = 0."""
    outline = np.asarray(outline, float)
    return loft(np.stack([np.c_[outline, np.full(len(outline), z)] for z in (0, height)]))


def bar(start: Sequence[float], end: Sequence[float], radius: float,
        sections: int = 12) -> trimesh.Trimesh:
    """Build a straight round bar between two points."""
    return tube(np.linspace(start, end, 3), [radius] * 3, sections)


def bent(points: list, radius: float, count: int = 14, sections: int = 10) -> trimesh.Trimesh:
    """Build a round bar along the Bezier curve of four control points."""
    return tube(bezier(points, count), [radius] * count, sections)


def wheel(radius: float, width: float, x: float, y: float, z: float) -> trimesh.Trimesh:
    """Build a wheel whose axle runs along y."""
    solid = rotated(trimesh.creation.cylinder(radius, width, sections=24), 90, 'x')
    return moved(solid, x, y, z)


def vessel(radii: Sequence[float], heights: Sequence[float], wall: float,
           sections: int = 40) -> trimesh.Trimesh:
    """Build an open round vessel from its outer radii at heights; its floor is like its wall."""
    outer = np.c_[radii, heights]
    inner = outer[::-1] - [wall, 0]
    inner[:, 0] = np.maximum(inner[:, 0], 1e-4)
    inner[:, 1] = np.maximum(inner[:, 1], heights[0] + wall)
    return lathe([[0, heights[0]], *outer, *inner, [0, heights[0] + wall]], sections)
