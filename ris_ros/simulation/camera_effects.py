"""What a real RGB-D camera does to a perfect picture, as functions of a seeded generator."""
from __future__ import annotations

import cv2
import numpy as np

EDGE_STEP = .02
EDGE_DROPOUT = .6
RANDOM_DROPOUT = .002


def photograph(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return an image as a cheap camera would take it.

    image: (H, W, 3) uint8 RGB. Draws exposure, white balance, contrast, defocus and noise (shot
    noise grows with the square root of the signal). Returns (H, W, 3) uint8.
    """
    picture = image.astype(np.float32) / 255
    picture = picture ** np.float32(rng.uniform(.85, 1.18))
    picture *= np.float32(rng.uniform(.8, 1.2) * rng.uniform(.94, 1.06, size=3))
    if rng.random() < .5:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(.3, .9)))
    read, shot = rng.uniform(.002, .012), rng.uniform(.004, .022)
    sigma = np.sqrt(np.float32(read ** 2) + np.float32(shot ** 2) * np.maximum(picture, 0))
    picture += sigma * rng.standard_normal(picture.shape, dtype=np.float32)
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def depth_sigma(depth: np.ndarray) -> np.ndarray:
    """Return the standard deviation in metres of a structured-light camera's depth.

    The axial noise model of Nguyen, Izadi and Lovell, 'Modeling Kinect sensor noise for
    improved 3D reconstruction and tracking', 3DIMPVT 2012: .0012 + .0019 (z - .4)^2.
    """
    return .0012 + .0019 * (depth - .4) ** 2


def add_depth_noise(depth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return depth as an RGB-D camera would measure it.

    depth: (H, W) float32 metres, 0 where there is none. Adds axial noise and takes away pixels,
    most of them where the depth steps. Returns (H, W) float32, 0 where invalid.
    """
    noisy = depth + depth_sigma(depth) * rng.standard_normal(depth.shape)
    invalid = (depth <= 0) | (rng.random(depth.shape) < RANDOM_DROPOUT)
    invalid |= depth_steps(depth) & (rng.random(depth.shape) < EDGE_DROPOUT)
    return np.where(invalid, 0, noisy).astype(np.float32)


def depth_steps(depth: np.ndarray) -> np.ndarray:
    """Mark (H, W) pixels next to a jump in depth."""
    kernel = np.ones((3, 3), np.uint8)
    return cv2.dilate(depth, kernel) - cv2.erode(depth, kernel) > EDGE_STEP
