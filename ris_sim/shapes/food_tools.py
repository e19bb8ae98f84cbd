# SPDX-License-Identifier: Apache-2.0
"""Fruit, vegetables and the screwdriver, one function per category."""
from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator
import trimesh

from ris_sim.shapes.mesh import Solids, bezier, lathe, moved, rod, rotated, tube


def banana(rng: np.random.Generator) -> Solids:
    """Build a banana, more or less bent, lying on its side."""
    half, thick, bend = rng.uniform(.07, .1), rng.uniform(.013, .019), rng.uniform(.45, .95)
    path = bezier([[-half, 0, 0], [-half * .5, half * bend, 0], [half * .5, half * bend, 0],
                   [half, 0, 0]], 22)
    radii = thick * np.clip(np.sin(np.linspace(.18, np.pi - .18, 22)) ** .55, .2, 1)
    radii[-3:] *= [.8, .6, .5]
    stem = np.linspace(path[-1] - [.002, -.001, 0], path[-1] + [.009, -.012, 0], 4)
    tip = np.linspace(path[0] + [.002, .001, 0], path[0] - [.003, .003, 0], 3)
    return [('main', moved(tube(path, radii, 12), z=thick)),
            ('dark', moved(tube(stem, [.0055, .0045, .004, .0045], 10), z=thick)),
            ('dark', moved(tube(tip, [.005, .004, .003], 10), z=thick))]


def apple(rng: np.random.Generator) -> Solids:
    """Build an apple with dimples at the stem and below, some with a leaf."""
    radius, flat = rng.uniform(.031, .043), rng.uniform(.8, .95)
    broad, dip = rng.uniform(.03, .12), rng.uniform(.22, .4)
    angle = np.linspace(0, np.pi, 22)
    profile = np.c_[
        np.maximum(0, radius * np.sin(angle) * (1 - broad * np.cos(angle))),
        radius * flat * (1 - np.cos(angle)) - dip * radius * np.exp(-((angle - np.pi) / .35) ** 2)
        + .2 * radius * np.exp(-(angle / .35) ** 2)]
    profile[[0, -1], 0] = 0
    top = profile[-1, 1]
    lean = rng.uniform(-.006, .006)
    stem = np.linspace([0, 0, top - .003], [lean, 0, top + radius * rng.uniform(.4, .7)], 5)
    solids = [('main', lathe(profile, 36)), ('dark', tube(stem, np.linspace(.0022, .0017, 5), 8))]
    if rng.random() < .4:
        solids.append(('leaf', leaf(stem[3], rng.uniform(.018, .028))))
    return solids


def leaf(base: np.ndarray, length: float) -> trimesh.Trimesh:
    """Build a small flat leaf that starts at a point."""
    path = np.linspace([0, 0, 0], [length, 0, length * .25], 9)
    solid = tube(path, length * .28 * np.sin(np.linspace(.1, np.pi - .05, 9)), 10)
    solid.apply_scale([1, 1, .35])
    return moved(solid, *base)


def pear(rng: np.random.Generator) -> Solids:
    """Build a pear: a bulb with a thinner or thicker neck."""
    radius, neck, tall = rng.uniform(.028, .038), rng.uniform(.34, .52), rng.uniform(2.3, 2.9)
    heights = [0, .02, .1, .3, .46, .62, .76, .9, .975, 1]
    radii = [0, .4, .8, 1, .92, neck + .2, neck, neck * .9, neck * .55, 0]
    t = np.r_[0, np.sin(np.linspace(.1, np.pi / 2, 24)) ** 2]
    profile = radius * np.c_[PchipInterpolator(heights, radii)(t), tall * t]
    top = profile[-1, 1]
    stem = np.linspace([0, 0, top - .003], [rng.uniform(-.006, .006), 0, top + radius * .45], 4)
    solids = [('main', lathe(profile, 36)), ('dark', tube(stem, np.linspace(.0024, .0018, 4), 8))]
    if rng.random() < .3:
        solids.append(('leaf', leaf(stem[2], rng.uniform(.018, .026))))
    return solids


def carrot(rng: np.random.Generator) -> Solids:
    """Build a carrot with a bunch of green leaves."""
    length, thick = rng.uniform(.11, .18), rng.uniform(.014, .022)
    t = np.linspace(0, 1, 18)
    radii = thick * np.clip(1.02 - t, .04, 1) ** rng.uniform(.55, .95)
    radii[0] *= .7
    bend = rng.uniform(-.02, .02) * np.sin(np.pi * t)
    root = tube(np.c_[t * length - length / 2, bend, np.full(18, thick)], radii, 14)
    solids = [('main', root)]
    for _ in range(int(rng.integers(3, 7))):
        tip = [-length / 2 - length * rng.uniform(.15, .32), rng.uniform(-.03, .03),
               thick + rng.uniform(-.004, .02)]
        blade = np.linspace([-length / 2 + .004, 0, thick], tip, 6)
        solids.append(('leaf', tube(blade, [.003, .003, .004, .005, .0055, .003], 8)))
    return solids


def screwdriver(rng: np.random.Generator) -> Solids:
    """Build a screwdriver: fluted or smooth handle, metal shaft."""
    length, radius = rng.uniform(.14, .21), rng.uniform(.0105, .017)
    grip = length * rng.uniform(.35, .5)
    t = np.linspace(0, 1, 14)
    waist = 1 - rng.uniform(.05, .3) * np.exp(-((t - rng.uniform(.65, .8)) / .12) ** 2)
    ends = np.clip(np.sin(np.pi * np.clip(t, .06, .94)) * 2.6, 0, 1)
    profile = np.c_[radius * waist * ends, grip * t]
    handle = lathe([[0, 0], *profile, [0, grip]], int(rng.choice([6, 8, 28])))
    start = -length / 2
    shaft = radius * rng.uniform(.24, .38)
    solids = [('main', moved(rotated(handle, 90, 'y'), start, 0, radius)),
              ('metal', rod(shaft, start + grip * .97, length / 2, radius, 16))]
    if rng.random() < .5:
        solids.append(('dark', rod(radius * .93, start + grip * .42, start + grip * .56, radius)))
    return solids
