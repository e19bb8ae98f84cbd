# SPDX-License-Identifier: Apache-2.0
"""What surrounds the table, as a panorama that lights the scene and is seen in metal."""
from __future__ import annotations

import numpy as np

HEIGHT, WIDTH = 128, 256


def environment(sky: list[float], ground: list[float], rng: np.random.Generator) -> np.ndarray:
    """Return a (128, 256, 3) linear panorama, straight up first: walls, furniture, windows.

    sky, ground: linear RGB from above and from below. It is as bright as the sky on the mean of
    its upper half, whatever windows are drawn.
    """
    elevation = np.linspace(np.pi / 2, -np.pi / 2, HEIGHT)[:, None, None]
    up = np.clip(elevation / .8 + .5, 0, 1)
    picture = np.asarray(sky) * up + np.asarray(ground) * (1 - up)
    picture = np.repeat(picture, WIDTH, axis=1)
    for _ in range(int(rng.integers(4, 9))):
        _paint(picture, rng, bottom=(56, 80), height=(8, 26), width=(6, 40),
               colour=rng.uniform(.05, .7) * rng.uniform(.6, 1, 3))
    for _ in range(int(rng.integers(1, 4))):
        _paint(picture, rng, bottom=(28, 50), height=(12, 26), width=(10, 36),
               colour=rng.uniform(2, 6) * rng.uniform(.85, 1, 3))
    upper = (picture * np.cos(elevation))[:HEIGHT // 2].mean() / np.cos(elevation)[
        :HEIGHT // 2].mean()
    return picture * np.mean(sky) / upper


def blurred(panorama: np.ndarray, roughness: float) -> np.ndarray:
    """Return the panorama as rough metal shows it; roughness as in Disney's shading model."""
    # The lobe of a microfacet surface is about twice as wide as its parameter, roughness squared.
    sigma = 2 * roughness ** 2 * WIDTH / (2 * np.pi)
    doubled = np.concatenate([panorama, panorama[::-1]])
    spread = [np.exp(-2 * (np.pi * sigma * np.fft.fftfreq(length)) ** 2)
              for length in doubled.shape[:2]]
    spectrum = np.fft.fft2(doubled, axes=(0, 1)) * np.outer(*spread)[..., None]
    return np.maximum(np.fft.ifft2(spectrum, axes=(0, 1)).real[:HEIGHT], 0)


def _paint(picture: np.ndarray, rng: np.random.Generator, bottom: tuple[int, int],
           height: tuple[int, int], width: tuple[int, int], colour: np.ndarray) -> None:
    """Paint a rectangle that may go round the panorama's seam."""
    low, tall = int(rng.integers(*bottom)), int(rng.integers(*height))
    columns = (rng.integers(WIDTH) + np.arange(rng.integers(*width))) % WIDTH
    picture[max(0, low - tall):low, columns] = colour
