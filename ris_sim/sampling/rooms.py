# SPDX-License-Identifier: Apache-2.0
"""Draw camera, light, table, floor and walls."""
from __future__ import annotations

import numpy as np

from ris_sim.sampling.colours import background_colour
from ris_sim.scene import Camera, Colour, Daylight, Lamp, Material, Table, Wall

# A texture that is listed twice is drawn twice as often.
TABLE_TEXTURES = ('plain', 'noise', 'wood', 'wood', 'wood', 'planks', 'planks', 'checker',
                  'gingham', 'speckle', 'stripes', 'marble', 'weave')
FLOOR_TEXTURES = ('plain', 'noise', 'wood', 'planks', 'planks', 'checker', 'tiles', 'tiles',
                  'weave', 'speckle')
WALL_TEXTURES = ('plain', 'plain', 'plain', 'noise', 'stripes', 'tiles', 'bricks')
FLOOR_Z = -.7  # metres
# Probabilities of no lamp, one lamp and two lamps.
LAMP_SHARES = (.55, .3, .15)
WALL_HEIGHT = 2.6  # metres


def sample_camera(reach: float, rng: np.random.Generator) -> Camera:
    """Draw a camera that looks down on the table from one side."""
    pitch = np.radians(rng.uniform(24, 74))
    distance = rng.uniform(.72, 1.3) * (reach / .29) ** .7
    yaw = np.pi / 2 + rng.normal(0, .2)
    forward = np.array([np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), -np.sin(pitch)])
    target = np.array([rng.normal(0, .04), rng.normal(0, .04), .03])
    position = target - distance * forward
    return Camera(tuple(position.tolist()), float(rng.normal(0, .04)), float(pitch), float(yaw),
                  float(np.radians(rng.uniform(46, 64))))


def sample_light(rng: np.random.Generator) -> Daylight:
    """Draw a sun from any side, warm or cool, with sharp or soft shadows."""
    around, up = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(35, 80))
    direction = (float(np.cos(around) * np.cos(up)), float(np.sin(around) * np.cos(up)),
                 float(np.sin(up)))
    return Daylight(direction, float(rng.uniform(.6, 1.4)), light_colour(rng),
                    float(rng.uniform(.45, .8)), float(rng.uniform(.01, .14)))


def sample_lamps(rng: np.random.Generator) -> tuple[Lamp, ...]:
    """Draw none, one or two lamps over the table."""
    lamps = []
    for _ in range(int(rng.choice(3, p=LAMP_SHARES))):
        around, out, up = rng.uniform(0, 2 * np.pi), rng.uniform(.3, 1.1), rng.uniform(.9, 1.7)
        position = (float(out * np.cos(around)), float(out * np.sin(around)), float(up))
        power = rng.uniform(.2, .6) * (out ** 2 + up ** 2)
        lamps.append(Lamp(position, float(power), light_colour(rng)))
    return tuple(lamps)


def light_colour(rng: np.random.Generator) -> Colour:
    """Draw the colour of a light, warm more often than cool."""
    if rng.random() < .6:
        return (1.0, float(rng.uniform(.86, 1)), float(rng.uniform(.7, 1)))
    return (float(rng.uniform(.82, 1)), float(rng.uniform(.9, 1)), 1.0)


def sample_table(rng: np.random.Generator) -> Table:
    """Draw a table, a floor and, mostly, walls around it."""
    size = (float(rng.uniform(1.0, 1.8)), float(rng.uniform(.85, 1.6)))
    surface = background_surface(rng, TABLE_TEXTURES, 4, 24)
    floor = background_surface(rng, FLOOR_TEXTURES, 2, 10)
    walls = sample_walls(size, rng) if rng.random() < .8 else ()
    return Table(size, float(rng.uniform(.02, .06)), surface, floor, FLOOR_Z,
                 background_colour(rng), walls)


def sample_walls(table: tuple[float, float], rng: np.random.Generator) -> tuple[Wall, ...]:
    """Draw a wall behind the table and, half the time, one at its side, of one material."""
    surface = background_surface(rng, WALL_TEXTURES, 3, 9)
    gap = float(rng.choice([.02, rng.uniform(.1, 1.8)], p=[.35, .65]))
    back = table[1] / 2 + gap
    walls = [Wall((0.0, back, FLOOR_Z), -np.pi / 2, (8.0, WALL_HEIGHT), surface)]
    if rng.random() < .5:
        side = float(rng.choice([-1, 1]))
        x = side * (table[0] / 2 + rng.uniform(.05, 1.2))
        length = 6.0
        walls.append(Wall((float(x), back - length / 2, FLOOR_Z), 0.0 if side < 0 else np.pi,
                          (length, WALL_HEIGHT), surface))
    return tuple(walls)


def background_surface(rng: np.random.Generator, textures: tuple[str, ...], low: float,
                       high: float) -> Material:
    """Draw the material of a table, a floor or a wall.

    Args:
        rng: to draw with.
        textures: to choose from.
        low: least texture periods per metre.
        high: most texture periods per metre.
    """
    texture = str(rng.choice(textures))
    colour, second = background_colour(rng), background_colour(rng)
    if texture in ('wood', 'planks', 'weave', 'tiles', 'bricks') or rng.random() < .4:
        second = tuple(float(c) * float(rng.uniform(.5, .85)) for c in colour)
    if texture in ('gingham', 'marble') and rng.random() < .6:
        second = (.93, .92, .89)
    return Material(colour, second, texture, float(rng.uniform(low, high)),
                    float(rng.uniform(0, 99)), roughness=float(rng.uniform(.35, 1)))
