"""Meshes in files, for Gazebo and for the built-in camera alike."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import trimesh

from ris_ros.errors import RisError
from ris_sim.mesh import Mesh, shaded


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
    """Read a mesh of any format that trimesh knows (OBJ, STL, DAE ...); scale its axes.

    Shading normals follow from the shape. Raises RisError where the file is missing or broken.
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
