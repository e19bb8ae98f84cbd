# SPDX-License-Identifier: Apache-2.0
"""Motions: how a scene changes while the camera films it.

Each kind of motion takes a scene, the index of the target, the duration in seconds and a random
generator. It returns the scene as a function of time, from 0 to the duration, or None when the
scene has no room for the motion.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ris_sim.sampling.descriptions import Description
from ris_sim.sampling.placement import is_free, within
from ris_sim.sampling.scenes import make_object
from ris_sim.scene import Camera, Daylight, Scene, SceneObject

Motion = Callable[[float], Scene]
Kind = Callable[[Scene, int, float, np.random.Generator], Motion | None]
# Metres per second on the table; a hand moves objects about that fast.
SPEED = (.06, .14)
# Metres of the table that are used, and places along a way that must be free.
REACH = .36
STEPS = 12
ATTEMPTS = 60
# Where the passing object is carried, as a share of the way from the camera to the target.
HELD_AT = .55
# How far the camera drives until the target has left the image, in widths of the image there.
AWAY = .68
# Radians that a pan sways, and metres that a hand-held camera wanders.
SWAY = .09
WANDER = .03
# Share of the light that is left when it is dimmed.
DIMMED = .55


def still(scene: Scene, index: int, duration: float,
          rng: np.random.Generator) -> Motion:
    """Move nothing; only the sensors' noise is new each time."""
    return lambda time: scene


def moving_object(scene: Scene, index: int, duration: float,
                  rng: np.random.Generator) -> Motion | None:
    """Push the target over the table, turning it a little, from a rest to a rest."""
    return slide(scene, index, duration, rng)


def other_moves(scene: Scene, index: int, duration: float,
                rng: np.random.Generator) -> Motion | None:
    """Push another object over the table while the target stands still."""
    others = [i for i in movable(scene) if i != index]
    return slide(scene, int(rng.choice(others)), duration, rng) if others else None


def panning(scene: Scene, index: int, duration: float,
            rng: np.random.Generator) -> Motion:
    """Let the camera sway to one side and back."""
    way = float(rng.choice([-1, 1]))
    return lambda time: replace(scene, camera=turned(
        scene.camera, yaw=way * SWAY * np.sin(np.pi * time / duration)))


def light_change(scene: Scene, index: int, duration: float,
                 rng: np.random.Generator) -> Motion:
    """Dim the sun, and then switch off a lamp or some of the ambient light."""
    def at(time: float) -> Scene:
        cloud = 1 - (1 - DIMMED) * eased(time / duration)
        out = time > .6 * duration
        ambient = scene.light.ambient * (1 if scene.lamps or not out else .8)
        light: Daylight = replace(
            scene.light, intensity=scene.light.intensity * cloud, ambient=ambient)
        return replace(scene, light=light, lamps=scene.lamps[1:] if out else scene.lamps)
    return at


def handheld(scene: Scene, index: int, duration: float,
             rng: np.random.Generator) -> Motion | None:
    """Push the target while the camera wanders as in a hand."""
    move, wander = slide(scene, index, duration, rng), wandering(scene.camera, duration, rng)
    return move and (lambda time: replace(move(time), camera=wander(time)))


def occlusion(scene: Scene, index: int, duration: float,
              rng: np.random.Generator) -> Motion:
    """Carry an object past between camera and target, so that it hides the target for a while."""
    return passing(scene, index, duration, rng)


def moved_behind(scene: Scene, index: int, duration: float,
                 rng: np.random.Generator) -> Motion | None:
    """Push the target to another place while an object is carried past in front of it."""
    move = slide(scene, index, duration, rng)
    hiding = passing(scene, index, duration, rng)
    return move and (lambda time: with_object(
        hiding(time), index, move(np.clip(3 * time - duration, 0, duration)).objects[index]))


def hidden_beside_twin(scene: Scene, index: int, duration: float,
                       rng: np.random.Generator) -> Motion | None:
    """Hide the target for a while; its twin stands visible on the same table."""
    scene = with_twin(scene, index, rng)
    return None if scene is None else passing(scene, index, duration, rng)


def twin_passes(scene: Scene, index: int, duration: float,
                rng: np.random.Generator) -> Motion | None:
    """Push a twin of the target over the table while the target stands still."""
    scene = with_twin(scene, index, rng)
    return None if scene is None else slide(scene, len(scene.objects) - 1, duration, rng)


def leaving(scene: Scene, index: int, duration: float,
            rng: np.random.Generator) -> Motion:
    """Drive the camera aside until the target is out of the picture, and back again."""
    x, _, z = scene.camera.to_optical(np.array([scene.objects[index].position]))[0]
    width = 2 * z * np.tan(scene.camera.horizontal_fov / 2)
    # The target leaves by the nearer side of the image.
    way = np.copysign(AWAY * width, -x) * scene.camera.rotation[:, 0]
    return lambda time: replace(scene, camera=turned(
        scene.camera, shift=.5 * way * (1 - np.cos(2 * np.pi * time / duration))))


def leaving_beside_twin(scene: Scene, index: int, duration: float,
                        rng: np.random.Generator) -> Motion | None:
    """Drive the camera away from the target and back; its twin stands on the same table."""
    scene = with_twin(scene, index, rng)
    return None if scene is None else leaving(scene, index, duration, rng)


KINDS: dict[str, Kind] = {
    made.__name__: made for made in (
        still, moving_object, other_moves, panning, light_change, handheld, occlusion,
        moved_behind, hidden_beside_twin, twin_passes, leaving, leaving_beside_twin)}


def eased(share: float) -> float:
    """Ease in and out: 0 at a share of 0 or less, 1 at 1 or more, and smooth between."""
    share = float(np.clip(share, 0, 1))
    return share * share * (3 - 2 * share)


def movable(scene: Scene) -> list[int]:
    """Return the indices of objects that stand on the table and carry nothing."""
    carrying = {thing.support for thing in scene.objects}
    return [i for i, thing in enumerate(scene.objects)
            if thing.support is None and thing.name not in carrying]


def slide(scene: Scene, index: int, duration: float,
          rng: np.random.Generator) -> Motion | None:
    """Push one object along a free way, at rest at both ends; None when no way is free."""
    thing = scene.objects[index]
    others = [other for i, other in enumerate(scene.objects) if i != index]
    turn = float(rng.uniform(-.6, .6))
    start = np.array(thing.position)
    for _ in range(ATTEMPTS):
        angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(*SPEED) * duration
        way = far * np.array([np.cos(angle), np.sin(angle), 0.0])
        steps = [placed(thing, start + share * way, share * turn)
                 for share in np.linspace(0, 1, STEPS)[1:]]
        if all(within(step, REACH) and is_free(step, others) for step in steps):
            break
    else:
        return None

    def at(time: float) -> Scene:
        share = eased((time / duration - .1) / .8)
        return with_object(scene, index, placed(thing, start + share * way, share * turn))
    return at


def placed(thing: SceneObject, position: np.ndarray, turn: float) -> SceneObject:
    """Put an object at another (3,) position, turned by radians."""
    return replace(thing, position=tuple(float(v) for v in position), yaw=thing.yaw + turn)


def turned(camera: Camera, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0,
           shift: np.ndarray | tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Camera:
    """Turn a camera by radians and shift it by (3,) metres."""
    return replace(camera, position=tuple((np.array(camera.position) + shift).tolist()),
                   yaw=camera.yaw + float(yaw), pitch=camera.pitch + float(pitch),
                   roll=camera.roll + float(roll))


def wandering(camera: Camera, duration: float,
              rng: np.random.Generator) -> Callable[[float], Camera]:
    """Let a camera sway in position and angle, starting at its own pose."""
    phases, rates = rng.uniform(0, 2 * np.pi, 6), rng.uniform(.3, .9, 6)
    sizes = np.array([WANDER] * 3 + [SWAY / 2, SWAY / 3, SWAY / 3])

    def at(time: float) -> Camera:
        waves = sizes * (np.sin(2 * np.pi * rates * time + phases) - np.sin(phases))
        return turned(camera, waves[3], waves[4], waves[5], waves[:3])
    return at


def with_object(scene: Scene, index: int, thing: SceneObject) -> Scene:
    """Replace one object of a scene."""
    return replace(scene, objects=(*scene.objects[:index], thing, *scene.objects[index + 1:]))


def with_twin(scene: Scene, index: int, rng: np.random.Generator) -> Scene | None:
    """Add an identical object to a scene; None when there is no room."""
    thing = scene.objects[index]
    start = np.array([*thing.position[:2], 0.0])
    for _ in range(20 * ATTEMPTS):
        away = rng.uniform(-1.1 * REACH, 1.1 * REACH, 2)
        twin = placed(replace(thing, name=f'{thing.name}_twin', support=None, contained=False),
                      np.array([*away, 0.0]), 0.0)
        apart = np.linalg.norm(np.array(twin.position) - start)
        if apart < .45 and within(twin, .9 * REACH) and is_free(twin, scene.objects):
            return replace(scene, objects=(*scene.objects, twin))
    return None


def passing(scene: Scene, index: int, duration: float, rng: np.random.Generator) -> Motion:
    """Add an object that is carried past, and hides a given object at half time."""
    thing = scene.objects[index]
    camera = np.array(scene.camera.position)
    top = np.add(thing.position, [0, 0, thing.extents[2] / 2])
    middle = camera + HELD_AT * (top - camera)
    side = scene.camera.rotation[:, 0] * float(rng.choice([-1, 1]))
    passer = make_object(Description('cube', 'gray', 'plain', 'large'), 99, 'test', rng)
    # Seen from the camera, it covers the whole object.
    wide = 1.3 * HELD_AT * max(thing.extents)
    scale = passer.scale * float(np.clip(wide / max(passer.extents), .5, 2.5))
    extents = tuple(edge * scale / passer.scale for edge in passer.extents)
    passer = replace(passer, name='passer', scale=scale, extents=extents,
                     yaw=float(scene.camera.yaw))
    far = HELD_AT * 2 * np.tan(scene.camera.horizontal_fov / 2) * np.linalg.norm(top - camera)
    number = len(scene.objects)

    def at(time: float) -> Scene:
        share = 2 * time / duration - 1
        place = middle + .75 * far * share * side - [0, 0, extents[2] / 2]
        return with_object(whole, number, placed(passer, place, 0.0))
    whole = replace(scene, objects=(*scene.objects, passer))
    return at
