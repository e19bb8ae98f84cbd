# SPDX-License-Identifier: Apache-2.0
"""Effects of a stereo depth camera on true depth, drawn from a seeded generator."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

# The sensor: focal length as a share of the image's width, distance between its two cameras in
# metres, focal length in its own pixels, and the smallest shift that it measures, in such pixels.
FOCAL_SHARE, BASELINE = .9, .05
SENSOR_FOCAL, SUBPIXEL = 640, 1 / 32
# Least jump in depth, metres, up to 1 m away (it grows with the square of the distance), and the
# shares of its pixels that are lost, and that float between two surfaces.
EDGE_STEP = .02
EDGE_DROPOUT, FLYING = .6, .15
# Share of all pixels that are lost at random.
RANDOM_DROPOUT = .002
# Cosine of incidence at which surfaces begin to be lost, and at which all are lost.
GRAZING, LOST = .25, .05
# Size in pixels of the patches that are lost.
BLOB = 7


def depth_sigma(depth: np.ndarray) -> np.ndarray:
    """Compute the standard deviation of a structured-light camera's depth, in metres.

    It is .0012 + .0019 (z - .4)^2.

    Source: the axial noise model of Nguyen, Izadi and Lovell, 'Modeling Kinect sensor noise for
    improved 3D reconstruction and tracking', 3DIMPVT 2012.
    """
    return .0012 + .0019 * (depth - .4) ** 2


def add_depth_noise(depth: np.ndarray, rng: np.random.Generator,
                    shiny: np.ndarray | None = None) -> np.ndarray:
    """Measure depth as a stereo camera would.

    Axial noise, pixels that float between two surfaces, and steps of whole disparities are added.
    What only one of the two cameras sees (left of near objects), most pixels at depth steps, and
    patches of grazing and shiny surfaces are lost.

    Args:
        depth: (H, W) float32 metres, 0 where there is none.
        rng: to draw with.
        shiny: (H, W) share of each surface that the sensor loses, 0 to 1; None for none.

    Returns:
        (H, W) float32 metres, 0 where invalid.
    """
    return StereoView.of(depth, shiny).measure(rng)


@dataclass(frozen=True, eq=False)
class StereoView:
    """What a stereo camera makes of true depth whatever is drawn: a still scene needs it only once.

    Attributes:
        depth: (H, W) float32 true metres, 0 where there is none.
        sigma: (H, W) standard deviation of the axial noise, metres.
        nearest: (H, W) least depth beside each pixel.
        farthest: (H, W) greatest depth beside each pixel.
        steps: (H, W) bool, at a jump in depth.
        unseen: (H, W) bool, without depth or hidden from one of the two cameras.
        lost: (H, W) share of each surface that is lost in patches, 0 to 1.
    """

    depth: np.ndarray
    sigma: np.ndarray
    nearest: np.ndarray
    farthest: np.ndarray
    steps: np.ndarray
    unseen: np.ndarray
    lost: np.ndarray

    @classmethod
    def of(cls, depth: np.ndarray, shiny: np.ndarray | None = None) -> StereoView:
        """Look at true depth; the arguments are those of `add_depth_noise`."""
        nearest, farthest = depth_range(depth)
        steps = depth_steps(nearest, farthest)
        flat = grazing(depth, steps)
        lost = flat if shiny is None else np.maximum(flat, shiny)
        return cls(depth, depth_sigma(depth), nearest, farthest, steps,
                   (depth <= 0) | stereo_shadow(depth), lost)

    def measure(self, rng: np.random.Generator) -> np.ndarray:
        """Draw one measurement, (H, W) float32 metres, 0 where invalid."""
        shape = self.depth.shape
        noisy = self.depth + self.sigma * rng.standard_normal(shape)
        flying = self.steps & (rng.random(shape) < FLYING)
        between = rng.random(shape)[flying]
        nearest, farthest = self.nearest[flying], self.farthest[flying]
        noisy[flying] = nearest + (farthest - nearest) * between
        invalid = self.unseen | (rng.random(shape) < RANDOM_DROPOUT)
        invalid |= self.steps & (rng.random(shape) < EDGE_DROPOUT)
        invalid |= patches(shape, rng) < self.lost
        return np.where(invalid, 0, quantised(noisy)).astype(np.float32)


def depth_range(depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest depth of each pixel and its eight neighbours."""
    kernel = np.ones((3, 3), np.uint8)
    return cv2.erode(depth, kernel), cv2.dilate(depth, kernel)


def depth_steps(nearest: np.ndarray, farthest: np.ndarray) -> np.ndarray:
    """Mark (H, W) pixels next to a jump in depth; the least jump grows with distance."""
    return farthest - nearest > EDGE_STEP * np.maximum(farthest, 1) ** 2


def quantised(depth: np.ndarray) -> np.ndarray:
    """Round depth to whole steps of disparity."""
    scale = SENSOR_FOCAL * BASELINE / SUBPIXEL
    disparity = np.rint(scale / np.maximum(depth, .05))
    return np.where(depth > .05, scale / np.maximum(disparity, 1), 0)


def stereo_shadow(depth: np.ndarray) -> np.ndarray:
    """Mark the (H, W) pixels that something nearer hides from the right camera."""
    shift = FOCAL_SHARE * depth.shape[1] * BASELINE / np.maximum(depth, .1)
    seen_at = np.arange(depth.shape[1]) - np.where(depth > 0, shift, 0)
    # From the right, the leftmost place at which anything has been seen so far.
    leftmost = np.minimum.accumulate(seen_at[:, ::-1], axis=1)[:, ::-1]
    hidden = np.zeros(depth.shape, bool)
    hidden[:, :-1] = leftmost[:, 1:] < seen_at[:, :-1] - .5
    return hidden


def grazing(depth: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Compute the share, 0 to 1, that is lost of (H, W) surfaces seen at a flat angle."""
    focal = FOCAL_SHARE * depth.shape[1]
    rows, columns = (np.gradient(depth, axis=axis) for axis in (0, 1))
    slope = focal * np.hypot(rows, columns) / np.maximum(depth, .1)
    cosine = 1 / np.sqrt(1 + slope ** 2)
    return np.where(steps, 0, np.clip((GRAZING - cosine) / (GRAZING - LOST), 0, 1))


def patches(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw an (H, W) field of values between 0 and 1 that change from patch to patch."""
    coarse = rng.random([edge // BLOB + 2 for edge in shape], dtype=np.float32)
    field = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_LINEAR)
    # Interpolation moves values towards the middle, so they are spread again; noise frays edges.
    field = field + .15 * (rng.random(shape, dtype=np.float32) - .5)
    return np.clip((field - .5) * 1.4 + .5, 1e-3, 1)
