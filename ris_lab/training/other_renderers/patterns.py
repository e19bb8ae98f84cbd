# SPDX-License-Identifier: Apache-2.0
"""Patterns as pictures, for renderers that have no procedural textures."""
from __future__ import annotations

import numpy as np

PERIODS = 8


def pattern(kind: str, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return (size, size) mixing factors from 0 to 1 of a pattern that repeats seamlessly.

    The picture shows 8 periods of the pattern, bands along its rows.
    """
    across, along = np.mgrid[:size, :size] * PERIODS / size
    if kind == 'plain':
        return np.zeros((size, size))
    if kind == 'stripes':
        return (abs(across % 1 - .5) < .25).astype(float)
    if kind == 'checker':
        return .75 * ((across % 2 < 1) ^ (along % 2 < 1))
    if kind == 'wood':
        return .5 + .5 * np.sin(2 * np.pi * (across + 1.2 * cloud(size, 3, 1, rng)))
    if kind == 'gingham':
        return ((across % 2 < 1).astype(float) + (along % 2 < 1)) / 2
    if kind in ('tiles', 'bricks'):
        width, shift = (2, 0) if kind == 'tiles' else (4, 2)
        row = np.floor(across / 2).astype(int)
        column = np.floor((along + shift * (row % 2)) / width).astype(int) % (PERIODS // width)
        tone = rng.random((PERIODS // 2, PERIODS // width))[row, column]
        grout = (across % 2 < .1) | ((along + shift * (row % 2)) % width < .1)
        return np.where(grout, 1, .6 * tone)
    if kind == 'planks':
        board = np.floor(across / 2).astype(int)
        tone = rng.random(PERIODS // 2)[board]
        grain = .5 + .5 * np.sin(2 * np.pi * (2 * across + 1.2 * cloud(size, 4, 1, rng)))
        return np.where(across % 2 < .06, 1, .6 * tone + .3 * grain)
    finest = 64 if kind in ('speckle', 'weave') else PERIODS
    mixed = cloud(size, finest, finest, rng)
    return np.clip((mixed - .3) / .4, 0, 1)


def cloud(size: int, across: int, along: int, rng: np.random.Generator) -> np.ndarray:
    """Return (size, size) seamless noise from 0 to 1 with the given number of cells each way."""
    spectrum = np.fft.fft2(rng.standard_normal((size, size)))
    v, u = np.meshgrid(np.fft.fftfreq(size, 1 / size), np.fft.fftfreq(size, 1 / size),
                       indexing='ij')
    spectrum *= np.exp(-(v / across) ** 2 - (u / along) ** 2)
    smooth = np.fft.ifft2(spectrum).real
    low, high = np.percentile(smooth, [1, 99])
    return np.clip((smooth - low) / (high - low), 0, 1)
