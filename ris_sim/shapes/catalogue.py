# SPDX-License-Identifier: Apache-2.0
"""The categories: 27 toys, and the things of a home; each has numbered, lasting variants."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
import zlib

import numpy as np

from ris_sim.shapes import food_tools as food
from ris_sim.shapes import household
from ris_sim.shapes import solids_toys as primitive
from ris_sim.shapes.home import HOME_BUILDERS
from ris_sim.shapes.mesh import Mesh, rotated, shaded
from ris_sim.style import Style

BUILDERS: dict[str, Callable] = {
    'ball': primitive.ball, 'cube': primitive.cube, 'box': primitive.oblong_box,
    'cylinder': primitive.upright_cylinder, 'cone': primitive.cone, 'pyramid': primitive.pyramid,
    'ring': primitive.ring, 'mug': household.mug, 'bowl': household.bowl,
    'plate': household.plate, 'bottle': household.bottle, 'can': household.can,
    'banana': food.banana, 'duck': primitive.duck, 'book': household.book,
    'vase': household.vase, 'apple': food.apple, 'pear': food.pear, 'carrot': food.carrot,
    'hammer': household.hammer, 'screwdriver': food.screwdriver, 'marker': primitive.marker,
    'toy car': primitive.toy_car, 'brick': primitive.brick, 'teddy bear': primitive.teddy_bear,
    'pan': household.pan, 'jar': household.jar}
CATEGORIES = tuple(BUILDERS)
# The categories of Style.HOME, those of Style.TOY among them.
HOME_CATEGORIES = tuple(HOME_BUILDERS)
CAN_LIE = frozenset({'bottle', 'can', 'cylinder', 'cone', 'mug', 'jar', 'vase'})
# The roles of the toys' parts; things of Style.HOME have more (see finishes.ROLE_LOOKS).
ROLES = ('main', 'accent', 'dark', 'white', 'metal', 'leaf')

# The variants of each split are disjoint, so that the shapes of 'test' were used neither in
# training nor in calibration.
VARIANTS = {'train': range(0, 40), 'test': range(40, 60), 'calibration': range(60, 80)}


@dataclass(frozen=True, eq=False)
class Shape:
    """One variant, standing on z = 0 with its footprint centred on the origin.

    Attributes:
        meshes: pairs of a role and its mesh.
        extents: x, y and z size in metres.
    """

    meshes: tuple[tuple[str, Mesh], ...]
    extents: tuple[float, float, float]


@lru_cache(maxsize=4096)
def variant(category: str, number: int, lying: bool = False, style: Style = Style.TOY) -> Shape:
    """Build a numbered variant of a category.

    Args:
        category: one of CATEGORIES, or of HOME_CATEGORIES in Style.HOME.
        number: of the variant.
        lying: whether it lies on its side.
        style: whose shapes to use.
    """
    is_toy = style is Style.TOY
    seed = zlib.crc32((category if is_toy else f'{style.value} {category}').encode())
    rng = np.random.default_rng([seed, number])
    solids = (BUILDERS if is_toy else HOME_BUILDERS)[category](rng)
    if lying:
        solids = [(role, rotated(solid, 90, 'y')) for role, solid in solids]
    bounds = np.array([solid.bounds for _, solid in solids])
    low, high = bounds[:, 0].min(axis=0), bounds[:, 1].max(axis=0)
    origin = np.array([*(low + high)[:2] / 2, low[2]])
    meshes = []
    for role in dict.fromkeys((*ROLES, *(role for role, _ in solids))):
        same = [solid for kind, solid in solids if kind == role]
        if same:
            mesh = merged([shaded(solid) for solid in same])
            meshes.append((role, Mesh(mesh.vertices - origin.astype(np.float32), mesh.normals,
                                      mesh.faces)))
    return Shape(tuple(meshes), tuple(float(edge) for edge in high - low))


def merged(meshes: list[Mesh]) -> Mesh:
    """Join meshes into one."""
    offsets = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    return Mesh(np.concatenate([mesh.vertices for mesh in meshes]),
                np.concatenate([mesh.normals for mesh in meshes]),
                np.concatenate([mesh.faces + offset for mesh, offset
                                in zip(meshes, offsets, strict=True)]).astype(np.int32))
