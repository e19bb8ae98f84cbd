# SPDX-License-Identifier: Apache-2.0
"""Triangle meshes with shading normals, their files, and solids that trimesh does not have."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trimesh
from trimesh import creation, transformations

from ris_ros.errors import RisError

CREASE_ANGLE = np.radians(35)
# Pairs of a role (see catalogue.ROLES) and a solid.
Solids = list[tuple[str, trimesh.Trimesh]]


@dataclass(frozen=True, eq=False)
class Mesh:
    """A triangle mesh.

    Attributes:
        vertices: (V, 3) float32 metres.
        normals: (V, 3) float32 of unit length.
        faces: (F, 3) int32.
    """

    vertices: np.ndarray
    normals: np.ndarray
    faces: np.ndarray


def shaded(solid: trimesh.Trimesh) -> Mesh:
    """Give a solid shading normals that are smooth except at sharp edges."""
    solid = solid.copy()
    solid.merge_vertices()
    smooth = trimesh.graph.smooth_shade(solid, angle=CREASE_ANGLE)
    return Mesh(np.asarray(smooth.vertices, np.float32),
                np.asarray(smooth.vertex_normals, np.float32),
                np.asarray(smooth.faces, np.int32))


def box(x: float, y: float, z: float) -> trimesh.Trimesh:
    """Build a box that stands on z = 0."""
    return moved(creation.box([x, y, z]), z=z / 2)


def cylinder(radius: float, height: float, sections: int = 36) -> trimesh.Trimesh:
    """Build an upright cylinder that stands on z = 0."""
    return moved(creation.cylinder(radius, height, sections=sections), z=height / 2)


def rod(radius: float, x0: float, x1: float, z: float, sections: int = 20) -> trimesh.Trimesh:
    """Build a cylinder along x from x0 to x1 at height z."""
    solid = rotated(creation.cylinder(radius, x1 - x0, sections=sections), 90, 'y')
    return moved(solid, x=(x0 + x1) / 2, z=z)


def sphere(radius: float, detail: int = 3) -> trimesh.Trimesh:
    """Build a sphere about the origin."""
    return creation.icosphere(subdivisions=detail, radius=radius)


def lathe(profile: list | np.ndarray, sections: int = 36) -> trimesh.Trimesh:
    """Turn a profile of (radius, z) points, which begins and ends on the axis, about z."""
    solid = creation.revolve(np.asarray(profile, float), sections=sections)
    solid.merge_vertices()
    solid.fix_normals()
    return solid


def tube(path: np.ndarray, radii: np.ndarray, sections: int = 14) -> trimesh.Trimesh:
    """Build a closed tube of varying radius along a path of (x, y, z) points."""
    path = np.asarray(path, float)
    count = len(path)
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    steep = np.abs(tangent[:, 2]).max() > .9
    side = np.cross(tangent, [0, 1, 0] if steep else [0, 0, 1])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(side, tangent)
    angle = np.linspace(0, 2 * np.pi, sections, endpoint=False)[None, :, None]
    rings = path[:, None] + np.asarray(radii, float)[:, None, None] * (
        np.cos(angle) * side[:, None] + np.sin(angle) * other[:, None])
    ring, around = np.meshgrid(np.arange(count - 1), np.arange(sections), indexing='ij')
    a = (ring * sections + around).ravel()
    b = (ring * sections + (around + 1) % sections).ravel()
    start, end = count * sections, count * sections + 1
    j = np.arange(sections)
    k = (j + 1) % sections
    last = (count - 1) * sections
    faces = np.concatenate([
        np.c_[a, b, a + sections], np.c_[b, b + sections, a + sections],
        np.c_[np.full(sections, start), k, j], np.c_[np.full(sections, end), last + j, last + k]])
    solid = trimesh.Trimesh(np.vstack([rings.reshape(-1, 3), path[0], path[-1]]), faces,
                            process=False)
    solid.fix_normals()
    return solid


def bezier(points: list, count: int = 16) -> np.ndarray:
    """Sample (count, 3) points of the cubic Bezier curve of four control points."""
    p = np.asarray(points, float)
    t = np.linspace(0, 1, count)[:, None]
    return ((1 - t) ** 3 * p[0] + 3 * t * (1 - t) ** 2 * p[1]
            + 3 * t * t * (1 - t) * p[2] + t ** 3 * p[3])


def moved(solid: trimesh.Trimesh, x: float = 0, y: float = 0, z: float = 0) -> trimesh.Trimesh:
    """Shift a copy."""
    solid = solid.copy()
    solid.apply_translation([x, y, z])
    return solid


def scaled(solid: trimesh.Trimesh, x: float, y: float, z: float) -> trimesh.Trimesh:
    """Stretch a copy along the axes."""
    solid = solid.copy()
    solid.apply_scale([x, y, z])
    return solid


def rotated(solid: trimesh.Trimesh, degrees: float, axis: str) -> trimesh.Trimesh:
    """Turn a copy about the named axis through the origin."""
    solid = solid.copy()
    direction = {'x': [1, 0, 0], 'y': [0, 1, 0], 'z': [0, 0, 1]}[axis]
    solid.apply_transform(transformations.rotation_matrix(np.radians(degrees), direction))
    return solid


def write_obj(path: Path, mesh: Mesh) -> None:
    """Write a mesh as Wavefront OBJ, rounded to a hundredth of a millimetre."""
    vertices, vertex_index = np.unique(mesh.vertices.round(5) + 0.0, axis=0, return_inverse=True)
    normals, normal_index = np.unique(mesh.normals.round(3) + 0.0, axis=0, return_inverse=True)
    corners = np.stack([vertex_index.ravel()[mesh.faces], normal_index.ravel()[mesh.faces]],
                       axis=2) + 1
    lines = [f'v {x:.5g} {y:.5g} {z:.5g}' for x, y, z in vertices]
    lines += [f'vn {x:.3g} {y:.3g} {z:.3g}' for x, y, z in normals]
    lines += [f'f {a[0]}//{a[1]} {b[0]}//{b[1]} {c[0]}//{c[1]}' for a, b, c in corners]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('\n'.join(lines) + '\n')


def read_mesh(path: Path, scale: tuple[float, float, float] = (1, 1, 1)) -> Mesh:
    """Read a mesh of any format that trimesh reads (OBJ, STL, DAE and others).

    Args:
        path: of the file.
        scale: of the three axes.

    Returns:
        The mesh, with shading normals from its shape.

    Raises:
        RisError: if the file is missing, broken or empty.
    """
    if not path.is_file():
        raise RisError(f'The mesh file {path} does not exist; expected it where the world says.')
    try:
        solid = trimesh.load(path, force='mesh', process=False, skip_materials=True)
        solid = trimesh.Trimesh(solid.vertices * np.array(scale), solid.faces, process=False)
    except Exception as error:  # trimesh's readers raise whatever their format's parser raises
        raise RisError(f'The mesh file {path} cannot be read: {error}') from error
    if not len(solid.faces):
        raise RisError(f'The mesh file {path} holds no triangles.')
    return shaded(solid)
