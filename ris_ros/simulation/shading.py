"""From hits to linear light: sun and lamps, light of the room, highlights, reflections."""
from __future__ import annotations

import numpy as np

from ris_ros.frame import CameraModel
from ris_ros.simulation.lighting import OFFSET, lamplight, openness, sunlight
from ris_ros.simulation.raycast import Hits, World
from ris_ros.simulation.scene import Scene
from ris_ros.simulation.textures import albedo

# Surfaces with less gloss mirror nothing that one would see.
MATT = .2
# Brushed metal blurs what it mirrors; so much of it is clear at full gloss.
CLEAREST = np.float32(.75)
# How far metal mirrors things; beyond, it mirrors the room's general light.
MIRRORED_REACH = np.float32(1.5)


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
    view /= np.sqrt(np.einsum('ij,ij->i', view, view))[:, None]
    points = origins[index] + directions[index] * hits.distance[index, None]
    normal, local = surface_frame(world, triangle, u, v, points)
    facing = np.einsum('ij,ij->i', normal, view)
    # Open vessels show their inner side; a normal that looks away belongs to that side.
    normal *= np.where(facing < 0, np.float32(-1), np.float32(1))[:, None]
    facing = np.abs(facing)
    normals[index] = normal
    footprint = hits.distance[index] / np.float32(model.fx) / np.maximum(facing, .1)
    base, metallic, roughness = materials(world, triangle, local, footprint)
    colour[index] = reflect(scene, world, points, normal, view, facing, base, metallic, roughness,
                            index, world.label[triangle], shape)
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
    mine = np.flatnonzero(world.surface[triangle] > 1)
    some, u, v = triangle[mine], u[mine], v[mine]
    curved = interpolate(world.corner_normals, some, u, v)
    normal[mine] = curved / np.sqrt(np.einsum('ij,ij->i', curved, curved))[:, None]
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


def reflect(scene: Scene, world: World, points: np.ndarray, normal: np.ndarray, view: np.ndarray,
            facing: np.ndarray, base: np.ndarray, metallic: np.ndarray, roughness: np.ndarray,
            index: np.ndarray, labels: np.ndarray,
            shape: tuple[int, int] | None) -> np.ndarray:
    """Add up diffuse light, highlights of sun and lamps and the mirrored surroundings, (N, 3)."""
    sky, ground = surroundings(scene)
    space = np.float32(.15) + np.float32(.85) * openness(
        world.blockers, points, normal, labels, index, shape)
    level = (normal[:, 2] + 1) * (np.float32(scene.light.ambient / 2) * space)
    gloss = 1 - roughness
    shine = np.float32(8) + 130 * gloss ** 2
    # A column for each source of light, so that colours come in by one product at the end.
    sources, colours = [scene.light.ambient * space - level, level], [ground, sky]
    highlights, powers = [], []
    for lit, power, along, across in incoming(scene, world, points, normal, view, index, shape):
        sources.append(lit * along)
        highlights.append(sources[-1] * highlight(along, across, facing, shine))
        colours.append(power)
        powers.append(power)
    diffuse = np.stack(sources, axis=1) @ np.float32(colours)
    metallic = metallic[:, None]
    specular = np.float32(.04) * (1 - metallic) + base * metallic
    colour = base * diffuse * (1 - np.float32(.8) * metallic)
    colour += specular * (np.stack(highlights, axis=1) @ np.float32(powers))
    glossy = np.flatnonzero((gloss > MATT) | (metallic[:, 0] > 0))
    colour[glossy] += reflection(
        scene, world, points[glossy], normal[glossy], view[glossy], facing[glossy],
        specular[glossy], metallic[glossy], gloss[glossy]) * space[glossy, None]
    return colour


def highlight(along: np.ndarray, across: np.ndarray, facing: np.ndarray,
              shine: np.ndarray) -> np.ndarray:
    """Blinn's highlight, (N,), relative to the light that arrives.

    along: cosine of normal and light.  across: cosine of view and light.
    """
    half = (along + facing) / np.sqrt(np.maximum(2 + 2 * across, 1e-6))
    peak = np.zeros_like(half)
    near = np.flatnonzero((half > .55) & (along > 0))
    sharp = shine[near]
    peak[near] = np.minimum(half[near], 1) ** sharp * (sharp + 8) / 25
    return peak


def incoming(scene: Scene, world: World, points: np.ndarray, normal: np.ndarray,
             view: np.ndarray, index: np.ndarray, shape: tuple[int, int] | None):
    """Yield for each light: strength at the points (N,), colour (3,), two cosines (N,).

    The cosines are those between light and normal, 0 where the light is behind, and between
    light and view.
    """
    towards = np.float32(scene.light.direction)
    yield (sunlight(scene.light, world.blockers, points, normal, index, shape),
           np.float32(scene.light.colour) * np.float32(scene.light.intensity),
           np.maximum(normal @ towards, 0), view @ towards)
    for lamp in scene.lamps:
        towards, strength = lamplight(lamp, world.blockers, points, normal, index, shape)
        yield (strength, np.float32(lamp.colour),
               np.maximum(np.einsum('ij,ij->i', normal, towards), 0),
               np.einsum('ij,ij->i', view, towards))


def reflection(scene: Scene, world: World, points: np.ndarray, normal: np.ndarray,
               view: np.ndarray, facing: np.ndarray, specular: np.ndarray,
               metallic: np.ndarray, gloss: np.ndarray) -> np.ndarray:
    """Return the surroundings as gloss and metal mirror them, (N, 3)."""
    gloss = gloss[:, None]
    mirrored = 2 * facing[:, None] * normal - view
    fresnel = ((1 - facing) ** 5)[:, None] * gloss * np.float32(.4)
    seen = environment(mirrored, *surroundings(scene))
    metal = np.flatnonzero(metallic[:, 0] > .5)
    if len(metal):
        clear = mirror(scene, world, points[metal] + normal[metal] * OFFSET, mirrored[metal],
                       seen[metal])
        seen[metal] += CLEAREST * gloss[metal] * (clear - seen[metal])
    strength = np.float32(.25) * gloss * (1 - metallic) + np.float32(1.1) * metallic
    return seen * (specular * (1 - fresnel) + fresnel) * strength


def mirror(scene: Scene, world: World, origins: np.ndarray, directions: np.ndarray,
           beyond: np.ndarray) -> np.ndarray:
    """Return what metal mirrors, (N, 3): near things in plain light, else what is beyond."""
    directions = np.ascontiguousarray(directions)
    hits = world.cast(np.ascontiguousarray(origins), directions)
    near = np.flatnonzero(hits.hit & (hits.distance < MIRRORED_REACH))
    if not len(near):
        return beyond
    triangle = hits.primitive[near]
    points = origins[near] + directions[near] * hits.distance[near, None]
    normal, local = surface_frame(world, triangle, hits.u[near, None], hits.v[near, None], points)
    base, _, _ = materials(world, triangle, local, hits.distance[near] * np.float32(.01))
    sun = np.float32(scene.light.intensity) * np.maximum(
        normal @ np.float32(scene.light.direction), 0)
    seen = beyond.copy()
    seen[near] = base * (np.float32(scene.light.ambient) * np.float32(.8) + sun * np.float32(.6)
                         )[:, None]
    return seen


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
