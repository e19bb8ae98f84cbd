# SPDX-License-Identifier: Apache-2.0
"""How a camera meters a scene: exposure, white balance, and what it does with highlights."""
from __future__ import annotations

import numpy as np

from ris_sim.scene import Metering, Scene

LUMINANCE = np.float32([.2126, .7152, .0722])
# Brightness above this many times the median does not count for the exposure.
OUTLIER = 6
MIDDLE_WEIGHT = 3.0


def metered_gains(scene: Scene, metering: Metering, light: np.ndarray) -> np.ndarray:
    """Return the gains of linear red, green and blue that the camera chooses, (3,) float32.

    Args:
        scene: whose light the white balance corrects.
        metering: what the camera aims at.
        light: (H, W, 3) linear RGB.
    """
    tint = illuminant(scene)
    balance = (tint.mean() / tint) ** np.float32(metering.adaptation) * np.float32(metering.gains)
    level = light[::4, ::4] @ (LUMINANCE * balance)
    level = np.minimum(level, OUTLIER * np.median(level) + 1e-6)
    rows, columns = (np.linspace(-1, 1, edge) for edge in level.shape)
    weight = 1 + MIDDLE_WEIGHT * np.exp(-2 * (rows[:, None] ** 2 + columns ** 2))
    brightness = float((level * weight).sum() / weight.sum())
    return (balance * (metering.level / max(brightness, 1e-4))).astype(np.float32)


def illuminant(scene: Scene) -> np.ndarray:
    """Return the linear colour of the light that falls on the table's middle, (3,)."""
    light = scene.light
    total = (np.float32(light.sky) * light.ambient
             + np.float32(light.colour) * light.intensity * max(light.direction[2], 0.0))
    for lamp in scene.lamps:
        x, y, z = lamp.position
        away = np.sqrt(x * x + y * y + z * z)
        total = total + np.float32(lamp.colour) * np.float32(lamp.intensity * max(z, 0) / away ** 3)
    return np.maximum(total, 1e-3)


def compressed(light: np.ndarray, shoulder: float) -> np.ndarray:
    """Limit linear light to 1, softly from the shoulder on."""
    if shoulder >= 1:
        return np.minimum(light, 1)
    room = np.float32(1 - shoulder)
    over = np.maximum(light - np.float32(shoulder), 0)
    return np.where(over > 0, np.float32(shoulder) + room * (1 - np.exp(-over / room)), light)
