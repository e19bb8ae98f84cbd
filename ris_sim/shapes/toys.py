# SPDX-License-Identifier: Apache-2.0
"""Toys and balls, one function per category."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import trimesh
from trimesh import creation

from ris_sim.shapes.forms import bar, beam, bent, pillar, prism, rounded_box, slab, wheel
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
from ris_sim.shapes.solids_toys import tapered


def round_ball(low: float, high: float) -> Callable[[np.random.Generator], Solids]:
    """Return a function that builds a ball with a radius between two bounds."""
    def build(rng: np.random.Generator) -> Solids:
        """Build a ball."""
        radius = rng.uniform(low, high)
        return [('main', sphere(radius, 4))]
    return build


def blob(x: float, y: float, z: float, at: tuple[float, float, float],
         tilt: float = 0) -> trimesh.Trimesh:
    """Build an ellipsoid with half axes x, y, z about a point, tilted about y in degrees."""
    return moved(rotated(scaled(sphere(1, 3), x, y, z), tilt, 'y'), *at)


def eyes(x: float, y: float, z: float, size: float) -> Solids:
    """Build two dark eyes at +-y."""
    return [('dark', moved(sphere(size, 2), x, side * y, z)) for side in (-1, 1)]


def legs(spots: list[tuple[float, float]], high: float, radius: float, role: str) -> Solids:
    """Build four upright legs with thicker feet."""
    solids: Solids = []
    for x in spots:
        for side in (-1, 1):
            solids += [('main', bar([x[0], side * x[1], high], [x[0], side * x[1], radius],
                                    radius)),
                       (role, blob(radius * 1.3, radius * 1.15, radius * .9,
                                   (x[0] + radius * .3, side * x[1], radius * .9)))]
    return solids


def toy_dog(rng: np.random.Generator) -> Solids:
    """Build a plush dog, standing or lying, with long ears."""
    s = rng.uniform(.026, .036)
    ear = str(rng.choice(['dark', 'accent', 'main', 'brown']))
    stand = s * (1.4 if rng.random() < .6 else .2)
    z = stand + s
    solids = [('main', blob(s * 1.7, s * .85, s * .85, (0, 0, z))),
              ('main', blob(s * .9, s * .85, s * .85, (s * 1.9, 0, z + s * .9))),
              ('cream', blob(s * .55, s * .48, s * .42, (s * 2.6, 0, z + s * .65))),
              ('dark', moved(sphere(s * .18, 2), s * 3.1, 0, z + s * .8)),
              ('main', bent([[-s * 1.5, 0, z + s * .3], [-s * 2, 0, z + s * .8],
                             [-s * 2.2, 0, z + s * 1.3], [-s * 2.1, 0, z + s * 1.7]], s * .2)),
              *eyes(s * 2.6, s * .38, z + s * 1.25, s * .12)]
    for side in (-1, 1):
        solids.append((ear, blob(s * .42, s * .18, s * .75, (s * 1.8, side * s * .88,
                                                             z + s * .75))))
    if stand > s:
        return solids + legs([(s * 1.1, s * .5), (-s * 1.1, s * .5)], z, s * .32, 'main')
    for side in (-1, 1):
        solids += [('main', beam([(s * .8, s * .3, s * .3, s * .35), (s * 2.4, s * .3, s * .28,
                                                                      s * .33)]))]
        solids[-1] = ('main', moved(solids[-1][1], y=side * s * .6))
    return solids


def toy_horse(rng: np.random.Generator) -> Solids:
    """Build a horse with a mane and a tail."""
    s = rng.uniform(.02, .028)
    z = s * 3.2
    neck = tube(bezier([[s * 1.5, 0, z], [s * 2.2, 0, z + s], [s * 2.3, 0, z + s * 1.8],
                        [s * 2.5, 0, z + s * 2.3]], 8), s * np.linspace(.8, .5, 8), 16)
    mane = tube(bezier([[s * 1.1, 0, z + s * .9], [s * 1.6, 0, z + s * 1.8],
                        [s * 1.9, 0, z + s * 2.3], [s * 2.3, 0, z + s * 2.9]], 8), [s * .26] * 8, 8)
    hair = str(rng.choice(['dark', 'cream', 'accent', 'white']))
    solids = [('main', blob(s * 2, s * .9, s, (0, 0, z))), ('main', neck),
              ('main', blob(s * .95, s * .42, s * .5, (s * 3, 0, z + s * 2.2), 32)), (hair, mane),
              (hair, bent([[-s * 1.8, 0, z + s * .5], [-s * 2.8, 0, z + s * .4],
                           [-s * 2.7, 0, z - s], [-s * 2.6, 0, z - s * 1.9]], s * .24)),
              *eyes(s * 2.9, s * .36, z + s * 2.4, s * .1)]
    for side in (-1, 1):
        solids.append(('main', blob(s * .14, s * .12, s * .35, (s * 2.4, side * s * .25,
                                                                z + s * 2.8))))
    return solids + legs([(s * 1.3, s * .5), (-s * 1.3, s * .5)], z, s * .27, 'dark')


def dinosaur(rng: np.random.Generator) -> Solids:
    """Build a dinosaur: one that stands upright, or one with a long neck."""
    s = rng.uniform(.02, .028)
    if rng.random() < .5:
        spine = bezier([[-s * 4.5, 0, s * .5], [-s * 1.5, 0, s * 1.8], [0, 0, s * 3],
                        [s * .9, 0, s * 5.4]], 20)
        body = tube(spine, s * np.interp(np.linspace(0, 1, 20), [0, .35, .65, 1],
                                         [.12, .75, 1.15, .6]), 18)
        solids = [('main', body), ('main', blob(s * 1.15, s * .62, s * .6, (s * 1.5, 0, s * 5.7))),
                  ('cream', blob(s * .8, s * .5, s * .2, (s * 1.8, 0, s * 5.3))),
                  *eyes(s * 1.5, s * .5, s * 6.1, s * .14)]
        for side in (-1, 1):
            solids += [('main', blob(s * .65, s * .4, s * 1.1, (-s * .3, side * s * .8, s * 1.5))),
                       ('main', blob(s * .8, s * .35, s * .28, (s * .2, side * s * .8, s * .28))),
                       ('main', bent([[s * .7, side * s * .6, s * 3.7], [s * 1.3, side * s * .7,
                                                                         s * 3.4],
                                      [s * 1.6, side * s * .7, s * 3.5],
                                      [s * 1.7, side * s * .7, s * 3.8]], s * .18))]
    else:
        spine = bezier([[-s * 5, 0, s * 1.2], [-s * 1.5, 0, s * 2.8], [s * 2, 0, s * 1.6],
                        [s * 2.6, 0, s * 6]], 24)
        body = tube(spine, s * np.interp(np.linspace(0, 1, 24), [0, .25, .45, .7, 1],
                                         [.1, .7, 1.25, .6, .38]), 18)
        solids = [('main', body), ('main', blob(s * .7, s * .42, s * .42, (s * 2.9, 0, s * 6.1))),
                  *eyes(s * 2.9, s * .36, s * 6.3, s * .1),
                  *legs([(s * .7, s * .7), (-s * 1.4, s * .7)], s * 2, s * .42, 'main')]
    for t in range(4, 18, 2):
        at = spine[t]
        spike = creation.cone(s * .28, s * .6, sections=10)
        up = s * np.interp(t / 20, [0, .35, .65, 1], [.1, .65, 1, .5])
        solids.append(('accent', moved(rotated(spike, -25, 'y'), at[0] - up * .35, 0,
                                       at[2] + up * .8)))
    return solids


def bunny(rng: np.random.Generator) -> Solids:
    """Build a sitting rabbit with long ears."""
    s = rng.uniform(.026, .036)
    solids = [('main', blob(s, s * .9, s * 1.15, (0, 0, s * 1.1))),
              ('main', blob(s * .75, s * .75, s * .7, (s * .2, 0, s * 2.7))),
              ('white', moved(sphere(s * .35, 2), -s * 1.05, 0, s * .6)),
              ('cream', blob(s * .3, s * .6, s * .8, (s * .72, 0, s * 1.1))),
              ('pink', moved(sphere(s * .1, 2), s * .95, 0, s * 2.65)),
              *eyes(s * .8, s * .33, s * 2.9, s * .1)]
    for side in (-1, 1):
        ear = rotated(scaled(sphere(1, 3), s * .16, s * .26, s * .85), side * rng.uniform(2, 16),
                      'x')
        solids += [('main', moved(ear, 0, side * s * .35, s * 4)),
                   ('pink', moved(scaled(ear, .8, .6, .8), s * .07, side * s * .35, s * .8)),
                   ('main', blob(s * .65, s * .32, s * .26, (s * .8, side * s * .55, s * .26))),
                   ('main', blob(s * .25, s * .22, s * .6, (s * .75, side * s * .5, s * 1.4)))]
    return solids


def toy_train(rng: np.random.Generator) -> Solids:
    """Build a toy steam engine."""
    long = rng.uniform(.11, .15)
    wide, z = long * .36, long * .14
    solids = [('dark', moved(box(long, wide, long * .07), z=z)),
              ('main', moved(rod(wide * .42, -long * .12, long * .48, z + long * .07 + wide * .42,
                                 32))),
              ('accent', moved(box(long * .32, wide, long * .4), -long * .32, 0, z + long * .07)),
              ('main', moved(slab(long * .4, wide * 1.15, long * .04, .006), -long * .32, 0,
                             z + long * .47)),
              ('dark', moved(box(long * .2, wide * 1.02, long * .14), -long * .32, 0,
                             z + long * .28)),
              ('dark', moved(lathe([[0, 0], [.009, 0], [.008, long * .12], [.014, long * .22],
                                    [0, long * .22]], 24), long * .34, 0, z + long * .07
                             + wide * .75)),
              ('brass', moved(sphere(.011, 2), long * .08, 0, z + long * .07 + wide * .88)),
              ('yellow', moved(rotated(cylinder(.008, .006, 18), 90, 'y'), long * .48, 0,
                               z + long * .07 + wide * .42))]
    for x, radius in ((-.36, .13), (-.02, .1), (.2, .1), (.38, .1)):
        for side in (-1, 1):
            at = (x * long, side * wide * .52, radius * long)
            solids += [('red', wheel(radius * long, .008, *at)),
                       ('dark', wheel(radius * long * .4, .011, *at))]
    return solids


def toy_truck(rng: np.random.Generator) -> Solids:
    """Build a toy truck: a cab and a load bed, a box or a tank."""
    long = rng.uniform(.12, .17)
    wide, z, r = long * .36, long * .13, long * .1
    solids = [('dark', moved(box(long, wide * .8, long * .05), z=z)),
              ('main', moved(tapered(long * .3, wide, long * .32, .88), long * .33, 0,
                             z + long * .04)),
              ('glass_pane', moved(tapered(long * .285, wide * 1.01, long * .12, .95), long * .335,
                                   0, z + long * .2)),
              ('white', moved(sphere(.006, 2), long * .48, wide * .32, z + long * .09)),
              ('white', moved(sphere(.006, 2), long * .48, -wide * .32, z + long * .09))]
    kind = rng.integers(3)
    if kind == 0:
        solids.append(('accent', moved(box(long * .6, wide, long * .34), -long * .18, 0,
                                       z + long * .05)))
    elif kind == 1:
        bed = z + long * .05
        solids += [('accent', moved(box(long * .6, wide, .004), -long * .18, 0, bed)),
                   *[('accent', moved(box(long * .6, .004, long * .16), -long * .18,
                                      side * wide * .48, bed)) for side in (-1, 1)],
                   *[('accent', moved(box(.004, wide, long * .16), -long * .18 + side * long * .3,
                                      0, bed)) for side in (-1, 1)]]
    else:
        solids.append(('accent', rod(wide * .5, -long * .48, long * .13, z + long * .05
                                     + wide * .5, 32)))
    for x in (-.36, -.16, .33):
        for side in (-1, 1):
            at = (x * long, side * wide * .46, r)
            solids += [('rubber', wheel(r, wide * .18, *at)),
                       ('metal', wheel(r * .5, wide * .2, *at))]
    return solids


def toy_airplane(rng: np.random.Generator) -> Solids:
    """Build a toy airplane with wings and a propeller or jets."""
    long = rng.uniform(.13, .18)
    z = long * .17
    solids = [('main', beam([(-long * .5, .004, .006, z + .006), (-long * .2, long * .06,
                                                                  long * .07, z),
                             (long * .25, long * .08, long * .085, z),
                             (long * .42, long * .06, long * .065, z),
                             (long * .5, .004, .004, z)]))]
    wing = np.array([[-.08, -.52], [.03, -.52], [.16, 0], [.03, .52], [-.08, .52], [-.1, 0]]) * long
    tail = np.array([[-.07, -.2], [-.01, -.2], [.06, 0], [-.01, .2], [-.07, .2], [-.06, 0]]) * long
    fin = rotated(prism(np.array([[-.06, 0], [.08, 0], [-.02, .17], [-.07, .17]]) * long, .004), 90,
                  'x')
    solids += [('accent', moved(prism(wing, .006), long * .05, 0, z - .004)),
               ('accent', moved(prism(tail, .005), -long * .42, 0, z + .004)),
               ('accent', moved(fin, -long * .42, .002, z + .004)),
               ('glass_pane', blob(long * .09, long * .05, long * .06, (long * .26, 0,
                                                                        z + long * .06)))]
    if rng.random() < .5:
        solids += [('dark', moved(box(.003, long * .3, .008), long * .5, 0, z - .004)),
                   ('red', moved(sphere(.007, 2), long * .51, 0, z))]
    else:
        solids += [('metal', moved(rod(long * .035, -long * .05, long * .1, z - long * .06, 18),
                                   y=side * long * .24)) for side in (-1, 1)]
    for x, y in ((.28, 0), (-.02, .12), (-.02, -.12)):
        solids.append(('rubber', wheel(long * .035, .006, x * long, y * long, long * .035)))
    return solids


def toy_car(rng: np.random.Generator) -> Solids:
    """Build a toy car with rounded corners and windows."""
    long = rng.uniform(.075, .14)
    wide, z, r = long * .46, long * .06, long * .1
    high = long * rng.uniform(.15, .2)
    body = beam([(-long * .5, wide * .42, high * .35, z + high * .55),
                 (-long * .46, wide * .48, high * .5, z + high * .5),
                 (long * .3, wide * .5, high * .5, z + high * .5),
                 (long * .46, wide * .46, high * .4, z + high * .42),
                 (long * .5, wide * .36, high * .25, z + high * .4)], 4)
    shift, cabin = rng.uniform(-.1, .02) * long, long * rng.uniform(.42, .62)
    top = z + high * .95
    roof = high * rng.uniform(.8, 1.15)
    solids = [('main', body),
              ('glass_pane', moved(tapered(cabin, wide * .88, roof * .9, .74), shift, 0, top)),
              ('main', moved(tapered(cabin * .74, wide * .9 * .74, roof * .16, .92), shift, 0,
                             top + roof * .86))]
    for x in (-.3, .3):
        for side in (-1, 1):
            at = (x * long, side * wide * .46, r)
            solids += [('rubber', wheel(r, wide * .17, *at)),
                       ('metal', wheel(r * .55, wide * .19, *at))]
    for side in (-1, 1):
        solids += [('white', moved(sphere(high * .14, 2), long * .48, side * wide * .32,
                                   z + high * .5)),
                   ('red', moved(sphere(high * .12, 2), -long * .49, side * wide * .32,
                                 z + high * .6))]
    return solids


def dice(rng: np.random.Generator) -> Solids:
    """Build a die with its pips."""
    a = rng.uniform(.014, .03)
    solids = [('main', rounded_box(a, a, a, a * .12))]
    spots = {1: [(0, 0)], 2: [(-1, -1), (1, 1)], 3: [(-1, -1), (0, 0), (1, 1)],
             4: [(-1, -1), (1, 1), (-1, 1), (1, -1)],
             5: [(-1, -1), (1, 1), (-1, 1), (1, -1), (0, 0)],
             6: [(-1, -1), (1, 1), (-1, 1), (1, -1), (-1, 0), (1, 0)]}
    turns = ((1, 0, 'x'), (2, 90, 'x'), (3, 90, 'y'), (4, -90, 'y'), (5, -90, 'x'), (6, 180, 'x'))
    for number, degrees, axis in turns:
        for x, y in spots[number]:
            pip = scaled(sphere(a * .09, 2), 1, 1, .3)
            pip = rotated(moved(pip, x * a * .25, y * a * .25, a * .495), degrees, axis)
            solids.append(('pip', moved(pip, z=a / 2)))
    return solids


def puzzle_cube(rng: np.random.Generator) -> Solids:
    """Build a cube of coloured squares, mixed or solved."""
    a = rng.uniform(.052, .06)
    solids = [('main', rounded_box(a, a, a, .003))]
    roles = ('white', 'yellow', 'red', 'orange', 'screen_blue', 'leaf')
    solved = rng.random() < .25
    turns = ((0, 'x'), (90, 'x'), (-90, 'x'), (90, 'y'), (-90, 'y'), (180, 'x'))
    for face, (degrees, axis) in enumerate(turns):
        for i in range(3):
            for j in range(3):
                tile = moved(slab(a * .29, a * .29, .0008, a * .04), (i - 1) * a * .325,
                             (j - 1) * a * .325, a / 2)
                role = roles[face if solved else rng.integers(6)]
                solids.append((role, moved(rotated(tile, degrees, axis), z=a / 2)))
    return solids


def doll(rng: np.random.Generator) -> Solids:
    """Build a standing figure with hair, shirt and trousers."""
    s = rng.uniform(.018, .026)
    solids = [('skin', moved(sphere(s * .8, 3), 0, 0, s * 6)),
              ('hair', blob(s * .82, s * .86, s * .7, (-s * .14, 0, s * 6.3))),
              ('main', pillar([(s * 2.6, s * .55, s * .7), (s * 4.6, s * .6, s * .95),
                               (s * 5.2, s * .35, s * .4)], 2.6)),
              *eyes(s * .74, s * .28, s * 6.1, s * .09)]
    for side in (-1, 1):
        solids += [('accent', bar([0, side * s * .4, s * 2.8], [0, side * s * .45, s * .4],
                                  s * .34)),
                   ('dark', blob(s * .5, s * .32, s * .25, (s * .12, side * s * .45, s * .25))),
                   ('main', bar([0, side * s * .85, s * 4.8], [s * .2, side * s * 1.35, s * 3.2],
                                s * .24)),
                   ('skin', moved(sphere(s * .25, 2), s * .22, side * s * 1.4, s * 3))]
    return solids


def brick(rng: np.random.Generator) -> Solids:
    """Build a toy building brick with round studs, up to a hand long."""
    pitch = rng.choice([.008, .016, .024, .032])
    columns, rows = int(rng.integers(2, 5)), int(rng.integers(1, 3))
    high = pitch * rng.choice([.6, 1.2, 1.2])
    solids = [('main', rounded_box(columns * pitch, rows * pitch, high, pitch * .03))]
    stud = cylinder(pitch * .3, pitch * .25, 20)
    for i in range(columns):
        for j in range(rows):
            solids.append(('main', moved(stud, (i - (columns - 1) / 2) * pitch,
                                         (j - (rows - 1) / 2) * pitch, high)))
    return solids

