# SPDX-License-Identifier: Apache-2.0
"""Scenes that are simple enough to know the answer by hand."""
from collections.abc import Callable

import numpy as np
import pytest

from ris_sim.sampling.colours import object_surfaces
from ris_sim.scene import Camera, Daylight, Material, Part, Scene, SceneObject, Table
from ris_sim.shapes.catalogue import variant


def _make_object(category: str, colour: str = 'red', x: float = 0.0, y: float = 0.0,
                 scale: float = 1.0, material: str = 'plain', number: int = 45) -> SceneObject:
    shape = variant(category, number)
    surfaces = object_surfaces(colour, material, np.random.default_rng(3))
    return SceneObject(
        f'{colour}_{category}_{x}_{y}', category, colour, material, 'medium', scale, number, False,
        (x, y, 0.0), 0.3, tuple(scale * edge for edge in shape.extents),
        tuple(Part(role, mesh, surfaces[role]) for role, mesh in shape.meshes))


def _make_scene(*objects: SceneObject) -> Scene:
    camera = Camera((0.0, -0.6, 0.6), 0.0, np.radians(45), np.pi / 2, np.radians(60))
    light = Daylight((0.0, -0.6, 0.8), 1.0, (1.0, 1.0, 1.0), 0.5, 0.03)
    table = Table((2.0, 2.0), 0.03, Material((.6, .6, .6)), Material((.3, .3, .3)), -0.7,
                  (.8, .8, .8))
    return Scene(objects, camera, light, table)


@pytest.fixture(scope='session')
def make_object() -> Callable[..., SceneObject]:
    """Return a function that makes an object at a place."""
    return _make_object


@pytest.fixture(scope='session')
def make_scene() -> Callable[..., Scene]:
    """Return a function that puts objects on a gray table under a camera at 45 degrees."""
    return _make_scene
