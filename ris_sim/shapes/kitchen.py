# SPDX-License-Identifier: Apache-2.0
"""Crockery, cutlery, pots and kitchen tools, one function per category."""
from __future__ import annotations

import numpy as np
import trimesh
from trimesh import creation

from ris_sim.shapes.forms import bar, beam, bent, loft, rounded_box, slab, vessel
from ris_sim.shapes.mesh import (
    Solids,
    bezier,
    cylinder,
    lathe,
    moved,
    sphere,
    tube,
)


def mug(rng: np.random.Generator) -> Solids:
    """Build a mug, straight, tapered or bellied, whose inner side may have another glaze."""
    radius, height = rng.uniform(.036, .048), rng.uniform(.075, .115)
    base, belly = radius * rng.uniform(.72, 1), rng.choice([0, 0, .1]) * radius
    t = np.linspace(0, 1, 9)
    outer = np.c_[base + (radius - base) * t + belly * np.sin(np.pi * t), height * t]
    shell = lathe([[0, 0], [base * .9, 0], *outer, [radius - .004, height], [0, height * .02]], 44)
    inner = outer[::-1] - [.0035, 0]
    inner[0, 1] += .0006
    inner[-1, 1] = .006
    well = lathe([[0, .006], *inner[::-1]], 44)
    reach, thick = rng.uniform(.026, .036), rng.uniform(.0045, .0065)
    low, high = height * rng.uniform(.15, .28), height * rng.uniform(.76, .9)
    at, bulge = (radius if belly else radius * .95), rng.uniform(1.2, 1.45)
    handle = bent([[at, 0, high], [at + reach * bulge, 0, high], [at + reach * bulge, 0, low],
                   [at * .94, 0, low]], thick, 16, 12)
    shell = vessel(outer[:, 0], outer[:, 1], .0035, 44)
    solids = [('main', shell), ('handle', handle), ('inner', moved(well, z=.0004))]
    if rng.random() < .3:
        solids.append(('drink', moved(cylinder(np.interp(.8, t, outer[:, 0]) - .004, .001, 40),
                                      z=height * .8)))
    return solids


def bowl(rng: np.random.Generator) -> Solids:
    """Build a bowl: shallow or deep, some with a foot or a broad rim."""
    radius, height = rng.uniform(.065, .11), rng.uniform(.04, .075)
    foot, power = rng.uniform(.35, .6), rng.uniform(.7, 1.2)
    angle = np.linspace(.06, np.pi / 2, 12)
    radii = radius * (foot + (1 - foot) * np.sin(angle) ** power)
    heights = height * (1 - np.cos(angle))
    if rng.random() < .25:
        radii, heights = np.r_[radii, radius * 1.12], np.r_[heights, height * 1.02]
    inner = np.c_[radii[::-1] - .0035, heights[::-1] + .0004]
    well = lathe([[0, heights[0] + .0046], *inner[::-1][1:]], 44)
    solids = [('main', vessel(radii, heights, .0035, 44)), ('inner', well)]
    if rng.random() < .5:
        solids.append(('main', lathe([[0, 0], [radius * foot * .95, 0],
                                      [radius * foot, .008], [0, .008]], 44)))
        solids = [(role, moved(solid, z=0 if i == 2 else .006))
                  for i, (role, solid) in enumerate(solids)]
    return solids


def plate(rng: np.random.Generator) -> Solids:
    """Build a plate, some with a coloured rim."""
    radius, rim = rng.uniform(.08, .135), rng.uniform(.6, .8)
    height = rng.uniform(.012, .024)
    solids = [('main', lathe([[0, 0], [radius * rim, 0], [radius, height],
                              [radius * .985, height + .003], [radius * rim, .005], [0, .0045]],
                             52))]
    if rng.random() < .3:
        solids.append(('accent', lathe([[radius * .93, height * .84], [radius * .99, height],
                                        [radius * .985, height + .0036],
                                        [radius * .93, height * .8 + .0046]], 52)))
    return solids


def cup(rng: np.random.Generator) -> Solids:
    """Build a cup without a handle: of plastic or paper, some with a lid or rings."""
    radius, height = rng.uniform(.033, .045), rng.uniform(.075, .13)
    base = radius * rng.uniform(.65, .82)
    solids = [('main', vessel(np.linspace(base, radius, 5), np.linspace(0, height, 5), .0018)),
              ('main', moved(creation.annulus(radius * .96, radius * 1.04, .003, sections=40),
                             z=height - .002))]
    if rng.random() < .25:
        solids.append(('lid', lathe([[0, height], [radius * 1.06, height - .003],
                                     [radius * 1.06, height + .006], [radius * .9, height + .012],
                                     [0, height + .01]], 40)))
    return solids


def glass(rng: np.random.Generator) -> Solids:
    """Build a drinking glass with a thick bottom, empty or with a drink."""
    radius, height = rng.uniform(.029, .041), rng.uniform(.085, .15)
    base = radius * rng.uniform(.7, 1)
    solids = [('main', lathe([[0, 0], [base, 0], [radius, height], [radius - .0022, height],
                              [base * .93, .009], [0, .009]], 44))]
    if rng.random() < .45:
        level = rng.uniform(.4, .8)
        solids.append(('liquid', lathe(
            [[0, .01], [base * .92, .01], [base + (radius - base) * level - .0028, height * level],
             [0, height * level]], 40)))
    return solids


def wine_glass(rng: np.random.Generator) -> Solids:
    """Build a glass on a stem."""
    radius, height = rng.uniform(.03, .042), rng.uniform(.15, .21)
    t = np.linspace(.08, 1, 12)
    bowl_height = height * rng.uniform(.4, .5)
    curve = np.c_[radius * np.minimum(1, np.sin(np.pi * t * .62) * 1.08), height - bowl_height
                  + bowl_height * t]
    inner = curve[::-1] - [.0016, 0]
    inner[-1] = [.001, curve[0, 1] + .004]
    stem = [[0, 0], [radius * .95, 0], [radius * .9, .003], [.004, .012],
            [.0035, height - bowl_height], *curve, *inner, [0, curve[0, 1] + .004]]
    solids = [('main', lathe(stem, 40))]
    if rng.random() < .4:
        solids.append(('liquid', lathe([[0, curve[1, 1] + .004], *(curve[2:6] - [.0025, 0]),
                                        [0, curve[5, 1]]], 36)))
    return solids


def jug(rng: np.random.Generator) -> Solids:
    """Build a jug with a spout and a long handle, some with a lid."""
    radius, height = rng.uniform(.048, .065), rng.uniform(.17, .24)
    low = radius * rng.uniform(.8, 1.05)
    t = np.linspace(0, 1, 8)
    radii = low + (radius - low) * t + .06 * radius * np.sin(np.pi * t)
    shell = vessel(radii, height * t, .003)
    points = np.array(shell.vertices)
    spout = ((points[:, 2] > height * .8) & (points[:, 0] < -radius * .8)
             & (np.abs(points[:, 1]) < radius * .4))
    points[spout] += [-.016, 0, .006]
    shell.vertices = points
    handle = bent([[radius * .97, 0, height * .9], [radius * 2, 0, height * .98],
                   [radius * 1.9, 0, height * .15], [radius * .98, 0, height * .22]],
                  rng.uniform(.007, .01), 18)
    solids = [('main', shell), ('main', handle)]
    if rng.random() < .45:
        solids.append(('lid', lathe([[0, height - .004], [radius * 1.02, height - .004],
                                     [radius * 1.02, height + .008], [radius * .7, height + .018],
                                     [0, height + .02]], 40)))
    return solids


def kettle(rng: np.random.Generator) -> Solids:
    """Build an electric kettle on its base, with a spout, a lid and a big handle."""
    radius, height = rng.uniform(.065, .08), rng.uniform(.16, .21)
    top = radius * rng.uniform(.6, .8)
    body = lathe([[0, .02], [radius, .02], [radius, height * .35], [top, height],
                  [top * .8, height + .01], [0, height + .014]], 44)
    handle = bent([[top * .9, 0, height * .98], [radius * 2.1, 0, height * 1.12],
                   [radius * 1.9, 0, height * .2], [radius * .98, 0, height * .3]], .011, 18)
    spout = tube(bezier([[-top * .8, 0, height * .8], [-top * 1.1, 0, height * .86],
                         [-top * 1.3, 0, height * .93], [-top * 1.5, 0, height * .97]], 6),
                 [.026, .022, .019, .016, .014, .012], 16)
    return [('main', body), ('main', spout), ('dark', handle),
            ('dark', cylinder(radius * 1.02, .02, 44)),
            ('dark', moved(sphere(.012, 2), z=height + .022))]


def teapot(rng: np.random.Generator) -> Solids:
    """Build a round teapot with a spout, a handle and a lid with a knob."""
    radius, flat = rng.uniform(.055, .075), rng.uniform(.75, .95)
    t = np.linspace(.3, np.pi - .45, 16)
    body = lathe([[0, 0], [radius * .3, 0], *np.c_[radius * np.sin(t),
                                                    radius * flat * (.955 - np.cos(t))],
                  [0, radius * flat * 1.86]], 40)
    z = radius * flat
    spout = tube(bezier([[-radius * .85, 0, z * .7], [-radius * 1.4, 0, z * .7],
                         [-radius * 1.35, 0, z * 1.4], [-radius * 1.75, 0, z * 1.75]], 10),
                 np.linspace(.017, .008, 10), 14)
    handle = bent([[radius * .85, 0, z * 1.45], [radius * 1.8, 0, z * 1.7],
                   [radius * 1.75, 0, z * .4], [radius * .9, 0, z * .5]], .007)
    lid = lathe([[0, z * 1.83], [radius * .46, z * 1.83], [radius * .4, z * 1.98],
                 [.007, z * 2.06], [.006, z * 2.12], [.012, z * 2.2], [0, z * 2.28]], 36)
    return [('main', body), ('main', spout), ('main', handle), ('main', lid)]


def pot(rng: np.random.Generator) -> Solids:
    """Build a cooking pot with two handles or a long one, with or without a lid."""
    radius, height = rng.uniform(.07, .11), rng.uniform(.07, .13)
    solids = [('main', vessel([radius * .97, radius, radius, radius * 1.02],
                              [0, .008, height * .97, height], .0025, 48))]
    if rng.random() < .6:
        for side in (-1, 1):
            solids.append(('dark', bent(
                [[side * radius * .98, -.035, height * .75],
                 [side * (radius + .045), -.035, height * .78],
                 [side * (radius + .045), .035, height * .78],
                 [side * radius * .98, .035, height * .75]], .006)))
    else:
        solids.append(('dark', beam([(radius * .98, .008, .006, height * .8),
                                     (radius * 1.5, .011, .008, height * .88),
                                     (radius * 2.4, .012, .009, height * .92)], 2.5)))
    if rng.random() < .5:
        solids += cover(radius * 1.03, height)
    return solids


def cover(radius: float, z: float) -> Solids:
    """Build a round lid with a knob at a height."""
    return [('lid', lathe([[0, z], [radius, z], [radius, z + .004], [radius * .7, z + .014],
                           [0, z + .02]], 44)),
            ('dark', lathe([[0, z + .018], [.007, z + .018], [.006, z + .026], [.016, z + .034],
                            [.014, z + .04], [0, z + .041]], 24))]


def lid(rng: np.random.Generator) -> Solids:
    """Build a lid: of a pot with a knob, or of a jar."""
    if rng.random() < .7:
        return [('main' if role == 'lid' else role, solid)
                for role, solid in cover(rng.uniform(.07, .115), 0)]
    radius, height = rng.uniform(.03, .05), rng.uniform(.01, .016)
    return [('main', lathe([[0, 0], [radius, 0], [radius, height * .9], [radius * .95, height],
                            [0, height]], 44))]


def pan(rng: np.random.Generator) -> Solids:
    """Build a frying pan with a long handle."""
    radius, height = rng.uniform(.085, .135), rng.uniform(.032, .055)
    base = radius * rng.uniform(.75, .88)
    handle = beam([(radius * .96, .009, .004, height * .8), (radius * 1.25, .01, .006, height),
                   (radius * 1.7, .012, .008, height * 1.25),
                   (radius * 2.3, .011, .007, height * 1.3)], 2.4)
    return [('main', vessel([base, base * 1.04, radius], [0, .006, height], .003, 48)),
            ('inner', lathe([[0, .0035], [base * .97, .0036], [base * .97, .0034]], 44)),
            ('dark', handle)]


def stick(length: float, thick: float, wide: float) -> trimesh.Trimesh:
    """Build the handle of a spoon or fork: thin at the neck, wider at its end."""
    flat = .38 * thick
    return beam([(0, thick * .8, flat, .004), (length * .15, thick * .62, flat, .009),
                 (length * .55, thick * .8, flat, .007), (length * .93, wide, flat, .004),
                 (length, wide * .6, flat, .004)], 2.4, 16)


def spoon(rng: np.random.Generator) -> Solids:
    """Build a spoon, of metal, wood or plastic."""
    length, size = rng.uniform(.09, .15), rng.uniform(.016, .024)
    rings = []
    for t in np.linspace(-1, 1, 13):
        half = size * np.sqrt(max(1 - t * t, .004)) * (1 - .12 * t)
        dip = -.36 * size * (1 - t * t)
        angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        inner = dip * (1 - np.minimum(1, np.abs(np.cos(angle)))) * 2
        rings.append(np.c_[np.full(20, -size * 1.45 * (1 - t)), half * np.cos(angle),
                           .009 + inner + np.where(np.sin(angle) > 0, .0009, -.0004)])
    return [('main', loft(np.stack(rings))),
            ('main', stick(length, size * .24, size * rng.uniform(.3, .45)))]


def fork(rng: np.random.Generator) -> Solids:
    """Build a fork with three or four prongs."""
    length, size = rng.uniform(.1, .14), rng.uniform(.011, .014)
    count = int(rng.integers(3, 5))
    solids = [('main', stick(length, size * .34, size * rng.uniform(.5, .7))),
              ('main', beam([(-size * 1.6, size, .0012, .006), (-size * .8, size, .0012, .004),
                             (.002, size * .3, .0014, .004)], 3, 20))]
    for y in np.linspace(-1, 1, count):
        solids.append(('main', tube(bezier(
            [[-size * 1.5, y * size * .85, .006], [-size * 2.4, y * size * .85, .009],
             [-size * 3.4, y * size * .85, .011], [-size * 4.2, y * size * .82, .014]], 7),
            np.linspace(.0015, .0008, 7), 8)))
    return solids


def knife(rng: np.random.Generator) -> Solids:
    """Build a knife: a kitchen knife with a dark or coloured handle, or a table knife."""
    blade, handle = rng.uniform(.1, .18), rng.uniform(.085, .115)
    wide = rng.uniform(.009, .02)
    t = np.linspace(0, 1, 9)
    edge = wide * (1 - .15 * t) * np.sqrt(np.clip(1 - t ** 5, 0, 1))
    rings = [np.c_[np.full(4, -blade * s), [w, w * .2, -w * .9, w * .2],
                   [.005, .0062, .005, .0044]] for s, w in zip(t, np.maximum(edge, 5e-4),
                                                               strict=True)]
    return [('metal', loft(np.stack(rings))),
            ('main', beam([(-.004, wide * .7, .005, .006), (handle * .2, wide * .6, .0065, .0065),
                         (handle * .7, wide * .75, .007, .007), (handle, wide * .7, .006, .0065)],
                        3, 20))]


def spatula(rng: np.random.Generator) -> Solids:
    """Build a spatula or a slotted turner."""
    long, wide = rng.uniform(.07, .1), rng.uniform(.05, .08)
    handle = rng.uniform(.16, .22)
    blade = moved(slab(long, wide, .003, .014), -long / 2)
    role = 'main' if rng.random() < .65 else 'metal'
    solids = [(role, blade), (role, bar([-.004, 0, .003], [handle * .4, 0, .02], .0042)),
              ('main', beam([(handle * .35, .007, .006, .018), (handle * .7, .009, .007, .022),
                             (handle, .009, .007, .02)], 2.3))]
    for y in (-1, 0, 1) if rng.random() < .5 else ():
        solids.append(('dark', moved(slab(long * .6, .005, .0006, .002), -long * .52,
                                     y * wide * .25, .003)))
    return solids


def whisk(rng: np.random.Generator) -> Solids:
    """Build a whisk of wire loops."""
    long, wide = rng.uniform(.1, .14), rng.uniform(.025, .036)
    solids = [('main', beam([(0, .006, .006, wide), (.02, .008, .008, wide),
                             (.1, .01, .01, wide), (.115, .008, .008, wide)]))]
    for angle in np.arange(4) * np.pi / 4:
        c, s = np.cos(angle), np.sin(angle)
        half = bezier([[0, .2, 0], [-.5, 1.2, 0], [-1.05, 1.35, 0], [-1, 0, 0]], 12)
        loop = np.r_[half, half[::-1][1:] * [1, -1, 1]]
        out = loop[:, 1] * wide * .8
        path = np.c_[loop[:, 0] * long, out * c, out * s + wide]
        solids.append(('metal', tube(path, [.0011] * len(path), 6)))
    return solids


def ladle(rng: np.random.Generator) -> Solids:
    """Build a ladle that lies on its side."""
    radius, length = rng.uniform(.032, .045), rng.uniform(.17, .24)
    t = np.linspace(.1, np.pi / 2, 9)
    scoop = vessel(radius * np.sin(t), radius * .8 * (1 - np.cos(t)), .002, 32)
    return [('main', scoop),
            ('main', tube(bezier([[radius * .95, 0, radius * .75], [radius * 1.6, 0, radius * 1.3],
                                  [length * .6, 0, radius * 1.3], [length, 0, radius * .4]], 12),
                          np.linspace(.004, .006, 12), 10))]


def cutting_board(rng: np.random.Generator) -> Solids:
    """Build a board with rounded corners, some with a handle."""
    x, y = rng.uniform(.2, .3), rng.uniform(.13, .2)
    z = rng.uniform(.008, .018)
    solids = [('main', slab(x, y, z, rng.uniform(.008, .03), .002))]
    if rng.random() < .4:
        solids.append(('main', moved(slab(.09, .045, z, .02, .002), x / 2 + .035)))
    return solids


def tray(rng: np.random.Generator) -> Solids:
    """Build a rectangular tray with a raised rim."""
    x, y, z = rng.uniform(.2, .32), rng.uniform(.14, .22), rng.uniform(.018, .035)
    solids = [('main', slab(x, y, .004, .02))]
    for side in (-1, 1):
        solids += [('main', moved(rounded_box(x, .007, z, .003), 0, side * y / 2)),
                   ('main', moved(rounded_box(.007, y, z, .003), side * x / 2))]
    return solids


def food_container(rng: np.random.Generator) -> Solids:
    """Build a plastic box with a lid of another colour."""
    x, y, z = rng.uniform(.11, .19), rng.uniform(.08, .13), rng.uniform(.045, .09)
    radius, base = rng.uniform(.012, .03), rng.uniform(.85, .97)
    body = slab(x, y, z, radius)
    points = np.array(body.vertices)
    points[points[:, 2] < z * .5, :2] *= base
    body.vertices = points
    return [('main', body),
            ('lid', moved(slab(x * 1.05, y * 1.07, rng.uniform(.01, .016), radius * 1.1, .003),
                          z=z - .004))]


def salt_shaker(rng: np.random.Generator) -> Solids:
    """Build a salt or pepper shaker with a metal or plastic top."""
    radius, height = rng.uniform(.017, .024), rng.uniform(.06, .095)
    return [('main', lathe([[0, 0], [radius, 0], [radius * 1.02, height * .2],
                            [radius * .8, height * .72], [0, height * .72]], 32)),
            (str(rng.choice(['metal', 'dark', 'accent'])),
             lathe([[0, height * .7], [radius * .86, height * .7], [radius * .86, height * .88],
                    [radius * .5, height], [0, height]], 32))]

