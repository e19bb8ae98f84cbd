# SPDX-License-Identifier: Apache-2.0
"""Patterns of table tops, floors and cloths as rooms have them; see textures for the others."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ris_sim.rendering.noise import fractal, joints, noise, square_wave


def faded(pattern: np.ndarray, footprint: np.ndarray, periods: float) -> np.ndarray:
    """Fade a fine pattern about .5 to gray where a pixel is wider than half its period."""
    share = np.clip(1.5 - 2 * footprint * np.float32(periods), 0, 1)
    return .5 + (pattern - .5) * share


def oak(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw sawn wood along x: arched rings, long pores and boards of a slightly other tone."""
    board = np.floor(points[:, 1] / 3)
    local = points + np.stack([board * 5.7, board * 0, board * 3.1], axis=1).astype(np.float32)
    bend = noise(local * np.float32([.11, .5, 1]) + np.float32(4.2))
    rings = .5 + .5 * np.sin(np.float32(9) * (local[:, 1] + 2.4 * bend))
    pores = noise(local * np.float32([.8, 22, 1]))
    fine = noise(local * np.float32([2.5, 60, 1]) + np.float32(9.1))
    tone = noise(np.stack([board * 3.7, board * 5.1, board], axis=1).astype(np.float32) + .5)
    grain = .3 * rings ** 2 + faded(.45 * pores + .25 * fine, footprint, 10)
    joint = np.clip(1 - np.abs(points[:, 1] / 3 - np.round(points[:, 1] / 3)) / .006, 0, 1)
    return np.clip(.85 * grain + .35 * (tone - .5) + .6 * joint, 0, 1)


def parquet(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw blocks of five staves, each block across its neighbours."""
    cell = np.floor(points[:, :2] / 2.5)
    across = (cell.sum(axis=1) % 2).astype(bool)
    along = np.where(across, points[:, 0], points[:, 1])
    over = np.where(across, points[:, 1], points[:, 0])
    stave = np.floor(over * 2)
    tone = noise(np.stack([stave * 3.7, cell[:, 0] * 5.1 + cell[:, 1] * 2.3, stave * 0], axis=1
                          ).astype(np.float32) + np.float32(.5))
    fibre = noise(np.stack([along, over * 14, tone * 40], axis=1).astype(np.float32))
    edge = joints(np.stack([over * 2, over * 0 + .5], axis=1), footprint * 2, .03)
    return np.clip(.6 * tone + .3 * faded(fibre, footprint, 7) + .5 * edge, 0, 1)


def carpet(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw loops of yarn with streaks of the other colour."""
    loops = noise(points * np.float32([9, 9, 1]))
    streaks = noise(points * np.float32([2.1, 11, 1]) + np.float32(3.3))
    mottled = fractal(points * np.float32(1.7), 2)
    dashes = faded(np.clip((streaks - .55) / .12, 0, 1), footprint, 5)
    return np.clip(.45 * faded(loops, footprint, 5) + .5 * dashes + .4 * (mottled - .5), 0, 1)


def terrazzo(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw chips of stone in a plain ground."""
    large = noise(points * np.float32(7)) > .7
    small = noise(points * np.float32(17) + np.float32(5.7)) > .72
    clear = np.clip(1.5 - 2 * footprint * np.float32(5), 0, 1)
    return np.clip(clear * (.9 * large + .6 * small) + .2 * (1 - clear), 0, 1)


def plaid(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw the check of a blanket: broad and narrow bands in both directions."""
    total = 0
    for axis in (0, 1):
        at = points[:, axis]
        total = total + .3 * square_wave(at / 3, footprint / 3) + .2 * (
            np.abs(at / 3 - np.round(at / 3)) < .04)
    return np.clip(total, 0, 1)


def dots(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw dots in rows, every other row shifted."""
    row = np.round(points[:, 1] * 1.4)
    x = points[:, 0] + .5 * (row % 2)
    away = np.hypot(x - np.round(x), (points[:, 1] * 1.4 - row) / 1.4)
    return np.clip(.5 + (.22 - away) / np.maximum(footprint, .03), 0, 1)


def flowers(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw flowers of five petals, scattered."""
    cell = np.floor(points[:, :2] / 2)
    key = np.stack([cell[:, 0] * 3.7, cell[:, 1] * 5.1, cell[:, 0] * 0], axis=1) + .5
    shift = noise(key.astype(np.float32))
    local = points[:, :2] / 2 - cell - .5 - .4 * (shift[:, None] - .5)
    away, angle = np.hypot(*local.T), np.arctan2(local[:, 1], local[:, 0])
    petals = .2 + .09 * np.cos(5 * (angle + 6 * shift))
    return np.clip(.5 + (petals * (.5 + shift) - away) / np.maximum(footprint, .02), 0, 1)


def brushed(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw the fine lines of brushed metal or of laminate, with scratches."""
    lines = noise(points * np.float32([.4, 40, 1]))
    wear = noise(points * np.float32([.3, 9, 1]) + np.float32(2.1)) > .86
    cloud = fractal(points * np.float32(.5), 2)
    return np.clip(.4 * faded(lines, footprint, 20) + .4 * cloud + .25 * wear - .1, 0, 1)


def crumpled(points: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Draw the shades of a cloth or a foil in creases."""
    creases = (1 - np.abs(2 * fractal(points * np.float32(.9), 3) - 1)) ** 8
    folds = (1 - np.abs(2 * noise(points * np.float32(.4) + np.float32(6.1)) - 1)) ** 5
    return np.clip(.5 * creases + .35 * folds + .3 * fractal(points * np.float32(.5), 2), 0, 1)


ROOM_TEXTURES: dict[str, Callable] = {
    'oak': oak, 'parquet': parquet, 'carpet': carpet, 'terrazzo': terrazzo, 'plaid': plaid,
    'dots': dots, 'flowers': flowers, 'brushed': brushed, 'crumpled': crumpled}
