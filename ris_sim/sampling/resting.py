# SPDX-License-Identifier: Apache-2.0
"""Where objects come to rest: lowered on another object, or pushed against it."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from ris_sim.rendering.raycast import TriangleSoup, soup_of
from ris_sim.scene import SceneObject

# Cells a side of the grid over a footprint.
CELLS = 28
# Metres from which vertical rays start.
FAR = np.float32(10)
# Metres within which two surfaces touch.
CONTACT = .0025
# An object is stable when it touches on each side, this share of its half size from its centre.
LEAN = .15
# Metres that are left between objects that touch.
PUSH_GAP = .0004
# Metres above the table at which the lowest rays start.
FLAT_HEIGHT = .001


def levels(soup: TriangleSoup, points: np.ndarray, up: bool) -> np.ndarray:
    """Measure heights by vertical rays.

    Args:
        soup: the triangles to meet.
        points: (N, 2) x and y in metres.
        up: whether the rays come from below, and so meet undersides.

    Returns:
        (N,) heights in metres; NaN where a ray meets nothing.
    """
    sign = np.float32(1 if up else -1)
    origins = np.column_stack([points, np.full(len(points), -sign * FAR)]).astype(np.float32)
    hits = soup.cast(origins, np.tile(np.float32([0, 0, sign]), (len(points), 1)))
    return np.where(hits.hit, -sign * FAR + sign * hits.distance, np.nan)


def cells(thing: SceneObject) -> np.ndarray:
    """Return a grid of (CELLS**2, 2) offsets from an object's centre over its footprint."""
    steps = (np.arange(CELLS) + .5) / CELLS - .5
    x, y = np.meshgrid(steps * thing.extents[0], steps * thing.extents[1])
    flat = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1).astype(np.float32)
    return thing.turn(flat)[:, :2]


def rest_on(thing: SceneObject, support: SceneObject,
            places: np.ndarray) -> tuple[SceneObject, np.ndarray] | None:
    """Lower an object straight down on another one, at the place where it lies lowest.

    The object's underside and the other's upper side are compared on a grid over the footprint.

    Args:
        thing: the object.
        support: the other one.
        places: (K, 2) x and y to choose from, metres.

    Returns:
        The object at rest on its support, and the (M, 2) offsets at which it touches: along its
        own axes, from its centre, in half sizes. None when it would miss the support.
    """
    lifted = replace(thing, position=(0.0, 0.0, 0.0))
    offsets = cells(lifted)
    underside = levels(soup_of([lifted]), offsets, up=True)
    below = soup_of([support])
    tops = levels(below, (places[:, None] + offsets).reshape(-1, 2), up=False)
    tops = tops.reshape(len(places), -1)
    with np.errstate(invalid='ignore'):
        fall = np.nan_to_num(tops - underside, nan=-np.inf)
    heights = fall.max(axis=1)
    best = int(np.argmin(np.where(np.isfinite(heights), heights, np.inf)))
    if not np.isfinite(heights[best]):
        return None
    touching = fall[best] > heights[best] - CONTACT
    position = (*(float(c) for c in places[best]), float(heights[best]))
    c, s = np.cos(thing.yaw), np.sin(thing.yaw)
    own = offsets[touching] @ np.array([[c, -s], [s, c]]) / (np.array(thing.extents[:2]) / 2)
    return replace(thing, position=position, support=support.name), own


def is_stable(touches: np.ndarray) -> bool:
    """Tell whether the touching points of rest_on lie on all sides of the centre of mass."""
    return bool((touches.min(axis=0) < -LEAN).all() and (touches.max(axis=0) > LEAN).all())


def push_against(thing: SceneObject, fixed: SceneObject,
                 direction: np.ndarray) -> SceneObject | None:
    """Slide an object along a (2,) unit direction until it almost touches another one.

    Rays start at each corner, edge centre and face centre of one, and meet the other.

    Returns:
        The object at its new place; None when it would pass by.
    """
    way = np.float32([*direction, 0])
    moving, standing = soup_of([thing]), soup_of([fixed])
    gaps = np.concatenate([clearances(moving, standing, way), clearances(standing, moving, -way)])
    if not len(gaps):
        return None
    step = gaps.min() - PUSH_GAP
    x, y, z = thing.position
    return replace(thing, position=(float(x + step * way[0]), float(y + step * way[1]), z))


def clearances(one: TriangleSoup, other: TriangleSoup, way: np.ndarray) -> np.ndarray:
    """Return the distances from one surface along a (3,) direction to the other."""
    a, b, c = one.corners[:, 0], one.corners[:, 1], one.corners[:, 2]
    points = np.concatenate([a, (a + b) / 2, (b + c) / 2, (c + a) / 2, (a + b + c) / 3])
    # Rays at the table's level would graze the other's underside.
    points[:, 2] = np.maximum(points[:, 2], FLAT_HEIGHT)
    hits = other.cast(np.ascontiguousarray(points), np.tile(way, (len(points), 1)))
    return hits.distance[hits.hit]


def middle(thing: SceneObject) -> tuple[np.ndarray, float]:
    """Return the middle (2,) of an object's main part in the world, and its radius, in metres.

    The handle of a pan is another part, so this is the middle of the vessel.
    """
    main = next((part.mesh for part in thing.parts if part.role == 'main'), thing.parts[0].mesh)
    low, high = main.vertices.min(axis=0), main.vertices.max(axis=0)
    centre = thing.to_world(((low + high) / 2)[None])[0, :2]
    return centre.astype(float), float(thing.scale * (high - low)[:2].min() / 2)


def vessel_depths(vessel: SceneObject) -> tuple[float, float]:
    """Measure the heights of a vessel's inner ground and of its rim, metres, by rays from above."""
    soup, (centre, radius) = soup_of([vessel]), middle(vessel)
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ground = levels(soup, centre + .1 * radius * circle, up=False)
    rims = [levels(soup, centre + share * radius * circle, up=False) for share in (.94, .97, .99)]
    # The rim of a vessel that is not quite round may lie within all rays of a circle.
    met = [rim for rim in rims if np.isfinite(rim).any()]
    return float(np.nanmedian(ground)), float(np.nanmax(np.nanmedian(met, axis=1)))


