# SPDX-License-Identifier: Apache-2.0
"""A table laid by hand, on which each relation and a dialogue have a meaning.

Four kinds stand there twice, so that a command needs its relation: two mugs, two pears, two ducks
(one on the book) and two apples (one in the bowl).
"""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from ris_ros.errors import RisError
from ris_sim.sampling.descriptions import Description
from ris_sim.sampling.placement import place_on
from ris_sim.sampling.scenes import make_object
from ris_sim.scene import Camera, Daylight, Material, Scene, SceneObject, Table

SEED = 12
# Category, colour, size and place: x to the right and y away from the camera, metres.
_STANDING = (
    ('bowl', 'white', 'large', -.17, .05), ('book', 'blue', 'large', .17, .11),
    ('mug', 'red', 'medium', -.07, -.14), ('mug', 'cyan', 'medium', .11, -.14),
    ('ball', 'orange', 'medium', .02, -.15), ('pear', 'green', 'medium', .0, .1),
    ('pear', 'green', 'medium', .22, -.19), ('duck', 'yellow', 'medium', -.2, -.13),
    ('apple', 'red', 'medium', .2, .3))
# Category, colour, size, and the category of the support.
_RESTING = (('apple', 'red', 'small', 'bowl'), ('duck', 'yellow', 'small', 'book'))
_CAMERA = Camera((0.0, -.62, .6), 0.0, float(np.radians(43)), np.pi / 2, float(np.radians(56)))
_LIGHT = Daylight((-.35, -.3, .89), 1.0, (1.0, .96, .9), .6, .08)
_TABLE = Table((1.2, 1.0), .04, Material((.62, .5, .38), (.5, .4, .3), 'wood', 9.0, 3.0),
               Material((.45, .45, .47)), -.7, (.82, .83, .8))


def lay_table(split: str = 'test') -> Scene:
    """Lay the table with the shapes of a split.

    Raises:
        RisError: if an object does not stay on its support.
    """
    rng = np.random.default_rng(SEED)
    placed: list[SceneObject] = []
    for category, colour, size, x, y in _STANDING:
        thing = _make(category, colour, size, len(placed) + 1, split, rng)
        placed.append(replace(thing, position=(x, y, 0.0)))
    for category, colour, size, below in _RESTING:
        thing = _make(category, colour, size, len(placed) + 1, split, rng)
        support = next(other for other in placed if other.category == below)
        there = place_on(thing, support, placed, rng)
        if there is None:
            raise RisError(f'The {category} does not stay on the {below}.')
        placed.append(there)
    return Scene(tuple(placed), _CAMERA, _LIGHT, _TABLE)


def _make(category: str, colour: str, size: str, number: int, split: str,
          rng: np.random.Generator) -> SceneObject:
    """Draw an object until it stands upright."""
    while True:
        thing = make_object(Description(category, colour, 'plain', size), number, split, rng)
        if not thing.lying:
            return thing
