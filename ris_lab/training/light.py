# SPDX-License-Identifier: Apache-2.0
"""Photometric changes of a whole picture: what another camera, lamp or renderer would make of it.

A change is drawn once for a picture, so that its crops and its global view agree, and the mean
colour around a crop stays what it is at run time.
"""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

DISPLAY_GAMMA = 2.2
# Coarse shading is looked at in this size.
COARSE = (20, 20)
GRAY_WEIGHTS = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class ToneCurve:
    """How a channel's value becomes another, in order; the default changes nothing.

    Attributes:
        exposure: Factor of linear light for each channel.
        shoulder: Strength of the film-like compression of highlights; None for none.
        gamma: Exponent of the display value.
        contrast: Factor about the middle.
        offset: Added to the display value, in 0..1.
    """

    exposure: tuple[float, float, float] = (1.0, 1.0, 1.0)
    shoulder: float | None = None
    gamma: float = 1.0
    contrast: float = 1.0
    offset: float = 0.0

    def table(self) -> np.ndarray:
        """Return the curve as a (256, 1, 3) uint8 table."""
        light = (np.arange(256)[:, None] / 255) ** DISPLAY_GAMMA * np.array(self.exposure)
        if self.shoulder is not None:
            light = light * (1 + self.shoulder) / (light + self.shoulder)
        shown = np.clip(light, 0, 1) ** (self.gamma / DISPLAY_GAMMA)
        shown = (shown - 0.5) * self.contrast + 0.5 + self.offset
        return np.rint(255 * np.clip(shown, 0, 1)).astype(np.uint8).reshape(256, 1, 3)


@dataclass(frozen=True)
class Shadow:
    """A half plane in shadow: direction in radians, place across the picture in 0..1, factor."""

    angle: float
    place: float
    factor: float
    softness: float


def saturated(image: np.ndarray, saturation: float) -> np.ndarray:
    """Return the (H, W, 3) uint8 picture with its colours' distance from gray multiplied."""
    matrix = saturation * np.eye(3) + (1 - saturation) * GRAY_WEIGHTS
    return cv2.transform(image, matrix)


def shadowed(image: np.ndarray, shadow: Shadow) -> np.ndarray:
    """Return the (H, W, 3) uint8 picture with one side darker, the edge as wide as softness."""
    height, width = image.shape[:2]
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32) * np.cos(np.float32(shadow.angle))
    down = np.linspace(-0.5, 0.5, height, dtype=np.float32) * np.sin(np.float32(shadow.angle))
    ramp = (across + down[:, None] - np.float32(shadow.place - 0.5)) / np.float32(shadow.softness)
    share = np.clip(ramp + np.float32(0.5), 0, 1)
    return (image * (1 - (1 - np.float32(shadow.factor)) * share)[..., None]).astype(np.uint8)


def mirror_field(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Draw (H, W, 3) factors of what metal mirrors: bright and dark surroundings."""
    patches = rng.uniform(0.35, 1.5, rng.integers(2, 6, 2)).astype(np.float32)
    field = cv2.resize(patches, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.repeat(field[..., None], 3, 2)


def shading_field(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Draw (H, W, 3) smooth factors: the light that neighbours, windows and insides leave.

    A path tracer differs from the built-in renderer in this more than in tone or detail.
    """
    strength, hue = rng.uniform(0, 0.45), rng.uniform(0, 0.08)
    noise = (strength * _smooth_noise(rng, height, width, 1)
             + hue * _smooth_noise(rng, height, width, 3))
    down = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None, None]
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32)[:, None]
    field = np.exp(noise / np.float32(DISPLAY_GAMMA))
    if rng.random() < 0.3:
        edge = np.clip((down - np.float32(rng.uniform(0.1, 0.4))) / np.float32(0.2) + 0.5, 0, 1)
        field = field * (1 - np.float32(rng.uniform(0.1, 0.5)) * edge)
    if rng.random() < 0.3:
        place, size = rng.uniform(-0.4, 0.4, 2).astype(np.float32), rng.uniform(0.08, 0.25)
        distance = ((down - place[0]) ** 2 + (across - place[1]) ** 2) / np.float32(2 * size ** 2)
        field = field * (1 + np.float32(rng.uniform(0, 1)) * np.exp(-distance))
    return field


def evened(rng: np.random.Generator, picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Draw (H, W, 1) factors that weaken, take away or deepen a thing's own coarse shading.

    Light that bounced off the surroundings weakens it; a renderer that adds light up in display
    values, with hard shadows, deepens it.  H, W: of the mask's bounding box.
    """
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    inside = mask[y:y + height, x:x + width].astype(np.float32)
    blur = rng.uniform(1, 4)
    gray = cv2.cvtColor(picture[y:y + height, x:x + width], cv2.COLOR_RGB2GRAY) * inside
    coarse, share = (cv2.GaussianBlur(cv2.resize(values, COARSE, interpolation=cv2.INTER_AREA),
                                      (0, 0), blur) for values in (gray, inside))
    field = (gray.sum() / inside.sum() + 1) / (coarse / (share + 0.01) + 1)
    field = np.clip(field ** np.float32(rng.uniform(-0.6, 1.0)), 0.3, 3)
    return cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]


def relight(picture: np.ndarray, mask: np.ndarray, field: np.ndarray) -> None:
    """Multiply the masked thing of a (H, W, 3) uint8 picture, in place.

    field: (h, w, 3 or 1), as large as the mask's bounding box.
    """
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    part, inside = (whole[y:y + height, x:x + width] for whole in (picture, mask.view(np.uint8)))
    factors = np.ascontiguousarray(np.broadcast_to(field, part.shape), np.float32)
    cv2.copyTo(cv2.multiply(part, factors, dtype=cv2.CV_8U), inside, part)


def _smooth_noise(rng: np.random.Generator, height: int, width: int, channels: int) -> np.ndarray:
    """Draw (H, W, channels) float32 noise of about unit variance, 2 to 7 waves across."""
    coarse = rng.standard_normal((*rng.integers(2, 8, 2), channels), dtype=np.float32)
    fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return fine.reshape(height, width, channels)


@dataclass(frozen=True, eq=False)
class Light:
    """One photometric change: a (256, 1, 3) table, saturation, shadow, noise and blur."""

    table: np.ndarray
    saturation: float
    shadow: Shadow | None
    noise: float
    blur: float

    def __call__(self, rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
        """Return the (H, W, 3) uint8 picture changed."""
        if self.shadow is not None:
            image = shadowed(image, self.shadow)
        image = saturated(cv2.LUT(image, self.table), self.saturation)
        if self.blur:
            image = cv2.GaussianBlur(image, (0, 0), self.blur)
        if self.noise:
            noise = self.noise * rng.standard_normal(image.shape, dtype=np.float32)
            image = np.clip(image + noise, 0, 255).astype(np.uint8)
        return image


def random_light(rng: np.random.Generator) -> Light:
    """Draw a change that mostly keeps a colour's name; each wide one comes in some pictures."""
    def often(share: float, low: float, high: float, usual: tuple[float, float]) -> float:
        return rng.uniform(low, high) if rng.random() < share else rng.uniform(*usual)

    exposure = 2 ** often(0.4, -1.1, 0.7, (-0.4, 0.35)) * rng.uniform(0.9, 1.1, 3)
    curve = ToneCurve(tuple(exposure),
                      shoulder=rng.uniform(0.4, 2) if rng.random() < 0.3 else None,
                      gamma=often(0.4, 0.72, 1.4, (0.9, 1.12)),
                      contrast=often(0.4, 0.5, 1.3, (0.9, 1.1)),
                      offset=rng.uniform(-0.04, 0.06))
    shadow = None
    if rng.random() < 0.2:
        shadow = Shadow(rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.8), rng.uniform(0.35, 0.8),
                        rng.uniform(0.02, 0.3))
    return Light(curve.table(), often(0.4, 0.5, 1.2, (0.9, 1.1)), shadow,
                 rng.uniform(2, 10) if rng.random() < 0.25 else 0.0,
                 rng.uniform(0.4, 1.4) if rng.random() < 0.3 else 0.0)
