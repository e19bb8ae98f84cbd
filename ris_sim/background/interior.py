# SPDX-License-Identifier: Apache-2.0
"""What hangs on walls and stands about in rooms."""
from __future__ import annotations

import numpy as np

from ris_sim.background import surfaces as look
from ris_sim.background.furniture import Pieces, goods
from ris_sim.background.pictures import picture
from ris_sim.background.solids import at, ball, grid_mesh, link, pipe, post, sheet, slab, turned
from ris_sim.scene import Material, Projection


def door(rng: np.random.Generator) -> Pieces:
    """Build a door with its frame, panels and handle; it stands on the floor before a wall."""
    frame, leaf = look.light(rng), look.light(rng) if rng.random() < .5 else look.timber(rng)
    width, height = rng.uniform(.75, 1.0), rng.uniform(1.95, 2.1)
    found = [(leaf, slab(width, .03, height))]
    for side in (-1, 1):
        found.append((frame, at(slab(.08, .06, height + .08), side * (width / 2 + .04))))
    found.append((frame, at(slab(width + .16, .06, .08), z=height)))
    for z, share in ((.15, .3), (.55, .35)) if rng.random() < .5 else ():
        found.append((leaf, at(slab(width * .7, .045, height * share), z=z * height)))
    x = rng.choice([-1, 1]) * (width / 2 - .06)
    found.append((look.steel(rng), link([x, -.06, 1.02], [x * .7, -.06, 1.02], .01)))
    return found


def window(rng: np.random.Generator) -> Pieces:
    """Build a window with a frame, cross bars and a sill, bright as the sky outside."""
    width, height, frame = rng.uniform(.7, 1.8), rng.uniform(.8, 1.5), look.light(rng)
    low = rng.uniform(.75, 1.0)
    pane = look.pictured(picture('outdoors', rng), width, height, 0, low, rng,
                         emission=float(rng.choice([.05, rng.uniform(.6, 4)], p=[.2, .8])))
    found = [(pane, at(slab(width, .01, height), z=low)),
             (frame, at(slab(width + .1, .16, .03), y=-.06, z=low - .03))]
    for x in np.linspace(-width / 2, width / 2, int(rng.integers(2, 4))):
        found.append((frame, at(slab(.05, .05, height), x, -.01, low)))
    for z in np.linspace(0, height, int(rng.integers(2, 4))):
        found.append((frame, at(slab(width + .05, .05, .05), 0, -.01, low + z - .02)))
    if rng.random() < .3:
        slats = look.light(rng)
        for z in np.arange(rng.uniform(0, height * .7), height, .045):
            found.append((slats, at(slab(width, .025, .004), y=-.05, z=low + z, roll=.5)))
    return found


def wall_picture(rng: np.random.Generator) -> Pieces:
    """Build a picture, poster or notice at the height of the eyes, with or without a frame."""
    image = picture('poster' if rng.random() < .7 else 'page', rng)
    width = rng.uniform(.2, .9)
    height = width * image.shape[0] / image.shape[1]
    low = rng.uniform(.8, 1.5)
    found = [(look.pictured(image, width, height, -.012, low, rng),
              at(slab(width, .02, height), z=low))]
    if rng.random() < .6:
        edge = rng.uniform(.012, .05)
        found.append((look.timber(rng), at(slab(width + 2 * edge, .018, height + 2 * edge),
                                           y=.004, z=low - edge)))
    return found


def board(rng: np.random.Generator) -> Pieces:
    """Build a white board, black board or cork board with notes."""
    width, height, low = rng.uniform(.8, 2.2), rng.uniform(.7, 1.2), rng.uniform(.8, 1.0)
    face = [look.light(rng), look.dark(rng), look.painted((.72, .5, .3), rng)][rng.integers(3)]
    found = [(face, at(slab(width, .02, height), z=low)),
             (look.steel(rng), at(slab(width + .06, .015, height + .06), y=.005, z=low - .03))]
    for _ in range(int(rng.integers(0, 7))):
        x, z = rng.uniform(-.45, .45) * width, low + rng.uniform(.05, .75) * height
        note = look.plastic(rng, .8) if rng.random() < .6 else look.light(rng)
        found.append((note, at(slab(rng.uniform(.07, .2), .026, rng.uniform(.07, .28)), x, 0, z)))
    return found


def curtain(rng: np.random.Generator) -> Pieces:
    """Build a curtain in folds."""
    width, height = rng.uniform(.5, 1.6), rng.uniform(1.5, 2.4)
    x = np.linspace(0, 1, 60)
    folds = .05 * np.sin(2 * np.pi * x * width * rng.uniform(5, 10) + rng.uniform(0, 6))
    return [(look.fabric(rng), at(sheet(width, height, folds), y=-.06,
                                  z=max(0.0, 2.4 - height)))]


def radiator(rng: np.random.Generator) -> Pieces:
    """Build a radiator with ribs and a pipe."""
    width, height, paint = rng.uniform(.5, 1.4), rng.uniform(.4, .65), look.light(rng)
    found = [(paint, at(slab(width, .05, height), z=.12))]
    for x in np.arange(-width / 2 + .03, width / 2, rng.uniform(.04, .07)):
        found.append((paint, at(slab(.02, .03, height), x, -.035, .12)))
    found.append((paint, link([width / 2 - .02, 0, 0], [width / 2 - .02, 0, .15], .012)))
    return found


def plant(rng: np.random.Generator) -> Pieces:
    """Build a plant in a pot, with blades or round leaves on stalks."""
    size = rng.uniform(.12, .8)
    radius = rng.uniform(.07, .16) * max(size, .35) / .5
    pot = turned([[0, 0], [radius * .75, 0], [radius, radius * 1.7], [radius * .85, radius * 1.7],
                  [0, radius * 1.5]], 20)
    found = [(look.plastic(rng, .4), pot)]
    green, stalks = look.leaves(rng), []
    for _ in range(int(rng.integers(8, 18))):
        angle, lean = rng.uniform(0, 2 * np.pi), rng.uniform(.1, .8)
        way = np.array([np.cos(angle) * lean, np.sin(angle) * lean, 1])
        foot = np.array([0, 0, radius * 1.5])
        tip = foot + size * rng.uniform(.5, 1) * way / np.linalg.norm(way)
        stalks.append(blade(foot, tip, size * rng.uniform(.05, .2)))
    return found + [(green, mesh) for mesh in stalks]


def blade(foot: np.ndarray, tip: np.ndarray, width: float):
    """Build a leaf from foot to tip that hangs over at its end."""
    t = np.linspace(0, 1, 5)[:, None]
    middle = foot + t * (tip - foot) - [0, 0, 1] * (t ** 3) * .3 * np.linalg.norm(tip - foot)
    side = np.cross(tip - foot, [0, 0, 1.0])
    side = side / max(np.linalg.norm(side), 1e-6) * width
    half = side * (np.sin(np.pi * np.clip(t, .04, .97)))
    vertices = np.stack([middle - half, middle + half])
    normal = np.cross(tip - foot, side)
    normal = normal / max(np.linalg.norm(normal), 1e-6)
    return grid_mesh(vertices[None], np.broadcast_to(normal, (1, 2, 5, 3)))


def carton(rng: np.random.Generator) -> Pieces:
    """Build a cardboard box or a crate, closed or with open flaps."""
    width, depth, height = rng.uniform(.2, .6), rng.uniform(.2, .45), rng.uniform(.12, .45)
    brown = np.array([.68, .52, .36]) * rng.uniform(.75, 1.15)
    card = Material(tuple(float(c) for c in np.clip(brown, 0, 1)), roughness=.9)
    if rng.random() < .35:
        card = look.plastic(rng, .6)
    found = [(card, slab(width, depth, height))]
    if rng.random() < .4:
        for side in (-1, 1):
            found.append((card, at(slab(width, depth * .45, .006), y=side * depth * .62,
                                   z=height, roll=side * rng.uniform(.2, .9))))
        found.append((look.dark(rng), at(slab(width * .97, depth * .95, .002), z=height)))
    else:
        found.append((look.painted((.75, .65, .45), rng), at(slab(width, .05, .002), z=height)))
    if rng.random() < .5:
        size = rng.uniform(.3, .8) * width
        found.append((look.pictured(picture('page', rng), size, height * .5, -depth / 2,
                                    height * .25, rng),
                      at(slab(size, .004, height * .5), y=-depth / 2, z=height * .25)))
    return found


def basket(rng: np.random.Generator) -> Pieces:
    """Build a waste basket or a bucket."""
    radius, height = rng.uniform(.12, .2), rng.uniform(.25, .5)
    inner = radius * .96
    return [(look.plastic(rng, .4), turned(
        [[0, 0], [radius * .8, 0], [radius, height], [inner, height], [inner * .8, .01], [0, .01]],
        24))]


def bottle_crate(rng: np.random.Generator) -> Pieces:
    """Build a plastic crate with grip holes."""
    width, depth, height = rng.uniform(.35, .6), rng.uniform(.28, .4), rng.uniform(.16, .32)
    material = look.plastic(rng, .7)
    grip = at(slab(.12, .016, .03), y=-depth / 2, z=height * .75)
    return [*walled_box(width, depth, height, .012, material), (look.dark(rng), grip)]


def walled_box(width: float, depth: float, height: float, wall: float,
               material: Material) -> Pieces:
    """Build an open box of four walls and a floor."""
    found = [(material, slab(width, depth, min(wall, .004)))]
    for side in (-1, 1):
        found += [(material, at(slab(width, wall, height), y=side * (depth - wall) / 2)),
                  (material, at(slab(wall, depth, height), x=side * (width - wall) / 2))]
    return found


def pipes(rng: np.random.Generator) -> Pieces:
    """Build pipes or cable ducts that run up a wall."""
    material = look.light(rng) if rng.random() < .6 else look.steel(rng)
    return [(material, at(post(rng.uniform(.01, .04), 2.5, sections=12), x, -.05))
            for x in np.cumsum(rng.uniform(.06, .2, int(rng.integers(1, 4))))]


def clock(rng: np.random.Generator) -> Pieces:
    """Build a clock, a switch or a socket on a wall."""
    radius = rng.uniform(.1, .18)
    z = rng.uniform(1.4, 1.9)
    face = at(post(radius, .03, sections=28), 0, 0, z, roll=np.pi / 2)
    hand = at(slab(.012, .01, radius * .8), 0, -.035, z)
    socket = at(slab(.08, .012, .08), rng.uniform(-.5, .5), -.006, rng.choice([.3, 1.1]))
    return [(look.light(rng), face), (look.dark(rng), hand), (look.light(rng), socket)]


def wall_board(rng: np.random.Generator) -> Pieces:
    """Build a board on a wall with goods on it."""
    width, depth, z = rng.uniform(.6, 1.6), rng.uniform(.18, .3), rng.uniform(.9, 1.5)
    return [(look.timber(rng), at(slab(width, depth, .025), y=-depth / 2, z=z)),
            *((material, at(mesh, y=-depth / 2)) for material, mesh
              in goods(width, depth, .32, z + .025, rng))]


def carpet(rng: np.random.Generator) -> Pieces:
    """Build a carpet with a pattern, a border or a picture."""
    width, depth = rng.uniform(1.0, 2.6), rng.uniform(.8, 1.8)
    found = [(look.fabric(rng), slab(width, depth, .008))]
    if rng.random() < .5:
        image = picture('poster', rng)
        middle = look.pictured(image, width * .85, .02, 0, 0, rng, Projection.TOP, depth * .8)
        found.append((middle, slab(width * .85, depth * .8, .01)))
    return found


def poles(rng: np.random.Generator) -> Pieces:
    """Build a broom, a stand for clothes or a column."""
    height = rng.uniform(1.0, 1.9)
    material = look.timber(rng) if rng.random() < .5 else look.steel(rng)
    found = [(material, post(rng.uniform(.012, .035), height)),
             (look.plastic(rng), slab(.3, .1, .06))]
    for angle in rng.uniform(0, 2 * np.pi, 3):
        way = .12 * np.array([np.cos(angle), np.sin(angle)])
        found.append((material, pipe([[0, 0, height * .95], [*way, height]], .009)))
    return found


def ball_on_floor(rng: np.random.Generator) -> Pieces:
    """Build a cushion or a beanbag."""
    size = rng.uniform(.2, .4)
    return [(look.fabric(rng), at(ball(size, size * .9, size * .5), z=size * .48))]
