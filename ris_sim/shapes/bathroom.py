# SPDX-License-Identifier: Apache-2.0
"""Things of the bathroom, the wardrobe and the hall, one function per category."""
from __future__ import annotations

import numpy as np

from ris_sim.shapes.forms import (
    bar,
    beam,
    bent,
    loft,
    pillar,
    rounded_box,
    slab,
    superellipse,
    vessel,
)
from ris_sim.shapes.household import vase as plain_vase
from ris_sim.shapes.mesh import (
    Solids,
    bezier,
    box,
    cylinder,
    lathe,
    moved,
    rod,
    rotated,
    scaled,
    sphere,
    tube,
)


def sponge(rng: np.random.Generator) -> Solids:
    """Build a sponge with a scouring side."""
    x, y, z = rng.uniform(.08, .12), rng.uniform(.055, .08), rng.uniform(.022, .035)
    solids = [('main', rounded_box(x, y, z, .006))]
    if rng.random() < .7:
        solids.append(('accent', moved(slab(x * .99, y * .99, .008, .005, .002), z=z - .001)))
    return solids


def soap(rng: np.random.Generator) -> Solids:
    """Build a bar of soap."""
    x, y, z = rng.uniform(.07, .09), rng.uniform(.045, .06), rng.uniform(.022, .032)
    return [('main', pillar([(0, x * .36, y * .36), (z * .15, x * .47, y * .47),
                             (z * .5, x * .5, y * .5), (z * .85, x * .47, y * .47),
                             (z, x * .34, y * .34)], 2.8))]


def toothbrush(rng: np.random.Generator) -> Solids:
    """Build a toothbrush that lies on its back."""
    long = rng.uniform(.16, .19)
    return [('main', beam([(-long * .5, .004, .003, .005), (-long * .3, .0065, .0045, .006),
                           (0, .006, .004, .006), (long * .2, .0035, .003, .005),
                           (long * .32, .003, .0026, .005), (long * .36, .006, .0025, .005),
                           (long * .5, .005, .002, .005)], 2.4)),
            ('white', moved(slab(long * .13, .01, .011, .003), long * .43, 0, .007)),
            ('accent', moved(slab(long * .05, .0105, .0112, .003), long * .43, 0, .007))]


def brush(rng: np.random.Generator) -> Solids:
    """Build a scrubbing brush with a handle."""
    long, wide = rng.uniform(.2, .26), rng.uniform(.045, .065)
    return [('main', beam([(-long * .5, .012, .007, .03), (-long * .1, .009, .007, .034),
                           (0, wide * .35, .01, .032), (long * .2, wide * .5, .011, .03),
                           (long * .45, wide * .42, .009, .03), (long * .5, wide * .2, .006, .03)],
                          2.3)),
            ('bristle', moved(pillar([(0, long * .24, wide * .5), (.024, long * .21, wide * .42)],
                                     2.6), long * .25))]


def paper_roll(rng: np.random.Generator) -> Solids:
    """Build a roll of toilet or kitchen paper, upright or on its side."""
    radius, high = [(rng.uniform(.048, .06), rng.uniform(.095, .105)),
                    (rng.uniform(.05, .065), rng.uniform(.2, .25))][rng.integers(2)]
    core = rng.uniform(.02, .024)
    solids = [('main', lathe([[core, 0], [radius, 0], [radius, high], [core, high], [core, 0]],
                             48)),
              ('cardboard', lathe([[core * .93, 0], [core * 1.01, 0], [core * 1.01, high],
                                   [core * .93, high], [core * .93, 0]], 36)),
              ('main', moved(box(.03, .0012, high * .995), radius * .1, -radius * 1.003))]
    if rng.random() < .4:
        return [(role, rotated(solid, 90, 'y')) for role, solid in solids]
    return solids


def towel(rng: np.random.Generator) -> Solids:
    """Build a folded towel of several layers, or a crumpled cloth."""
    if rng.random() < .5:
        x, y = rng.uniform(.13, .2), rng.uniform(.1, .15)
        count, thick = int(rng.integers(2, 5)), rng.uniform(.008, .013)
        return [('main', moved(rounded_box(x * rng.uniform(.96, 1), y * rng.uniform(.95, 1), thick,
                                           thick * .49), rng.uniform(-.003, .003), 0,
                               i * thick * .93)) for i in range(count)]
    solid = sphere(1, 4)
    points = np.array(solid.vertices)
    swell = sum(np.sin(points @ rng.normal(size=3) * 3 + i) for i in range(5)) / 5
    size = rng.uniform(.06, .09)
    points = points * (1 + .35 * swell)[:, None] * [size, size * rng.uniform(.7, 1), size * .4]
    # The underside is almost flat; flat to the last digit, faces would have no normal.
    below = np.minimum(points[:, 2] + .012, 0)
    points[:, 2] -= .95 * below
    solid.vertices = points
    return [('main', solid)]


def comb(rng: np.random.Generator) -> Solids:
    """Build a comb with its teeth."""
    long, wide = rng.uniform(.13, .18), rng.uniform(.014, .018)
    count = int(long / .0045)
    return [('main', slab(long, wide, .004, .005, .001)),
            *[('main', moved(box(.002, .022, .0028), (i - (count - 1) / 2) * .0045,
                             -wide / 2 - .009, .0006)) for i in range(count)]]


def glasses(rng: np.random.Generator) -> Solids:
    """Build glasses or sunglasses with folded or open temples."""
    wide, high = rng.uniform(.024, .029), rng.uniform(.018, .025)
    power = rng.choice([2, 2.5, 3.5])
    lens = 'dark_glass' if rng.random() < .5 else 'glassware'
    solids = []
    for side in (-1, 1):
        outline = superellipse(wide, high, power, 28)
        ring = np.c_[outline[:, 0] + side * (wide + .009), np.zeros(28), outline[:, 1] + high]
        ring = np.vstack([ring, ring[:1]])
        disc = loft(np.stack([np.c_[ring[:28, 0], np.full(28, y), ring[:28, 2]]
                              for y in (-.0006, .0006)]))
        end = side * (2 * wide + .012)
        temple = bezier([[end, 0, high * 1.4], [end, .05, high * 1.4], [end, .09, high * 1.4],
                         [end - side * .004, .13, high * .4]], 12)
        solids += [('main', tube(ring, [.0022] * 29, 8)), (lens, disc),
                   ('main', tube(temple, [.002] * 12, 8))]
    solids.append(('main', bent([[-.011, 0, high * 1.3], [-.004, 0, high * 1.6],
                                 [.004, 0, high * 1.6], [.011, 0, high * 1.3]], .002)))
    return solids


def wallet(rng: np.random.Generator) -> Solids:
    """Build a folded wallet with a seam."""
    x, y, z = rng.uniform(.1, .12), rng.uniform(.08, .095), rng.uniform(.012, .02)
    return [('main', rounded_box(x, y, z * .5, .003)),
            ('main', moved(rounded_box(x, y * .99, z * .48, .003), z=z * .5)),
            ('accent', moved(slab(x * .92, .001, .0004, .0004), 0, y * .43, z * .98))]


def watch(rng: np.random.Generator) -> Solids:
    """Build a wristwatch whose strap is closed or laid out."""
    radius = rng.uniform(.017, .022)
    solids = [('metal', lathe([[0, 0], [radius, 0], [radius, .008], [radius * .9, .01],
                               [0, .01]], 36)),
              ('face', moved(cylinder(radius * .86, .0006, 32), z=.01))]
    for angle, long in ((rng.uniform(0, 6), .5), (rng.uniform(0, 6), .75)):
        solids.append(('metal', bar([0, 0, .0108], [long * radius * np.cos(angle),
                                                    long * radius * np.sin(angle), .0108],
                                    .0008, 6)))
    for side in (-1, 1):
        long = rng.uniform(.07, .1)
        solids.append(('main', beam([(side * radius * .9, radius * .55, .0016, .005),
                                     (side * (radius + long * .5), radius * .48, .0014, .003),
                                     (side * (radius + long), radius * .42, .0012, .002)], 4)))
    return solids


def shoe(rng: np.random.Generator) -> Solids:
    """Build a low shoe with a sole and laces."""
    long, wide = rng.uniform(.2, .27), rng.uniform(.075, .09)
    angle = np.linspace(0, 2 * np.pi, 36, endpoint=False)

    def ring(z: float, share: float, back: float, front: float) -> np.ndarray:
        x = np.where(np.cos(angle) > 0, front, back) * np.cos(angle) * long
        waist = 1 - .22 * np.exp(-((x / long + .05) / .18) ** 2)
        return np.c_[x, np.sin(angle) * wide / 2 * share * waist, np.full(36, z)]

    high = rng.uniform(.055, .08)
    sole = loft(np.stack([ring(0, .95, .48, .5), ring(.006, 1, .5, .52), ring(.024, .98, .5, .52)]))
    upper = loft(np.stack([ring(.02, .96, .49, .5), ring(.036, .94, .49, .48),
                           ring(high * .75, .82, .48, .3), ring(high, .66, .47, .08),
                           ring(high * 1.15, .6, .46, -.02)]))
    collar = loft(np.stack([ring(high * 1.14, .5, .42, -.06), ring(high * 1.16, .48, .41, -.07)]))
    solids = [('main', upper), (str(rng.choice(['white', 'white', 'accent', 'dark'])), sole),
              ('dark', collar)]
    for i in range(4):
        x = .08 * long + i * .05 * long
        z = high * (1.0 - .13 * i)
        solids.append(('white', bent([[x, -wide * .22, z - .004], [x, -wide * .1, z + .006],
                                      [x, wide * .1, z + .006], [x, wide * .22, z - .004]], .002)))
    return solids


def hat(rng: np.random.Generator) -> Solids:
    """Build a hat with a brim and a band."""
    radius, high = rng.uniform(.075, .09), rng.uniform(.075, .1)
    brim = radius * rng.uniform(1.45, 1.8)
    crown = lathe([[0, 0], [radius, 0], [radius * .97, high * .7], [radius * .8, high],
                   [0, high * rng.uniform(.85, 1)]], 44)
    return [('main', scaled(crown, 1.1, .95, 1)),
            ('main', scaled(lathe([[0, 0], [brim, .006], [brim, .009], [0, .004]], 44), 1.1, .95,
                            1)),
            ('accent', scaled(lathe([[0, .005], [radius * 1.02, .005], [radius * 1.005, .028],
                                     [0, .028]], 44), 1.1, .95, 1))]


def cap(rng: np.random.Generator) -> Solids:
    """Build a baseball cap with its peak."""
    radius, high = rng.uniform(.078, .09), rng.uniform(.085, .105)
    t = np.linspace(0, np.pi / 2, 10)
    crown = lathe([[0, 0], *np.c_[radius * np.cos(t), high * np.sin(t)]], 40)
    angle = np.linspace(-1.15, 1.15, 17)
    inner = np.c_[radius * .93 * np.cos(angle), radius * .93 * np.sin(angle)]
    outer = np.c_[radius * (.55 + 1.15 * np.cos(angle * .9)), radius * .98 * np.sin(angle)]
    outline = np.r_[inner, outer[::-1]]
    drop = -.012 * (outline[:, 1] / radius) ** 2
    peak = loft(np.stack([np.c_[outline, drop + .004], np.c_[outline, drop + .007]]))
    peak_role = 'main' if rng.random() < .6 else 'accent'
    return [('main', crown), (peak_role, moved(peak, z=.01)),
            (peak_role, moved(sphere(.008, 2), z=high)),
            ('motif', scaled(moved(rotated(cylinder(radius * .28, .003, 28), 68, 'y'),
                                   radius * .9, 0, high * .5), 1, 1, 1))]


def basket(rng: np.random.Generator) -> Solids:
    """Build a woven basket, some with a handle."""
    radius, high = rng.uniform(.075, .11), rng.uniform(.06, .1)
    rows = 7
    solids = [('main', vessel([radius * .8, radius], [0, high], .006, 44))]
    for i in range(rows):
        share = .8 + .2 * (i + .5) / rows
        ring = np.linspace(0, 2 * np.pi, 49)
        wave = radius * share + .0025 * np.cos(12 * ring + np.pi * (i % 2))
        solids.append(('main', tube(np.c_[wave * np.cos(ring), wave * np.sin(ring),
                                          np.full(49, (i + .5) * high / rows)],
                                    [high / rows * .5] * 49, 6)))
    if rng.random() < .5:
        solids.append(('main', bent([[-radius, 0, high * .9], [-radius, 0, high * 3],
                                     [radius, 0, high * 3], [radius, 0, high * .9]], .006, 24)))
    return solids


def bag(rng: np.random.Generator) -> Solids:
    """Build a standing paper bag or handbag with handles."""
    x, y, z = rng.uniform(.14, .22), rng.uniform(.06, .1), rng.uniform(.15, .24)
    top = rng.choice([1, .35])
    outline = np.array([[-x, -y], [x, -y], [x, y], [-x, y]]) / 2
    body = loft(np.stack([np.c_[outline, np.zeros(4)], np.c_[outline, np.full(4, z * .6)],
                          np.c_[outline * [1, top], np.full(4, z)]]))
    solids = [('main', body),
              ('dark', moved(box(x * .96, y * top * .92, .001), z=z))]
    for side in (-1, 1):
        at = side * y * top * .4
        solids.append((str(rng.choice(['main', 'cardboard'])),
                       bent([[-x * .22, at, z - .004], [-x * .22, at, z + .1],
                             [x * .22, at, z + .1], [x * .22, at, z - .004]], .003, 20)))
    return solids


def umbrella(rng: np.random.Generator) -> Solids:
    """Build a folded umbrella that lies on its side."""
    long, radius = rng.uniform(.2, .28), rng.uniform(.022, .03)
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    rings = []
    for t, share in ((0, .5), (.05, .9), (.5, 1), (.9, .7), (1, .25)):
        r = radius * share * (1 + .12 * np.cos(8 * angle))
        rings.append(np.c_[np.full(48, long * t), r * np.cos(angle), radius + r * np.sin(angle)])
    return [('main', loft(np.stack(rings))), ('accent', rod(radius * 1.0, long * .36, long * .42,
                                                            radius, 28)),
            ('metal', rod(.004, long, long * 1.06, radius, 12)),
            ('dark', rod(.011, -.06, 0, radius, 20))]


def plant(rng: np.random.Generator) -> Solids:
    """Build a plant in a pot: with broad leaves, blades of grass, or a cactus."""
    radius, high = rng.uniform(.04, .06), rng.uniform(.06, .09)
    solids = [('main', vessel([radius * .75, radius, radius * 1.08, radius * 1.08],
                              [0, high * .8, high * .8, high], .004)),
              ('soil', moved(cylinder(radius * .95, .004, 32), z=high * .88))]
    kind = rng.integers(3)
    if kind == 2:
        angle, tall = np.linspace(0, 2 * np.pi, 60, endpoint=False), rng.uniform(.07, .13)
        rings = []
        for t in np.linspace(0, 1, 10):
            r = radius * .6 * np.sqrt(max(.02, 1 - t ** 4)) * (1 + .1 * np.cos(10 * angle))
            rings.append(np.c_[r * np.cos(angle), r * np.sin(angle),
                               np.full(60, high * .88 + tall * t)])
        return [*solids, ('leaf', loft(np.stack(rings)))]
    for i in range(int(rng.integers(14, 24))):
        angle, out = 2.4 * i + rng.uniform(-.3, .3), rng.uniform(.25, 1)
        reach = radius * (1 + 1.2 * out)
        way = np.array([np.cos(angle), np.sin(angle), 0])
        tall = rng.uniform(.07, .15) * (1.3 - .5 * out)
        tip = way * reach + [0, 0, high + tall * (.95 if kind else .75)]
        path = bezier([[0, 0, high * .85], way * reach * .3 + [0, 0, high + tall],
                       way * reach * .7 + [0, 0, high + tall * 1.1], tip], 9)
        wide = rng.uniform(.013, .024) if kind == 0 else .005
        shape = np.sin(np.linspace(.05, np.pi - .08, 9)) ** (2 if kind == 0 else .6)
        blade = tube(path, np.maximum(.0012, wide * shape), 8)
        points = np.array(blade.vertices)
        centre = path[np.abs(points[:, None] - path[None]).sum(axis=2).argmin(axis=1)]
        points[:, 2] = centre[:, 2] + (points[:, 2] - centre[:, 2]) * .25
        blade.vertices = points
        solids.append(('leaf', blade))
    return solids


def flower(rng: np.random.Generator) -> Solids:
    """Build a cut flower that lies on the table."""
    long, size = rng.uniform(.16, .24), rng.uniform(.02, .03)
    solids = [('leaf', bent([[0, 0, size], [long * .3, .01, size * .6], [long * .7, -.01, .004],
                             [long, 0, .003]], .0024, 16))]
    count = int(rng.integers(6, 10))
    for layer in range(2):
        for i in range(count):
            a = 2 * np.pi * (i + .5 * layer) / count
            petal = scaled(sphere(1, 2), .0035, size * .42, size * .62)
            petal = rotated(moved(petal, -.006 * layer, 0, size * .6), float(np.degrees(a)), 'x')
            solids.append(('main', moved(petal, 0, 0, size * 1.1)))
    solids.append(('yellow', moved(scaled(sphere(size * .3, 2), .5, 1, 1), -.004, 0, size * 1.1)))
    path = bezier([[long * .5, 0, .006], [long * .55, .02, .01], [long * .6, .04, .012],
                   [long * .66, .06, .006]], 8)
    blade = tube(path, .012 * np.sin(np.linspace(.1, np.pi - .1, 8)), 8)
    solids.append(('leaf', moved(scaled(blade, 1, 1, .3), z=.002)))
    return solids


def vase(rng: np.random.Generator) -> Solids:
    """Build a vase of stoneware or glass."""
    return [(role, scaled(solid, 1.25, 1.25, 1.3)) for role, solid in plain_vase(rng)]
