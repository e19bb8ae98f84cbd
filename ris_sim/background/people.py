# SPDX-License-Identifier: Apache-2.0
"""People-like shapes, forearms with hands, and coats and bags that people leave."""
from __future__ import annotations

import numpy as np

from ris_sim.background import surfaces as look
from ris_sim.background.furniture import Pieces
from ris_sim.background.solids import at, ball, pipe, post, slab


def hand_at(rng: np.random.Generator, wrist: np.ndarray, way: np.ndarray) -> list:
    """Build a hand with five fingers, some of them bent, that points from the wrist along a way."""
    way = way / np.linalg.norm(way)
    side = np.cross(way, [0, 0, 1.0])
    side = side / max(np.linalg.norm(side), 1e-6)
    down = np.cross(way, side)
    down = down if down[2] < 0 else -down
    bend, thumb = rng.uniform(0, .05), rng.choice([-1, 1])
    found = [pipe([wrist, wrist + .03 * way, wrist + .09 * way], [.024, .036, .034], 12)]
    for offset, long in ((-.027, .068), (-.009, .08), (.009, .084), (.027, .074)):
        root = wrist + .085 * way + offset * side
        knuckle = root + .5 * long * way + .3 * bend * down
        tip = knuckle + .5 * long * way + bend * down
        found.append(pipe([root, knuckle, tip], [.01, .0095, .008]))
    root = wrist + .03 * way + thumb * .03 * side
    found.append(pipe([root, root + .035 * way + thumb * .028 * side + .3 * bend * down,
                       root + .068 * way + thumb * .03 * side + bend * down], [.014, .012, .009]))
    return found


def forearm(rng: np.random.Generator) -> Pieces:
    """Build a forearm that reaches along -y to a hand at the origin, with or without a sleeve."""
    skin, sleeve = look.skin(rng), look.fabric(rng)
    height = rng.uniform(.02, .12)
    wrist = np.array([0, .15, height])
    elbow = np.add(wrist, [rng.normal(0, .05), .27, rng.uniform(.02, .25)])
    shoulder = np.add(elbow, [rng.normal(0, .15), .2, rng.uniform(.1, .35)])
    way = np.array([rng.normal(0, .15), -1, -rng.uniform(0, .5)])
    found = [(skin, mesh) for mesh in hand_at(rng, wrist, way)]
    found.append((skin, pipe([wrist, (wrist + elbow) / 2, elbow], [.026, .04, .044], 12)))
    if rng.random() < .65:
        start = wrist + rng.uniform(.05, .8) * (elbow - wrist)
        found.append((sleeve, pipe([start, elbow, shoulder], [.045, .058, .075], 12)))
    else:
        found.append((skin, pipe([elbow, shoulder], [.046, .06], 12)))
    return found


def person(rng: np.random.Generator) -> Pieces:
    """Build a person who stands or sits: legs, trunk, arms and head."""
    skin, shirt, trousers = look.skin(rng), look.fabric(rng), look.fabric(rng)
    sits = rng.random() < .4
    hip = rng.uniform(.45, .5) if sits else rng.uniform(.82, .95)
    neck = hip + rng.uniform(.5, .6)
    broad = rng.uniform(.17, .23)
    found = [(shirt, pipe([[0, 0, hip - .05], [0, 0, hip + .2], [0, 0, neck - .08], [0, 0, neck]],
                          [broad * .8, broad * .85, broad, .06], 16)),
             (skin, at(post(.055, .1), z=neck - .03)),
             (skin, at(ball(.078, .095, .115, 16), z=neck + .16)),
             (look.hair(rng), at(ball(.085, .1, .1, 16), y=.018, z=neck + .195))]
    for side in (-1, 1):
        x = side * .1
        knee = [x * 1.2, -.42, hip - .02] if sits else [x, -.02, hip * .52]
        foot = [x * 1.2, -.42 if sits else .02, .06]
        found += [(trousers, pipe([[x, 0, hip], knee, foot], [.095, .07, .05], 12)),
                  (look.plastic(rng), at(slab(.09, .25, .08), foot[0], foot[1] - .06))]
        top = np.array([side * broad, 0, neck - .08])
        elbow = np.add(top, [side * .06, rng.uniform(-.2, .02), -.27])
        reach = [-side * rng.uniform(0, .12), -rng.uniform(.05, .25), rng.uniform(-.2, .1)]
        end = np.add(elbow, reach)
        found.append((shirt, pipe([top, elbow], [.06, .048], 12)))
        found.append((shirt if rng.random() < .6 else skin, pipe([elbow, end], [.047, .03], 12)))
        found += [(skin, mesh) for mesh in hand_at(rng, end, end - elbow)]
    return found


def coat(rng: np.random.Generator) -> Pieces:
    """Build a coat or jacket as it hangs from a hook or over a back."""
    cloth, height, width = look.fabric(rng), rng.uniform(.5, 1.0), rng.uniform(.3, .5)
    levels = np.linspace(0, 1, 6)
    path = np.c_[rng.normal(0, .012, 6), rng.normal(0, .01, 6), height * levels]
    body = pipe(path, width / 2 * np.array([1, .95, .85, .8, .75, .2]), 14)
    flat = type(body)(body.vertices * np.float32([1, .4, 1]), body.normals, body.faces)
    found = [(cloth, flat)]
    for side in (-1, 1):
        found.append((cloth, pipe([[side * width * .3, 0, height * .9],
                                   [side * width * .5, -.02, height * .6],
                                   [side * width * .48, -.03, height * .25]], [.07, .07, .05], 10)))
    return found


def bag(rng: np.random.Generator) -> Pieces:
    """Build a backpack, a hand bag or a shopping bag."""
    cloth, trim = look.fabric(rng), look.fabric(rng)
    width, depth, height = rng.uniform(.25, .4), rng.uniform(.12, .22), rng.uniform(.28, .48)
    body = pipe([[0, 0, .01], [0, 0, height * .5], [0, 0, height * .9], [0, 0, height]],
                np.array([.5, .52, .42, .15]) * width, 16)
    flat = type(body)(body.vertices * np.float32([1, depth / width, 1]), body.normals, body.faces)
    strap = pipe([[-.1, 0, height * .95], [-.05, 0, height + .1], [.05, 0, height + .1],
                  [.1, 0, height * .95]], .012)
    return [(cloth, flat), (trim, strap),
            (trim, at(slab(width * .6, .05, height * .4), y=-depth / 2, z=.05))]


def arms(rng: np.random.Generator) -> Pieces:
    """Build two forearms that reach in beside each other."""
    apart = rng.uniform(.1, .22)
    first, second = forearm(rng), forearm(rng)
    looks = [material for material, _ in first]
    found = [(material, at(mesh, -apart)) for material, mesh in first]
    return found + [(looks[min(i, len(looks) - 1)], at(mesh, apart))
                    for i, (_, mesh) in enumerate(second)]
