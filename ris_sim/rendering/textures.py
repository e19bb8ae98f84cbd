# SPDX-License-Identifier: Apache-2.0
"""Procedural colour patterns, evaluated at points in an object's own coordinates."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ris_sim.rendering.noise import fractal, joints, noise, square_wave
from ris_sim.rendering.room_textures import ROOM_TEXTURES
from ris_sim.scene import Material


def plain(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw no pattern."""
    return np.zeros(len(points), np.float32)


def cloudy(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw soft clouds."""
    return np.clip((fractal(points) - .35) / .3, 0, 1)


def speckle(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw the fine grain of stone."""
    fine = noise(points * np.float32(13))
    return np.clip((.6 * fine + .4 * fractal(points * np.float32(5), 2) - .3) / .4, 0, 1) * .7


def wood(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw wood along x, with wandering rings and fine fibres."""
    grain = noise(points * np.float32([.12, .9, .9]))
    rings = .5 + .5 * np.sin(18 * grain + 1.5 * points[:, 1])
    fibre = noise(points * np.float32([1.2, 14, 14]))
    return np.clip(.65 * rings ** 2 + .35 * fibre, 0, 1)


def planks(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw boards along x, each of its own tone, with joints between."""
    row = np.floor(points[:, 1] / 2)
    shift = np.stack([row * 3.7, row * 5.1, row * 1.3], axis=1).astype(np.float32)
    tone = noise(np.floor(shift) + .5)
    joint = np.abs(points[:, 1] / 2 - row - .5) > .485
    return np.clip(.55 * wood(points + shift, footprint) + .45 * tone + joint, 0, 1)


def checker(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw chequered squares in x and y."""
    a = square_wave(points[:, 0] / 2, footprint)
    b = square_wave(points[:, 1] / 2, footprint)
    return (a + b - 2 * a * b) * .75


def table_stripes(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw stripes across z on an object, and across y on a level surface."""
    level = np.ptp(points[:, 2]) < 1e-3
    return square_wave(points[:, 1 if level else 2], footprint)


def gingham(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw the check of a table cloth: bands in x and y, darkest where they cross."""
    return (square_wave(points[:, 0] / 2, footprint) + square_wave(points[:, 1] / 2, footprint)) / 2


def tiles(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw square tiles, each of a slightly different tone, with grout between."""
    cell = np.floor(points / 2)
    tone = noise(np.stack([cell[:, 0] * 3.7, cell[:, 1] * 5.1, np.zeros(len(cell))],
                          axis=1).astype(np.float32) + np.float32(.5))
    return np.clip(.5 * tone + joints(points / 2, footprint / 2, .02), 0, 1)


def bricks(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw courses of bricks, every other one shifted, with mortar between."""
    course = np.floor(points[:, 1])
    x = points[:, 0] / 2.6 + .5 * (course % 2)
    tone = noise(np.stack([np.floor(x) * 3.7, course * 5.1, np.zeros(len(x))],
                          axis=1).astype(np.float32) + np.float32(.5))
    laid = np.stack([x * 2.6, points[:, 1]], axis=1)
    return np.clip(.6 * tone + joints(laid / [2.6, 1], footprint, .05), 0, 1)


def marble(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw stone with thin veins."""
    slow = points * np.float32(.35)
    veins = np.abs(np.sin(slow[:, 0] + .6 * slow[:, 1] + 7 * fractal(slow, 4)))
    depth = np.clip(2.2 * noise(slow + np.float32(31.7)) - .6, 0, 1)
    return np.clip(.8 * depth * (1 - veins) ** 7 + .3 * fractal(points * np.float32(.8)), 0, 1)


def weave(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw coarse cloth, whose threads fade when a pixel is wider than they are."""
    turn = np.float32(10 * np.pi)
    threads = np.sin(turn * points[:, 0]) * np.sin(turn * points[:, 1])
    fade = np.clip(1.5 - 20 * footprint, 0, 1)
    return np.clip(.4 + .25 * threads * fade + .35 * (fractal(points, 2) - .5), 0, 1)


def scratched(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw the fine scratches of brushed metal, around z and along x."""
    return np.clip(.2 + .6 * noise(points * np.float32([.15, .6, 9])), 0, 1)


TEXTURES: dict[str, Callable] = {
    'plain': plain, 'noise': cloudy, 'speckle': speckle, 'wood': wood, 'planks': planks,
    'checker': checker, 'stripes': table_stripes, 'gingham': gingham, 'tiles': tiles,
    'bricks': bricks, 'marble': marble, 'weave': weave, 'scratched': scratched, **ROOM_TEXTURES}


def albedo(surface: Material, points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Compute the colour of a surface.

    Args:
        surface: the material.
        points: (N, 3) texture coordinates in metres.
        footprint: (N,) width of a pixel on the surface in metres.

    Returns:
        (N, 3) float32 linear RGB.
    """
    first, second = (np.float32(c) ** np.float32(2.2) for c in (surface.colour, surface.second))
    if surface.texture == 'plain':
        return np.broadcast_to(first, (len(points), 3))
    scaled = (points * np.float32(surface.scale)
              + np.float32([surface.seed, surface.seed * .7, surface.seed * .3]))
    mix = TEXTURES[surface.texture](scaled, footprint * np.float32(surface.scale))
    mix = mix.astype(np.float32)[:, None]
    return first + mix * (second - first)
