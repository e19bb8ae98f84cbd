# SPDX-License-Identifier: Apache-2.0
"""Fruit, vegetables and baked goods, one function per category."""
from __future__ import annotations

import numpy as np
import trimesh
from trimesh import creation

from ris_sim.shapes.food_tools import leaf
from ris_sim.shapes.forms import beam, bent, loft, slab, superellipse
from ris_sim.shapes.mesh import (
    Solids,
    bezier,
    cylinder,
    lathe,
    moved,
    rotated,
    scaled,
    sphere,
    tube,
)


def round_fruit(radius: float, flat: float, dip: float, nose: float,
                sections: int = 36) -> trimesh.Trimesh:
    """Turn a fruit: flattened, with a dip above and a nose at both ends."""
    angle = np.linspace(0, np.pi, 24)
    z = radius * flat * (1 - np.cos(angle))
    z += nose * radius * (np.exp(-((angle - np.pi) / .28) ** 2) - np.exp(-(angle / .28) ** 2))
    z -= dip * radius * np.exp(-((angle - np.pi) / .3) ** 2)
    profile = np.c_[radius * np.sin(angle), z - z.min()]
    profile[[0, -1], 0] = 0
    return lathe(profile, sections)


def orange(rng: np.random.Generator) -> Solids:
    """Build an orange with the scar of its stem."""
    radius, flat = rng.uniform(.031, .043), rng.uniform(.88, 1)
    return [('main', round_fruit(radius, flat, .05, 0)),
            ('leaf', moved(sphere(.004, 2), z=2 * radius * flat - .004))]


def lemon(rng: np.random.Generator) -> Solids:
    """Build a lemon that lies on its side."""
    radius = rng.uniform(.024, .031)
    return [('main', moved(rotated(round_fruit(radius, rng.uniform(1.1, 1.3), 0,
                                               rng.uniform(.2, .35)), 90, 'y'), z=radius))]


def peach(rng: np.random.Generator) -> Solids:
    """Build a peach with a crease."""
    radius = rng.uniform(.029, .037)
    solid = round_fruit(radius, rng.uniform(.9, 1), .22, .05, 48)
    points = np.array(solid.vertices)
    angle = np.arctan2(points[:, 1], points[:, 0])
    points[:, :2] *= (1 - .07 * np.exp(-(angle / .18) ** 2))[:, None]
    solid.vertices = points
    solids = [('main', solid)]
    if rng.random() < .3:
        solids.append(('leaf', leaf(np.array([0, 0, radius * 1.7]), .03)))
    return solids


def plum(rng: np.random.Generator) -> Solids:
    """Build a plum with a short stem."""
    radius, tall = rng.uniform(.019, .026), rng.uniform(1, 1.25)
    solids = [('main', round_fruit(radius, tall, .12, 0))]
    if rng.random() < .5:
        top = 2 * radius * tall - .1 * radius
        solids.append(('dark', tube(np.linspace([0, 0, top - .003], [.003, 0, top + .012], 4),
                                    [.0013] * 4, 8)))
    return solids


def strawberry(rng: np.random.Generator) -> Solids:
    """Build a strawberry with its green leaves, lying on its side."""
    radius, long = rng.uniform(.013, .02), rng.uniform(2, 2.6)
    t = np.array([0, .03, .12, .3, .5, .7, .85, .95, 1])
    body = lathe(radius * np.c_[[0, .5, .85, 1, .9, .68, .42, .2, 0], long * t], 24)
    solids = [('main', moved(rotated(body, 80, 'y'), 0, 0, radius))]
    for angle in np.linspace(0, 2 * np.pi, 6)[:-1]:
        tip = np.array([.001, radius * .9 * np.cos(angle), radius * (1 + .9 * np.sin(angle))])
        path = np.linspace([-.002, 0, radius], tip, 6)
        blade = tube(path, radius * .28 * np.sin(np.linspace(.5, np.pi - .1, 6)), 8)
        solids.append(('leaf', blade))
    return solids


def grapes(rng: np.random.Generator) -> Solids:
    """Build a bunch of grapes with a stem."""
    size = rng.uniform(.008, .011)
    solids = []
    for i in range(int(rng.integers(18, 30))):
        t = rng.random()
        wide = .034 * (1 - .75 * t)
        at = (.09 * t - .045, rng.uniform(-wide, wide), size + rng.uniform(0, 1.6 * wide)
              * (i % 3 > 0))
        solids.append(('main', moved(sphere(size, 2), *at)))
    solids.append(('leaf', bent([[-.04, 0, .018], [-.055, 0, .02], [-.065, .005, .02],
                                 [-.075, .01, .016]], .0022)))
    return solids


def pineapple(rng: np.random.Generator) -> Solids:
    """Build a pineapple with a crown of leaves."""
    radius, tall = rng.uniform(.045, .058), rng.uniform(.11, .15)
    t = np.linspace(.12, np.pi - .12, 14)
    body = lathe([[0, 0], *np.c_[radius * np.sin(t) ** .55, tall * (1 - np.cos(t)) / 2],
                  [0, tall]], 28)
    solids = [('main', body)]
    for i in range(16):
        angle, out = 2.4 * i, rng.uniform(.01, .05) * (1 if i > 5 else .3)
        high = rng.uniform(.05, .09)
        tip = np.array([np.cos(angle) * out, np.sin(angle) * out, tall + high])
        path = bezier([[0, 0, tall - .01], [np.cos(angle) * out * .2, np.sin(angle) * out * .2,
                                            tall + high * .5], tip - [0, 0, .01], tip], 7)
        solids.append(('leaf', tube(path, .007 * np.linspace(1, .15, 7), 6)))
    return solids


def avocado(rng: np.random.Generator) -> Solids:
    """Build an avocado that lies on its side."""
    radius, long = rng.uniform(.028, .035), rng.uniform(2.5, 3)
    t = np.array([0, .02, .1, .3, .5, .7, .86, .96, 1])
    body = lathe(radius * np.c_[[0, .4, .75, 1, .95, .7, .5, .28, 0], long * t], 32)
    return [('main', moved(rotated(body, 90, 'y'), z=radius))]


def tomato(rng: np.random.Generator) -> Solids:
    """Build a tomato with its green star."""
    radius, flat = rng.uniform(.026, .04), rng.uniform(.72, .95)
    solid = round_fruit(radius, flat, .16, 0, 40)
    points = np.array(solid.vertices)
    angle = np.arctan2(points[:, 1], points[:, 0])
    points[:, :2] *= (1 + rng.uniform(0, .035) * np.cos(rng.integers(4, 7) * angle))[:, None]
    solid.vertices = points
    top = 2 * radius * flat - .12 * radius
    solids = [('main', solid)]
    for angle in np.linspace(0, 2 * np.pi, 6)[:-1]:
        tip = [radius * .55 * np.cos(angle), radius * .55 * np.sin(angle), top + .001]
        path = bezier([[0, 0, top + .001], [0, 0, top + .005], tip, tip], 6)
        solids.append(('leaf', tube(path, [.003, .0035, .0035, .003, .002, .0008], 6)))
    return solids


def lumpy(x: float, y: float, z: float, rough: float, rng: np.random.Generator) -> trimesh.Trimesh:
    """Build an irregular lump with half axes x, y, z."""
    solid = sphere(1, 3)
    points = np.array(solid.vertices)
    ways = rng.normal(size=(6, 3))
    swell = sum(np.sin(points @ way * 1.6 + i) for i, way in enumerate(ways)) / 6
    solid.vertices = points * (1 + rough * swell)[:, None] * [x, y, z]
    return moved(solid, z=z)


def potato(rng: np.random.Generator) -> Solids:
    """Build a potato."""
    x = rng.uniform(.034, .052)
    return [('main', lumpy(x, x * rng.uniform(.6, .8), x * rng.uniform(.5, .7), .14, rng))]


def onion(rng: np.random.Generator) -> Solids:
    """Build an onion with a dry tip and roots."""
    radius, tall = rng.uniform(.027, .04), rng.uniform(.8, 1)
    t = np.array([0, .04, .15, .35, .55, .75, .88, .95, 1.1, 1.3])
    body = lathe(radius * np.c_[[0, .35, .78, 1, .97, .7, .35, .16, .1, 0], 2 * tall * t], 32)
    return [('main', body)]


def bell_pepper(rng: np.random.Generator) -> Solids:
    """Build a bell pepper with lobes and a green stem, standing or lying."""
    radius, tall = rng.uniform(.032, .042), rng.uniform(.07, .095)
    lobes, shift = int(rng.integers(3, 5)), rng.uniform(0, 6)
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    rings = []
    for t, share in ((0, .35), (.03, .6), (.15, .78), (.5, .92), (.8, 1), (.93, .85), (.97, .5),
                     (.93, .15)):
        r = radius * share * (1 + .11 * np.cos(lobes * angle + shift))
        rings.append(np.c_[r * np.cos(angle), r * np.sin(angle), np.full(40, t * tall)])
    stem = bent([[0, 0, tall * .9], [0, 0, tall], [.004, 0, tall * 1.1], [.012, 0, tall * 1.22]],
                .0048)
    solids = [('main', loft(np.stack(rings))), ('leaf', stem)]
    if rng.random() < .5:
        return [(role, rotated(solid, 82, 'y')) for role, solid in solids]
    return solids


def chili(rng: np.random.Generator) -> Solids:
    """Build a bent chili with a green stem."""
    long, thick, bend = rng.uniform(.07, .13), rng.uniform(.007, .012), rng.uniform(-.03, .03)
    path = bezier([[0, 0, thick], [long * .3, bend, thick], [long * .7, bend, thick],
                   [long, 0, thick * .6]], 16)
    radii = thick * np.clip(np.linspace(1.05, .05, 16) ** .6, .05, 1)
    radii[0] *= .7
    return [('main', tube(path, radii, 14)),
            ('leaf', bent([[.003, 0, thick], [-.008, 0, thick], [-.014, .004, thick],
                           [-.024, .008, thick * 1.3]], .0028))]


def cucumber(rng: np.random.Generator) -> Solids:
    """Build a long, slightly bent cucumber, courgette or the like."""
    long, thick, bend = rng.uniform(.15, .24), rng.uniform(.016, .024), rng.uniform(-.03, .03)
    path = bezier([[-long / 2, 0, thick], [-long / 6, bend, thick], [long / 6, bend, thick],
                   [long / 2, 0, thick]], 20)
    ends = np.clip(np.sin(np.linspace(.12, np.pi - .12, 20)) * 1.8, .2, 1) ** .6
    return [('main', tube(path, thick * ends, 18))]


def zucchini(rng: np.random.Generator) -> Solids:
    """Build a courgette with a pale stub."""
    solids = cucumber(rng)
    end = solids[0][1].bounds
    return [*solids, ('cream', moved(rotated(cylinder(.008, .018, 8), 90, 'y'), end[0][0] - .012, 0,
                                     end[1][2] / 2))]


def eggplant(rng: np.random.Generator) -> Solids:
    """Build an eggplant with a green cap."""
    radius, long = rng.uniform(.028, .038), rng.uniform(.13, .19)
    t = np.linspace(0, 1, 14)
    shape = np.interp(t, [0, .05, .3, .65, .9, 1], [.1, .5, 1, .72, .5, .3])
    body = tube(np.c_[long * (t - .5), .012 * np.sin(np.pi * t), np.full(14, radius)],
                radius * shape, 22)
    cap = tube(np.c_[np.linspace(long * .4, long * .66, 6), np.zeros(6), np.full(6, radius)],
               radius * np.array([.66, .62, .45, .2, .16, .15]), 12)
    return [('main', body), ('leaf', cap)]


def broccoli(rng: np.random.Generator) -> Solids:
    """Build a head of broccoli on a pale stalk."""
    solids = [('stalk', lathe([[0, 0], [.014, 0], [.012, .03], [.022, .06], [0, .06]], 16))]
    size = rng.uniform(.034, .048)
    for i in range(26):
        up, angle = 1 - i / 26 * 1.1, 2.4 * i
        out = np.sqrt(max(0, 1 - up * up))
        at = size * np.array([out * np.cos(angle), out * np.sin(angle), .72 * up])
        solids.append(('main', moved(sphere(size * rng.uniform(.26, .36), 2), *at, )))
    return [(role, moved(solid, z=.06) if role == 'main' else solid) for role, solid in solids]


def corn(rng: np.random.Generator) -> Solids:
    """Build a corn cob with rows of kernels and some husk."""
    long, thick = rng.uniform(.13, .18), rng.uniform(.018, .024)
    rings = []
    for t in np.linspace(0, 1, 44):
        angle = np.linspace(0, 2 * np.pi, 56, endpoint=False)
        bump = 1 + .05 * np.cos(14 * angle) + .04 * np.cos(2 * np.pi * 22 * t)
        r = thick * np.interp(t, [0, .1, .7, 1], [.8, 1, .9, .25]) * bump
        rings.append(np.c_[np.full(56, long * (t - .5)), r * np.cos(angle),
                           thick + r * np.sin(angle)])
    solids = [('main', loft(np.stack(rings)))]
    for side in (-1, 0, 1) if rng.random() < .7 else ():
        path = bezier([[-long * .55, 0, thick * .6], [-long * .3, side * thick * 1.1, thick * .3],
                       [-long * .1, side * thick * 1.6, thick * .4],
                       [long * .15, side * thick * 2, thick * (1 if side else .1)]], 9)
        blade = tube(path, thick * .8 * np.sin(np.linspace(.5, np.pi - .1, 9)), 8)
        solids.append(('leaf', moved(scaled(blade, 1, 1, .3), z=.003)))
    return solids


def mushroom(rng: np.random.Generator) -> Solids:
    """Build a mushroom, upright or on its side."""
    radius = rng.uniform(.018, .032)
    t = np.linspace(0, np.pi / 2, 9)
    hat = lathe([[0, radius * .55], [radius * .85, radius * .5],
                 *np.c_[radius * np.cos(t), radius * (.62 + .75 * np.sin(t))]], 32)
    stem = lathe([[0, 0], [radius * .36, 0], [radius * .3, radius * .7], [0, radius * .7]], 24)
    solids = [('main', hat), ('cream', stem)]
    if rng.random() < .5:
        return [(role, rotated(solid, 110, 'y')) for role, solid in solids]
    return solids


def garlic(rng: np.random.Generator) -> Solids:
    """Build a bulb of garlic."""
    radius, count = rng.uniform(.02, .028), int(rng.integers(6, 10))
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    rings = []
    for t, share in ((0, .3), (.1, .8), (.35, 1), (.6, .8), (.78, .4), (.9, .18), (1.15, .12),
                     (1.35, .1)):
        r = radius * share * (1 + .07 * np.abs(np.sin(count * angle / 2)))
        rings.append(np.c_[r * np.cos(angle), r * np.sin(angle), np.full(60, t * radius * 1.8)])
    return [('main', loft(np.stack(rings)))]


def bread(rng: np.random.Generator) -> Solids:
    """Build bread: a loaf, a baguette, a roll or a slice of toast."""
    kind = rng.integers(4)
    if kind == 0:
        x = rng.uniform(.07, .1)
        return [('main', lumpy(x, x * .55, x * .45, .05, rng))]
    if kind == 1:
        long = rng.uniform(.12, .16)
        solids = [('main', beam([(-long, .008, .006, .02), (-long * .85, .024, .02, .02),
                                 (long * .85, .024, .02, .02), (long, .008, .006, .02)]))]
        return solids + [('cream', moved(rotated(slab(.03, .007, .002, .003), 35, 'z'),
                                         at * long, 0, .039)) for at in (-.5, -.1, .3, .6)]
    if kind == 2:
        radius = rng.uniform(.04, .05)
        return [('main', lumpy(radius, radius, radius * .6, .04, rng))]
    size = rng.uniform(.09, .11)
    outline = np.r_[superellipse(size / 2, size / 2, 5, 40)]
    crust, crumb = (np.stack([np.c_[outline * share, np.full(40, z)] for z in (low, high)])
                    for share, low, high in ((1, 0, .013), (.93, -.0004, .0134)))
    return [('main', loft(crust)), ('cream', loft(crumb))]


def egg(rng: np.random.Generator) -> Solids:
    """Build an egg that lies on its side."""
    radius = rng.uniform(.02, .0235)
    t = np.linspace(0, np.pi, 20)
    body = lathe(np.c_[radius * np.sin(t) * (1 + .13 * np.cos(t)), 1.28 * radius * (1 - np.cos(t))],
                 32)
    return [('main', moved(rotated(body, 88, 'y'), z=radius))]


def donut(rng: np.random.Generator) -> Solids:
    """Build a donut with icing and sprinkles."""
    radius, thick = rng.uniform(.028, .035), rng.uniform(.012, .016)
    solids = [('dough', moved(creation.torus(radius, thick, major_sections=40, minor_sections=18),
                              z=thick)),
              ('main', moved(scaled(creation.torus(radius, thick * .98, major_sections=40,
                                                   minor_sections=18), 1.01, 1.01, .85),
                             z=thick * 1.22))]
    for i in range(int(rng.choice([0, 24, 30]))):
        angle, out = rng.uniform(0, 2 * np.pi), radius + rng.uniform(-.6, .6) * thick
        high = np.sqrt(max(0, 1 - ((out - radius) / thick) ** 2)) * thick * .85
        bit = rotated(cylinder(.0009, .006, 6), 90, 'x')
        solids.append((('accent', 'white', 'dark')[i % 3],
                       moved(rotated(bit, float(rng.uniform(0, 180)), 'z'), out * np.cos(angle),
                             out * np.sin(angle), thick * 1.22 + high)))
    return solids


def cake(rng: np.random.Generator) -> Solids:
    """Build a slice of layered cake, or a cupcake in its paper."""
    if rng.random() < .5:
        radius, layers = rng.uniform(.09, .12), []
        half, step = np.radians(rng.uniform(16, 24)), rng.uniform(.012, .017)
        arc = np.linspace(-half, half, 9)
        outline = np.r_[[[0, 0]], np.c_[np.cos(arc), np.sin(arc)] * radius]
        for i in range(4):
            ring = np.stack([np.c_[outline, np.full(10, i * step + z)]
                             for z in (0, step)])
            layers.append(('dough' if i % 2 == 0 else 'main', loft(ring)))
        return [*layers, ('accent', moved(sphere(.01, 2), radius * .75, 0, 4 * step + .006))]
    radius = rng.uniform(.028, .034)
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    rings = [np.c_[r * (1 + .03 * np.cos(16 * angle)) * np.cos(angle),
                   r * (1 + .03 * np.cos(16 * angle)) * np.sin(angle), np.full(48, z)]
             for r, z in ((radius * .7, 0), (radius, .036))]
    swirl = [('main', moved(scaled(sphere(radius * share, 3), 1, 1, .55), z=.036 + z))
             for share, z in ((1.08, .004), (.8, .018), (.45, .03))]
    return [('accent', loft(np.stack(rings))), *swirl,
            ('cherry', moved(sphere(.008, 2), z=.082))]


def sandwich(rng: np.random.Generator) -> Solids:
    """Build a hamburger: bun, leaf, cheese, meat, bun."""
    radius = rng.uniform(.042, .055)
    t = np.linspace(0, np.pi / 2, 9)
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    wave = radius * (1.04 + .05 * np.cos(9 * angle))
    lettuce = np.stack([np.c_[wave * np.cos(angle), wave * np.sin(angle),
                              z + .003 * np.cos(9 * angle + 1)] for z in (.032, .036)])
    return [('main', lathe([[0, 0], [radius * .95, 0], [radius, .01], [radius * .96, .016],
                            [0, .016]], 40)),
            ('meat', moved(cylinder(radius * .99, .014, 36), z=.016)),
            ('cheese', moved(rotated(slab(radius * 1.65, radius * 1.65, .003, .004), 20, 'z'),
                             z=.029)),
            ('leaf', loft(lettuce)),
            ('main', lathe([[0, .036], [radius, .037], *np.c_[radius * np.cos(t),
                                                              .042 + radius * .6 * np.sin(t)]],
                           40))]

