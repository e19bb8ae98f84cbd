# SPDX-License-Identifier: Apache-2.0
"""Vessels and other household objects, one function per category."""
from __future__ import annotations

import numpy as np

from ris_sim.shapes.mesh import Solids, bezier, box, cylinder, lathe, moved, rotated, tube

WALL = .004


def mug(rng: np.random.Generator) -> Solids:
    """Build a mug with a C-shaped or square handle; straight, tapered or bellied."""
    radius, height = rng.uniform(.033, .048), rng.uniform(.065, .11)
    base = radius * rng.uniform(.72, 1.)
    belly = rng.choice([0, 0, .12]) * radius
    t = np.linspace(0, 1, 8)
    outer = np.c_[base + (radius - base) * t + belly * np.sin(np.pi * t), height * t]
    inner = outer[::-1] - [WALL, 0]
    inner[-1, 1] = .006
    body = lathe([[0, 0], *outer, *inner, [0, .006]], 44)
    reach = rng.uniform(.024, .036)
    low, high = height * rng.uniform(.15, .3), height * rng.uniform(.75, .9)
    at = radius * .95 if not belly else radius
    bulge = rng.uniform(1.2, 1.45)
    thick = rng.uniform(.0042, .0065)
    handle = tube(bezier([[at, 0, high], [at + reach * bulge, 0, high],
                          [at + reach * bulge, 0, low], [at * .96, 0, low]]), [thick] * 16)
    solids = [('main', body), ('main', handle)]
    if rng.random() < .25:
        solids.append(('white', lathe([[0, .007], [radius * .86 - WALL, .007],
                                       [radius * .86 - WALL, .008], [0, .008]])))
    return solids


def bowl(rng: np.random.Generator) -> Solids:
    """Build a bowl: shallow or deep, with or without a foot or a rim."""
    radius, height = rng.uniform(.055, .085), rng.uniform(.032, .06)
    foot, power = rng.uniform(.3, .55), rng.uniform(.75, 1.25)
    angle = np.linspace(0, np.pi / 2, 10)
    stand = rng.choice([0, .008])
    outer = np.c_[radius * (foot + (1 - foot) * np.sin(angle) ** power),
                  stand + height * (1 - np.cos(angle))]
    inner = outer[::-1] - [WALL, 0]
    inner[1:, 1] += WALL
    inner[:, 0] = np.maximum(inner[:, 0], 0)
    profile = [[0, 0]]
    if stand:
        profile += [[radius * foot * .9, 0], [radius * foot * .9, stand]]
    return [('main', lathe([*profile, *outer, *inner, [0, stand + WALL]], 44))]


def plate(rng: np.random.Generator) -> Solids:
    """Build a plate: dinner or dessert, with a broad or narrow rim."""
    radius, rim = rng.uniform(.075, .115), rng.uniform(.55, .8)
    height = rng.uniform(.012, .022)
    solids = [('main', lathe([[0, 0], [radius * rim, 0], [radius, height],
                              [radius - .002, height + .004], [radius * rim, .0055],
                              [0, .005]], 52))]
    if rng.random() < .3:
        z = height * .9
        solids.append(('accent', lathe([[radius * .9, z + .0005], [radius * .97, height + .0028],
                                        [radius * .97, height + .0036],
                                        [radius * .9, z + .0035]], 52)))
    return solids


def bottle(rng: np.random.Generator) -> Solids:
    """Build a bottle with a cap: sloping, round-shouldered or squeeze bottle; some with a label."""
    radius, height = rng.uniform(.024, .038), rng.uniform(.14, .22)
    neck, shoulder = rng.uniform(.3, .48) * radius, rng.uniform(.5, .7)
    kind = rng.integers(3)
    if kind == 0:
        curve = [[radius, height * shoulder], [radius * .92, height * (shoulder + .05)],
                 [radius * .6, height * (shoulder + .13)], [neck, height * (shoulder + .2)]]
    elif kind == 1:
        curve = [[neck + (radius - neck) * np.cos(a), height * shoulder + radius * np.sin(a) * .8]
                 for a in np.linspace(0, np.pi / 2, 8)]
    else:
        curve = [[radius, height * .74], [radius * .95, height * .8], [neck, height * .84]]
    body = [[0, 0], [radius * .94, 0], [radius, height * .03], *curve,
            [neck, height * .94], [0, height * .94]]
    cap = cylinder(neck * rng.uniform(1.15, 1.4), height * rng.uniform(.06, .11), 28)
    solids = [('main', lathe(body, 40)), ('accent', moved(cap, z=height * .91))]
    if rng.random() < .35:
        low, high = height * .14, height * min(.45, shoulder - .06)
        solids.append(('white', lathe([[radius * .9, low], [radius * 1.012, low],
                                       [radius * 1.012, high], [radius * .9, high]], 40)))
    return solids


def can(rng: np.random.Generator) -> Solids:
    """Build a drink can with necked ends, or a squat food tin, with metal ends."""
    if rng.random() < .6:
        radius, height = rng.uniform(.027, .035), rng.uniform(.09, .135)
        neck = rng.uniform(.78, .88)
    else:
        radius, height = rng.uniform(.032, .044), rng.uniform(.055, .1)
        neck = 1.03
    edge = .008
    top = [[radius * neck * .9, height], [radius * neck * .85, height - .004], [0, height - .004]]
    return [
        ('main', lathe([[0, edge], [radius, edge], [radius, height - edge], [0, height - edge]],
                       44)),
        ('metal', lathe([[0, 0], [radius * neck * .95, 0], [radius, edge], [0, edge]], 44)),
        ('metal', lathe([[0, height - edge * 1.05], [radius, height - edge],
                         [radius * neck, height - .001], *top], 44)),
        ('metal', moved(box(radius * .5, radius * .3, .002), x=radius * .2, z=height - .003))]


def vase(rng: np.random.Generator) -> Solids:
    """Build a vase: bellied, amphora-like, flared or slender."""
    radius, height = rng.uniform(.032, .05), rng.uniform(.11, .17)
    low, neck, lip = rng.uniform(.4, .65), rng.uniform(.35, .6), rng.uniform(.6, .95)
    centre, width = rng.uniform(.3, .55), rng.uniform(.2, .32)
    t = np.linspace(0, 1, 22)
    floor = np.interp(t, [0, centre, .82, 1], [low, max(low, neck), neck, lip])
    bulge = np.exp(-((t - centre) / width) ** 2)
    profile = radius * (floor + (1 - floor) * bulge * (t < .95))
    profile[t >= .9] = radius * np.interp(t[t >= .9], [.9, 1], [profile[t < .9][-1] / radius, lip])
    outer = np.c_[profile, height * t]
    inner = outer[::-1][:9] - [WALL, 0]
    return [('main', lathe([[0, 0], *outer, *inner, [0, inner[-1, 1]]], 40))]


def jar(rng: np.random.Generator) -> Solids:
    """Build a jar with a broad lid; round or slightly bellied, some with a label."""
    radius, height = rng.uniform(.03, .046), rng.uniform(.065, .11)
    lid, shoulder = rng.uniform(.8, .98), rng.uniform(.76, .86)
    body = lathe([[0, 0], [radius * .93, 0], [radius, height * .06], [radius, height * shoulder],
                  [radius * lid * .92, height * .9], [0, height * .9]], 44)
    cover = cylinder(radius * lid, height * rng.uniform(.13, .2), 44)
    solids = [('main', body), ('accent', moved(cover, z=height * .88))]
    if rng.random() < .35:
        solids.append(('white', lathe([[radius * .9, height * .22], [radius * 1.012, height * .22],
                                       [radius * 1.012, height * .58],
                                       [radius * .9, height * .58]], 44)))
    return solids


def pan(rng: np.random.Generator) -> Solids:
    """Build a frying pan or saucepan with a long dark handle."""
    radius = rng.uniform(.065, .098)
    height = rng.choice([rng.uniform(.022, .04), rng.uniform(.05, .065)], p=[.75, .25])
    base, long = rng.uniform(.76, .97), rng.uniform(.85, 1.25)
    body = lathe([[0, 0], [radius * base, 0], [radius, height], [radius - .003, height],
                  [radius * base - .003, .004], [0, .004]], 48)
    handle = tube(bezier([[radius * .97, 0, height * .8], [radius * (1 + .3 * long), 0, height],
                          [radius * (1 + .7 * long), 0, height * 1.2],
                          [radius * (1 + long), 0, height * 1.25]], 10),
                  np.linspace(.007, .0095, 10), 12)
    return [('main', body), ('dark', handle)]


def book(rng: np.random.Generator) -> Solids:
    """Build a book, closed, with white pages, a spine and a title block."""
    x, y, z = rng.uniform(.09, .14), rng.uniform(.13, .19), rng.uniform(.014, .042)
    cover = max(.0018, z * .08)
    title_y = rng.uniform(.1, .28)
    solids = [('white', moved(box(x * .95, y * .96, z - 2 * cover), x=x * .012, z=cover)),
              ('main', box(x, y, cover)),
              ('main', moved(box(x, y, cover), z=z - cover)),
              ('main', moved(box(x * .03, y, z), x=-x * .485))]
    if rng.random() < .75:
        solids.append(('accent', moved(box(x * rng.uniform(.4, .7), y * rng.uniform(.08, .25),
                                           .0008), y=y * title_y, z=z)))
    if rng.random() < .4:
        solids.append(('accent', moved(box(x * .4, y * .05, .0008), y=-y * .3, z=z)))
    return solids


def hammer(rng: np.random.Generator) -> Solids:
    """Build a hammer on its side: a claw hammer, or a mallet with a block head."""
    length, grip = rng.uniform(.18, .26), rng.uniform(.009, .013)
    centre = .02
    handle = tube(bezier([[-length / 2, 0, centre], [-length / 6, 0, centre],
                          [length / 6, 0, centre], [length / 2, 0, centre]], 12),
                  grip * np.interp(np.linspace(0, 1, 12), [0, .1, .45, 1], [.9, 1.15, 1.1, .7]))
    at = length * .47
    if rng.random() < .3:
        head = moved(box(.038, rng.uniform(.07, .095), .038), x=at, z=centre - .019)
        return [('main', handle), ('metal', head)]
    face = rotated(cylinder(.0155, .042, 26), 90, 'x')
    neck = rotated(cylinder(.011, .06, 22), 90, 'x')
    solids = [('main', handle), ('metal', moved(face, at, -.012, centre)),
              ('metal', moved(neck, at, .03, centre))]
    for side in (-1, 1):
        claw = tube(bezier([[at, .025, centre], [at, .045, centre + side * .004],
                            [at - .008, .06, centre + side * .007],
                            [at - .024, .07, centre + side * .009]], 8),
                    np.linspace(.008, .0025, 8), 10)
        solids.append(('metal', claw))
    return solids
