"""Procedural colour patterns, evaluated at points in an object's own coordinates."""
from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.ndimage import map_coordinates

from ris_ros.simulation.scene import Surface

NOISE_SIZE = 64


@lru_cache(maxsize=1)
def noise_volume() -> np.ndarray:
    """Return (64, 64, 64) float32 white noise; interpolation between its cells is the texture."""
    return np.random.default_rng(20).random((NOISE_SIZE,) * 3, dtype=np.float32)


def noise(points: np.ndarray) -> np.ndarray:
    """Value noise, 0 to 1, of (N, 3) points with one cell per unit."""
    cell = np.floor(points)
    f = points - cell
    smooth = (cell + f * f * (3 - 2 * f)).T
    return map_coordinates(noise_volume(), smooth, order=1, mode='grid-wrap', prefilter=False)


def fractal(points: np.ndarray, octaves: int = 3) -> np.ndarray:
    """Sum of noises of rising frequency, 0 to 1."""
    total = sum(.5 ** i * noise(points * np.float32(2.1 ** i) + np.float32(7.3 * i))
                for i in range(octaves))
    return total / np.float32(2 - .5 ** (octaves - 1))


def square_wave(phase: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Wave of period 1 between 0 and 1, blurred by the pixel's footprint against aliasing."""
    distance = np.abs(phase - np.floor(phase) - .5) - .25
    return np.clip(.5 - distance / np.maximum(footprint, 1e-4), 0, 1)


def plain(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """No pattern."""
    return np.zeros(len(points), np.float32)


def cloudy(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Soft clouds."""
    return np.clip((fractal(points) - .35) / .3, 0, 1)


def speckle(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Stone: fine grain."""
    fine = noise(points * np.float32(13))
    return np.clip((.6 * fine + .4 * fractal(points * np.float32(5), 2) - .3) / .4, 0, 1) * .7


def wood(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Grain along x: rings that wander, and fine fibres."""
    grain = noise(points * np.float32([.12, .9, .9]))
    rings = .5 + .5 * np.sin(18 * grain + 1.5 * points[:, 1])
    fibre = noise(points * np.float32([1.2, 14, 14]))
    return np.clip(.65 * rings ** 2 + .35 * fibre, 0, 1)


def planks(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Boards along x, each of its own tone, with joints between."""
    row = np.floor(points[:, 1] / 2)
    shift = np.stack([row * 3.7, row * 5.1, row * 1.3], axis=1).astype(np.float32)
    tone = noise(np.floor(shift) + .5)
    joint = np.abs(points[:, 1] / 2 - row - .5) > .485
    return np.clip(.55 * wood(points + shift, footprint) + .45 * tone + joint, 0, 1)


def checker(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Chequered squares in x and y."""
    a = square_wave(points[:, 0] / 2, footprint)
    b = square_wave(points[:, 1] / 2, footprint)
    return (a + b - 2 * a * b) * .75


def table_stripes(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Stripes across z on an object, across y on a level surface."""
    level = np.ptp(points[:, 2]) < 1e-3
    return square_wave(points[:, 1 if level else 2], footprint)


TEXTURES: dict[str, Callable] = {
    'plain': plain, 'noise': cloudy, 'speckle': speckle, 'wood': wood, 'planks': planks,
    'checker': checker, 'stripes': table_stripes}


def albedo(surface: Surface, points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Linear RGB (N, 3) float32 of a surface.

    points: (N, 3) in metres.  footprint: (N,) width of a pixel on the surface in metres.
    """
    first, second = (np.float32(c) ** np.float32(2.2) for c in (surface.colour, surface.second))
    if surface.texture == 'plain':
        return np.broadcast_to(first, (len(points), 3))
    scaled = (points * np.float32(surface.scale)
              + np.float32([surface.seed, surface.seed * .7, surface.seed * .3]))
    mix = TEXTURES[surface.texture](scaled, footprint * np.float32(surface.scale))
    mix = mix.astype(np.float32)[:, None]
    return first * (1 - mix) + second * mix
