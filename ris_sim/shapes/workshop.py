# SPDX-License-Identifier: Apache-2.0
"""Tools and small hardware, one function per category."""
from __future__ import annotations

import numpy as np

from ris_sim.shapes.forms import (
    bar,
    beam,
    bent,
    loft,
    prism,
    rounded_box,
    slab,
    superellipse,
    vessel,
)
from ris_sim.shapes.household import hammer as plain_hammer
from ris_sim.shapes.mesh import (
    Solids,
    box,
    cylinder,
    lathe,
    moved,
    rod,
    rotated,
    tube,
)


def drill(rng: np.random.Generator) -> Solids:
    """Build a cordless drill that lies on its side or stands on its battery."""
    long, high = rng.uniform(.15, .19), rng.uniform(.17, .2)
    top = high
    body = beam([(-long * .5, .02, .022, top), (-long * .46, .026, .028, top),
                 (0, .028, .03, top), (long * .25, .025, .027, top), (long * .3, .02, .022, top)],
                2.4)
    grip = loft(np.stack([np.c_[superellipse(a, .017, 2.5, 24) + np.array([x, 0]), np.full(24, z)]
                          for z, a, x in ((.035, .024, -long * .28), (high * .4, .02, -long * .25),
                                          (high * .7, .022, -long * .2),
                                          (high * .9, .034, -long * .18))]))
    battery = moved(rounded_box(.105, .062, .042, .008), -long * .2)
    band = beam([(-long * .2, .0285, .0305, top), (long * .08, .0285, .0305, top)], 2.4)
    solids = [('main', body), ('main', grip), ('dark', battery), ('dark', band),
              ('dark', rod(.019, long * .3, long * .48, top, 24)),
              ('metal', rod(.012, long * .48, long * .55, top, 20)),
              ('main', moved(box(.105, .064, .01), -long * .2, 0, .042)),
              ('dark', moved(rounded_box(.014, .012, .03, .004), -long * .06, 0, high * .66))]
    if rng.random() < .5:
        solids.append(('metal', rod(.003, long * .55, long * .8, top, 10)))
    if rng.random() < .6:
        return [(role, rotated(solid, 90, 'x')) for role, solid in solids]
    return solids


def clamp(rng: np.random.Generator) -> Solids:
    """Build a spring clamp that lies on its side."""
    long, open_ = rng.uniform(.09, .15), rng.uniform(8, 16)
    solids = []
    for side in (-1, 1):
        arm = beam([(-long * .55, .007, .007, .009), (-long * .5, .01, .008, .009),
                    (-long * .1, .012, .009, .009), (long * .3, .01, .008, .009),
                    (long * .46, .006, .007, .009)], 3)
        pieces = [('main', moved(arm, y=side * .006)),
                  ('accent', moved(rounded_box(.022, .014, .018, .003), long * .46, -side * .004))]
        if rng.random() < .5:
            pieces.append(('accent', moved(beam([(-long * .58, .0095, .0095, .009),
                                                 (-long * .25, .0115, .0098, .009)], 3),
                                           y=side * .006)))
        solids += [(role, rotated(solid, -side * open_, 'z')) for role, solid in pieces]
    return [*solids, ('metal', moved(cylinder(.008, .02, 20), -.004))]


def tape_measure(rng: np.random.Generator) -> Solids:
    """Build a tape measure with a bit of its tape out."""
    size, wide = rng.uniform(.058, .08), rng.uniform(.03, .042)
    outline = np.r_[superellipse(size / 2, size / 2, 3, 36)]
    outline[:, 0] = np.maximum(outline[:, 0], -size * .46)
    case = rotated(prism(outline, wide), 90, 'x')
    return [('main', moved(case, 0, wide / 2, size / 2)),
            ('dark', moved(rotated(cylinder(size * .3, wide * 1.04, 28), 90, 'x'), 0, wide * .52,
                           size * .5)),
            ('yellow', moved(box(rng.uniform(.02, .06), wide * .6, .0008), size * .6, 0, .003)),
            ('metal', moved(box(.002, wide * .62, .012), size * .6 + .03, 0, -.003))]


def pliers(rng: np.random.Generator) -> Solids:
    """Build pliers with coated handles."""
    long, open_ = rng.uniform(.09, .12), rng.uniform(5, 14)
    solids = []
    for side in (-1, 1):
        jaw = prism(np.array([[-.004, side * -.002], [.05, 0], [.05, side * .004],
                              [.02, side * .011], [-.004, side * .012]]), .009)
        handle = bent([[0, -side * .007, .0045], [-long * .3, -side * .02, .0045],
                       [-long * .7, -side * .02, .0045], [-long, -side * .012, .0045]], .0055)
        coat = bent([[-long * .3, -side * .0165, .0045], [-long * .5, -side * .0195, .0045],
                     [-long * .8, -side * .0185, .0045], [-long * 1.02, -side * .0115, .0045]],
                    .0078)
        solids += [(role, rotated(solid, side * open_ / 2, 'z'))
                   for role, solid in (('metal', jaw), ('metal', handle), ('main', coat))]
    return [*solids, ('metal', cylinder(.01, .011, 24))]


def wrench(rng: np.random.Generator) -> Solids:
    """Build a spanner: open at one end, a ring at the other, or adjustable."""
    long, wide = rng.uniform(.13, .2), rng.uniform(.014, .02)
    solids = [('main', beam([(-long / 2, wide * .5, .0035, .004), (0, wide * .4, .003, .004),
                             (long / 2, wide * .5, .0035, .004)], 3))]
    for side in (-1, 1):
        jaw = bent([[long / 2 - .002, side * wide * .3, .004],
                    [long / 2 + wide * .2, side * wide * 1.1, .004],
                    [long / 2 + wide * .8, side * wide * 1.1, .004],
                    [long / 2 + wide * 1.3, side * wide * .55, .004]], .0052, 12, 8)
        solids.append(('main', jaw))
    ring = np.linspace(0, 2 * np.pi, 24)
    hoop = np.c_[-long / 2 - wide * .6 + wide * .75 * np.cos(ring), wide * .75 * np.sin(ring),
                 np.full(24, .0045)]
    return [*solids, ('main', tube(hoop, [.0048] * 24, 10))]


def saw(rng: np.random.Generator) -> Solids:
    """Build a hand saw with a toothed blade."""
    long, wide = rng.uniform(.2, .27), rng.uniform(.05, .075)
    teeth = int(long / .008)
    bottom = [[x, 0 if i % 2 else -.004] for i, x in enumerate(np.linspace(0, long, 2 * teeth))]
    blade = prism(np.array([*bottom, [long, wide * .4], [0, wide]]), .0014)
    ring = np.linspace(0, 2 * np.pi, 24)
    grip = np.c_[-.035 + .034 * np.cos(ring), wide * .5 + .04 * np.sin(ring), np.full(24, .009)]
    return [('metal', moved(blade, z=.008)), ('main', tube(grip, [.0095] * 24, 10)),
            ('main', moved(slab(.03, wide * 1.1, .018, .006, .003), .006, wide * .5))]


def flashlight(rng: np.random.Generator) -> Solids:
    """Build a torch that lies on its side."""
    long, radius = rng.uniform(.1, .18), rng.uniform(.011, .017)
    head = radius * rng.uniform(1.3, 1.8)
    body = lathe([[0, 0], [radius * .95, 0], [radius, .006], [radius, long * .7],
                  [head, long * .82], [head, long], [head * .9, long], [0, long - .006]], 32)
    return [('main', moved(rotated(body, 90, 'y'), 0, 0, head)),
            ('glass', rod(head * .88, long - .005, long - .002, head, 28)),
            ('rubber', rod(radius * 1.05, long * .2, long * .5, head, 28)),
            ('accent', moved(cylinder(.005, .004, 16), long * .6, 0, head + radius))]


def bolt(rng: np.random.Generator) -> Solids:
    """Build a bolt with a hexagonal or round head."""
    radius, long = rng.uniform(.004, .007), rng.uniform(.04, .075)
    thread = np.c_[np.full(60, radius), np.linspace(0, long, 60)]
    thread[1::2, 0] *= .84
    sides = int(rng.choice([6, 6, 28]))
    shank = rotated(lathe([[0, 0], *thread, [0, long]], 18), 90, 'y')
    return [('main', moved(shank, z=radius * 1.9)),
            ('main', rod(radius * 1.85, -radius * 1.3, 0, radius * 1.9, sides))]


def nut(rng: np.random.Generator) -> Solids:
    """Build a hexagonal nut."""
    radius, hole = rng.uniform(.009, .018), .55
    high = radius * rng.uniform(.7, .9)
    return [('main', lathe([[radius * hole, 0], [radius, 0], [radius, high],
                            [radius * hole, high], [radius * hole, 0]], 6))]


def battery(rng: np.random.Generator) -> Solids:
    """Build a round battery that stands or lies, or a block battery."""
    if rng.random() < .75:
        size = np.array([(.0072, .05), (.013, .05), (.0165, .06)][rng.integers(3)])
        radius, high = size * rng.uniform(.97, 1.03)
        solids = [('main', cylinder(radius, high * .68, 32)),
                  ('accent', moved(cylinder(radius, high * .3, 32), z=high * .68)),
                  ('metal', moved(cylinder(radius * .4, high * .03, 20), z=high * .98))]
        if rng.random() < .7:
            return [(role, rotated(solid, 90, 'y')) for role, solid in solids]
        return solids
    x, y = .0265 * rng.uniform(.97, 1.03), .0175 * rng.uniform(.97, 1.03)
    return [('main', box(x, y, .032)), ('accent', moved(box(x, y, .014), z=.032)),
            ('metal', moved(cylinder(.004, .003, 16), .006, 0, .046)),
            ('metal', moved(cylinder(.003, .003, 16), -.006, 0, .046))]


def padlock(rng: np.random.Generator) -> Solids:
    """Build a padlock that lies on its back."""
    x, y, z = rng.uniform(.034, .05), rng.uniform(.03, .045), rng.uniform(.011, .016)
    shackle = bent([[-x * .3, y / 2 - .002, z / 2], [-x * .34, y * 1.55, z / 2],
                    [x * .34, y * 1.55, z / 2], [x * .3, y / 2 - .002, z / 2]], .0036, 20, 12)
    return [('main', rounded_box(x, y, z, .003)), ('metal', shackle)]


def light_bulb(rng: np.random.Generator) -> Solids:
    """Build a light bulb that lies on its side."""
    radius = rng.uniform(.024, .032)
    t = np.array([0, .05, .18, .38, .6, .8, 1, 1.1])
    bulb = lathe(radius * np.c_[[0, .5, .86, 1, .88, .6, .45, 0], 2.4 * t], 36)
    thread = np.c_[np.where(np.arange(12) % 2, .4, .44) * radius,
                   radius * np.linspace(2.4, 3.3, 12)]
    base = lathe([[0, 2.4 * radius], *thread, [0, radius * 3.45]], 24)
    return [(role, moved(rotated(solid, 83, 'y'), z=radius))
            for role, solid in (('main', bulb), ('metal', base))]


def hammer(rng: np.random.Generator) -> Solids:
    """Build a claw hammer or a mallet with a grip of rubber or wood."""
    solids = plain_hammer(rng)
    if rng.random() < .5:
        low, high = solids[0][1].bounds
        long = high[0] - low[0]
        solids.append(('rubber', beam([(low[0] - .002, .014, .013, .02),
                                       (low[0] + long * .38, .0135, .0125, .02)], 2.3)))
    return solids


def key(rng: np.random.Generator) -> Solids:
    """Build a key, or two on a ring."""
    solids = one_key(rng)
    if rng.random() < .5:
        other = [(role, moved(rotated(solid, float(rng.uniform(40, 120)), 'z'), z=.0026))
                 for role, solid in one_key(rng)]
        ring = np.linspace(0, 2 * np.pi, 24)
        hoop = np.c_[-.016 + .013 * np.cos(ring), .013 * np.sin(ring), np.full(24, .003)]
        solids += [*other, ('metal', tube(hoop, [.0011] * 24, 8))]
    return solids


def one_key(rng: np.random.Generator) -> Solids:
    """Build a key with a round or angular bow."""
    size, long = rng.uniform(.01, .014), rng.uniform(.026, .036)
    bow = prism(superellipse(size, size * rng.uniform(.8, 1.1), rng.choice([2, 4]), 24), .0024)
    bow = moved(bow, -size * .4)
    solids = [('main', bow), ('main', moved(box(long, .006, .0022), size * .5 + long / 2)),
              ('dark', moved(cylinder(.003, .0026, 16), -size))]
    for i in range(4):
        solids.append(('main', moved(box(.0032, rng.uniform(.002, .0045), .0022),
                                     size * .5 + long * (.4 + .16 * i), -.0045)))
    return solids


def bucket(rng: np.random.Generator) -> Solids:
    """Build a bucket with a bow handle."""
    radius, high = rng.uniform(.07, .1), rng.uniform(.1, .16)
    side = rng.choice([-1, 1])
    return [('main', vessel([radius * .72, radius, radius * 1.05, radius * 1.05],
                            [0, high * .93, high * .93, high], .003, 44)),
            (str(rng.choice(['metal', 'main', 'white'])),
             bent([[-radius, 0, high * .9], [-radius, side * radius * 1.3, high * 1.05],
                   [radius, side * radius * 1.3, high * 1.05], [radius, 0, high * .9]], .0025, 24))]


def candle(rng: np.random.Generator) -> Solids:
    """Build a candle with a wick, or one in a glass."""
    radius, high = rng.uniform(.018, .035), rng.uniform(.05, .13)
    solids = [('main', lathe([[0, 0], [radius, 0], [radius, high], [radius * .8, high - .004],
                              [0, high - .006]], 36)),
              ('dark', bar([0, 0, high - .008], [.001, 0, high + .008], .0011, 8))]
    if rng.random() < .3:
            solids.append(('glassware', vessel([radius * 1.08] * 2, [0, high * 1.15], .0015)))
    return solids

