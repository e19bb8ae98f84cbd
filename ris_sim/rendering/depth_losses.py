# SPDX-License-Identifier: Apache-2.0
"""Where depth cameras see nothing, and what their matching does to outlines."""
from __future__ import annotations

import cv2
import numpy as np

# What stands for 'no depth' while minima are taken, metres.
FAR = np.float32(50)


def outlines(depth: np.ndarray, step: float, width: int = 3) -> np.ndarray:
    """Mark the pixels near a jump in depth.

    Args:
        depth: (H, W) metres, 0 where there is none.
        step: least jump at 1 m; it grows with the square of the distance beyond that.
        width: pixels of the neighbourhood.
    """
    kernel = np.ones((width, width), np.uint8)
    far, near = cv2.dilate(depth, kernel), cv2.erode(depth, kernel)
    return far - near > step * np.maximum(near, 1) ** 2


def fattened(depth: np.ndarray, reach: int, step: float) -> np.ndarray:
    """Let near surfaces grow over farther ones by some pixels, as matching windows do.

    Args:
        depth: (H, W) metres, 0 where there is none.
        reach: pixels.
        step: least jump at 1 m; it grows with the square of the distance.
    """
    if not reach:
        return depth
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    near = cv2.erode(np.where(depth > 0, depth, FAR), kernel)
    return np.where(depth - near > step * near ** 2, near, depth)


def hidden_from(depth: np.ndarray, base: float) -> np.ndarray:
    """Mark the pixels that the sensor's second eye, or its projector, does not see.

    Args:
        depth: (H, W) metres, 0 where there is none.
        base: focal length in pixels times the distance of the two in metres; positive when the
            second one is on the right, so that shadows fall to the left.
    """
    turned = depth if base > 0 else depth[:, ::-1]
    shift = np.where(turned > 0, abs(base) / np.maximum(turned, .1), 0)
    columns = np.arange(depth.shape[1], dtype=np.float32)
    seen_at = columns - shift
    leftmost = np.minimum.accumulate(seen_at[:, ::-1], axis=1)[:, ::-1]
    # Beyond the border of the second one's picture nothing is seen either.
    hidden = seen_at < 0
    hidden[:, :-1] |= leftmost[:, 1:] < seen_at[:, :-1] - .5
    return hidden if base > 0 else np.ascontiguousarray(hidden[:, ::-1])


def cosine_of_view(depth: np.ndarray, focal: float) -> np.ndarray:
    """Estimate the cosine between the view and each pixel's surface, (H, W), 0 to 1."""
    down, across = (np.gradient(depth, axis=axis) for axis in (0, 1))
    slope = focal * np.hypot(down, across) / np.maximum(depth, .1)
    return 1 / np.sqrt(1 + slope ** 2)


def darkness(image: np.ndarray) -> np.ndarray:
    """Compute how dark (H, W, 3) uint8 pixels are beside the picture's bright ones, 0 to 1."""
    level = image.max(axis=2).astype(np.float32)
    bright = max(float(np.percentile(level[::4, ::4], 90)), 1.0)
    return np.clip(1 - (level / bright) ** np.float32(2.2) / np.float32(.06), 0, 1)


def glare(image: np.ndarray) -> np.ndarray:
    """Mark the pixels that are white to the limit, in which no pattern is seen."""
    return (image.min(axis=2) >= 250).astype(np.float32)


def smooth_field(shape: tuple[int, int], cell: float, rng: np.random.Generator) -> np.ndarray:
    """Draw an (H, W) field of normal values that changes over some pixels."""
    coarse = rng.standard_normal([int(edge / cell) + 2 for edge in shape], dtype=np.float32)
    return cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)


def patchy(share: np.ndarray, cell: float, rng: np.random.Generator) -> np.ndarray:
    """Mark a share, (H, W) 0 to 1, of the pixels in frayed patches of about a cell's size."""
    field = smooth_field(share.shape, cell, rng)
    field += np.float32(.12) * rng.standard_normal(share.shape, dtype=np.float32)
    # The cumulative share of a normal value of this spread, near enough.
    return 1 / (1 + np.exp(-1.9 * field)) < share


def filled(depth: np.ndarray) -> np.ndarray:
    """Fill holes from their surroundings, as drivers do that publish no hole."""
    small = cv2.resize(depth, None, fx=.25, fy=.25, interpolation=cv2.INTER_NEAREST)
    valid = (small > 0).astype(np.float32)
    spread, weight = small * valid, valid
    while weight.min() < 1e-3:
        spread, weight = (cv2.GaussianBlur(field, (0, 0), 4) for field in (spread, weight))
        done = weight > .02
        spread = np.where(done, spread / np.maximum(weight, 1e-6), 0).astype(np.float32)
        weight = done.astype(np.float32)
        if not weight.any():
            return depth
    guess = cv2.resize(spread, depth.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.where(depth > 0, depth, guess)
