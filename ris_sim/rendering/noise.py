# SPDX-License-Identifier: Apache-2.0
"""Noise and waves from which textures are made, evaluated at points."""
from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.ndimage import map_coordinates

NOISE_SIZE = 64


@lru_cache(maxsize=1)
def noise_volume() -> np.ndarray:
    """Draw (64, 64, 64) float32 white noise, between whose cells noise interpolates."""
    return np.random.default_rng(20).random((NOISE_SIZE,) * 3, dtype=np.float32)


def noise(points: np.ndarray) -> np.ndarray:
    """Compute value noise, 0 to 1, at (N, 3) points; a cell is one unit long."""
    cell = np.floor(points)
    f = points - cell
    smooth = (cell + f * f * (3 - 2 * f)).T
    return map_coordinates(noise_volume(), smooth, order=1, mode='grid-wrap', prefilter=False)


def fractal(points: np.ndarray, octaves: int = 3) -> np.ndarray:
    """Add noise of rising frequencies, 0 to 1."""
    total = sum(.5 ** i * noise(points * np.float32(2.1 ** i) + np.float32(7.3 * i))
                for i in range(octaves))
    return total / np.float32(2 - .5 ** (octaves - 1))


def square_wave(phase: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Compute a square wave of period 1 between 0 and 1, blurred by the pixel's footprint."""
    distance = np.abs(phase - np.floor(phase) - .5) - .25
    return np.clip(.5 - distance / np.maximum(footprint, 1e-4), 0, 1)


def joints(points: np.ndarray, footprint: np.ndarray, width: float) -> np.ndarray:
    """Draw blurred lines, of a half width, at whole numbers of x and y."""
    distance = np.abs(points[:, :2] - np.round(points[:, :2])).min(axis=1)
    return np.clip(.5 + (width - distance) / np.maximum(2 * footprint, 1e-4), 0, 1)
