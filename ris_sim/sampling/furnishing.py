# SPDX-License-Identifier: Apache-2.0
"""Furnish a room: what stands behind, beside and below the table, and what reaches in."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ris_sim.background import catalogue, robots
from ris_sim.background.catalogue import background_object, build, nouns_of
from ris_sim.background.furniture import Pieces, legs
from ris_sim.background.interior import walled_box
from ris_sim.background.solids import at, ball, post, slab
from ris_sim.background.surfaces import light, plastic, steel, timber
from ris_sim.sampling.home_rooms import Place, Room
from ris_sim.sampling.placement import footprints_touch
from ris_sim.scene import SceneObject
from ris_sim.shapes.mesh import Mesh

# The label image has room for this number of things.
MOST = 250
ATTEMPTS = 12
# Probabilities that somebody, or a robot, reaches in, that a camera's own gripper is in the
# picture, and that a person is in the room.
ARM_SHARE, ROBOT_SHARE, OWN_GRIPPER_SHARE, PERSON_SHARE = .16, .16, .06, .16
# The sun is hard up to this angular radius; bars of windows then show in this share of pictures.
HARD, BARS_SHARE = .08, .7
SHADING = .5  # metres beside the table from where shadows still reach it
# Things that are thinner than this lie under the named things.
THIN = .004


@dataclass(frozen=True)
class Offer:
    """A thing and its pose.

    Attributes:
        name: what it is.
        pieces: materials and meshes.
        x: of its origin, metres.
        y: of its origin.
        z: of its origin.
        yaw: radians.
    """

    name: str
    pieces: Pieces
    x: float
    y: float
    z: float
    yaw: float = 0.0

    def to_object(self, number: int) -> SceneObject:
        """Make it a thing of a scene."""
        return background_object(self.name, self.pieces, number, (self.x, self.y, self.z),
                                 self.yaw)


def furnish(room: Room, placed: Sequence[SceneObject],
            rng: np.random.Generator) -> tuple[SceneObject, ...]:
    """Draw the background of a room in which the named things have their places."""
    offers: list[Offer] = []
    if room.place is Place.TABLE or room.place is Place.BIN:
        offers += table_frame(room, rng)
    if room.place is Place.BIN:
        offers.append(bin_around(room, rng))
    if room.place is Place.SHELF:
        offers += shelf_around(room, rng)
    else:
        offers += seats(room, rng) + floor_things(room, rng)
    offers += on_walls(room, rng) + along_walls(room, rng)
    if rng.random() < PERSON_SHARE and room.place is not Place.SHELF:
        offers.append(person(room, rng))
    found = [offer.to_object(i) for i, offer in enumerate(offers)]
    if room.place is Place.FLOOR:
        found = [thing for thing in found if not any(bounds_meet(thing, other)
                                                     for other in placed)]
    on_top = table_things(room, placed, len(found), rng)
    found += on_top
    found += reaching(room, [*placed, *on_top], len(found), rng)
    named = nouns_of(placed)
    found = [thing for thing in found if not named & nouns_of([thing])
             and (in_view(thing, room) or shades_table(thing, room))]
    found += window_bars(room, len(found), rng)
    return tuple(found)[:MOST]


def edges_of(room: Room) -> tuple[float, float, float, float]:
    """Return the left, right, front and back edge of the table, metres."""
    (width, depth), (x, y) = room.table.size, room.table.centre
    if room.place is Place.FLOOR:
        width, depth = 2.9 * room.reach, 2.4 * room.reach
    return x - width / 2, x + width / 2, y - depth / 2, y + depth / 2


def back_wall(room: Room) -> float:
    """Return y of the wall behind; far away when there is none."""
    return room.table.walls[0].position[1] if room.table.walls else 4.5


def table_frame(room: Room, rng: np.random.Generator) -> list[Offer]:
    """Build what carries the table top: legs, a pedestal, trestles or side boards."""
    table = room.table
    height = -table.floor_z - table.thickness
    material = steel(rng) if rng.random() < .45 else timber(rng)
    width, depth = table.size
    kind = rng.random()
    if table.is_round or kind < .12:
        pieces = [(material, post(.04, height)), (material, post(min(width, depth) * .3, .03)),
                  (material, post(.3 * min(width, depth), .05, .04))]
    elif kind < .8:
        pieces = legs(width, depth, height, material, rng, .05)
        if rng.random() < .6:
            pieces += [(material, at(slab(width - .1, .02, .08), 0, side * (depth / 2 - .05),
                                     height - .08)) for side in (-1, 1)]
    else:
        pieces = [(material, at(slab(.03, depth - .06, height), side * (width / 2 - .05)))
                  for side in (-1, 1)]
    return [Offer('table frame', pieces, *table.centre, table.floor_z)]


def bin_around(room: Room, rng: np.random.Generator) -> Offer:
    """Build a bin or tray around the things."""
    width, depth = 2.5 * room.reach + .34, 2 * room.reach + .34
    pieces = walled_box(width, depth, rng.uniform(.04, .2), rng.uniform(.004, .012),
                        plastic(rng, .4))
    # The things stand on the table's level, so the bin's own floor is left out.
    return Offer('bin', pieces[1:], 0, 0, 0)


def shelf_around(room: Room, rng: np.random.Generator) -> list[Offer]:
    """Build the sides, the back and the boards above and below a shelf's board."""
    (width, depth), (x, y) = room.table.size, room.table.centre
    frame = timber(rng) if rng.random() < .7 else light(rng)
    low, high = room.table.floor_z, rng.uniform(.6, 1.2)
    gap = rng.uniform(.3, .45)
    pieces = [(frame, at(slab(.025, depth, high - low), side * (width / 2 + .012)))
              for side in (-1, 1)]
    pieces.append((frame, at(slab(width, .01, high - low), y=depth / 2)))
    offers = []
    for z in (gap, 2 * gap, -gap, -2 * gap):
        if low < z < high:
            pieces.append((frame, at(slab(width, depth, .02), z=z - low)))
            stock = catalogue.furniture.goods(width - .05, depth, gap - .05, z + .02, rng)
            if stock:  # some boards are empty
                offers.append(Offer('goods', stock, x, y, 0))
    return [Offer('shelf', pieces, x, y, low), *offers]


def seats(room: Room, rng: np.random.Generator) -> list[Offer]:
    """Put up to five chairs, mostly of one kind, at the sides of the table."""
    left, right, front, back = edges_of(room)
    kind = str(rng.choice(list(catalogue.SEATS)))
    offers = []
    same = rng.integers(1 << 30)
    for _ in range(int(rng.choice(6, p=[.2, .22, .24, .18, .1, .06]))):
        # Chairs of one set look alike.
        own = np.random.default_rng(same) if rng.random() < .75 else rng
        name = kind if own is not rng else str(rng.choice(list(catalogue.SEATS)))
        side, out = rng.integers(4), rng.uniform(.02, .5)
        if side < 2:
            x, y, yaw = rng.uniform(left - .2, right + .2), back + out, 0.0
        else:
            sign = -1 if side == 2 else 1
            x = left - out if sign < 0 else right + out
            y, yaw = rng.uniform(front + .2, back + .6), -sign * np.pi / 2
        yaw += rng.normal(0, .35) if rng.random() < .7 else rng.uniform(-np.pi, np.pi)
        pieces = build(name, own)
        # A chair that is pushed in stands partly under the table, its seat is lower.
        offers.append(Offer(name, pieces, x, y + .1, room.table.floor_z, yaw))
    return offers


def floor_things(room: Room, rng: np.random.Generator) -> list[Offer]:
    """Scatter cartons, bags, cables, plants and the like over the floor."""
    left, right, front, back = edges_of(room)
    wall, offers = back_wall(room), []
    if rng.random() < .25 and room.place is not Place.FLOOR:
        offers.append(Offer('carpet', build('carpet', rng), *rng.normal(0, .4, 2),
                            room.table.floor_z, rng.normal(0, .3)))
    for _ in range(int(rng.integers(2, 10))):
        x, y = rng.uniform(left - 1.6, right + 1.6), rng.uniform(front - .1, min(wall, back + 2.5))
        name = str(rng.choice(list(catalogue.FLOOR)))
        inside = left - .3 < x < right + .3 and front - .3 < y < back + .3
        if inside and (room.place is Place.FLOOR or name in ('floor lamp', 'tripod', 'poles')):
            continue
        pieces = build(name, rng)
        top = max(float(mesh.vertices[:, 2].max()) for _, mesh in pieces)
        if not inside or top < -room.table.floor_z - room.table.thickness:
            offers.append(Offer(name, pieces, x, y, ground(room), rng.uniform(-np.pi, np.pi)))
    return offers


def ground(room: Room) -> float:
    """Return the height of the floor that people walk on."""
    return 0.0 if room.place is Place.FLOOR else room.table.floor_z


def on_walls(room: Room, rng: np.random.Generator) -> list[Offer]:
    """Hang pictures, doors, windows, curtains and boards on the walls."""
    offers = []
    for wall in room.table.walls:
        for along in np.arange(-3.2, 3.2, rng.uniform(.7, 1.6)):
            if rng.random() < .3:
                continue
            name = str(rng.choice(list(catalogue.WALL)))
            place = wall.to_world(np.array([[along + rng.normal(0, .1), 0, .012]]))[0]
            offers.append(Offer(name, build(name, rng), *place.tolist(), wall.yaw + np.pi / 2))
    return offers


def along_walls(room: Room, rng: np.random.Generator) -> list[Offer]:
    """Stand furniture along the walls, and desks with devices in the room behind the table."""
    offers = []
    *_, back = edges_of(room)
    for i, wall in enumerate(room.table.walls):
        if i == 0 and wall.position[1] - back < .6:
            continue
        along = -3.0
        while along < 3.0:
            name = str(rng.choice(list(catalogue.FURNITURE)))
            pieces = build(name, rng)
            thing = background_object(name, pieces, 0)
            width, depth = thing.extents[:2]
            if rng.random() < .55:
                place = wall.to_world(np.array([[along + width / 2, 0, depth / 2 + .04]]))[0]
                here = Offer(name, pieces, *place[:2].tolist(), ground(room), wall.yaw + np.pi / 2)
                offers += [here, *on_furniture(here, thing.extents, rng)]
            along += width + rng.uniform(.02, .8)
    wall = back_wall(room)
    for _ in range(int(rng.choice(4, p=[.35, .3, .2, .15])) if wall - back > 1.6 else 0):
        x, y = rng.uniform(-2, 2), rng.uniform(back + .8, wall - .5)
        yaw = rng.choice([0, np.pi]) + rng.normal(0, .2)
        pieces = build('desk', rng)
        here = Offer('desk', pieces, x, y, ground(room), yaw)
        offers += [here, *on_furniture(here, background_object('desk', pieces, 0).extents, rng)]
        chair = str(rng.choice(['office chair', 'tube chair', 'kitchen chair']))
        offers.append(Offer(chair, build(chair, rng), x + rng.normal(0, .3), y - .6, ground(room),
                            rng.uniform(-np.pi, np.pi)))
    return offers


def on_furniture(carrier: Offer, extents: tuple[float, float, float],
                 rng: np.random.Generator) -> list[Offer]:
    """Put devices and other things on a desk or on low furniture."""
    if carrier.name not in ('desk', 'cupboard') or extents[2] > 1.25:
        return []
    offers, top = [], carrier.z + extents[2]
    c, s = np.cos(carrier.yaw), np.sin(carrier.yaw)
    for _ in range(int(rng.integers(0, 5))):
        name = str(rng.choice(list(catalogue.TABLE_BACK)))
        along, across = rng.uniform(-.4, .4) * extents[0], rng.uniform(-.1, .3) * extents[1]
        offers.append(Offer(name, build(name, rng), carrier.x + c * along - s * across,
                            carrier.y + s * along + c * across, top,
                            carrier.yaw + rng.normal(0, .4)))
    return offers


def person(room: Room, rng: np.random.Generator) -> Offer:
    """Place a person behind or beside the table."""
    left, right, front, back = edges_of(room)
    if rng.random() < .6:
        x, y = rng.uniform(left - .3, right + .3), back + rng.uniform(.2, 1.2)
        yaw = rng.normal(0, .5)
    else:
        side = rng.choice([-1, 1])
        x = (left if side < 0 else right) + side * rng.uniform(.3, .8)
        y, yaw = rng.uniform(front + .3, back + .5), -side * np.pi / 2 + rng.normal(0, .5)
    return Offer('person', build('person', rng), x, y, ground(room), yaw)


def table_things(room: Room, placed: Sequence[SceneObject], number: int,
                 rng: np.random.Generator) -> list[SceneObject]:
    """Put things of the background on the table: at its back and sides, and between the others."""
    left, right, front, back = edges_of(room)
    found: list[SceneObject] = []
    wanted = [(str(rng.choice(list(catalogue.FLAT))), False)
              for _ in range(int(rng.choice(4, p=[.5, .25, .15, .1])))]
    wanted += [(str(rng.choice(list(catalogue.TABLE_TOP))), False)
               for _ in range(int(rng.choice(3, p=[.6, .3, .1])))]
    if room.place is Place.TABLE:
        wanted += [(str(rng.choice(list(catalogue.TABLE_BACK))), True)
                   for _ in range(int(rng.choice(5, p=[.3, .25, .2, .15, .1])))]
    for name, at_back in wanted:
        thing = background_object(name, build(name, rng), number + len(found))
        thin = thing.extents[2] < THIN
        for _ in range(ATTEMPTS):
            if at_back:
                x, y = rng.uniform(left, right), rng.uniform(min(room.reach, back - .1), back)
            else:
                x, y = rng.uniform(left, right), rng.uniform(front, back)
            yaw = rng.normal(0, .4) if rng.random() < .7 else rng.uniform(-np.pi, np.pi)
            there = replace(thing, position=(float(x), float(y), .0003 * (len(found) + 1)),
                            yaw=float(yaw))
            others = found if thin else [*placed, *found]
            if stands_on(there, (left, right, front, back)) and not any(
                    footprints_touch(centred(there), centred(other)) for other in others):
                found.append(there)
                break
    return found


def centred(thing: SceneObject) -> SceneObject:
    """Return a thing whose position is the middle of its footprint, to compare footprints."""
    points = np.concatenate([part.mesh.vertices for part in thing.parts])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    x, y, _ = thing.to_world(np.float32([[middle[0], middle[1], 0]]))[0]
    return replace(thing, position=(float(x), float(y), thing.position[2]))


def stands_on(thing: SceneObject, edges: tuple[float, float, float, float]) -> bool:
    """Tell whether the middle half of a thing's footprint is on the table."""
    half = np.float32(thing.extents[:2]) / 4
    corners = thing.turn(np.float32([[sx * half[0], sy * half[1], 0]
                                     for sx in (-1, 1) for sy in (-1, 1)]))
    corners = corners + np.float32(thing.position)
    left, right, front, back = edges
    return bool((corners[:, 0] > left).all() and (corners[:, 0] < right).all()
                and (corners[:, 1] > front).all() and (corners[:, 1] < back).all())


def reaching(room: Room, standing: Sequence[SceneObject], number: int,
             rng: np.random.Generator) -> list[SceneObject]:
    """Let arms, hands and grippers reach in, above whatever stands where they pass."""
    found = []
    if rng.random() < ARM_SHARE:
        name = 'arms' if rng.random() < .25 else 'forearm'
        found.append(hovering(name, build(name, rng), room, standing, number, rng))
    if rng.random() < ROBOT_SHARE:
        if rng.random() < .4:
            found.append(hovering('gripper', build('gripper', rng), room, standing, number + 1,
                                  rng))
        else:
            found.append(robot_beside(room, standing, number + 1, rng))
    if rng.random() < OWN_GRIPPER_SHARE:
        found.append(background_object('gripper', gripper_of_camera(room, rng), number + 2))
    return found


def hovering(name: str, pieces: Pieces, room: Room, standing: Sequence[SceneObject], number: int,
             rng: np.random.Generator) -> SceneObject:
    """Hold a thing over a place of the table, higher than what stands below it."""
    x, y = rng.uniform(-1.2, 1.2) * room.reach, rng.uniform(-.8, 1.1) * room.reach
    # Into a shelf one reaches from the front only.
    yaw = np.pi + rng.normal(0, .3) if room.place is Place.SHELF else rng.uniform(-np.pi, np.pi)
    thing = background_object(name, pieces, number, (x, y, 0), float(yaw))
    over = [other.position[2] + other.extents[2] for other in standing
            if bounds_meet(thing, other)]
    lowest = min(float(part.mesh.vertices[:, 2].min()) for part in thing.parts)
    return replace(thing, position=(float(x), float(y), max(over, default=0.0) + .01 - lowest))


def bounds_meet(one: SceneObject, other: SceneObject) -> bool:
    """Tell whether the upright bounding boxes of two things meet in x and y."""
    (low, high), (least, most) = (
        (points.min(axis=0), points.max(axis=0)) for points in map(ground_points, (one, other)))
    return bool((low < most).all() and (least < high).all())


def ground_points(thing: SceneObject) -> np.ndarray:
    """Return x and y of all vertices of a thing in the world."""
    return np.concatenate([thing.to_world(part.mesh.vertices)[:, :2] for part in thing.parts])


def robot_beside(room: Room, standing: Sequence[SceneObject], number: int,
                 rng: np.random.Generator) -> SceneObject:
    """Stand a robot arm beside or behind the things, its gripper over or near them."""
    angle = rng.uniform(-.2, np.pi + .2)
    out = 1.3 * room.reach + rng.uniform(.12, .5)
    base = out * np.array([np.cos(angle), np.sin(angle)])
    goal = rng.uniform(-1, 1, 2) * room.reach
    way = goal - base
    distance = float(np.linalg.norm(way))
    # The gripper hangs below the wrist; it stays over the tallest thing.
    tallest = max((other.position[2] + other.extents[2] for other in standing), default=0.0)
    pieces = robots.robot_arm(rng, distance, float(tallest + rng.uniform(.25, .5)))
    yaw = float(np.arctan2(way[1], way[0]) + np.pi / 2)
    return background_object('robot arm', pieces, number, (*base, 0.0), yaw)


def gripper_of_camera(room: Room, rng: np.random.Generator) -> Pieces:
    """Build the gripper that carries the camera: its fingers come in from the picture's border."""
    rotation = np.asarray(room.camera.rotation, np.float32)
    offset = np.float32([rng.normal(0, .03), rng.uniform(.06, .1), rng.uniform(.16, .24)])
    pieces = robots.gripper(rng)
    # The gripper's own -z is the optical axis.
    axes = rotation @ np.float32([[1, 0, 0], [0, 1, 0], [0, 0, -1]])
    place = np.float32(room.camera.position) + rotation @ offset
    return [(material, Mesh(mesh.vertices @ axes.T + place, mesh.normals @ axes.T, mesh.faces))
            for material, mesh in pieces]


def shades_table(thing: SceneObject, room: Room) -> bool:
    """Tell whether a thing beside the picture may throw a shadow into it."""
    left, right, front, back = edges_of(room)
    x, y, z = thing.position
    return bool(left - SHADING < x < right + SHADING and front - SHADING < y < back + SHADING
                and z + thing.extents[2] > .1)


def window_bars(room: Room, number: int, rng: np.random.Generator) -> list[SceneObject]:
    """Hold the bars of a window, a blind or twigs into hard sun, outside of the picture."""
    sun = room.light
    if sun.softness > HARD or rng.random() > BARS_SHARE:
        return []
    material = plastic(rng, 0)
    kind = rng.integers(3)
    if kind == 0:
        pieces = [(material, at(slab(1.7, .02, width), z=z)) for z, width in
                  zip(np.linspace(-.9, .84, 30), rng.uniform(.02, .045, 30), strict=True)]
    elif kind == 1:
        bars = np.arange(-.85, .86, rng.uniform(.25, .5))
        pieces = [(material, at(slab(1.7, .05, .06), z=z)) for z in bars]
        pieces += [(material, at(slab(.06, .05, 1.7), x, 0, -.85)) for x in bars]
    else:
        pieces = [(material, at(ball(*rng.uniform(.02, .12, 3), 8), *rng.uniform(-.8, .8, 3)))
                  for _ in range(int(rng.integers(20, 60)))]
    place = rng.uniform(1.8, 2.6) * np.array(sun.direction)
    yaw = float(np.arctan2(sun.direction[1], sun.direction[0]) - np.pi / 2)
    bars = background_object('window bars', pieces, number, tuple(place), yaw)
    return [] if in_view(bars, room) else [bars]


def in_view(thing: SceneObject, room: Room) -> bool:
    """Tell whether a thing's bounding box may be in the picture."""
    points = np.concatenate([thing.to_world(part.mesh.vertices) for part in thing.parts])
    low, high = points.min(axis=0), points.max(axis=0)
    corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1])
                        for z in (low[2], high[2])])
    x, y, z = room.camera.to_optical(corners).T
    across = np.tan(room.camera.horizontal_fov / 2) * 1.02
    # Beyond 1.2 of the width no picture is high.
    return not ((z < .05).all() or (x > across * z).all() or (x < -across * z).all()
                or (y > across * z).all() or (y < -across * z).all())
