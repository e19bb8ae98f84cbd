# SPDX-License-Identifier: Apache-2.0
"""Simple meshes that are built fast, for the hundreds of parts of a furnished room."""
from __future__ import annotations

import numpy as np

from ris_sim.shapes.mesh import Mesh

# Corners of a unit cube, and the four corners of each of its faces.
_CORNERS = np.array([[x, y, z] for x in (-.5, .5) for y in (-.5, .5) for z in (0, 1)], np.float32)
_SIDES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
_SIDE_NORMALS = np.float32([[-1, 0, 0], [1, 0, 0], [0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]])


def slab(x: float, y: float, z: float) -> Mesh:
    """Build a box that stands on z = 0."""
    vertices = _CORNERS[np.ravel(_SIDES)] * np.float32([x, y, z])
    first = 4 * np.arange(6)[:, None, None]
    faces = first + np.array([[0, 1, 2], [0, 2, 3]])
    return Mesh(vertices, np.repeat(_SIDE_NORMALS, 4, axis=0),
                faces.reshape(-1, 3).astype(np.int32))


def turned(profile: np.ndarray | list, sections: int = 16) -> Mesh:
    """Turn a profile of (radius, z) points about z; steps of the profile stay sharp."""
    profile = np.asarray(profile, np.float32)
    angle = np.linspace(0, 2 * np.pi, sections + 1, dtype=np.float32)
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    edge = np.diff(profile, axis=0)
    slope = np.stack([edge[:, 1], -edge[:, 0]], axis=1)
    slope /= np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-9)
    # Neighbouring bands share a normal where the profile bends little.
    start, end = slope.copy(), slope.copy()
    smooth = np.einsum('ij,ij->i', slope[1:], slope[:-1]) > .6
    mean = slope[1:] + slope[:-1]
    mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
    start[1:][smooth], end[:-1][smooth] = mean[smooth], mean[smooth]
    vertices, normals = [], []
    for points, sides in ((profile[:-1], start), (profile[1:], end)):
        vertices.append(np.dstack([points[:, :1] * way[:, 0], points[:, :1] * way[:, 1],
                                   np.repeat(points[:, 1:], sections + 1, axis=1)]))
        normals.append(np.dstack([sides[:, :1] * way[:, 0], sides[:, :1] * way[:, 1],
                                  np.repeat(sides[:, 1:], sections + 1, axis=1)]))
    # (band, low or high, around, 3)
    vertices, normals = (np.stack(rows, axis=1) for rows in (vertices, normals))
    return grid_mesh(vertices, normals)


def grid_mesh(vertices: np.ndarray, normals: np.ndarray) -> Mesh:
    """Join (bands, rows, columns, 3) points to a mesh; bands are not joined to each other."""
    bands, rows, columns = vertices.shape[:3]
    number = np.arange(bands * rows * columns).reshape(bands, rows, columns)
    a, b = number[:, :-1, :-1].ravel(), number[:, :-1, 1:].ravel()
    c, d = number[:, 1:, 1:].ravel(), number[:, 1:, :-1].ravel()
    faces = np.concatenate([np.c_[a, b, c], np.c_[a, c, d]]).astype(np.int32)
    return Mesh(vertices.reshape(-1, 3).astype(np.float32),
                normals.reshape(-1, 3).astype(np.float32), faces)


def post(radius: float, height: float, top: float | None = None, sections: int = 14) -> Mesh:
    """Build an upright cylinder, or a cone's stump when its top has another radius."""
    upper = radius if top is None else top
    return turned([[0, 0], [radius, 0], [upper, height], [0, height]], sections)


def ball(x: float, y: float, z: float, sections: int = 14) -> Mesh:
    """Build an ellipsoid of three radii about the origin."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, sections // 2 + 1)
    unit = turned(np.c_[np.cos(angle), np.sin(angle)], sections)
    size = np.float32([x, y, z])
    normals = unit.vertices / size
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return Mesh(unit.vertices * size, normals, unit.faces)


def pipe(path: np.ndarray | list, radius: float | np.ndarray | list, sections: int = 8) -> Mesh:
    """Build a tube along (N, 3) points, of one radius or of one for each point."""
    path = np.asarray(path, np.float32)
    tangent = np.gradient(path, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    # The axis that the path follows least serves as the side's start.
    least = np.eye(3, dtype=np.float32)[np.abs(tangent).mean(axis=0).argmin()]
    side = np.cross(tangent, least)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    other = np.cross(side, tangent)
    angle = np.linspace(0, 2 * np.pi, sections + 1, dtype=np.float32)[None, :, None]
    outward = np.cos(angle) * side[:, None] + np.sin(angle) * other[:, None]
    radii = np.broadcast_to(np.asarray(radius, np.float32), len(path))[:, None, None]
    body = grid_mesh((path[:, None] + radii * outward)[None], outward[None])
    caps = []
    for end, sign in ((0, -1), (-1, 1)):
        ring = np.stack([np.repeat(path[end][None], sections + 1, 0),
                         path[end] + radii[end] * outward[end]])
        caps.append(grid_mesh(ring[None], np.broadcast_to(sign * tangent[end], ring.shape)[None]))
    return joined([body, *caps])


def link(start: list | np.ndarray, end: list | np.ndarray, radius: float,
         last: float | None = None, sections: int = 14) -> Mesh:
    """Build a straight rod between two points, whose radius may change."""
    ends = np.float32([start, end])
    return pipe(ends, [radius, radius if last is None else last], sections)


def beam(start: list | np.ndarray, end: list | np.ndarray, width: float, depth: float) -> Mesh:
    """Build a straight bar of rectangular section between two points."""
    start, end = np.float32(start), np.float32(end)
    along = end - start
    length = float(np.linalg.norm(along))
    along = along / length
    least = np.eye(3, dtype=np.float32)[np.abs(along).argmin()]
    side = np.cross(along, least)
    side /= np.linalg.norm(side)
    frame = np.stack([side, np.cross(along, side), along])
    bar = slab(width, depth, length)
    return Mesh(bar.vertices @ frame + start, bar.normals @ frame, bar.faces)


def sheet(width: float, height: float, bulge: np.ndarray, rows: int = 2) -> Mesh:
    """Build an upright cloth in x and z, whose columns stand out along -y by the bulge."""
    columns = len(bulge)
    x = np.linspace(-width / 2, width / 2, columns)
    z = np.linspace(0, height, rows)
    vertices = np.stack([*np.broadcast_arrays(x[None], -np.asarray(bulge)[None], z[:, None])],
                        axis=2)
    slope = np.gradient(-np.asarray(bulge), x)
    normals = np.stack([slope, -np.ones(columns), np.zeros(columns)], axis=1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return grid_mesh(vertices[None], np.broadcast_to(normals, (1, rows, columns, 3)))


def at(mesh: Mesh, x: float = 0, y: float = 0, z: float = 0, yaw: float = 0, pitch: float = 0,
       roll: float = 0) -> Mesh:
    """Turn a mesh about x (roll), then y (pitch), then z (yaw), and shift it; radians, metres."""
    (cr, cp, cy), (sr, sp, sy) = np.cos([roll, pitch, yaw]), np.sin([roll, pitch, yaw])
    turn = np.float32([[cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
                       [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
                       [-sp, cp * sr, cp * cr]]).T
    return Mesh(mesh.vertices @ turn + np.float32([x, y, z]), mesh.normals @ turn, mesh.faces)


def joined(meshes: list[Mesh]) -> Mesh:
    """Join meshes into one."""
    offsets = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes[:-1])])
    return Mesh(np.concatenate([mesh.vertices for mesh in meshes]),
                np.concatenate([mesh.normals for mesh in meshes]),
                np.concatenate([mesh.faces + np.int32(offset) for mesh, offset
                                in zip(meshes, offsets, strict=True)]))
