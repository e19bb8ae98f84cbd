# SPDX-License-Identifier: Apache-2.0
"""Effects of a real colour camera on a perfect image, drawn from a seeded generator."""
from __future__ import annotations

import cv2
import numpy as np

# Shares of the images with defocus, with motion blur and with JPEG artefacts.
DEFOCUS_SHARE, MOTION_SHARE, JPEG_SHARE = .5, .15, .4


def photograph(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Take an image as a cheap camera would.

    Contrast, exposure, white balance, darker corners, defocus, motion blur, noise and JPEG
    artefacts are drawn at random.

    Args:
        image: (H, W, 3) uint8 RGB.
        rng: to draw with.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    picture = image.astype(np.float32) / 255
    picture = picture ** np.float32(rng.uniform(.85, 1.18))
    picture *= np.float32(rng.uniform(.8, 1.2) * rng.uniform(.92, 1.08, size=3))
    picture *= vignette(picture.shape, float(rng.uniform(0, .25)))
    if rng.random() < DEFOCUS_SHARE:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(.3, 1.1)))
    if rng.random() < MOTION_SHARE:
        picture = cv2.filter2D(picture, -1, motion_kernel(rng))
    taken = exposed(picture, rng.uniform(.002, .012), rng.uniform(.004, .022), rng)
    return jpeg(taken, int(rng.integers(40, 96))) if rng.random() < JPEG_SHARE else taken


def sensor_noise(image: np.ndarray, read: float, shot: float,
                 rng: np.random.Generator) -> np.ndarray:
    """Add the noise of a camera that rests, which is new in each picture.

    Args:
        image: (H, W, 3) uint8 RGB.
        read: standard deviation of the read noise; the signal is 0 to 1.
        shot: standard deviation of the shot noise at full signal; its variance grows with the
            signal.
        rng: to draw with.
    """
    return exposed(image.astype(np.float32) / 255, read, shot, rng)


def exposed(picture: np.ndarray, read: float, shot: float,
            rng: np.random.Generator) -> np.ndarray:
    """Convert (H, W, 3) float32 light, 0 to 1, to uint8 pixels with the sensor's noise."""
    sigma = np.sqrt(np.float32(read ** 2) + np.float32(shot ** 2) * np.maximum(picture, 0))
    picture = picture + sigma * rng.standard_normal(picture.shape, dtype=np.float32)
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def vignette(shape: tuple[int, ...], loss: float) -> np.ndarray:
    """Compute (H, W, 1) factors that fall from 1 in the middle to 1 - loss in the corners."""
    rows, columns = (np.linspace(-1, 1, edge, dtype=np.float32) for edge in shape[:2])
    return (1 - np.float32(loss / 2) * (rows[:, None] ** 2 + columns ** 2))[..., None]


def motion_kernel(rng: np.random.Generator) -> np.ndarray:
    """Draw the (7, 7) blur kernel of a straight movement of two to six pixels."""
    size, angle = 7, rng.uniform(0, np.pi)
    reach = rng.uniform(1, 3) * np.array([np.cos(angle), np.sin(angle)])
    # Coordinates of cv2.line in sixteenths of a pixel.
    start, end = (np.rint(16 * (size // 2 + sign * reach)).astype(int).tolist()
                  for sign in (-1, 1))
    kernel = np.zeros((size, size), np.uint8)
    cv2.line(kernel, start, end, 255, 1, cv2.LINE_AA, shift=4)
    return kernel.astype(np.float32) / kernel.sum(dtype=np.float32)


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    """Compress an RGB image as JPEG and decode it again."""
    _, data = cv2.imencode('.jpg', image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
