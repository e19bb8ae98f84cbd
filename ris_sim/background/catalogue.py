# SPDX-License-Identifier: Apache-2.0
"""All things of the background by name, and how one becomes part of a scene.

Commands may name some of them in other scenes: the last word of the name tells, such as lamp or
box. Such a thing is left out where a named object has that noun (see nouns_of).
"""
from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from ris_sim.background import devices, furniture, interior, people, robots, table_clutter
from ris_sim.background.furniture import Pieces
from ris_sim.background.solids import joined
from ris_sim.scene import Part, SceneObject

SEATS: dict[str, Callable] = {
    'kitchen chair': furniture.kitchen_chair, 'office chair': furniture.office_chair,
    'tube chair': furniture.tube_chair, 'armchair': furniture.armchair, 'stool': furniture.stool}
FURNITURE: dict[str, Callable] = {
    'desk': furniture.desk, 'cupboard': furniture.cupboard, 'shelf': furniture.shelf,
    'bed': furniture.bed, 'armchair': furniture.armchair}
FLOOR: dict[str, Callable] = {
    'cardboard box': interior.carton, 'basket': interior.basket, 'plant': interior.plant,
    'bag': people.bag, 'computer': devices.computer, 'floor lamp': devices.floor_lamp,
    'tripod': devices.tripod, 'crate': interior.bottle_crate, 'poles': interior.poles,
    'cushion': interior.ball_on_floor, 'cable': devices.cable, 'coat': people.coat}
WALL: dict[str, Callable] = {
    'door': interior.door, 'window': interior.window, 'picture': interior.wall_picture,
    'board': interior.board, 'curtain': interior.curtain, 'radiator': interior.radiator,
    'pipes': interior.pipes, 'clock': interior.clock, 'wall board': interior.wall_board}
TABLE_BACK: dict[str, Callable] = {
    'monitor': devices.monitor, 'laptop': devices.laptop, 'speaker': devices.speaker,
    'desk lamp': devices.desk_lamp, 'computer': devices.computer, 'plant': interior.plant,
    'open box': table_clutter.crate, 'cardboard box': interior.carton, 'bag': people.bag,
    'plain box': table_clutter.riser, 'tripod': devices.tripod}
TABLE_TOP: dict[str, Callable] = {
    'keyboard': devices.keyboard, 'cable': devices.cable, 'laptop': devices.laptop,
    'open box': table_clutter.crate, 'plain box': table_clutter.riser}
FLAT: dict[str, Callable] = {
    'paper': table_clutter.paper, 'place mat': table_clutter.place_mat,
    'runner': table_clutter.runner, 'calibration board': table_clutter.calibration_board}
OTHERS: dict[str, Callable] = {
    'robot arm': robots.robot_arm, 'gripper': robots.gripper, 'frame': robots.frame_of_profiles,
    'forearm': people.forearm, 'arms': people.arms, 'person': people.person,
    'carpet': interior.carpet}
BUILDERS: dict[str, Callable] = {
    **SEATS, **FURNITURE, **FLOOR, **WALL, **TABLE_BACK, **TABLE_TOP, **FLAT, **OTHERS}


def build(name: str, rng: np.random.Generator) -> Pieces:
    """Draw a thing of the background, at the origin, facing -y."""
    return BUILDERS[name](rng)


def nouns_of(things: Iterable[SceneObject]) -> frozenset[str]:
    """Return the nouns that people may call things by: the last words of their categories."""
    return frozenset(thing.category.split()[-1] for thing in things)


def background_object(name: str, pieces: Pieces, number: int,
                      position: tuple[float, float, float] = (0.0, 0.0, 0.0),
                      yaw: float = 0.0) -> SceneObject:
    """Make a thing of a scene's background from its pieces.

    Args:
        name: what it is; it becomes the category.
        pieces: materials and meshes in metres; meshes of one material become one part.
        number: ends the unique name.
        position: in the world.
        yaw: radians.
    """
    grouped: dict[int, tuple] = {}
    for material, mesh in pieces:
        grouped.setdefault(id(material), (material, []))[1].append(mesh)
    parts = tuple(Part('main', joined(meshes), material) for material, meshes in grouped.values())
    low = np.min([part.mesh.vertices.min(axis=0) for part in parts], axis=0)
    high = np.max([part.mesh.vertices.max(axis=0) for part in parts], axis=0)
    return SceneObject(f'background_{name}_{number}'.replace(' ', '_'), name, '', 'plain', 'medium',
                       1.0, 0, False, tuple(float(c) for c in position), float(yaw),
                       tuple(float(c) for c in high - low), parts)
