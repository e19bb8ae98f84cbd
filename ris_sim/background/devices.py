# SPDX-License-Identifier: Apache-2.0
"""Monitors, laptops, keyboards, lamps, cables and camera stands, for tables and floors."""
from __future__ import annotations

import numpy as np

from ris_sim.background import surfaces as look
from ris_sim.background.furniture import Pieces
from ris_sim.background.pictures import picture
from ris_sim.background.solids import at, ball, link, pipe, post, sheet, slab, turned
from ris_sim.scene import Projection


def monitor(rng: np.random.Generator) -> Pieces:
    """Build a monitor or television on its stand."""
    width = rng.uniform(.4, .8) if rng.random() < .8 else rng.uniform(.9, 1.3)
    height, rise = width * rng.uniform(.54, .7), rng.uniform(.06, .2)
    frame = look.dark(rng) if rng.random() < .75 else look.light(rng)
    bezel = rng.uniform(.008, .025)
    glass = look.pictured(picture('screen', rng), width - 2 * bezel, height - 2 * bezel, -.022,
                          rise + bezel, rng, emission=float(rng.uniform(.3, 1.4)))
    found = [(frame, at(slab(width, .035, height), z=rise)),
             (glass, at(sheet(width - 2 * bezel, height - 2 * bezel, np.full(2, .0195)),
                        z=rise + bezel))]
    found.append((frame, at(slab(rng.uniform(.04, .12), .03, rise + height * .4), y=.04)))
    foot = slab(rng.uniform(.18, .3), .2, .015) if rng.random() < .6 else post(.11, .014)
    return [*found, (frame, at(foot, y=.03))]


def laptop(rng: np.random.Generator) -> Pieces:
    """Build an open laptop; from behind it shows its lid."""
    width, depth = rng.uniform(.3, .38), rng.uniform(.21, .26)
    body = look.dark(rng) if rng.random() < .5 else look.painted(look.gray(rng, .5, .8), rng)
    lean = rng.uniform(-.1, .5)
    board = look.pictured(picture('keys', rng), width * .9, .02, -depth * .1, 0, rng,
                          Projection.TOP, depth * .55)
    glass = look.pictured(picture('screen', rng), width * .94, depth * np.cos(lean) * .92,
                          depth / 2, .022, rng, emission=float(rng.uniform(.3, 1.4)))
    lid = at(slab(width, .007, depth), y=depth / 2, z=.015, roll=-lean)
    face = at(sheet(width * .94, depth * .9, np.full(2, .005)), y=depth / 2, z=.02, roll=-lean)
    return [(body, slab(width, depth, .017)), (body, lid), (glass, face),
            (board, at(slab(width * .9, depth * .5, .0185), y=depth * .1 - .02))]


def keyboard(rng: np.random.Generator) -> Pieces:
    """Build a keyboard and, at times, a mouse pad beside it."""
    width, depth = rng.uniform(.28, .46), rng.uniform(.11, .16)
    board = look.pictured(picture('keys', rng), width, .03, 0, 0, rng, Projection.TOP, depth)
    found = [(board, slab(width, depth, rng.uniform(.008, .025)))]
    if rng.random() < .3:
        found.append((look.fabric(rng), at(slab(.22, .2, .003), width / 2 + .14)))
    return found


def computer(rng: np.random.Generator) -> Pieces:
    """Build a computer case, a printer or another device as a box with slots and a light."""
    width, depth, height = rng.uniform(.16, .45), rng.uniform(.3, .45), rng.uniform(.15, .48)
    body, slot = look.plastic(rng, .1), look.dark(rng)
    found = [(body, slab(width, depth, height))]
    for z in rng.uniform(.2, .9, 3) * height:
        found.append((slot, at(slab(width * rng.uniform(.4, .8), .01, .018), y=-depth / 2, z=z)))
    found.append((look.painted((.2, .8, .3), rng),
                  at(ball(.006, .006, .006, 8), width * .3, -depth / 2, height * .9)))
    return found


def speaker(rng: np.random.Generator) -> Pieces:
    """Build a loudspeaker with two cones."""
    width, height = rng.uniform(.09, .22), rng.uniform(.16, .36)
    body, cone = look.dark(rng) if rng.random() < .6 else look.timber(rng), look.dark(rng)
    found = [(body, slab(width, width, height))]
    for z, radius in ((.32, .4), (.75, .2)):
        disc = turned([[0, .002], [.25, -.01], [.6, 0], [1, .014], [1, -.01]], 20)
        disc = type(disc)(disc.vertices * np.float32([radius * width, radius * width, 1]),
                          disc.normals, disc.faces)
        found.append((cone, at(disc, y=-width / 2, z=z * height, roll=np.pi / 2)))
    return found


def desk_lamp(rng: np.random.Generator) -> Pieces:
    """Build a desk lamp with a jointed arm, or one with a round shade."""
    metal = look.steel(rng)
    if rng.random() < .6:
        elbow = [0, rng.uniform(.05, .18), rng.uniform(.2, .32)]
        head = [rng.uniform(-.1, .1), elbow[1] - rng.uniform(.15, .35), rng.uniform(.3, .45)]
        hood = turned([[.015, .07], [.025, .06], [.075, -.03], [.07, -.03]], 18)
        return [(metal, post(.085, .025)), (metal, link([0, 0, .02], elbow, .009)),
                (metal, link(elbow, head, .008)), (metal, at(hood, *head, roll=.3)),
                (look.shining(rng), at(ball(.03, .03, .03, 8), *head))]
    height, radius = rng.uniform(.25, .45), rng.uniform(.09, .16)
    shade = turned([[radius, height], [radius * .65, height + radius * 1.3]], 24)
    return [(metal, post(.07, .03, .05)), (metal, post(.012, height + .05)),
            (look.shining(rng) if rng.random() < .4 else look.fabric(rng), shade)]


def floor_lamp(rng: np.random.Generator) -> Pieces:
    """Build a lamp on a tall stand."""
    height, radius = rng.uniform(1.2, 1.7), rng.uniform(.14, .24)
    shade = turned([[radius, height], [radius * .7, height + .3]], 24)
    return [(look.steel(rng), post(.13, .025)), (look.steel(rng), post(.014, height + .1)),
            (look.shining(rng) if rng.random() < .5 else look.fabric(rng), shade)]


def cable(rng: np.random.Generator) -> Pieces:
    """Build a cable that winds over its support, some with a plug or a power strip."""
    count = int(rng.integers(8, 16))
    steps = np.cumsum(rng.normal(0, .06, (count, 2)) + rng.normal(0, .05, 2), axis=0)
    steps -= steps.mean(axis=0)
    fine = np.linspace(0, count - 1, 5 * count)
    smooth = np.stack([np.convolve(np.interp(fine, np.arange(count), steps[:, i]),
                                   np.full(9, 1 / 9), 'valid') for i in (0, 1)], axis=1)
    thick = rng.uniform(.002, .006)
    material = look.dark(rng) if rng.random() < .6 else look.plastic(rng, .5)
    found = [(material, pipe(np.c_[smooth, np.full(len(smooth), thick)], thick, 6))]
    if rng.random() < .5:
        x, y = smooth[-1]
        found.append((look.plastic(rng, .1), at(slab(rng.choice([.04, .28]), .05, .035), x, y)))
    return found


def tripod(rng: np.random.Generator) -> Pieces:
    """Build a camera on a tripod of any height, or on an upright rail."""
    height, metal = rng.uniform(.2, 1.4), look.dark(rng) if rng.random() < .6 else look.steel(rng)
    found = []
    if rng.random() < .6:
        for angle in rng.uniform(0, 2) + 2 * np.pi / 3 * np.arange(3):
            foot = .35 * height * np.array([np.cos(angle), np.sin(angle)])
            found.append((metal, link([*foot, 0], [0, 0, height * .9], .008, .014)))
    else:
        found += [(metal, slab(.04, .04, height)), (metal, slab(.2, .2, .012))]
    body = look.dark(rng) if rng.random() < .6 else look.steel(rng)
    wide, high = rng.uniform(.09, .2), rng.uniform(.025, .09)
    found.append((body, at(slab(wide, rng.uniform(.025, .09), high), z=height)))
    for x in (-.3, 0, .3) if wide > .12 else (0,):
        lens = at(post(high * .36, .03), x * wide, -.03, height + high / 2, roll=np.pi / 2)
        found.append((look.dark(rng), lens))
    return found
