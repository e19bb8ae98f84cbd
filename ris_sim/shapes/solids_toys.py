# SPDX-License-Identifier: Apache-2.0
"""Geometric solids and toys, one function per category; a generator draws the proportions."""
from __future__ import annotations

import numpy as np
import trimesh
from trimesh import creation

from ris_sim.shapes.mesh import Solids, box, cylinder, lathe, moved, rod, rotated, scaled, sphere


def ball(rng: np.random.Generator) -> Solids:
    """Build a sphere, one in three with a belt in the accent colour."""
    radius = rng.uniform(.026, .048)
    solids = [('main', moved(sphere(radius), z=radius))]
    if rng.random() < .3:
        belt = creation.annulus(radius * .98, radius * 1.012, radius * rng.uniform(.15, .35),
                                sections=48)
        solids.append(('accent', moved(rotated(belt, rng.uniform(0, 60), 'x'), z=radius)))
    return solids


def cube(rng: np.random.Generator) -> Solids:
    """Build a cube."""
    edge = rng.uniform(.042, .075)
    return [('main', box(edge, edge, edge))]


def oblong_box(rng: np.random.Generator) -> Solids:
    """Build an oblong carton: flat, long or upright, some with a lid, a band or a label."""
    x, y, z = [(rng.uniform(.1, .16), rng.uniform(.05, .09), rng.uniform(.025, .055)),
               (rng.uniform(.09, .13), rng.uniform(.06, .08), rng.uniform(.04, .065)),
               (rng.uniform(.07, .1), rng.uniform(.03, .045), rng.uniform(.1, .15))][
                   rng.integers(3)]
    solids = [('main', box(x, y, z))]
    finish = rng.integers(4)
    if finish == 0:
        solids.append(('main', moved(box(x * 1.04, y * 1.06, z * .3), z=z * .72)))
    elif finish == 1:
        solids.append(('accent', moved(box(x * rng.uniform(.08, .16), y * 1.01, z * 1.01),
                                       z=-z * .005)))
    elif finish == 2:
        solids.append(('white', moved(box(x * .5, y * .5, z * 1.008), z=0)))
    return solids


def upright_cylinder(rng: np.random.Generator) -> Solids:
    """Build a plain cylinder, from squat to slender."""
    return [('main', cylinder(rng.uniform(.02, .038), rng.uniform(.06, .12), 48))]


def cone(rng: np.random.Generator) -> Solids:
    """Build a cone with or without a base plate."""
    radius, height = rng.uniform(.03, .045), rng.uniform(.07, .13)
    solids = [('main', creation.cone(radius, height, sections=48))]
    if rng.random() < .25:
        solids.append(('main', box(radius * 2.2, radius * 2.2, height * .06)))
    return solids


def pyramid(rng: np.random.Generator) -> Solids:
    """Build a square pyramid."""
    a, h = rng.uniform(.034, .056), rng.uniform(.045, .1)
    corners = [[-a, -a, 0], [a, -a, 0], [a, a, 0], [-a, a, 0], [0, 0, h]]
    faces = [[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4], [0, 2, 1], [0, 3, 2]]
    return [('main', trimesh.Trimesh(corners, faces))]


def ring(rng: np.random.Generator) -> Solids:
    """Build a torus, or a flat band."""
    radius, tube_radius = rng.uniform(.032, .052), rng.uniform(.007, .018)
    if rng.random() < .2:
        half = tube_radius * .6
        return [('main', creation.annulus(radius - half, radius + half, rng.uniform(.01, .025),
                                          sections=48))]
    return [('main', creation.torus(radius, tube_radius, major_sections=44, minor_sections=18))]


def toy_car(rng: np.random.Generator) -> Solids:
    """Build a toy car: saloon, van, pick-up or racing car."""
    length = rng.uniform(.09, .14)
    width = length * rng.uniform(.42, .56)
    wheel = length * rng.uniform(.095, .14)
    height = length * rng.uniform(.15, .22)
    low = wheel * .8
    solids = [('main', moved(box(length, width, height), z=low))]
    roof = low + height
    kind = rng.integers(4)
    if kind < 3:
        cabin_x, cabin_length = [(-.05, .5), (-.1, .74), (.16, .32)][kind]
        cabin = height * (1.25 if kind == 1 else .95)
        centre, long = cabin_x * length, cabin_length * length
        solids += [
            ('main', moved(tapered(long, width * .9, cabin, .8), x=centre, z=roof)),
            ('dark', moved(tapered(long * .97, width * .92, cabin * .62, .86), x=centre,
                           z=roof + cabin * .12))]
        if kind == 2:
            solids.append(('dark', moved(box(length * .42, width * .8, height * .1),
                                         x=-length * .24, z=roof - height * .05)))
    else:
        solids += [('dark', moved(sphere(width * .25), x=-length * .05, z=roof)),
                   ('accent', moved(box(length * .1, width * 1.1, height * .15),
                                    x=-length * .47, z=roof + height * .5)),
                   ('main', moved(box(length * .06, width * .3, height * .6),
                                  x=-length * .47, z=roof))]
    for x in (-.3, .3):
        for y in (-.47, .47):
            tyre = rotated(creation.cylinder(wheel, width * .2, sections=28), 90, 'x')
            hub = rotated(creation.cylinder(wheel * .5, width * .22, sections=20), 90, 'x')
            solids += [('dark', moved(tyre, x * length, y * width, wheel)),
                       ('metal', moved(hub, x * length, y * width, wheel))]
    for y in (-.3, .3):
        solids.append(('white', moved(sphere(height * .16, 2), length * .5, y * width,
                                      low + height * .55)))
    return solids


def tapered(x: float, y: float, z: float, top: float) -> trimesh.Trimesh:
    """Build a box whose top face is shrunk to the given share."""
    solid = box(x, y, z)
    vertices = np.array(solid.vertices)
    vertices[vertices[:, 2] > z / 2, :2] *= top
    solid.vertices = vertices
    return solid


def brick(rng: np.random.Generator) -> Solids:
    """Build a toy building brick with studs."""
    pitch = rng.uniform(.022, .034)
    columns, rows = int(rng.integers(2, 5)), int(rng.integers(1, 3))
    height = pitch * rng.choice([.45, 1.0, 1.2])
    stud = rng.uniform(.27, .33) * pitch
    solids = [('main', box(columns * pitch, rows * pitch, height))]
    for i in range(columns):
        for j in range(rows):
            solids.append(('main', moved(cylinder(stud, pitch * .24, 20),
                                         (i - (columns - 1) / 2) * pitch,
                                         (j - (rows - 1) / 2) * pitch, height)))
    return solids


def duck(rng: np.random.Generator) -> Solids:
    """Build a rubber duck."""
    s = rng.uniform(.032, .044)
    long, tall, head = rng.uniform(1.2, 1.5), rng.uniform(.75, .95), rng.uniform(.58, .74)
    neck_x, neck_z = rng.uniform(.6, .85) * s, (tall * .95 + head * rng.uniform(1., 1.3)) * s
    beak = rotated(scaled(creation.cone(s * .28, s * rng.uniform(.5, .8), sections=24), .8, 1.2, 1),
                   90, 'y')
    solids = [
        ('main', moved(scaled(sphere(1, 3), s * long, s, s * tall), z=s * tall)),
        ('main', moved(sphere(s * head), neck_x, 0, neck_z)),
        ('accent', moved(beak, neck_x + s * head * .85, 0, neck_z - s * .05)),
        ('main', moved(rotated(creation.cone(s * .45, s * .95, sections=24),
                               -rng.uniform(45, 70), 'y'), -s * long * .75, 0, s * tall * 1.1))]
    for side in (-1, 1):
        solids.append(('dark', moved(sphere(s * .12, 2), neck_x + s * head * .78,
                                     side * s * head * .5, neck_z + s * head * .4)))
        wing = scaled(sphere(1, 2), s * .62, s * .2, s * .42)
        solids.append(('main', moved(rotated(wing, 15, 'y'), -s * .15, side * s * .92,
                                     s * tall * 1.1)))
    return solids


def teddy_bear(rng: np.random.Generator) -> Solids:
    """Build a sitting teddy bear."""
    s = rng.uniform(.028, .038)
    head, ear, limb = rng.uniform(.72, .9), rng.uniform(.26, .36), rng.uniform(.36, .46)
    body = rng.uniform(.95, 1.15)
    neck = .15 + body * 1.05 + head * .8
    blobs = [(0, 0, body, body), (0, 0, neck + .5, head)]
    for side in (-1, 1):
        blobs += [(0, side * head * .75, neck + .5 + head * .75, ear),
                  (body * .85, side * .6, limb, limb),
                  (body * .4, side * body * .95, body * 1.35, limb * .85)]
    solids = [('main', moved(sphere(r * s, 3 if r > .5 else 2), x * s, y * s, z * s))
              for x, y, z, r in blobs]
    face = neck + .5
    solids += [('white', moved(sphere(head * .45 * s, 2), head * .78 * s, 0,
                               (face - head * .2) * s)),
               ('dark', moved(sphere(.12 * s, 2), head * 1.22 * s, 0, (face - head * .1) * s))]
    for side in (-1, 1):
        solids += [('dark', moved(sphere(.1 * s, 2), head * .88 * s, side * head * .38 * s,
                                  (face + head * .3) * s)),
                   ('white', moved(sphere(limb * .6 * s, 2), (body * .85 + limb * .55) * s,
                                   side * .6 * s, limb * s))]
    if rng.random() < .35:
        bow_z = (neck + .5 - head * .95) * s
        solids += [('accent', moved(rotated(creation.cone(.3 * s, .6 * s), side * 90, 'x'),
                                    body * .75 * s, side * .5 * s, bow_z)) for side in (-1, 1)]
    return solids


def marker(rng: np.random.Generator) -> Solids:
    """Build a felt pen with its cap on, or a chunky highlighter; white or whole-coloured barrel."""
    length, radius = rng.uniform(.11, .15), rng.uniform(.0075, .013)
    cap = length * rng.uniform(.28, .4)
    barrel = 'main' if rng.random() < .4 else 'white'
    tip = lathe([[0, 0], [radius * 1.12, 0], [radius * 1.12, cap * .85],
                 [radius * .8, cap], [0, cap]], 24)
    half = length / 2
    solids = [(barrel, rod(radius, -half, half - cap, radius * 1.12)),
              ('main', moved(rotated(tip, 90, 'y'), half - cap, 0, radius * 1.12)),
              ('main', rod(radius * 1.03, -half - length * .04, -half, radius * 1.12))]
    if barrel == 'main':
        solids.append(('white', rod(radius * 1.02, -half * .7, half * .2, radius * 1.12)))
    if rng.random() < .5:
        solids.append(('main', moved(box(cap * .8, radius * .6, radius * .4), half - cap * .4, 0,
                                     radius * 2.15)))
    return solids
