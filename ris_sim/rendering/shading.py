# SPDX-License-Identifier: Apache-2.0
"""Shade surface points: sun, lamps, ambient light, highlights and reflections."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.frame import CameraModel
from ris_sim.rendering.lighting import OFFSET, lamplight, openness, sunlight, way_to
from ris_sim.rendering.prints import print_colour
from ris_sim.rendering.raycast import Hits, SceneTriangles
from ris_sim.rendering.surface_points import SurfacePoints, surface_frame, surface_points
from ris_sim.rendering.textures import albedo
from ris_sim.rendering.transparency import follow, passing_share, transmissions
from ris_sim.scene import Scene

# Surfaces with less gloss than this mirror nothing visible.
MATT = .2
# Brushed metal blurs its reflections; this share of them is clear at full gloss.
CLEAREST = np.float32(.75)
# Metres up to which metal mirrors objects; beyond, it mirrors the room's ambient light.
MIRRORED_REACH = np.float32(1.5)
# Exponent and greatest value of the highlight of a clear coat.
COAT_SHINE, COAT_PEAK = 420, np.float32(14)
# How much brighter the window is in a clear coat than in other reflections.
WINDOW = np.float32(7)
# Arrays of this many rows stay in the processor's cache.
CHUNK = 32768


@dataclass(frozen=True, eq=False)
class Shading:
    """The shading of rays.

    Attributes:
        colour: (N, 3) float32 linear RGB.
        normals: (N, 3) float32.
        space: (N,) float32 ambient occlusion, 0 to 1 for open.
    """

    colour: np.ndarray
    normals: np.ndarray
    space: np.ndarray


def shade(scene: Scene, world: SceneTriangles, model: CameraModel, hits: Hits,
          image: tuple[int, int] | np.ndarray) -> Shading:
    """Shade rays that were cast.

    Args:
        scene: with lights and table.
        world: the scene's triangles.
        model: intrinsics.
        hits: of the rays.
        image: (H, W) when the rays are the pixels of an image, whose shadows are soft. Otherwise
            the (N,) ambient occlusion of each ray; shadows then take one ray a point.
    """
    is_picture = isinstance(image, tuple)
    colour = np.tile(np.float32(scene.table.wall) ** np.float32(2.2), (len(hits.hit), 1))
    normals = np.zeros_like(colour)
    space = np.ones(len(colour), np.float32)
    index = np.flatnonzero(hits.hit)
    if not len(index):
        return Shading(colour, normals, space)
    spots = surface_points(world, model, hits, index)
    normals[index] = spots.normals
    shape = image if is_picture else None
    if is_picture:
        space[index] = openness(world, spots, index, image)
    else:
        space = image
    seen = [sunlight(scene.light, world.blockers, spots, index, shape),
            *(lamplight(lamp, world.blockers, spots, index, shape) for lamp in scene.lamps)]
    for start in range(0, len(index), CHUNK):
        rows = slice(start, start + CHUNK)
        colour[index[rows]] = reflect(scene, world, spots.rows(rows), space[index[rows]],
                                      [share[rows] for share in seen])
    add_what_is_behind(scene, world, model, hits, colour, spots, index)
    return Shading(colour, normals, space)


def add_what_is_behind(scene: Scene, world: SceneTriangles, model: CameraModel, hits: Hits,
                       colour: np.ndarray, spots: SurfacePoints, index: np.ndarray) -> None:
    """Add to the (R, 3) colour of rays what is seen through the transparent walls that they met.

    Args:
        scene: with lights and table.
        world: the scene's triangles.
        model: intrinsics.
        hits: of all R rays.
        colour: linear RGB, changed in place.
        spots: where (N,) of the rays met a surface.
        index: (N,) of those rays.
    """
    transmission = transmissions(world)
    if not transmission.any():
        return
    clear = np.flatnonzero(transmission[world.surface[spots.triangle]] > 0)
    if not len(clear):
        return
    wall = spots.rows(clear)
    behind, tint = follow(world, hits, index[clear], wall.normals)
    seen = shade_opaque(scene, world, model, behind)
    base, _, _ = materials(world, wall)
    share = passing_share(transmission[world.surface[wall.triangle]], wall.facing)
    colour[index[clear]] += seen * tint * base * share[:, None]


def shade_opaque(scene: Scene, world: SceneTriangles, model: CameraModel,
                 hits: Hits) -> np.ndarray:
    """Return the (N, 3) linear colours of rays with hard shadows; nothing is transparent."""
    colour = np.tile(np.float32(scene.table.wall) ** np.float32(2.2), (len(hits.hit), 1))
    index = np.flatnonzero(hits.hit)
    if len(index):
        spots = surface_points(world, model, hits, index)
        seen = [sunlight(scene.light, world.blockers, spots, index, None),
                *(lamplight(lamp, world.blockers, spots, index, None) for lamp in scene.lamps)]
        colour[index] = reflect(scene, world, spots, np.ones(len(index), np.float32), seen)
    return colour


def materials(world: SceneTriangles,
              spots: SurfacePoints) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return base colour (N, 3), metallic (N,) and roughness (N,) of each surface point."""
    which = world.surface[spots.triangle]
    base = np.empty((len(which), 3), np.float32)
    for number in np.flatnonzero(np.bincount(which)):
        mine = np.flatnonzero(which == number)
        surface = world.surfaces[number]
        if surface.print is None:
            base[mine] = albedo(surface, spots.local[mine], spots.footprint[mine])
        else:
            base[mine] = print_colour(surface.print, spots.local[mine],
                                      world.face_normals(spots.triangle[mine]),
                                      spots.footprint[mine])
    metallic = np.float32([surface.metallic for surface in world.surfaces])[which]
    roughness = np.float32([surface.roughness for surface in world.surfaces])[which]
    return base, metallic, roughness


def reflect(scene: Scene, world: SceneTriangles, spots: SurfacePoints, space: np.ndarray,
            seen: list[np.ndarray]) -> np.ndarray:
    """Add up diffuse light, highlights and reflections.

    Args:
        scene: with lights and table.
        world: the scene's triangles.
        spots: the surface points.
        space: (N,) ambient occlusion.
        seen: for the sun and each lamp, the share of it that each point sees, 0 to 1.

    Returns:
        (N, 3) linear RGB.
    """
    base, metallic, roughness = materials(world, spots)
    sky, ground = surroundings(scene)
    space = np.float32(.15) + np.float32(.85) * space
    level = (spots.normals[:, 2] + 1) * (np.float32(scene.light.ambient / 2) * space)
    gloss = 1 - roughness
    shine = np.float32(8) + 130 * gloss ** 2
    # A column for each source of light, so that one product at the end applies the colours.
    sources, colours = [scene.light.ambient * space - level, level], [ground, sky]
    highlights, powers = [], []
    for lit, power, along, across in incoming(scene, spots, seen):
        sources.append(lit * along)
        highlights.append(sources[-1] * highlight(along, across, spots.facing, shine))
        colours.append(power)
        powers.append(power)
    diffuse = np.stack(sources, axis=1) @ np.float32(colours)
    metallic = metallic[:, None]
    specular = np.float32(.04) * (1 - metallic) + base * metallic
    colour = base * diffuse * (1 - np.float32(.8) * metallic)
    finish = np.float32([(surface.transmission, surface.sheen, surface.coat)
                         for surface in world.surfaces])
    has_finish = bool(finish.any())
    if has_finish:
        finish = finish[world.surface[spots.triangle]]
        rim = finish[:, 1] * (1 - spots.facing) ** 3
        colour *= ((1 - passing_share(finish[:, 0], spots.facing)) * (1 + 2 * rim))[:, None]
    colour += specular * (np.stack(highlights, axis=1) @ np.float32(powers))
    glossy = np.flatnonzero((gloss > MATT) | (metallic[:, 0] > 0))
    if len(glossy):
        colour[glossy] += reflection(scene, world, spots.rows(glossy), specular[glossy],
                                     metallic[glossy], gloss[glossy]) * space[glossy, None]
    coated = np.flatnonzero(finish[:, 2] > 0) if has_finish else ()
    if len(coated):
        colour[coated] += finish[coated, 2:] * coat_light(scene, spots.rows(coated),
                                                          [share[coated] for share in seen],
                                                          space[coated])
    return colour


def coat_light(scene: Scene, spots: SurfacePoints, seen: list[np.ndarray],
               space: np.ndarray) -> np.ndarray:
    """Return what a clear, sharp gloss mirrors of lights, window and room, (N, 3) linear RGB.

    Args:
        scene: with lights and table.
        spots: the surface points.
        seen: for the sun and each lamp, the share of it that each point sees, 0 to 1.
        space: (N,) ambient occlusion.
    """
    shine = np.full(len(spots.facing), COAT_SHINE, np.float32)
    light = np.zeros((len(shine), 3), np.float32)
    for lit, power, along, across in incoming(scene, spots, seen):
        peak = lit * np.minimum(highlight(along, across, spots.facing, shine), COAT_PEAK)
        light += peak[:, None] * power
    mirrored = 2 * spots.facing[:, None] * spots.normals - spots.view
    fresnel = np.float32(.045) + np.float32(.6) * (1 - spots.facing) ** 5
    # A real window is much brighter than the room that it lights.
    room = environment(mirrored, *surroundings(scene)) + WINDOW * window_of(mirrored)[:, None]
    return light * np.float32(.1) + room * (fresnel * space)[:, None]


def highlight(along: np.ndarray, across: np.ndarray, facing: np.ndarray,
              shine: np.ndarray) -> np.ndarray:
    """Compute Blinn's highlight relative to the incoming light, (N,).

    Args:
        along: (N,) cosine between normal and light.
        across: (N,) cosine between view and light.
        facing: (N,) cosine between normal and view.
        shine: (N,) exponent.

    Source: Blinn, 'Models of light reflection for computer synthesized pictures', SIGGRAPH 1977.
    """
    half = (along + facing) / np.sqrt(np.maximum(2 + 2 * across, 1e-6))
    peak = np.zeros_like(half)
    near = np.flatnonzero((half > .55) & (along > 0))
    sharp = shine[near]
    peak[near] = np.minimum(half[near], 1) ** sharp * (sharp + 8) / 25
    return peak


def incoming(scene: Scene, spots: SurfacePoints, seen: list[np.ndarray]):
    """Yield for each light its strength at the points (N,), colour (3,) and two cosines (N,).

    The cosines are those between light and normal, 0 when the light is behind, and between light
    and view.
    """
    towards = np.float32(scene.light.direction)
    yield (seen[0], np.float32(scene.light.colour) * np.float32(scene.light.intensity),
           np.maximum(spots.normals @ towards, 0), spots.view @ towards)
    for lamp, share in zip(scene.lamps, seen[1:], strict=True):
        towards, distance = way_to(lamp, spots.points)
        yield (share * np.float32(lamp.intensity) / distance ** 2, np.float32(lamp.colour),
               np.maximum(np.einsum('ij,ij->i', spots.normals, towards), 0),
               np.einsum('ij,ij->i', spots.view, towards))


def reflection(scene: Scene, world: SceneTriangles, spots: SurfacePoints, specular: np.ndarray,
               metallic: np.ndarray, gloss: np.ndarray) -> np.ndarray:
    """Return the reflections of gloss and metal, (N, 3) linear RGB."""
    gloss = gloss[:, None]
    mirrored = 2 * spots.facing[:, None] * spots.normals - spots.view
    fresnel = ((1 - spots.facing) ** 5)[:, None] * gloss * np.float32(.4)
    seen = environment(mirrored, *surroundings(scene))
    metal = np.flatnonzero(metallic[:, 0] > .5)
    if len(metal):
        start = spots.points[metal] + spots.normals[metal] * OFFSET
        clear = mirror(scene, world, start, mirrored[metal], seen[metal])
        seen[metal] += CLEAREST * gloss[metal] * (clear - seen[metal])
    strength = np.float32(.25) * gloss * (1 - metallic) + np.float32(1.1) * metallic
    return seen * (specular * (1 - fresnel) + fresnel) * strength


def mirror(scene: Scene, world: SceneTriangles, origins: np.ndarray, directions: np.ndarray,
           beyond: np.ndarray) -> np.ndarray:
    """Return the reflections of metal, (N, 3): near objects in plain light, or the background."""
    directions = np.ascontiguousarray(directions)
    hits = world.cast(np.ascontiguousarray(origins), directions)
    near = np.flatnonzero(hits.hit & (hits.distance < MIRRORED_REACH))
    if not len(near):
        return beyond
    triangle, distance = hits.primitive[near], hits.distance[near]
    points = origins[near] + directions[near] * distance[:, None]
    normals, local = surface_frame(world, triangle, hits.u[near, None], hits.v[near, None], points)
    mirrored = SurfacePoints(points, normals, -directions[near], distance, triangle, local,
                             distance * np.float32(.01))
    base, _, _ = materials(world, mirrored)
    sun = np.float32(scene.light.intensity) * np.maximum(
        normals @ np.float32(scene.light.direction), 0)
    seen = beyond.copy()
    seen[near] = base * (np.float32(scene.light.ambient) * np.float32(.8) + sun * np.float32(.6)
                         )[:, None]
    return seen


def surroundings(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Return the linear colours of the ambient light from above and from below."""
    sky = np.float32(scene.table.wall) ** np.float32(2.2) * np.float32(.6) + np.float32(.5)
    ground = np.float32(scene.table.surface.colour) ** np.float32(2.2) * np.float32(.7)
    return sky * np.float32(scene.light.sky), ground * np.float32(scene.light.sky)


def environment(direction: np.ndarray, sky: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """Return what a mirror shows in (N, 3) directions: floor, room and a bright window."""
    height = direction[:, 2] + np.float32(.15) * np.sin(5 * direction[:, 0])
    t = np.clip((height + .25) / .6, 0, 1)
    t = (t * t * (3 - 2 * t))[:, None]
    return ground * (1 - t) + sky * t + window_of(direction)[:, None]


def window_of(direction: np.ndarray) -> np.ndarray:
    """Return how bright a window is in (N, 3) directions, 0 to 1."""
    window = np.clip(1 - np.abs(direction[:, 0] + .5) / .35, 0, 1)
    return window * np.clip(1 - np.abs(direction[:, 2] - .55) / .35, 0, 1)


def to_srgb(linear: np.ndarray) -> np.ndarray:
    """Encode linear light as uint8 sRGB."""
    table = np.rint(255 * (np.arange(4097) / 4096) ** (1 / 2.2)).astype(np.uint8)
    return table[(np.clip(linear, 0, 1) * 4096).astype(np.int32)]
