# SPDX-License-Identifier: Apache-2.0
"""What real colour cameras do to a picture, from the lens to the JPEG file."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ris_sim.rendering.camera_effects import jpeg, vignette

GAMMA = 2.2
# Linear light of each of the 256 values of a pixel.
_LINEAR = (np.arange(256, dtype=np.float32) / 255) ** np.float32(GAMMA)
# Shares of the cameras that are out of focus, that move, that sharpen, that smooth away noise,
# whose sensor has fewer pixels than the picture, and that compress as JPEG.
DEFOCUS_SHARE, MOTION_SHARE, SHARP_SHARE, SMOOTH_SHARE = .4, .15, .45, .2
COARSE_SHARE, JPEG_SHARE = .4, .6
# Standard deviations of the white balance's error, as logarithms of the gain: blue and red move
# against each other (temperature), green on its own (tint). A third of the cameras do worse.
TEMPERATURE_ERROR, TINT_ERROR, WORSE = .09, .03, 2.2


@dataclass(frozen=True)
class CameraPipeline:
    """The steps of one camera, in the order in which they come.

    Attributes:
        scale: the sensor's resolution as a share of the picture's, 0 to 1.
        defocus: standard deviation in pixels of the sensor; 0 for none.
        motion: way of the blur (x, y) in pixels of the sensor; (0, 0) for none.
        rolling: whether rows are blurred more from the top to the bottom.
        vignette: share of the light that the corners lose.
        gains: of linear red, green and blue.
        read_noise: standard deviation where it is dark; the signal is 0 to 1.
        shot_noise: standard deviation at full signal.
        chroma_noise: standard deviation of coloured blotches.
        smoothing: strength in gray levels of the noise filter; 0 for none.
        contrast: slope of the tone curve at middle gray.
        black: level to which black is lifted, or below which it is cut when negative.
        saturation: factor.
        sharpening: strength of the unsharp mask; 0 for none.
        quality: of the JPEG file; None for none.
    """

    scale: float = 1.0
    defocus: float = 0.0
    motion: tuple[float, float] = (0.0, 0.0)
    rolling: bool = False
    vignette: float = 0.0
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    read_noise: float = 0.0
    shot_noise: float = 0.0
    chroma_noise: float = 0.0
    smoothing: float = 0.0
    contrast: float = 1.0
    black: float = 0.0
    saturation: float = 1.0
    sharpening: float = 0.0
    quality: int | None = None

    def photograph(self, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Take an image with this camera.

        Args:
            image: (H, W, 3) uint8 RGB.
            rng: draws the noise.

        Returns:
            (H, W, 3) uint8 RGB.
        """
        height, width = image.shape[:2]
        small = (max(16, round(width * self.scale)), max(16, round(height * self.scale)))
        if small != (width, height):
            image = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        picture = self._noisy(self._blurred(_LINEAR[image]), rng)
        picture = self._toned(np.clip(picture, 0, 1) ** np.float32(1 / GAMMA))
        if self.sharpening:
            picture += self.sharpening * (picture - cv2.GaussianBlur(picture, (0, 0), 1.2))
        taken = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
        if self.smoothing:
            taken = cv2.bilateralFilter(taken, 5, self.smoothing, 2.0)
        if small != (width, height):
            taken = cv2.resize(taken, (width, height), interpolation=cv2.INTER_LINEAR)
        return taken if self.quality is None else jpeg(taken, self.quality)

    def _blurred(self, light: np.ndarray) -> np.ndarray:
        """Blur linear light by the lens and by the camera's movement, and darken its corners."""
        if self.defocus:
            light = cv2.GaussianBlur(light, (0, 0), self.defocus)
        if any(self.motion):
            moved = cv2.filter2D(light, -1, straight_kernel(self.motion))
            if self.rolling:
                share = np.linspace(0, 1, len(light), dtype=np.float32)[:, None, None]
                light = light + share * (moved - light)
            else:
                light = moved
        return light * (vignette(light.shape, self.vignette) * np.float32(self.gains))

    def _noisy(self, light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Add the sensor's noise, and blotches of colour that its filter leaves."""
        sigma = np.sqrt(np.float32(self.read_noise ** 2)
                        + np.float32(self.shot_noise ** 2) * np.maximum(light, 0))
        light = light + sigma * rng.standard_normal(light.shape, dtype=np.float32)
        if self.chroma_noise:
            coarse = [edge // 3 + 1 for edge in light.shape[:2]]
            blotches = rng.standard_normal((*coarse, 3), dtype=np.float32)
            blotches -= blotches.mean(axis=2, keepdims=True)
            blotches = cv2.resize(blotches, light.shape[1::-1], interpolation=cv2.INTER_LINEAR)
            light += np.float32(self.chroma_noise) * blotches * np.sqrt(np.maximum(light, .02))
        return light

    def _toned(self, picture: np.ndarray) -> np.ndarray:
        """Apply the tone curve and the saturation to (H, W, 3) values of 0 to 1."""
        picture = np.float32(self.black) + (1 - np.float32(self.black)) * picture
        picture = np.clip(picture, 0, 1)
        # A curve through 0, .5 and 1 whose slope in the middle is the contrast.
        bent = picture + (self.contrast - 1) * 4 * picture * (1 - picture) * (picture - .5)
        gray = bent @ np.float32([.299, .587, .114])
        return gray[..., None] + np.float32(self.saturation) * (bent - gray[..., None])


def sample_camera_pipeline(rng: np.random.Generator) -> CameraPipeline:
    """Draw a camera, from a good one that rests to a cheap one in bad light."""
    worse = WORSE if rng.random() < .33 else 1.0
    temperature, tint = rng.normal(0, [TEMPERATURE_ERROR * worse, TINT_ERROR * worse])
    exposure = 2 ** rng.normal(.08, .3)
    gains = exposure * np.exp([temperature, tint, -temperature])
    dark = float(rng.random() ** 2)
    way, angle = rng.uniform(1.5, 7), rng.uniform(0, np.pi)
    moves = rng.random() < MOTION_SHARE
    motion = (float(way * np.cos(angle)), float(way * np.sin(angle))) if moves else (0.0, 0.0)
    return CameraPipeline(
        scale=sometimes(COARSE_SHARE, (.45, .9), rng, 1.0),
        defocus=sometimes(DEFOCUS_SHARE, (.3, 1.15), rng), motion=motion,
        rolling=bool(rng.random() < .5), vignette=float(rng.uniform(0, .35)),
        gains=tuple(float(gain) for gain in gains),
        read_noise=float(.001 + .006 * dark), shot_noise=float(.008 + .035 * dark),
        chroma_noise=float(.025 * dark * rng.random()),
        smoothing=sometimes(SMOOTH_SHARE, (8, 30), rng),
        contrast=float(rng.uniform(.85, 1.5)), black=float(rng.normal(.005, .03)),
        saturation=float(np.clip(rng.normal(1.02, .16), .55, 1.5)),
        sharpening=sometimes(SHARP_SHARE, (.3, 1.8), rng),
        quality=int(rng.integers(35, 97)) if rng.random() < JPEG_SHARE else None)


def sometimes(share: float, bounds: tuple[float, float], rng: np.random.Generator,
              otherwise: float = 0.0) -> float:
    """Draw a number between bounds with a probability, else return the other value."""
    value = float(rng.uniform(*bounds))
    return value if rng.random() < share else otherwise


def straight_kernel(way: tuple[float, float]) -> np.ndarray:
    """Draw the blur kernel of a straight movement (x, y) in pixels."""
    half = int(np.ceil(max(abs(way[0]), abs(way[1])) / 2)) + 1
    start, end = (np.rint(16 * (half + sign * np.array(way) / 2)).astype(int).tolist()
                  for sign in (-1, 1))
    kernel = np.zeros((2 * half + 1,) * 2, np.uint8)
    cv2.line(kernel, start, end, 255, 1, cv2.LINE_AA, shift=4)
    return kernel.astype(np.float32) / kernel.sum(dtype=np.float32)
