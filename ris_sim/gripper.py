# SPDX-License-Identifier: Apache-2.0
"""A plain gripper for the built-in simulator: two upright fingers under a palm.

Rays into the scene's triangles decide what is between the fingers, so a grasp succeeds only when
the commanded point is close to an object's surface.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from ris_ros.errors import RisError
from ris_sim.rendering.raycast import SceneTriangles
from ris_sim.sampling.resting import cells, levels
from ris_sim.scene import Material, Part, Scene, SceneObject, Vector
from ris_sim.shapes import mesh as solids

# Metres: gap of the open fingers; a finger's thickness along the closing direction, width and
# length; the palm's x, y and z.
OPENING_M = .12
FINGER_M = (.012, .02, .16)
PALM_M = (.18, .05, .04)
SURFACE = Material((.13, .13, .15), roughness=.5)
NAME = 'gripper'


@dataclass(frozen=True)
class Gripper:
    """The state of a gripper.

    Attributes:
        tip: the middle between the finger tips in the world, metres.
        yaw: of the line through both fingers, radians.
        gap: between the fingers, metres.
        held: name of the object in the gripper, empty without one.
    """

    tip: Vector
    yaw: float
    gap: float = OPENING_M
    held: str = ''


def closed(gripper: Gripper, scene: Scene) -> Gripper:
    """Close the fingers on the object between them.

    Raises:
        RisError: if they do not close on one object alone; it says why.
    """
    across = np.array([np.cos(gripper.yaw), np.sin(gripper.yaw), 0])
    inward = np.float32([across, -across])
    starts = (gripper.tip - OPENING_M / 2 * inward).astype(np.float32)
    world = SceneTriangles(scene)
    if (levels(world, starts[:, :2], up=False) > starts[:, 2]).any():
        raise RisError('There is no room for the fingers: something is wider than '
                       f'{100 * OPENING_M:.0f} cm, or another object stands close by.')
    hits = world.cast(starts, inward)
    labels = np.where(hits.hit & (hits.distance < OPENING_M), world.label[hits.primitive], 0)
    if labels[0] != labels[1]:
        raise RisError('The fingers do not close on one object alone.')
    if not labels[0]:
        raise RisError('Nothing is between the fingers.')
    return replace(gripper, gap=float(OPENING_M - hits.distance.sum()),
                   held=scene.objects[labels[0] - 1].name)


def moved(gripper: Gripper, scene: Scene, tip: Vector) -> tuple[Gripper, Scene]:
    """Move the gripper's tip to (3,) metres, and the object in it."""
    shift = np.subtract(tip, gripper.tip)
    return replace(gripper, tip=tip), shifted(scene, gripper.held, shift)


def opened(gripper: Gripper, scene: Scene) -> tuple[Gripper, Scene]:
    """Open the fingers; the object in them falls until its footprint meets something."""
    for thing in scene.objects:
        if thing.name == gripper.held:
            others = tuple(other for other in scene.objects if other is not thing)
            rest = SceneTriangles(replace(scene, objects=others))
            tops = levels(rest, thing.position[:2] + cells(thing), up=False)
            below = tops[tops <= thing.position[2]]
            scene = shifted(scene, thing.name, [0, 0, below.max() - thing.position[2]])
    return replace(gripper, gap=OPENING_M, held=''), scene


def shifted(scene: Scene, name: str, shift: ArrayLike) -> Scene:
    """Move an object by (3,) metres, and all objects in or on it; the name '' moves nothing."""
    load = {name} - {''}
    while more := {thing.name for thing in scene.objects if thing.support in load} - load:
        load |= more
    return replace(scene, objects=tuple(
        replace(thing, position=tuple(float(x) for x in np.add(thing.position, shift)))
        if thing.name in load else thing for thing in scene.objects))


def with_gripper(scene: Scene, gripper: Gripper) -> Scene:
    """Add the gripper to a scene as its last object."""
    thick, _, long = FINGER_M
    offset = (gripper.gap + thick) / 2
    finger = solids.box(*FINGER_M)
    pieces = [solids.moved(finger, x=-offset), solids.moved(finger, x=offset),
              solids.moved(solids.box(*PALM_M), z=long)]
    parts = tuple(Part('main', solids.shaded(piece), SURFACE) for piece in pieces)
    thing = SceneObject(NAME, NAME, 'black', 'plain', 'medium', 1.0, -1, False, gripper.tip,
                        gripper.yaw, (PALM_M[0], PALM_M[1], long + PALM_M[2]), parts)
    return replace(scene, objects=(*scene.objects, thing))
