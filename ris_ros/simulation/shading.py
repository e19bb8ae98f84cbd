"""From hits to linear light: sun with a soft shadow, sky light, highlights, reflections."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.frame import CameraModel
from ris_ros.simulation.raycast import Hits, World
from ris_ros.simulation.scene import Scene
from ris_ros.simulation.textures import albedo

SHADOW_RAYS = 6
EDGE_WIDTH = 9
OFFSET = np.float32(4e-4)


def shade(scene: Scene, world: World, model: CameraModel, origins: np.ndarray,
          directions: np.ndarray, hits: Hits,
          shape: tuple[int, int] | None) -> tuple[np.ndarray, np.ndarray]:
    """Return linear RGB and normals, (N, 3) float32 each, of rays that were cast.

    shape: (H, W) when the rays are the pixels of an image; shadows are then soft. Without it
    one shadow ray per hit is cast.
    """
    colour = np.tile(np.float32(scene.table.wall) ** np.float32(2.2), (len(directions), 1))
    normals = np.zeros_like(colour)
    index = np.flatnonzero(hits.hit)
    if not len(index):
        return colour, normals
    triangle = hits.primitive[index]
    u, v = hits.u[index, None], hits.v[index, None]
    view = -directions[index]
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    points = origins[index] + directions[index] * hits.distance[index, None]
    normal, local = surface_frame(world, triangle, u, v, points)
    facing = np.einsum('ij,ij->i', normal, view)
    # Open vessels show their inner side; a normal that looks away belongs to that side.
    normal *= np.where(facing < 0, np.float32(-1), np.float32(1))[:, None]
    facing = np.abs(facing)
    normals[index] = normal
    footprint = hits.distance[index] / np.float32(model.fx) / np.maximum(facing, .1)
    base, metallic, roughness = materials(world, triangle, local, footprint)
    sun = sunlight(scene, world, points, normal, index, shape)
    colour[index] = reflect(scene, normal, view, facing, base, metallic, roughness, sun)
    return colour, normals


def interpolate(corners: np.ndarray, triangle: np.ndarray, u: np.ndarray,
                v: np.ndarray) -> np.ndarray:
    """Blend (T, 3, 3) corner values at barycentric coordinates."""
    a, b, c = corners.take(triangle, axis=0).transpose(1, 0, 2)
    return (1 - u - v) * a + u * b + v * c


def surface_frame(world: World, triangle: np.ndarray, u: np.ndarray, v: np.ndarray,
                  points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return unit normals and texture coordinates, (N, 3) each, of hits at world points."""
    # Table and floor, most of the picture, are flat and textured in world coordinates.
    normal, local = world.corner_normals[:, 0].take(triangle, axis=0), points.copy()
    mine = np.flatnonzero(world.label[triangle])
    some, u, v = triangle[mine], u[mine], v[mine]
    curved = interpolate(world.corner_normals, some, u, v)
    normal[mine] = curved / np.linalg.norm(curved, axis=1, keepdims=True)
    local[mine] = interpolate(world.corner_locals, some, u, v)
    return normal, local


def materials(world: World, triangle: np.ndarray, local: np.ndarray,
              footprint: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return base colour (N, 3), metallic (N,) and roughness (N,) of each hit."""
    which = world.surface[triangle]
    base = np.empty((len(which), 3), np.float32)
    for number in np.unique(which):
        mine = np.flatnonzero(which == number)
        base[mine] = albedo(world.surfaces[number], local[mine], footprint[mine])
    metallic = np.float32([surface.metallic for surface in world.surfaces])[which]
    roughness = np.float32([surface.roughness for surface in world.surfaces])[which]
    return base, metallic, roughness


def sunlight(scene: Scene, world: World, points: np.ndarray, normals: np.ndarray,
             index: np.ndarray, shape: tuple[int, int] | None) -> np.ndarray:
    """Return the share of the sun, 0 to 1, that each point sees."""
    towards = np.float32(scene.light.direction)
    lit = normals @ towards > 0
    start = points + normals * OFFSET
    free = np.zeros(len(points), np.float32)
    free[lit] = ~world.occluded(start[lit], np.tile(towards, (int(lit.sum()), 1)))
    if shape is None:
        return free
    picture = np.ones(shape, np.uint8).ravel()
    picture[index] = free > 0
    picture = picture.reshape(shape)
    kernel = np.ones((EDGE_WIDTH, EDGE_WIDTH), np.uint8)
    border = (cv2.dilate(picture, kernel) != cv2.erode(picture, kernel)).ravel()[index] & lit
    again = np.flatnonzero(border)
    if len(again):
        free[again] = soft_share(world, start[again], towards, scene.light.softness)
    return free


def soft_share(world: World, start: np.ndarray, towards: np.ndarray,
               softness: float) -> np.ndarray:
    """Return the share of a sun disc of the given angular radius that (N, 3) points see."""
    rng = np.random.default_rng(7)
    side = np.cross(towards, [0, 0, 1] if abs(towards[2]) < .9 else [1, 0, 0])
    side /= np.linalg.norm(side)
    disc = np.float32([side, np.cross(towards, side)])
    turn = rng.random(len(start), dtype=np.float32)
    total = np.zeros(len(start), np.float32)
    for i in range(SHADOW_RAYS):
        angle = np.float32(2 * np.pi) * (turn + np.float32(i * .618))
        radius = np.float32(softness * np.sqrt((i + .5) / SHADOW_RAYS))
        jitter = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius
        total += ~world.occluded(start, np.ascontiguousarray(towards + jitter @ disc))
    return total / SHADOW_RAYS


def reflect(scene: Scene, normal: np.ndarray, view: np.ndarray, facing: np.ndarray,
            base: np.ndarray, metallic: np.ndarray, roughness: np.ndarray,
            sun: np.ndarray) -> np.ndarray:
    """Add up diffuse light, the sun's highlight and the mirrored surroundings, (N, 3)."""
    light = scene.light
    towards = np.float32(light.direction)
    power = np.float32(light.colour) * np.float32(light.intensity)
    sky, ground = surroundings(scene)
    cosine = np.maximum(normal @ towards, 0) * sun
    level = (normal[:, 2:] + 1) / 2
    ambient = (ground * (1 - level) + sky * level) * np.float32(light.ambient)
    metallic, gloss = metallic[:, None], (1 - roughness)[:, None]
    colour = base * (ambient + power * cosine[:, None]) * (1 - np.float32(.8) * metallic)
    half = towards + view
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    shine = np.float32(8) + 130 * gloss[:, 0] ** 2
    peak = np.maximum(np.einsum('ij,ij->i', normal, half), 0) ** shine
    specular = np.float32(.04) * (1 - metallic) + base * metallic
    colour += specular * power * (peak * (shine + 8) / 25 * cosine)[:, None]
    mirrored = 2 * facing[:, None] * normal - view
    grazing = np.square(np.square(1 - facing)) * (1 - facing)
    fresnel = grazing[:, None] * gloss * np.float32(.4)
    seen = environment(mirrored, sky, ground)
    strength = (np.float32(.25) * gloss * (1 - metallic) + np.float32(1.1) * metallic)
    return colour + seen * (specular * (1 - fresnel) + fresnel) * strength


def surroundings(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Return the linear colour that comes from above and from below."""
    sky = np.float32(scene.table.wall) ** np.float32(2.2) * np.float32(.6) + np.float32(.5)
    ground = np.float32(scene.table.surface.colour) ** np.float32(2.2) * np.float32(.7)
    return sky, ground


def environment(direction: np.ndarray, sky: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """Return what a mirror sees in (N, 3) directions: floor, room and a bright window."""
    height = direction[:, 2] + np.float32(.15) * np.sin(5 * direction[:, 0])
    t = np.clip((height + .25) / .6, 0, 1)
    t = (t * t * (3 - 2 * t))[:, None]
    window = np.clip(1 - np.abs(direction[:, 0] + .5) / .35, 0, 1)
    window = window * np.clip(1 - np.abs(direction[:, 2] - .55) / .35, 0, 1)
    return ground * (1 - t) + sky * t + window[:, None]


def to_srgb(linear: np.ndarray) -> np.ndarray:
    """Encode linear light as uint8 sRGB."""
    table = np.rint(255 * (np.arange(4097) / 4096) ** (1 / 2.2)).astype(np.uint8)
    return table[(np.clip(linear, 0, 1) * 4096).astype(np.int32)]
