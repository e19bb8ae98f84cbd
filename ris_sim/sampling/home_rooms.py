# SPDX-License-Identifier: Apache-2.0
"""Draw lived-in places: a table, a floor, a shelf or a bin, with the camera before it."""
from __future__ import annotations

import colorsys
from dataclasses import dataclass
from enum import Enum

import numpy as np

from ris_sim.sampling.colours import background_colour
from ris_sim.sampling.home_light import sample_home_light, sample_metering
from ris_sim.scene import Camera, Colour, Daylight, Lamp, Material, Metering, Table, Wall

TEXTURES_OF_TOPS = {
    'oak': .26, 'wood': .1, 'planks': .06, 'plain': .2, 'marble': .05, 'speckle': .05,
    'noise': .04, 'brushed': .06, 'terrazzo': .03, 'gingham': .02, 'weave': .03, 'checker': .03,
    'tiles': .02, 'stripes': .02, 'plaid': .03, 'dots': .015, 'flowers': .025, 'crumpled': .03,
    'parquet': .02}
TEXTURES_OF_FLOORS = {
    'planks': .12, 'oak': .14, 'parquet': .1, 'tiles': .16, 'noise': .06, 'speckle': .1,
    'carpet': .16, 'terrazzo': .04, 'weave': .06, 'plain': .06}
TEXTURES_OF_WALLS = {'plain': .68, 'noise': .1, 'stripes': .05, 'tiles': .09, 'bricks': .08}
PATTERNED = ('gingham', 'checker', 'stripes', 'plaid', 'dots', 'flowers')
WOODEN = ('wood', 'planks', 'oak', 'parquet')
WALL_HEIGHT = 2.6


class Place(Enum):
    """What the named things stand on."""

    TABLE = 'table'
    FLOOR = 'floor'
    SHELF = 'shelf'
    BIN = 'bin'


SHARES = {Place.TABLE: .76, Place.FLOOR: .09, Place.SHELF: .08, Place.BIN: .07}


@dataclass(frozen=True)
class Room:
    """A place before anything stands there.

    Attributes:
        place: what things stand on.
        reach: metres of it that are used, see placement.within.
        camera: before it.
        table: the top and the walls around.
        light: the sun or the main lamp, and the ambient light.
        lamps: further ones.
        metering: of the camera.
    """

    place: Place
    reach: float
    camera: Camera
    table: Table
    light: Daylight
    lamps: tuple[Lamp, ...]
    metering: Metering


def sample_room(rng: np.random.Generator) -> Room:
    """Draw a room."""
    place = list(SHARES)[int(rng.choice(len(SHARES), p=list(SHARES.values())))]
    reach, camera = sample_home_camera(place, rng)
    light, lamps = sample_home_light(rng)
    return Room(place, reach, camera, sample_home_table(place, reach, rng), light, lamps,
                sample_metering(rng))


def sample_home_camera(place: Place, rng: np.random.Generator) -> tuple[float, Camera]:
    """Draw how far things spread, and a camera that sees them."""
    low, high = {Place.SHELF: (2, 28), Place.BIN: (45, 82), Place.FLOOR: (20, 70)}.get(
        place, [(8, 26), (26, 46), (46, 72)][int(rng.choice(3, p=[.42, .4, .18]))])
    pitch = np.radians(rng.uniform(low, high))
    fov = np.radians(45 + 50 * rng.beta(1.2, 3.2))
    half = float(np.exp(rng.uniform(np.log(.3), np.log(.85))))
    distance = float(np.clip(half / np.tan(fov / 2), .42, 1.6))
    half = distance * np.tan(fov / 2)
    reach = min(rng.uniform(.4, .95) * half / 1.25, .62 * distance, .45)
    reach = min(reach, .15) if place is Place.SHELF else max(reach, .14)
    yaw = np.pi / 2 + rng.normal(0, .25)
    forward = np.array([np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), -np.sin(pitch)])
    target = np.array([*rng.normal(0, .12 * half, 2), .05])
    position = target - distance * forward
    # The things are often below the middle, and the room behind fills the rest of the picture.
    up = rng.uniform(0, .3) * fov * .75 if rng.random() < .45 else rng.normal(0, .05)
    roll = rng.uniform(-.35, .35) if rng.random() < .1 else rng.normal(0, .04)
    return float(reach), Camera(tuple(position.tolist()), float(roll), float(pitch - up),
                                float(yaw), float(fov))


def sample_home_table(place: Place, reach: float, rng: np.random.Generator) -> Table:
    """Draw the top, the floor below and the walls around."""
    floor = surface(TEXTURES_OF_FLOORS, 2, 12, rng)
    if place is Place.FLOOR:
        return Table((10.0, 10.0), .01, floor, floor, -.02, background_colour(rng),
                     home_walls(float(rng.uniform(.5, 3)), -.02, rng))
    top, is_round = surface(TEXTURES_OF_TOPS, 3, 22, rng), False
    if place is Place.SHELF:
        size, centre = (float(rng.uniform(.6, 1.1)), 2 * reach + .08), (0.0, .02)
        floor_z, back = float(-rng.uniform(.3, 1.3)), reach + .14
    else:
        left, right = 1.25 * reach + .03 + .6 * rng.random(2) ** 1.5
        front = reach + .03 + rng.uniform(0, .5)
        behind = reach + .03 + .8 * rng.random() ** 1.6
        size, centre = (left + right, front + behind), ((right - left) / 2, (behind - front) / 2)
        floor_z = float(-rng.choice([rng.uniform(.68, .78), rng.uniform(.35, .95)]))
        is_round = bool(rng.random() < .1)
        if is_round:
            size = (size[0] * 1.3, size[1] * 1.3)
        gap = rng.choice([.02, rng.uniform(.3, 3.2)], p=[.25, .75])
        back = centre[1] + size[1] / 2 + gap
    walls = home_walls(float(back), floor_z, rng) if rng.random() < .9 else ()
    return Table(tuple(float(edge) for edge in size), float(rng.uniform(.016, .06)), top, floor,
                 floor_z, background_colour(rng), walls, tuple(float(c) for c in centre), is_round)


def home_walls(back: float, floor_z: float, rng: np.random.Generator) -> tuple[Wall, ...]:
    """Draw a wall behind, at a distance in metres, and at times walls at the sides."""
    paper = surface(TEXTURES_OF_WALLS, 3, 9, rng)
    walls = [Wall((0.0, back, floor_z), -np.pi / 2, (10.0, WALL_HEIGHT), paper)]
    for side in (-1, 1):
        if rng.random() < .4:
            x = side * rng.uniform(1.2, 3.5)
            walls.append(Wall((float(x), back - 4, floor_z), 0.0 if side < 0 else np.pi,
                              (8.0, WALL_HEIGHT), paper))
    return tuple(walls)


def surface(shares: dict[str, float], low: float, high: float,
            rng: np.random.Generator) -> Material:
    """Draw the material of a top, a floor or a wall.

    Args:
        shares: of the textures.
        low: least texture periods per metre.
        high: most texture periods per metre.
        rng: to draw with.
    """
    shares_sum = sum(shares.values())
    texture = str(rng.choice(list(shares), p=[share / shares_sum for share in shares.values()]))
    colour = wood_colour(rng) if texture in WOODEN else room_colour(rng)
    contrast = float(rng.uniform(.45, .95))
    second = tuple(float(c) * contrast for c in colour)
    if texture in PATTERNED and rng.random() < .7:
        second = room_colour(rng)
    if texture == 'marble' and rng.random() < .6:
        colour, second = (.93, .92, .89), tuple(float(c) for c in rng.uniform(.3, .7, 3))
    return Material(colour, second, texture, float(np.exp(rng.uniform(np.log(low), np.log(high)))),
                    float(rng.uniform(0, 99)), roughness=float(rng.uniform(.3, 1)))


def wood_colour(rng: np.random.Generator) -> Colour:
    """Draw a tone of wood, from birch to wenge, some of them painted or gray."""
    if rng.random() < .12:
        return room_colour(rng)
    return colorsys.hsv_to_rgb(rng.uniform(.045, .11), rng.uniform(.15, .65), rng.uniform(.25, .9))


def room_colour(rng: np.random.Generator) -> Colour:
    """Draw a colour of tops, cloths, floors and walls: often white, gray, beige or black."""
    kind = rng.random()
    if kind < .3:
        level = rng.uniform(.75, .97)
        return tuple(float(level * tint) for tint in rng.uniform(.94, 1, 3))
    if kind < .55:
        level = rng.uniform(.06, .65)
        return tuple(float(level * tint) for tint in rng.uniform(.92, 1, 3))
    if kind < .75:
        return colorsys.hsv_to_rgb(rng.uniform(.05, .14), rng.uniform(.1, .5),
                                   rng.uniform(.35, .9))
    return colorsys.hsv_to_rgb(rng.random(), rng.uniform(.15, .8), rng.uniform(.2, .95))
