# SPDX-License-Identifier: Apache-2.0
"""Packed goods: boxes, cartons, tins, bottles, tubes and bags, one function per category."""
from __future__ import annotations

import numpy as np

from ris_sim.shapes.forms import beam, loft, pillar, rounded_box, slab, superellipse
from ris_sim.shapes.mesh import (
    Solids,
    bezier,
    box,
    cylinder,
    lathe,
    moved,
    rod,
    rotated,
    tube,
)


def carton_box(rng: np.random.Generator) -> Solids:
    """Build a cardboard box of any proportions, some with a lid that stands out."""
    x, y, z = rng.uniform(.08, .2), rng.uniform(.05, .14), rng.uniform(.03, .14)
    solids = [('main', box(x, y, z))]
    if rng.random() < .25:
        solids.append(('main', moved(box(x * 1.03, y * 1.04, z * .3), z=z * .71)))
    return solids


def cereal_box(rng: np.random.Generator) -> Solids:
    """Build an upright, flat box of cereals or crackers."""
    return [('main', box(rng.uniform(.13, .2), rng.uniform(.045, .075), rng.uniform(.19, .3)))]


def small_box(rng: np.random.Generator) -> Solids:
    """Build a small box of sugar, tea or pudding powder."""
    x, y, z = rng.uniform(.07, .1), rng.uniform(.028, .05), rng.uniform(.08, .175)
    return [('main', box(x, y, z))]


def milk_carton(rng: np.random.Generator) -> Solids:
    """Build a drink carton: with a gable, or flat with a screw cap; small ones have a straw."""
    x, y, z = rng.uniform(.06, .095), rng.uniform(.055, .075), rng.uniform(.11, .21)
    solids = [('main', box(x, y, z))]
    kind = rng.integers(3)
    if kind == 0:
        half = np.array([[-x, -y], [x, -y], [x, y], [-x, y]]) / 2
        rings = [(half, z), (half * [1, .06], z + y * .55), (half * [1, .06], z + y * .8)]
        solids.append(('white', loft(np.stack([np.c_[ring, np.full(4, high)]
                                               for ring, high in rings]))))
        solids.append(('accent', moved(rotated(cylinder(.013, .012, 20), -42, 'x'), 0, -y * .3,
                                       z + y * .25)))
    elif kind == 1:
        solids.append(('accent', moved(cylinder(.015, .014, 24), x * .15, 0, z)))
    else:
        straw = bezier([[0, y * .2, z - .01], [0, y * .2, z + .04], [.01, y * .2, z + .05],
                        [.025, y * .2, z + .06]], 8)
        solids.append(('white', tube(straw, [.0028] * 8, 10)))
    return solids


def drink_can(rng: np.random.Generator) -> Solids:
    """Build a drink can or a food can with ribs, with metal ends."""
    if rng.random() < .5:
        radius, height, neck = rng.uniform(.026, .034), rng.uniform(.11, .165), .84
    else:
        radius, height, neck = rng.uniform(.033, .052), rng.uniform(.08, .12), 1.02
    edge = .007
    return [
        ('main', lathe([[0, edge], [radius, edge], [radius, height - edge], [0, height - edge]],
                       44)),
        ('metal', lathe([[0, 0], [radius * neck * .97, 0], [radius, edge], [0, edge]], 44)),
        ('metal', lathe([[0, height - edge], [radius, height - edge],
                         [radius * neck, height - .001], [radius * neck * .94, height],
                         [radius * neck * .9, height - .004], [0, height - .004]], 44)),
        ('metal', moved(box(radius * .5, radius * .28, .0015), x=radius * .25, z=height - .003))]


def flat_tin(rng: np.random.Generator) -> Solids:
    """Build a flat tin of fish, or a rounded, square tin of meat."""
    if rng.random() < .5:
        radius, height = rng.uniform(.035, .048), rng.uniform(.028, .045)
        return [('main', cylinder(radius, height * .94, 44)),
                ('metal', moved(cylinder(radius * 1.02, height * .07, 44), z=0)),
                ('metal', moved(cylinder(radius * 1.02, height * .08, 44), z=height * .92))]
    x, y, z = rng.uniform(.085, .11), rng.uniform(.05, .07), rng.uniform(.03, .09)
    return [('main', slab(x, y, z, y * rng.uniform(.25, .45))),
            ('metal', moved(slab(x * 1.02, y * 1.03, .005, y * .4, .002), z=z - .003)),
            ('metal', moved(slab(x * 1.02, y * 1.03, .005, y * .4, .002), z=-.001)),
            ('metal', moved(rotated(slab(.022, .013, .002, .006), 0, 'z'), x * .25, 0, z + .002))]


def chips_can(rng: np.random.Generator) -> Solids:
    """Build a tall cardboard tube of potato chips with a plastic lid."""
    radius, height = rng.uniform(.034, .04), rng.uniform(.15, .26)
    return [('main', cylinder(radius, height, 44)),
            ('metal', cylinder(radius * 1.015, .004, 44)),
            ('lid', moved(cylinder(radius * 1.03, .012, 44), z=height - .008))]


def coffee_can(rng: np.random.Generator) -> Solids:
    """Build a wide coffee can or tub of powder with a plastic lid."""
    radius, height = rng.uniform(.048, .065), rng.uniform(.1, .17)
    return [('main', cylinder(radius, height, 48)),
            ('metal', cylinder(radius * 1.015, .004, 48)),
            ('accent', moved(cylinder(radius * 1.025, rng.uniform(.01, .02), 48),
                             z=height - .008))]


def wipes(rng: np.random.Generator) -> Solids:
    """Build a tall canister of wet wipes with a domed flip lid."""
    radius, height = rng.uniform(.04, .05), rng.uniform(.14, .2)
    lid = height * rng.uniform(.13, .2)
    dome = lathe([[0, height], [radius * 1.04, height], [radius * 1.04, height + lid * .5],
                  [radius * .9, height + lid * .8], [radius * .5, height + lid * .95],
                  [0, height + lid]], 44)
    return [('main', lathe([[0, 0], [radius, 0], [radius, height], [0, height]], 44)),
            ('accent', dome),
            ('accent', moved(box(radius * .9, radius * .6, .006), z=height + lid * .94))]


def tub(rng: np.random.Generator) -> Solids:
    """Build a tub of yogurt or margarine with a foil or plastic lid."""
    radius, height = rng.uniform(.032, .06), rng.uniform(.045, .095)
    base = radius * rng.uniform(.72, .9)
    body = lathe([[0, 0], [base, 0], [radius, height], [0, height]], 44)
    lid = lathe([[0, height], [radius * 1.06, height], [radius * 1.06, height + .005],
                 [0, height + .006]], 44)
    return [('main', body), ('lid', lid)]


def cream_tube(rng: np.random.Generator) -> Solids:
    """Build a tube of toothpaste or cream that lies flat."""
    length, thick = rng.uniform(.11, .18), rng.uniform(.012, .02)
    wide = thick * rng.uniform(1.3, 1.9)
    body = beam([(-length / 2, wide * 1.15, .0012, thick), (-length * .46, wide * 1.15, .0015,
                                                            thick),
                 (-length * .2, wide * 1.05, thick * .65, thick), (length * .2, wide, thick, thick),
                 (length * .32, wide * .9, thick * .95, thick), (length * .37, .006, .006, thick)],
                2.2, 32)
    return [('main', body), ('accent', rod(rng.uniform(.007, .013), length * .35, length * .5,
                                           thick, 24))]


def bottle(rng: np.random.Generator) -> Solids:
    """Build a drink or sauce bottle with a cap: round, sloping or a squeeze bottle."""
    radius, height = rng.uniform(.027, .042), rng.uniform(.17, .27)
    neck, kind = rng.uniform(.3, .42) * radius, rng.integers(4)
    shoulder = rng.uniform(.52, .72) * height
    if kind == 3:  # a squeeze bottle is oval, with a waist and a pointed cap
        wide, deep, waist = radius * 1.15, radius * .8, rng.uniform(.82, 1)
        body = pillar([(0, wide * .92, deep * .92), (.008, wide, deep),
                       (height * .3, wide * waist, deep * waist), (height * .58, wide, deep),
                       (height * .7, wide * .9, deep * .92), (height * .76, wide * .5, deep * .6),
                       (height * .78, neck, neck)])
        cap = lathe([[0, height * .77], [neck * 1.5, height * .77], [neck * 1.35, height * .86],
                     [neck * .55, height * .88], [neck * .35, height], [0, height]], 28)
        return [('main', body), ('accent', cap)]
    fall = {0: [[1, 0], [.92, .1], [.6, .5], [.4, .75]], 1: [[1, 0], [.97, .12], [.8, .3]],
            2: [[1, 0], [.9, .25], [.7, .5], [.5, .75]]}[int(kind)]
    curve = [[neck + (radius - neck) * share, shoulder + (height * .86 - shoulder) * up]
             for share, up in fall]
    body = lathe([[0, .003], [radius * .85, 0], [radius, .006], *curve, [neck, height * .87],
                  [neck, height * .95], [0, height * .95]], 40)
    cap = cylinder(neck * rng.uniform(1.12, 1.3), height * rng.uniform(.07, .1), 28)
    low = rng.uniform(.1, .3) * height
    high = min(shoulder - .004, low + rng.uniform(.25, .42) * height)
    label = lathe([[radius * .97, low], [radius * 1.006, low], [radius * 1.006, high],
                   [radius * .97, high]], 40)
    return [('main', body), ('accent', moved(cap, z=height * .91)), ('label', label)]


def cleaner_bottle(rng: np.random.Generator) -> Solids:
    """Build a flat, oval bottle of cleaner, shampoo or bleach, some with a handle."""
    wide, height = rng.uniform(.033, .052), rng.uniform(.16, .27)
    deep, power = wide * rng.uniform(.5, .75), rng.uniform(2, 3.5)
    shoulder, lean = rng.uniform(.55, .78), rng.uniform(.8, 1.05)
    neck = rng.uniform(.011, .017)
    body = pillar([(0, wide * .93, deep * .93), (.006, wide, deep),
                   (height * shoulder, wide * lean, deep * lean),
                   (height * (shoulder + .1), wide * .62 * lean, deep * .8),
                   (height * .88, neck, neck), (height * .91, neck, neck)], power)
    cap = lathe([[0, height * .87], [neck * 1.35, height * .87], [neck * 1.2, height * .98],
                 [neck * .5, height], [0, height]], 28)
    solids = [('main', body), ('accent', cap)]
    if rng.random() < .3:
        solids.append(('main', tube(bezier(
            [[wide * .4, 0, height * (shoulder + .12)], [wide * 1.6, 0, height * (shoulder + .1)],
             [wide * 1.6, 0, height * .42], [wide * .9, 0, height * .4]], 14), [.009] * 14, 12)))
    return solids


def spray_bottle(rng: np.random.Generator) -> Solids:
    """Build a bottle with a trigger sprayer."""
    wide, height = rng.uniform(.035, .048), rng.uniform(.15, .19)
    deep = wide * rng.uniform(.6, .95)
    body = pillar([(0, wide * .94, deep * .94), (.006, wide, deep), (height * .5, wide, deep),
                   (height * .72, wide * .62, deep * .75), (height * .92, .014, .014),
                   (height, .014, .014)], rng.uniform(2, 3))
    head = height + .006
    return [('main', body), ('accent', moved(cylinder(.017, .02, 24), z=height - .006)),
            ('accent', moved(rounded_box(.075, .024, .03, .008), -.012, 0, head + .012)),
            ('dark', moved(rod(.007, -.065, -.045, head + .028), x=0)),
            ('accent', tube(bezier([[-.03, 0, head + .018], [-.05, 0, head - .005],
                                    [-.035, 0, head - .03], [-.045, 0, head - .05]], 10),
                            [.0055] * 10, 10))]


def pump_bottle(rng: np.random.Generator) -> Solids:
    """Build a soap or lotion dispenser with a pump."""
    radius, height = rng.uniform(.028, .038), rng.uniform(.1, .15)
    power = rng.choice([2, 2, 4.5])
    body = pillar([(0, radius * .95, radius * .95), (.005, radius, radius),
                   (height * .82, radius, radius * .98), (height * .93, radius * .6, radius * .6),
                   (height, .013, .013)], power)
    return [('main', body), ('accent', moved(cylinder(.015, .016, 24), z=height - .003)),
            ('accent', moved(cylinder(.005, .03, 14), z=height + .01)),
            ('accent', moved(rounded_box(.055, .018, .011, .005), -.014, 0, height + .036))]


def spray_can(rng: np.random.Generator) -> Solids:
    """Build an aerosol can with a cap."""
    radius, height = rng.uniform(.022, .034), rng.uniform(.13, .2)
    cap = lathe([[0, height], [radius * .93, height], [radius * .9, height * 1.2],
                 [radius * .7, height * 1.24], [0, height * 1.24]], 36)
    return [('main', cylinder(radius, height, 40)), ('accent', cap),
            ('metal', cylinder(radius * 1.02, .004, 40)),
            ('metal', moved(cylinder(radius * 1.02, .004, 40), z=height - .002))]


def snack_bag(rng: np.random.Generator) -> Solids:
    """Build a puffed bag of chips or a packet that lies on its back."""
    x, y, puff = rng.uniform(.11, .2), rng.uniform(.09, .15), rng.uniform(.018, .032)
    t = np.linspace(-1, 1, 19)
    rings = []
    for s in t:
        thick = puff * (1 - abs(s) ** 3.5) + .0012
        ring = superellipse(y / 2 * (1 - .04 * (1 - s * s)), thick, 2.4, 36)
        crumple = 1 + .06 * np.sin(9 * ring[:, 0] / y + 7 * s) * (1 - abs(s))
        rings.append(np.c_[np.full(36, s * x / 2), ring[:, 0], ring[:, 1] * crumple + puff])
    return [('main', loft(np.stack(rings)))]


def chocolate_bar(rng: np.random.Generator) -> Solids:
    """Build a wrapped bar with flat sealed ends, or a flat bar in paper."""
    if rng.random() < .5:
        x, y, z = rng.uniform(.09, .15), rng.uniform(.03, .042), rng.uniform(.016, .024)
        return [('main', beam([(-x / 2, y / 2, .0008, z / 2), (-x * .42, y / 2, .001, z / 2),
                               (-x * .39, y * .45, z / 2, z / 2), (x * .39, y * .45, z / 2, z / 2),
                               (x * .42, y / 2, .001, z / 2), (x / 2, y / 2, .0008, z / 2)],
                              4, 28))]
    return [('main', slab(rng.uniform(.13, .17), rng.uniform(.065, .08), rng.uniform(.008, .013),
                          .003))]


def tissue_box(rng: np.random.Generator) -> Solids:
    """Build a box of tissues, one of which sticks out."""
    x, y, z = [(rng.uniform(.2, .24), rng.uniform(.1, .12), rng.uniform(.06, .085)),
               (rng.uniform(.105, .12), rng.uniform(.105, .12), rng.uniform(.11, .13))][
                   rng.integers(2)]
    solids = [('main', box(x, y, z))]
    count, angle = 28, np.linspace(0, 2 * np.pi, 28, endpoint=False)
    rings = []
    for t, wide in ((0, .26), (.3, .3), (.65, .5), (1, .75)):
        fold = 1 + .35 * t * np.sin(3 * angle + rng.uniform(0, 6))
        rings.append(np.c_[wide * min(x, .12) * .5 * np.cos(angle) * fold,
                           .25 * wide * y * np.sin(angle) * fold + .01 * t * np.sin(4 * angle),
                           np.full(count, z + .05 * t) + .012 * t * np.cos(2 * angle + 1)])
    solids += [('dark', moved(slab(min(x, .12) * .62, y * .28, .001, y * .13), z=z)),
               ('white', loft(np.stack(rings)))]
    return solids


def egg_carton(rng: np.random.Generator) -> Solids:
    """Build a closed egg carton with bumps above and below."""
    columns, rows = int(rng.choice([3, 5, 6])), 2
    pitch = rng.uniform(.044, .05)
    x, y = columns * pitch, rows * pitch
    solids = [('main', moved(slab(x * 1.04, y * 1.08, .008, .012, .003), z=.03))]
    for i in range(columns):
        for j in range(rows):
            at = ((i - (columns - 1) / 2) * pitch, (j - .5) * pitch)
            half = pitch * .46
            solids += [('main', moved(pillar([(0, half * .6, half * .6), (.032, half, half)], 3,
                                             20), *at)),
                       ('main', moved(pillar([(.036, half, half), (.06, half * .75, half * .75),
                                              (.066, half * .4, half * .4)], 3, 20), *at))]
    return solids


def jar(rng: np.random.Generator) -> Solids:
    """Build a jar with a screw lid, a label around it and something inside."""
    radius, height = rng.uniform(.031, .05), rng.uniform(.075, .14)
    lid, shoulder = rng.uniform(.82, 1.02), rng.uniform(.78, .88)
    body = lathe([[0, .002], [radius * .9, 0], [radius, height * .05], [radius, height * shoulder],
                  [radius * lid * .93, height * .92], [0, height * .92]], 44)
    cover = lathe([[0, height * .88], [radius * lid, height * .88], [radius * lid, height * .985],
                   [radius * lid * .96, height], [0, height]], 44)
    low, high = height * rng.uniform(.15, .25), height * rng.uniform(.6, .74)
    label = lathe([[radius * .97, low], [radius * 1.008, low], [radius * 1.008, high],
                   [radius * .97, high]], 44)
    solids = [('main', body), ('accent', cover), ('label', label)]
    if rng.random() < .7:
        fill = rng.uniform(.4, .82) * height
        solids.append(('liquid', cylinder(radius * .93, fill, 36)))
    return solids


def notebook_cover(x: float, y: float, z: float) -> Solids:
    """Build covers around pages."""
    return [('paper', moved(box(x * .98, y * .98, z * .84), z=z * .08)),
            ('main', box(x, y, z * .09)), ('main', moved(box(x, y, z * .09), z=z * .91))]


def book(rng: np.random.Generator) -> Solids:
    """Build a closed book with pages and a spine."""
    x, y, z = rng.uniform(.11, .19), rng.uniform(.16, .26), rng.uniform(.012, .045)
    return [*notebook_cover(x, y, z), ('main', moved(box(x * .02, y, z), x=-x * .49))]
