# SPDX-License-Identifier: Apache-2.0
"""Make rendered pictures unlike the renderer: other objects in front, colours, tables, cameras."""
from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ris_lab.training.proposer.views import View
from ris_ros.proposals.filtering import touched_sides

_MIN_PASTED_PIXELS = 40


def paste_objects(view: View, donor: View, rng: np.random.Generator) -> View:
    """Lay up to four objects of another picture over this one, most of them onto an object.

    So objects touch, hide and lie on each other, also where the renderer keeps them apart.
    """
    image, labels = view.image.copy(), view.labels.copy()
    numbers = [number for number in np.unique(donor.labels)
               if number > 0 and _is_whole(donor.labels == number)]
    rng.shuffle(numbers)
    for number in numbers[:int(rng.integers(1, 5))]:
        mask = donor.labels == number
        shift = _place(mask, labels, rng)
        alpha = cv2.warpAffine(
            cv2.GaussianBlur(mask.astype(np.float32), (0, 0), rng.uniform(0.35, 0.7)),
            shift, labels.shape[::-1])
        moved = cv2.warpAffine(donor.image, shift, labels.shape[::-1])
        placed = cv2.warpAffine(mask.astype(np.uint8), shift, labels.shape[::-1],
                                flags=cv2.INTER_NEAREST) > 0
        if rng.random() < 0.5:
            image = _darken(image, alpha, rng)
        image = (image + (moved.astype(np.float32) - image) * alpha[..., None]).astype(np.uint8)
        labels[placed] = max(labels.max(), 0) + 1
    return View(image, labels)


def _is_whole(mask: np.ndarray) -> bool:
    """Return whether an object is large enough and not cut by the picture's border."""
    return np.count_nonzero(mask) >= _MIN_PASTED_PIXELS and not any(touched_sides(mask))


def _place(mask: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a (2, 3) shift that brings a mask near some object of a picture, or anywhere."""
    rows, columns = np.nonzero(mask)
    start = np.array([columns.mean(), rows.mean()])
    there = np.flatnonzero(labels > 0)
    if len(there) and rng.random() < 0.75:
        row, column = np.divmod(there[rng.integers(len(there))], labels.shape[1])
        target = np.array([column, row]) + rng.normal(0, 0.4 * np.sqrt(len(rows)), 2)
    else:
        target = rng.uniform(0, 1, 2) * labels.shape[::-1]
    x, y = np.rint(target - start)
    return np.float32([[1, 0, x], [0, 1, y]])


def _darken(image: np.ndarray, alpha: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return an image with a soft shadow around what is laid over it."""
    x, y = rng.uniform(-5, 5, 2)
    shadow = cv2.warpAffine(
        cv2.GaussianBlur(alpha, (0, 0), rng.uniform(1, 4)), np.float32([[1, 0, x], [0, 1, y]]),
        alpha.shape[::-1])
    return (image * (1 - rng.uniform(0.1, 0.6) * shadow[..., None])).astype(np.uint8)


def repaint_objects(view: View, rng: np.random.Generator) -> View:
    """Change the channels of some objects: colours that the renderer does not have."""
    image = view.image.copy()
    for number in np.unique(view.labels):
        if number > 0 and rng.random() < 0.3:
            mask = view.labels == number
            colours = image[mask][:, rng.permutation(3)] * rng.uniform(0.5, 1.5, 3)
            image[mask] = np.clip(colours + rng.uniform(-25, 25), 0, 255).astype(np.uint8)
    return View(image, view.labels)


def repaint_background(view: View, rng: np.random.Generator) -> View:
    """Lay a pattern over the background; the light and shadow on it remain."""
    alpha = cv2.GaussianBlur((view.labels == 0).astype(np.float32), (0, 0), 0.6)[..., None]
    light = cv2.cvtColor(view.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    light /= max(float(np.median(light[view.labels == 0])) if (view.labels == 0).any() else 1, 20)
    ground = pattern(view.labels.shape, rng) * np.minimum(light, 1.6)[..., None]
    image = view.image + (np.clip(ground, 0, 255) - view.image) * alpha
    return View(image.astype(np.uint8), view.labels)


def pattern(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a (H, W, 3) float32 pattern in 0..255: colours, grain, stripes, tiles."""
    base = rng.uniform(20, 240) + rng.normal(0, 25, 3)
    other = base + rng.normal(0, 40, 3)
    share = np.zeros(size, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        cells = np.maximum(2, (np.array(size) / np.exp(rng.uniform(0.5, 4.5, 2))).astype(int))
        grain = rng.standard_normal(cells).astype(np.float32)
        share += rng.uniform(0, 0.5) * cv2.resize(grain, size[::-1])
    rows, columns = np.mgrid[:size[0], :size[1]].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), np.exp(rng.uniform(1.5, 4.2))
    along = (columns * np.cos(angle) + rows * np.sin(angle)) / period
    kind = rng.random()
    if kind < 0.25:
        share += np.sin(2 * np.pi * along + share) * rng.uniform(0.2, 1)
    elif kind < 0.4:
        across = (rows * np.cos(angle) - columns * np.sin(angle)) / period
        share += np.sign(np.sin(np.pi * along) * np.sin(np.pi * across)) * rng.uniform(0.1, 0.8)
    return (base + (other - base) * share[..., None]).astype(np.float32)


def photograph(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a (H, W, 3) uint8 RGB picture in other light, by another camera."""
    picture = image.astype(np.float32) / 255
    for step, chance in _CAMERA:
        if rng.random() < chance:
            picture = step(picture, rng)
    picture = np.clip(255 * picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))]
        picture = cv2.imdecode(cv2.imencode('.jpg', picture, quality)[1], cv2.IMREAD_COLOR)
    return picture


def _tone(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    levels = np.arange(256, dtype=np.float32)[:, None] / 255
    gain = np.exp(rng.normal(0, 0.25)) * np.exp(rng.normal(0, 0.1, 3))
    table = levels ** np.exp(rng.normal(0, 0.25)) * gain + rng.normal(0, 0.04)
    table = np.clip(table, 0, 1).astype(np.float32)
    indices = (255 * picture + 0.5).astype(np.uint8)
    return cv2.LUT(indices, table.reshape(256, 1, 3))


def _saturate(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    share = np.float32(rng.uniform(0, 1.5))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None]
    return grey + (picture - grey) * share


def _light_from_aside(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    corners = np.exp(rng.normal(0, 0.35, (2, 3))).astype(np.float32)
    return picture * cv2.resize(corners, picture.shape[1::-1])[..., None]


def _defocus(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.3))


def _sharpen(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return picture + rng.uniform(0.2, 1.0) * (picture - cv2.GaussianBlur(picture, (0, 0), 1.0))


def _grain(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return picture + rng.uniform(0.005, 0.05) * rng.standard_normal(picture.shape, np.float32)


_CAMERA: tuple[tuple[Callable, float], ...] = (
    (_tone, 0.9), (_saturate, 0.3), (_light_from_aside, 0.5), (_defocus, 0.4), (_sharpen, 0.15),
    (_grain, 0.5))


def paste_boxes(view: View, rng: np.random.Generator) -> View:
    """Lay one to three pairs of flat boxes over a picture, each pair side by side.

    Things of one colour each that touch are two, although a label on a thing looks much the same.
    """
    image, labels = view.image.astype(np.float32), view.labels.copy()
    rows, columns = labels.shape
    for _ in range(int(rng.integers(1, 4))):
        side = rng.uniform(24, 80)
        left = rng.uniform(0.1, 0.9) * columns - side
        top = rng.uniform(0.05, 0.95) * rows - side / 2
        # Corners of two boxes that share their middle edge.
        edges = np.array([[left, left + side, left + side * rng.uniform(1.6, 2.4)]] * 2)
        edges += rng.normal(0, 0.08 * side, edges.shape)
        heights = np.array([[top] * 3, [top + side * rng.uniform(0.6, 1.4)] * 3])
        heights += rng.normal(0, 0.08 * side, heights.shape)
        points = np.rint(np.stack([edges, heights], -1)).astype(np.int32)
        for first in (0, 1):
            corners = points[[0, 0, 1, 1], [first, first + 1, first + 1, first]]
            colour = np.float32(rng.uniform(15, 240, 3)) + rng.normal(0, 5, (rows, columns, 3))
            mask = np.zeros(labels.shape, np.uint8)
            cv2.fillPoly(mask, [corners], 1)
            image[mask > 0] = colour[mask > 0]
            labels[mask > 0] = max(labels.max(), 0) + 1
    return View(np.clip(image, 0, 255).astype(np.uint8), labels)
