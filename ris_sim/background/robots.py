# SPDX-License-Identifier: Apache-2.0
"""Robot arms, grippers and the frames that carry them."""
from __future__ import annotations

import numpy as np

from ris_sim.background import surfaces as look
from ris_sim.background.furniture import Pieces
from ris_sim.background.solids import at, ball, beam, link, pipe, post, slab
from ris_sim.scene import Material

PAINTS = ((.92, .92, .9), (.6, .62, .65), (.12, .12, .13), (.95, .42, .05), (.95, .75, .1),
          (.15, .3, .6), (.75, .1, .1))
PAINT_SHARES = (.34, .2, .16, .14, .06, .06, .04)


def robot_paint(rng: np.random.Generator) -> Material:
    """Draw a colour of robots: white, gray, black, orange, yellow, blue or bare metal."""
    colour = PAINTS[int(rng.choice(len(PAINTS), p=PAINT_SHARES))]
    if rng.random() < .12:
        return Material((.7, .7, .72), metallic=.8, roughness=.3)
    return look.painted(colour, rng, .25, .7)


def gripper(rng: np.random.Generator) -> Pieces:
    """Build a hand that points down: two or three fingers, or suction cups; its tip is at z = 0."""
    body, finger = robot_paint(rng), look.dark(rng) if rng.random() < .6 else look.steel(rng)
    rubber = look.plastic(rng, .4)
    kind = rng.random()
    if kind < .6:
        apart, long = rng.uniform(.015, .06), rng.uniform(.05, .11)
        width = rng.uniform(.06, .2)
        found = [(body, at(slab(width, rng.uniform(.05, .09), rng.uniform(.05, .12)), z=long))]
        for side in (-1, 1):
            tip, root = [side * apart, 0, 0], [side * max(apart, width * .3), 0, long + .01]
            found += [(finger, beam(tip, root, .018, .024)),
                      (rubber, at(slab(.012, .022, .03), side * apart * .9))]
    elif kind < .8:
        long = rng.uniform(.07, .12)
        found = [(body, at(post(.055, .09), z=long))]
        for angle in 2 * np.pi / 3 * np.arange(3) + rng.uniform(0, 2):
            way = np.array([np.cos(angle), np.sin(angle)])
            path = [[*(.045 * way), long], [*(.08 * way), long * .6], [*(.03 * way), 0]]
            found.append((finger, pipe(path, [.014, .014, .009])))
    else:
        long = rng.uniform(.06, .14)
        found = [(body, at(post(.04, .07), z=long)), (finger, post(.012, long))]
        for x in rng.choice([0, .03]) * np.array([-1, 1]):
            found.append((rubber, at(post(.02, .025, .01), x)))
    return found


def robot_arm(rng: np.random.Generator, reach: float = .6, height: float = .5) -> Pieces:
    """Build an arm: base, shoulder, elbow and wrist, with a gripper over a point.

    Args:
        rng: to draw with.
        reach: way along -y from the base to the gripper, metres.
        height: of the wrist over the base's foot.
    """
    paint, joint = robot_paint(rng), robot_paint(rng) if rng.random() < .5 else look.dark(rng)
    thick = rng.uniform(.035, .07)
    shoulder = np.array([0, 0, rng.uniform(.15, .35)])
    wrist = np.array([rng.uniform(-.1, .1), -reach, height])
    middle = (shoulder + wrist) / 2 + [rng.uniform(-.1, .1), 0, rng.uniform(.12, .4)]
    found = [(joint, post(thick * 1.5, .06)), (paint, post(thick * 1.2, shoulder[2])),
             (paint, link(shoulder, middle, thick, thick * .85)),
             (paint, link(middle, wrist, thick * .85, thick * .6))]
    for place, size in ((shoulder, 1.3), (middle, 1.15), (wrist, .9)):
        cap = at(post(thick * size, thick * 2.6), -thick * 1.3, 0, 0, pitch=np.pi / 2)
        found += [(joint if rng.random() < .6 else paint, at(cap, *place)),
                  (paint, at(ball(*[thick * size * .98] * 3, 12), *place))]
    hand = gripper(rng)
    top = max(float(mesh.vertices[:, 2].max()) for _, mesh in hand)
    turn = rng.uniform(0, np.pi)
    found += [(material, at(mesh, *(wrist - [0, 0, top + .02]), yaw=turn))
              for material, mesh in hand]
    found.append((joint, at(post(thick * .6, .06), *(wrist - [0, 0, .04]))))
    if rng.random() < .4:
        sag = np.add([shoulder, middle, wrist],
                     [[thick, 0, .05], [2 * thick, 0, .06], [thick, 0, .03]])
        found.append((look.dark(rng), pipe(sag, .007)))
    return found


def frame_of_profiles(rng: np.random.Generator) -> Pieces:
    """Build a frame of aluminium profiles, as work cells and camera gantries have."""
    metal = look.painted(look.gray(rng, .55, .8), rng) if rng.random() < .7 else look.dark(rng)
    width, depth, height = rng.uniform(.8, 1.5), rng.uniform(.5, 1.0), rng.uniform(.6, 1.5)
    thick = rng.uniform(.03, .05)
    found = []
    for x in (-1, 1):
        for y in (-1, 1):
            found.append((metal, at(slab(thick, thick, height), x * width / 2, y * depth / 2)))
        found.append((metal, beam([x * width / 2, -depth / 2, height],
                                  [x * width / 2, depth / 2, height], thick, thick)))
    found.append((metal, beam([-width / 2, depth / 2, height], [width / 2, depth / 2, height],
                              thick, thick)))
    return found
