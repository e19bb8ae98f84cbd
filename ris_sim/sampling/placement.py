# SPDX-License-Identifier: Apache-2.0
"""Find places for objects: apart, touching, one behind another, on and in one another."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ris_sim.rendering.raycast import visible_share
from ris_sim.sampling.resting import (
    is_stable,
    middle,
    push_against,
    rest_on,
    vessel_depths,
)
from ris_sim.scene import Camera, SceneObject

# Metres between the footprints of objects that stand apart.
CLEARANCE = .008
ATTEMPTS = 40
FEW_ATTEMPTS = 12
# Categories that can carry an object, and that can contain one; repeated ones are drawn more often.
SUPPORTS = ('book', 'book', 'box', 'box', 'plate', 'plate', 'brick', 'cube', 'can', 'cylinder')
VESSELS = ('bowl', 'bowl', 'pan')
# Categories that fit on or in them at a small size; long objects would rest on a rim.
CONTENTS = ('apple', 'apple', 'pear', 'ball', 'cube', 'duck', 'ring', 'brick', 'banana', 'can',
            'carrot', 'toy car', 'teddy bear', 'cylinder', 'pyramid', 'cone', 'marker', 'jar')
ON_TOP = (*CONTENTS, 'mug', 'bowl', 'vase', 'bottle')
HOME_SUPPORTS = (*SUPPORTS, 'book', 'cutting board', 'notebook', 'tray', 'food container',
                 'cereal box', 'tissue box', 'towel', 'tin')
HOME_VESSELS = ('bowl', 'bowl', 'bowl', 'pan', 'basket')
HOME_CONTENTS = (*CONTENTS, 'orange', 'lemon', 'lime', 'peach', 'plum', 'tomato', 'onion', 'egg',
                 'potato', 'strawberry', 'garlic', 'donut', 'spoon', 'key', 'battery', 'dice')
HOME_ON_TOP = (*ON_TOP, *HOME_CONTENTS, 'cup', 'glass', 'tin', 'jar', 'phone', 'mouse', 'glasses',
               'tape', 'scissors', 'stapler', 'salt shaker', 'pen', 'remote', 'candle')
# An object lies in a vessel when it is below this share of the inner height.
SUNK = .5
# An object wider than this many radii does not fit into a vessel or on a support.
TOO_WIDE = 2.4
# Visible share of an object that stands behind another.
HIDDEN = (.3, .9)


def place_apart(thing: SceneObject, placed: Sequence[SceneObject], reach: float,
                rng: np.random.Generator) -> SceneObject | None:
    """Put an object where it touches nothing, or return None when the table is full.

    Args:
        thing: the object.
        placed: objects that have a place.
        reach: metres of the table that are used (see within).
        rng: to draw with.
    """
    for _ in range(ATTEMPTS):
        x, y = rng.uniform(-1.25 * reach, 1.25 * reach), rng.uniform(-reach, reach)
        there = replace(thing, position=(float(x), float(y), 0.0),
                        yaw=float(rng.uniform(-np.pi, np.pi)))
        if is_free(there, placed):
            return there
    return None


def place_touching(thing: SceneObject, placed: Sequence[SceneObject], reach: float,
                   rng: np.random.Generator) -> SceneObject | None:
    """Put an object against one on the table, or return None; Args as in place_apart."""
    standing = on_table(placed)
    for _ in range(FEW_ATTEMPTS if standing else 0):
        fixed = standing[rng.integers(len(standing))]
        angle, yaw = rng.uniform(-np.pi, np.pi, size=2)
        way = np.array([np.cos(angle), np.sin(angle)])
        apart = (np.hypot(*thing.extents[:2]) + np.hypot(*fixed.extents[:2])) / 2
        x, y = np.array(fixed.position[:2]) - apart * way
        start = replace(thing, position=(float(x), float(y), 0.0), yaw=float(yaw))
        there = push_against(start, fixed, way)
        others = [other for other in placed if other is not fixed]
        if there is not None and within(there, reach) and is_free(there, others):
            return there
    return None


def place_on(thing: SceneObject, support: SceneObject, placed: Sequence[SceneObject],
             rng: np.random.Generator) -> SceneObject | None:
    """Put an object on or in another one where it stays, or return None.

    Args:
        thing: the object.
        support: the other one.
        placed: objects that have a place.
        rng: to draw with.
    """
    centre, radius = middle(support)
    inside = support.category in HOME_VESSELS
    if min(thing.extents[:2]) > TOO_WIDE * radius:
        return None
    others = [other for other in placed if other is not support]
    for _ in range(FEW_ATTEMPTS):
        turned = replace(thing, yaw=float(rng.uniform(-np.pi, np.pi)))
        # In a vessel an object slides to where it lies lowest; elsewhere it stays in place.
        spread = rng.uniform(-.35, .35, size=(10 if inside else 1, 2)) * radius
        rested = rest_on(turned, support, centre + spread)
        if rested is None:
            continue
        there, touches = rested
        good = sinks_in(there, support) if inside else is_stable(touches)
        if good and is_free(there, others):
            return replace(there, contained=inside)
    return None


def sinks_in(thing: SceneObject, vessel: SceneObject) -> bool:
    """Tell whether an object lies well below the rim of a vessel and inside it."""
    ground, rim = vessel_depths(vessel)
    _, radius = middle(vessel)
    return (thing.position[2] < ground + SUNK * (rim - ground)
            and max(thing.extents[:2]) < 2.2 * radius)


def place_behind(thing: SceneObject, placed: Sequence[SceneObject], reach: float, camera: Camera,
                 rng: np.random.Generator) -> SceneObject | None:
    """Put an object behind another so that it is partly hidden, or return None."""
    standing = on_table(placed)
    model = camera.model(640, 480)
    for _ in range(FEW_ATTEMPTS if standing else 0):
        front = standing[rng.integers(len(standing))]
        away = np.array(front.position[:2]) - camera.position[:2]
        away /= np.linalg.norm(away)
        depth = (min(front.extents[:2]) + max(thing.extents[:2])) / 2 + rng.uniform(0, .06)
        side = rng.uniform(-.7, .7) * max(*front.extents[:2], *thing.extents[:2])
        x, y = np.array(front.position[:2]) + depth * away + side * np.array([-away[1], away[0]])
        there = replace(thing, position=(float(x), float(y), 0.0),
                        yaw=float(rng.uniform(-np.pi, np.pi)))
        if (within(there, 1.3 * reach) and is_free(there, placed)
                and HIDDEN[0] <= visible_share(there, placed, camera, model) <= HIDDEN[1]):
            return there
    return None


def on_table(placed: Sequence[SceneObject]) -> list[SceneObject]:
    """Return the objects that stand on the table itself."""
    return [thing for thing in placed if thing.support is None]


def within(thing: SceneObject, reach: float) -> bool:
    """Tell whether an object is on the used part of the table: 1.25 reach wide, 1 reach deep."""
    x, y, _ = thing.position
    return abs(x) < 1.25 * reach and abs(y) < reach


def is_free(thing: SceneObject, others: Sequence[SceneObject]) -> bool:
    """Tell whether an object's footprint is clear of all others'."""
    return not any(footprints_touch(thing, other) for other in others)


def footprint(thing: SceneObject) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the centre (2,), unit axes (rows) and half extents of an object's footprint."""
    c, s = np.cos(thing.yaw), np.sin(thing.yaw)
    half = np.array(thing.extents[:2]) / 2 + CLEARANCE / 2
    return np.array(thing.position[:2]), np.array([[c, s], [-s, c]]), half


def footprints_touch(one: SceneObject, other: SceneObject) -> bool:
    """Tell whether two footprints overlap, by the separating axis test."""
    (p, a, ha), (q, b, hb) = footprint(one), footprint(other)
    axes = np.vstack([a, b])
    extent = np.abs(axes @ a.T) @ ha + np.abs(axes @ b.T) @ hb
    return bool((np.abs(axes @ (q - p)) < extent).all())
