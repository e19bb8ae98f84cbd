# SPDX-License-Identifier: Apache-2.0
"""Write scenes as plain files for other renderers: ``ris renderers export``."""
from __future__ import annotations

from dataclasses import asdict
import json
from pathlib import Path

import numpy as np

from ris_sim.rendering.raycast import pieces
from ris_sim.rendering.shading import surroundings
from ris_sim.sampling.scenes import sample_scene
from ris_sim.scene import Scene, SceneObject, Wall

SIZE = (640, 480)
SPLIT = 'test'
# Apart from every seed of training (1000, 2000), of the tests and of `ris simulate`.
SEED = 5050


def draw(number: int) -> Scene:
    """Return the numbered scene, of shapes that training never saw."""
    return sample_scene(np.random.default_rng([SEED, number]), SPLIT)


def world_matrix(thing: SceneObject | Wall | None) -> np.ndarray:
    """Return the (4, 4) matrix that takes a thing's meshes into the world."""
    matrix = np.eye(4)
    if thing is not None:
        corners = thing.to_world(np.vstack([np.zeros(3), np.eye(3)]).astype(np.float32))
        matrix[:3, 3] = corners[0]
        matrix[:3, :3] = (corners[1:] - corners[0]).T
    return matrix


def describe(scene: Scene) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """Return a scene as JSON values and arrays, in metres, radians, sRGB and linear light.

    The arrays of piece i are vertices_i, normals_i (V, 3) and faces_i (F, 3); its matrix takes
    them into the world. The camera's rotation has the optical axes (x right, y down) as columns.
    Walls let light through from behind.
    """
    described, arrays = [], {}
    for number, piece in enumerate(pieces(scene)):
        described.append({'label': piece.label, 'is_wall': isinstance(piece.pose, Wall),
                          'surface': asdict(piece.surface),
                          'matrix': world_matrix(piece.pose).tolist()})
        arrays |= {f'vertices_{number}': piece.mesh.vertices,
                   f'normals_{number}': piece.mesh.normals,
                   f'faces_{number}': piece.mesh.faces}
    sky, ground = surroundings(scene)
    model = scene.camera.model(*SIZE)
    return {
        'width': model.width, 'height': model.height, 'focal': model.fx,
        'position': list(scene.camera.position), 'rotation': scene.camera.rotation.tolist(),
        'light': asdict(scene.light), 'lamps': [asdict(lamp) for lamp in scene.lamps],
        'sky': sky.tolist(), 'ground': ground.tolist(), 'wall': list(scene.table.wall),
        'pieces': described}, arrays


def export_scenes(target: Path, count: int) -> None:
    """Write the first scenes as plain files.

    Args:
        target: Folder to write; each scene has a folder in it.
        count: Number of scenes.
    """
    for number in range(count):
        folder = target / f'scene_{number:04d}'
        folder.mkdir(parents=True, exist_ok=True)
        plain, arrays = describe(draw(number))
        np.savez(folder / 'meshes.npz', **arrays)
        (folder / 'scene.json').write_text(json.dumps(plain))
