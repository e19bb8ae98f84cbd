# SPDX-License-Identifier: Apache-2.0
"""Furniture: each builder draws one piece that stands on the floor and faces -y."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from ris_sim.background import surfaces as look
from ris_sim.background.pictures import picture
from ris_sim.background.solids import at, ball, beam, link, pipe, post, slab
from ris_sim.scene import Material
from ris_sim.shapes.mesh import Mesh

Pieces = list[tuple[Material, Mesh]]


def legs(x: float, y: float, height: float, material: Material, rng: np.random.Generator,
         inset: float = .04) -> Pieces:
    """Build four legs under a rectangle: square, round, turned or splayed."""
    kind, thick = rng.integers(4), rng.uniform(.012, .04)
    found = []
    for sx in (-1, 1):
        for sy in (-1, 1):
            px, py = sx * (x / 2 - inset), sy * (y / 2 - inset)
            if kind == 0:
                leg = at(slab(2 * thick, 2 * thick, height), px, py)
            elif kind == 1:
                leg = at(post(thick, height, thick * rng.uniform(.7, 1.2)), px, py)
            elif kind == 2:
                bulge = np.array([.7, .8, 1.3, .9, 1.5, 1.1, 1.4, 1.4])
                leg = at(turned_leg(thick * bulge, height), px, py)
            else:
                leg = link([px + sx * .06, py + sy * .06, 0], [px, py, height], thick * .7,
                           thick)
            found.append((material, leg))
    return found


def turned_leg(radii: np.ndarray, height: float) -> Mesh:
    """Build a leg from a lathe."""
    return pipe(np.c_[np.zeros((len(radii), 2)), np.linspace(0, height, len(radii))], radii, 12)


def kitchen_chair(rng: np.random.Generator) -> Pieces:
    """Build a chair with four legs and a back of slats, spindles or one board."""
    wood = look.timber(rng)
    seat = wood if rng.random() < .6 else look.fabric(rng)
    width, depth = rng.uniform(.38, .48), rng.uniform(.38, .46)
    height, top = rng.uniform(.42, .48), rng.uniform(.78, 1.05)
    found = [(seat, at(slab(width, depth, rng.uniform(.02, .06)), z=height)),
             *legs(width, depth, height, wood, rng)]
    back, lean = depth / 2 - .02, rng.uniform(.02, .1)
    for side in (-1, 1):
        found.append((wood, beam([side * (width / 2 - .02), back, height],
                                 [side * (width / 2 - .02), back + lean, top], .03, .03)))
    kind = rng.integers(3)
    if kind == 0:
        for share in np.linspace(.35, .95, int(rng.integers(2, 5))):
            z = height + share * (top - height)
            found.append((wood, at(slab(width - .04, .018, .05), y=back + lean * share,
                                   z=z - .03)))
    elif kind == 1:
        for x in np.linspace(-.4, .4, int(rng.integers(3, 7))) * width:
            found.append((wood, link([x, back, height], [x, back + lean, top], .009)))
        found.append((wood, at(slab(width, .025, .06), y=back + lean, z=top - .04)))
    else:
        found.append((seat, at(slab(width - .03, .03, (top - height) * .6), y=back + lean * .7,
                               z=height + .4 * (top - height))))
    return found


def office_chair(rng: np.random.Generator) -> Pieces:
    """Build a swivel chair on a star of five feet, with or without arms."""
    frame, cloth = look.dark(rng) if rng.random() < .8 else look.steel(rng), look.fabric(rng)
    height, width = rng.uniform(.42, .55), rng.uniform(.42, .5)
    found = [(frame, post(.028, height))]
    for i in range(5):
        angle = 2 * np.pi * i / 5 + .3
        foot = [.3 * np.cos(angle), .3 * np.sin(angle), .06]
        found += [(frame, link([0, 0, .11], foot, .026, .018)),
                  (frame, at(ball(.028, .028, .03, 8), foot[0], foot[1], .03))]
    found.append((cloth, at(ball(width / 2, width / 2, .06, 16), z=height + .03)))
    found.append((cloth, at(slab(width, width * .9, .05), z=height)))
    tall, back = rng.uniform(.4, .75), width / 2
    found.append((frame, link([0, back - .1, height], [0, back + .06, height + .3], .022)))
    curve = at(slab(width * .95, .06, tall), y=back + .02, z=height + .12, roll=-.12)
    found.append((cloth, curve))
    if rng.random() < .6:
        for side in (-1, 1):
            x = side * (width / 2 + .03)
            found += [(frame, beam([x, .05, height], [x, .05, height + .2], .03, .05)),
                      (frame, at(slab(.06, .26, .03), x, 0, height + .2))]
    return found


def tube_chair(rng: np.random.Generator) -> Pieces:
    """Build a stacking chair of bent steel tube with a shell or two pads."""
    tube, shell = look.steel(rng), look.plastic(rng, .5) if rng.random() < .5 else look.fabric(rng)
    width, seat = rng.uniform(.4, .48), rng.uniform(.43, .47)
    found = []
    for side in (-1, 1):
        x = side * width / 2
        found += [(tube, pipe([[x, -.24, 0], [x, -.2, seat], [x, .2, seat], [x, .28, seat + .38]],
                              .012)),
                  (tube, link([x, .26, 0], [x, .05, seat], .012))]
    found += [(shell, at(slab(width, .42, .025), z=seat)),
              (shell, at(slab(width, .03, rng.uniform(.18, .4)), y=.24, z=seat + .14, roll=-.2))]
    return found


def armchair(rng: np.random.Generator) -> Pieces:
    """Build an armchair or a sofa with cushions on low feet."""
    cloth, cushion = look.fabric(rng), look.fabric(rng)
    width = rng.choice([rng.uniform(.7, .95), rng.uniform(1.4, 2.1)])
    depth, seat, top = rng.uniform(.7, .9), rng.uniform(.38, .45), rng.uniform(.75, .95)
    found = [(cloth, at(slab(width, depth, seat - .1), z=.1)),
             (cloth, at(slab(width, .2, top - .1), y=depth / 2 - .1, z=.1)),
             *legs(width, depth, .1, look.timber(rng), rng)]
    for side in (-1, 1):
        found.append((cloth, at(slab(.16, depth, seat + .16), side * (width / 2 - .08), 0, .08)))
    for x in np.arange(-width / 2 + .4, width / 2 - .2, .55):
        found.append((cushion, at(ball(.25, .1, .22), x, depth / 2 - .27, seat + .2, roll=-.25)))
    return found


def stool(rng: np.random.Generator) -> Pieces:
    """Build a stool, round or square."""
    height, width = rng.uniform(.42, .75), rng.uniform(.28, .4)
    seat, frame = look.timber(rng), look.timber(rng) if rng.random() < .5 else look.steel(rng)
    top = post(width / 2, .035, sections=24) if rng.random() < .6 else slab(width, width, .035)
    return [(seat, at(top, z=height)), *legs(width * .8, width * .8, height, frame, rng, .02)]


def desk(rng: np.random.Generator) -> Pieces:
    """Build another table, with legs or with a drawer unit under it."""
    width, depth, height = rng.uniform(.9, 1.8), rng.uniform(.55, .85), rng.uniform(.65, .78)
    top = look.timber(rng) if rng.random() < .6 else look.light(rng)
    frame = look.steel(rng) if rng.random() < .6 else look.timber(rng)
    found = [(top, at(slab(width, depth, rng.uniform(.018, .045)), z=height)),
             *legs(width, depth, height, frame, rng)]
    if rng.random() < .4:
        for material, mesh in drawers(.4, depth * .9, height - .05, rng):
            found.append((material, at(mesh, rng.choice([-1, 1]) * (width / 2 - .25))))
    return found


def drawers(width: float, depth: float, height: float, rng: np.random.Generator) -> Pieces:
    """Build a body with drawers or doors, and handles, knobs or grips."""
    body = look.timber(rng) if rng.random() < .6 else look.light(rng)
    front = body if rng.random() < .6 else look.timber(rng)
    grip = look.steel(rng)
    found = [(body, slab(width, depth, height))]
    rows = int(rng.integers(1, 5))
    columns = max(1, round(width / rng.uniform(.35, .6)))
    wide, high = width / columns, height / rows
    bar = rng.random() < .6
    for row in range(rows):
        for column in range(columns):
            x, z = (column + .5) * wide - width / 2, row * high
            found.append((front, at(slab(wide - .008, .018, high - .008), x, -depth / 2 - .01,
                                    z + .004)))
            y, middle = -depth / 2 - .04, z + high * .62
            if bar:
                found.append((grip, link([x - .06, y, middle], [x + .06, y, middle], .006,
                                         sections=8)))
            else:
                found.append((grip, at(ball(.016, .016, .016, 8), x, y, middle)))
    return found


def cupboard(rng: np.random.Generator) -> Pieces:
    """Build a cupboard, a chest of drawers, a fridge or a kitchen front."""
    width, height = rng.uniform(.45, 1.9), rng.uniform(.6, 2.1)
    found = drawers(width, rng.uniform(.35, .6), height, rng)
    if height < 1.1 and rng.random() < .6:
        found.append((look.timber(rng), at(slab(width + .04, .62, .035), z=height)))
    return found


def shelf(rng: np.random.Generator) -> Pieces:
    """Build a shelf with books, binders, cartons, baskets and other goods on its boards."""
    frame = look.timber(rng) if rng.random() < .7 else look.steel(rng)
    width, depth, height = rng.uniform(.6, 1.6), rng.uniform(.25, .42), rng.uniform(.8, 2.1)
    found = [(frame, at(slab(.025, depth, height), side * width / 2)) for side in (-1, 1)]
    if rng.random() < .6:
        found.append((frame, at(slab(width, .01, height), y=depth / 2)))
    boards = int(rng.integers(3, 6))
    gap = height / boards
    for board in range(boards + 1):
        z = min(board * gap + .06, height - .02)
        found.append((frame, at(slab(width, depth, .022), z=z)))
        if board < boards:
            found += goods(width - .06, depth, gap - .08, z + .022, rng)
    return found


def goods(width: float, depth: float, room: float, z: float, rng: np.random.Generator) -> Pieces:
    """Fill a board from left to right with what stands on shelves."""
    found, x = [], -width / 2
    while x < width / 2 - .06:
        kind, wide = rng.random(), float(rng.uniform(.08, .4))
        wide = min(wide, width / 2 - x)
        middle, high = x + wide / 2, float(rng.uniform(.4, .95)) * room
        if kind < .4:
            image = picture('spines', rng)
            row = look.pictured(image, wide, high, -depth / 2 + .03, z, rng, depth=.4)
            # The print is made for a row about x = 0, so its box moves with it.
            found.append((shifted(row, middle), at(slab(wide, depth * .8, high), middle, .02, z)))
        elif kind < .65:
            found.append((look.plastic(rng, .5), at(slab(wide * .9, depth * .8, high), middle, 0,
                                                    z)))
        elif kind < .8:
            radius = min(wide / 2, .06)
            for step in np.arange(x + radius, x + wide - radius + .01, 2 * radius + .01):
                found.append((look.plastic(rng, .6), at(post(radius, high * .7, radius * .9),
                                                        step, -.02, z)))
        x += wide + float(rng.uniform(0, .08))
    return found


def shifted(material: Material, x: float) -> Material:
    """Move a material's print along x."""
    flat = material.print
    moved = replace(flat, low=(flat.low[0] + x, *flat.low[1:]), high=(flat.high[0] + x,
                                                                      *flat.high[1:]))
    return replace(material, print=moved)


def bed(rng: np.random.Generator) -> Pieces:
    """Build a bed with a blanket and a pillow."""
    width, cloth = rng.uniform(.9, 1.6), look.fabric(rng)
    return [(look.timber(rng), slab(width, 2.0, .25)),
            (look.light(rng), at(slab(width - .05, 1.95, .2), z=.25)),
            (cloth, at(slab(width + .02, 1.4, .06), y=-.28, z=.43)),
            (look.fabric(rng), at(ball(.3, .2, .08), y=.75, z=.5))]
