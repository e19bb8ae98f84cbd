# SPDX-License-Identifier: Apache-2.0
"""Draw whole scenes from a seeded generator: objects on a table, a room and a camera."""
from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ris_ros.errors import RisError
from ris_sim.sampling.colours import object_surfaces
from ris_sim.sampling.descriptions import Description, describe_objects
from ris_sim.sampling.furnishing import furnish
from ris_sim.sampling.home_objects import make_home_object
from ris_sim.sampling.home_rooms import sample_room
from ris_sim.sampling.placement import place_apart, place_behind, place_on, place_touching
from ris_sim.sampling.rooms import sample_camera, sample_lamps, sample_light, sample_table
from ris_sim.scene import Camera, Part, Scene, SceneObject
from ris_sim.shapes.catalogue import CAN_LIE, VARIANTS, variant
from ris_sim.style import Style

# Ranges of the factor on a variant's size.
SIZES = {'small': (.62, .74), 'medium': (.9, 1.1), 'large': (1.35, 1.55)}
LYING_SHARE = .2


def sample_scene(rng: np.random.Generator, split: str = 'train',
                 count: tuple[int, int] = (3, 8),
                 describe: Callable[..., list[Description]] = describe_objects,
                 style: Style = Style.TOY) -> Scene:
    """Draw a scene.

    Args:
        rng: to draw with; the same seed gives the same scene.
        split: 'train', 'test' or 'calibration'; their shapes are disjoint.
        count: least and most objects; there are fewer when the table is full.
        describe: draws a number of descriptions; called with the number, rng and style.
        style: what the scene looks like.

    Raises:
        RisError: if there is no such split.
    """
    if split not in VARIANTS:
        raise RisError(f'There is no split {split!r}; choose from {", ".join(VARIANTS)}.')
    if style is Style.HOME:
        room = sample_room(rng)
        placed = place_all(split, count, describe, style, room.reach, room.camera, rng)
        return Scene(placed, room.camera, room.light, room.table, room.lamps,
                     furnish(room, placed, rng), room.metering)
    reach = rng.uniform(.2, .34)
    camera, light, lamps = sample_camera(reach, rng), sample_light(rng), sample_lamps(rng)
    table = sample_table(rng)
    placed = place_all(split, count, describe, style, reach, camera, rng)
    return Scene(placed, camera, light, table, lamps)


def place_all(split: str, count: tuple[int, int], describe: Callable[..., list[Description]],
              style: Style, reach: float, camera: Camera,
              rng: np.random.Generator) -> tuple[SceneObject, ...]:
    """Draw the objects of a scene, each in its place.

    Args:
        split: whose shapes are used.
        count: least and most objects.
        describe: draws a number of descriptions.
        style: what the scene looks like.
        reach: metres that are used, see placement.within.
        camera: that sees them.
        rng: to draw with.
    """
    wanted = describe(int(rng.integers(count[0], count[1] + 1)), rng, style)
    placed: list[SceneObject] = []
    for description in wanted:
        make = make_object if style is Style.TOY else make_home_object
        thing = make(description, len(placed) + 1, split, rng)
        thing = place(thing, description.how, placed, reach, camera, rng)
        if thing is not None:
            placed.append(thing)
    return tuple(placed)


def make_object(description: Description, number: int, split: str,
                rng: np.random.Generator) -> SceneObject:
    """Draw an object's shape, scale and materials; it has no place yet.

    Args:
        description: of the object.
        number: ends its name.
        split: whose shapes are used.
        rng: to draw with.
    """
    which = int(rng.choice(VARIANTS[split]))
    lying = description.category in CAN_LIE and rng.random() < LYING_SHARE
    scale = float(rng.uniform(*SIZES[description.size_word]))
    shape = variant(description.category, which, lying)
    surfaces = object_surfaces(description.colour, description.material, rng)
    name = f'{description.colour}_{description.category}_{number}'.replace(' ', '_')
    return SceneObject(
        name, description.category, description.colour, description.material,
        description.size_word, scale, which, lying, (0.0, 0.0, 0.0), 0.0,
        tuple(scale * edge for edge in shape.extents),
        tuple(Part(role, mesh, surfaces[role]) for role, mesh in shape.meshes))


def place(thing: SceneObject, how: str, placed: Sequence[SceneObject], reach: float,
          camera: Camera, rng: np.random.Generator) -> SceneObject | None:
    """Find the place that the description asks for, or one apart; None when the table is full."""
    there = None
    if how == 'on' and placed:
        there = place_on(thing, placed[-1], placed, rng)
    elif how == 'touching':
        there = place_touching(thing, placed, reach, rng)
    elif how == 'behind':
        there = place_behind(thing, placed, reach, camera, rng)
    return there or place_apart(thing, placed, reach, rng)
