"""Draw scenes that are hard in the right way: several objects share a colour or a category."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.errors import RisError
from ris_ros.simulation.colours import (
    COLOURS,
    MATERIALS,
    NATURAL,
    background_colour,
    object_surfaces,
)
from ris_ros.simulation.scene import (
    Camera,
    Colour,
    Light,
    Part,
    Scene,
    SceneObject,
    Surface,
    Table,
)
from ris_ros.simulation.shapes import CAN_LIE, CATEGORIES, VARIANTS, variant

SIZES = {'small': (.62, .74), 'medium': (.9, 1.1), 'large': (1.35, 1.55)}
MATERIAL_SHARES = (.7, .1, .1, .1)
TABLE_TEXTURES = ('plain', 'noise', 'wood', 'wood', 'checker', 'speckle', 'stripes', 'planks')
CLEARANCE = .008


@dataclass(frozen=True)
class Description:
    """What an object is to be, before it has a place."""

    category: str
    colour: str
    material: str
    size_word: str


def sample_scene(rng: np.random.Generator, split: str = 'train',
                 count: tuple[int, int] = (3, 8)) -> Scene:
    """Draw a scene with from count[0] to count[1] objects.

    split: 'train' or 'test'; their shapes are disjoint. Raises RisError for another split.
    """
    if split not in VARIANTS:
        raise RisError(f'There is no split {split!r}; choose from {", ".join(VARIANTS)}.')
    wanted = describe_objects(int(rng.integers(count[0], count[1] + 1)), rng)
    reach = rng.uniform(.2, .34)
    placed: list[SceneObject] = []
    for description in wanted:
        thing = place(description, placed, reach, split, rng)
        if thing is not None:
            placed.append(thing)
    return Scene(tuple(placed), sample_camera(reach, rng), sample_light(rng), sample_table(rng))


def describe_objects(count: int, rng: np.random.Generator) -> list[Description]:
    """Draw descriptions; half of them share something with an earlier one."""
    descriptions: list[Description] = []
    for _ in range(count):
        category = str(rng.choice(CATEGORIES))
        natural = category in NATURAL and rng.random() < .5
        colour = str(rng.choice(NATURAL[category] if natural else list(COLOURS)))
        material = str(rng.choice(MATERIALS, p=MATERIAL_SHARES))
        if descriptions and rng.random() < .5:
            other = descriptions[rng.integers(len(descriptions))]
            kind = rng.random()
            if kind < .75:
                category = other.category if kind < .45 else category
                colour = other.colour if kind >= .45 else colour
            else:
                category, colour, material = other.category, other.colour, other.material
        if material == 'wood':
            colour = 'brown'
        size_word = str(rng.choice(list(SIZES), p=[.3, .4, .3]))
        descriptions.append(Description(category, colour, material, size_word))
    return descriptions


def place(description: Description, placed: list[SceneObject], reach: float, split: str,
          rng: np.random.Generator) -> SceneObject | None:
    """Find a free place for an object, or None where the table is full."""
    number = int(rng.choice(VARIANTS[split]))
    lying = description.category in CAN_LIE and rng.random() < .2
    scale = float(rng.uniform(*SIZES[description.size_word]))
    shape = variant(description.category, number, lying)
    extents = tuple(scale * edge for edge in shape.extents)
    surfaces = object_surfaces(description.colour, description.material, rng)
    parts = tuple(Part(role, mesh, surfaces[role]) for role, mesh in shape.meshes)
    name = f'{description.colour}_{description.category}_{len(placed) + 1}'.replace(' ', '_')
    for _ in range(40):
        x, y = rng.uniform(-1.25 * reach, 1.25 * reach), rng.uniform(-reach, reach)
        thing = SceneObject(
            name, description.category, description.colour, description.material,
            description.size_word, scale, number, lying, (float(x), float(y), 0.0),
            float(rng.uniform(-np.pi, np.pi)), extents, parts)
        if not any(footprints_touch(thing, other) for other in placed):
            return thing
    return None


def footprint(thing: SceneObject) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the centre, unit axes (rows) and half extents of the bounding rectangle."""
    c, s = np.cos(thing.yaw), np.sin(thing.yaw)
    half = np.array(thing.extents[:2]) / 2 + CLEARANCE / 2
    return np.array(thing.position[:2]), np.array([[c, s], [-s, c]]), half


def footprints_touch(one: SceneObject, other: SceneObject) -> bool:
    """Say whether two bounding rectangles overlap (separating axis test)."""
    (p, a, ha), (q, b, hb) = footprint(one), footprint(other)
    axes = np.vstack([a, b])
    extent = np.abs(axes @ a.T) @ ha + np.abs(axes @ b.T) @ hb
    return bool((np.abs(axes @ (q - p)) < extent).all())


def sample_camera(reach: float, rng: np.random.Generator) -> Camera:
    """Draw a camera that looks down on the table from one side."""
    pitch = np.radians(rng.uniform(28, 72))
    distance = rng.uniform(.75, 1.25) * (reach / .29) ** .7
    yaw = np.pi / 2 + rng.normal(0, .15)
    forward = np.array([np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), -np.sin(pitch)])
    target = np.array([rng.normal(0, .04), rng.normal(0, .04), .03])
    position = target - distance * forward
    return Camera(tuple(position.tolist()), float(rng.normal(0, .03)), float(pitch), float(yaw),
                  float(np.radians(rng.uniform(48, 62))))


def sample_light(rng: np.random.Generator) -> Light:
    """Draw a sun of any side, warm or cool, sharp or soft."""
    around, up = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(35, 80))
    direction = (float(np.cos(around) * np.cos(up)), float(np.sin(around) * np.cos(up)),
                 float(np.sin(up)))
    warm = rng.random() < .6
    colour: Colour = ((1.0, rng.uniform(.86, 1), rng.uniform(.7, 1)) if warm
                      else (rng.uniform(.82, 1), rng.uniform(.9, 1), 1.0))
    return Light(direction, float(rng.uniform(.6, 1.5)), colour, float(rng.uniform(.3, .75)),
                 float(rng.uniform(.01, .12)))


def sample_table(rng: np.random.Generator) -> Table:
    """Draw a table, what stands behind it and what it stands on."""
    return Table(size=(float(rng.uniform(1.0, 1.8)), float(rng.uniform(.85, 1.6))),
                 thickness=float(rng.uniform(.02, .06)),
                 surface=background_surface(rng, 4, 24), floor=background_surface(rng, 2, 10),
                 floor_z=-.7, wall=background_colour(rng))


def background_surface(rng: np.random.Generator, low: float, high: float) -> Surface:
    """Draw the surface of a table or a floor, with texture scales from low to high."""
    texture = str(rng.choice(TABLE_TEXTURES))
    colour, second = background_colour(rng), background_colour(rng)
    if texture in ('wood', 'planks') or rng.random() < .35:
        second = tuple(float(c) * rng.uniform(.5, .85) for c in colour)
    return Surface(colour, second, texture, float(rng.uniform(low, high)),
                   float(rng.uniform(0, 99)), roughness=float(rng.uniform(.35, 1)))
