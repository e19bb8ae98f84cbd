# SPDX-License-Identifier: Apache-2.0
"""Furniture-like shapes behind the things of a picture: no proposal should be one of them.

The rendered rooms are emptier than ours. Panels, frames, screens, legs and cables are drawn over
the background; they reach the picture's border or are large, as furniture is.
"""
from __future__ import annotations

import cv2
import numpy as np

from ris_lab.training.prints import draw_label
from ris_lab.training.proposer.views import View


def add_clutter(view: View, rng: np.random.Generator) -> View:
    """Lay one to six shapes over the background of a picture; the things stay in front."""
    drawn = view.image.astype(np.float32)
    draws = (_panel, _panel, _panel, _legs, _cable, _round)
    for _ in range(int(rng.integers(1, 7))):
        drawn = draws[int(rng.integers(len(draws)))](drawn, rng)
    ground = cv2.GaussianBlur((view.labels == 0).astype(np.float32), (0, 0), 0.6)[..., None]
    image = view.image + (drawn - view.image) * ground
    return View(image.astype(np.uint8), view.labels)


def _panel(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lay a large quadrilateral: a board, a drawer, a screen, a poster, a box by the wall."""
    height, width = image.shape[:2]
    size = rng.uniform(0.2, 0.9, 2) * (width, height)
    centre = np.array([rng.uniform(0, width), rng.uniform(-0.1, 0.5) * height])
    if rng.random() < 0.3:  # at another side of the picture
        centre = _on_border(rng, width, height)
    turn = np.radians(rng.normal(0, 12))
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * size
    corners += rng.normal(0, 0.06, (4, 2)) * size
    turned = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    quad = (centre + turned).astype(np.float32)
    shape = np.zeros((height, width), np.float32)
    cv2.fillConvexPoly(shape, np.rint(quad).astype(np.int32), 1.0)
    if rng.random() < 0.35:
        label = draw_label(rng)
        corners = np.float32([[0, 0], [label.shape[1], 0], label.shape[1::-1],
                              [0, label.shape[0]]])
        fill = cv2.warpPerspective(label, cv2.getPerspectiveTransform(corners, quad),
                                   (width, height)).astype(np.float32)
    else:
        fill = _surface((height, width), rng)
    if rng.random() < 0.4:  # a frame around it, as of a screen
        cv2.polylines(fill, [np.rint(quad).astype(np.int32)], True, _gray(rng),
                      int(rng.integers(2, 9)))
    return _blended(image, fill, shape, rng)


def _legs(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lay one to four bars that leave the picture: legs, frames, arms."""
    height, width = image.shape[:2]
    shape = np.zeros((height, width), np.float32)
    thickness = int(np.exp(rng.uniform(0.7, 3.3)))
    start, way = _on_border(rng, width, height), rng.normal(0, 0.6, 2) * (width, height)
    for _ in range(int(rng.integers(1, 5))):
        ends = np.rint([start, start + way]).astype(int)
        cv2.line(shape, ends[0].tolist(), ends[1].tolist(), 1.0, thickness)
        start = start + rng.normal(0, 3 * thickness + 8, 2)
    return _blended(image, _surface((height, width), rng), shape, rng)


def _cable(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lay a thin curve from border to border."""
    height, width = image.shape[:2]
    ends = [_on_border(rng, width, height), *(rng.uniform(0, 1, (2, 2)) * (width, height)),
            _on_border(rng, width, height)]
    share = np.linspace(0, 1, 40)[:, None]
    curve = sum(weight * share ** power * (1 - share) ** (3 - power) * end
                for power, (weight, end) in enumerate(zip((1, 3, 3, 1), ends, strict=True)))
    shape = np.zeros((height, width), np.float32)
    cv2.polylines(shape, [np.rint(curve).astype(np.int32)], False, 1.0, int(rng.integers(1, 5)))
    return _blended(image, _surface((height, width), rng), shape, rng)


def _round(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lay a large ellipse over the border: the back of a chair, a cushion, a shoulder, a hand."""
    height, width = image.shape[:2]
    shape = np.zeros((height, width), np.float32)
    box = (tuple(_on_border(rng, width, height).tolist()),
           tuple((rng.uniform(0.15, 0.8, 2) * width).tolist()), float(rng.uniform(0, 180)))
    line = -1 if rng.random() < 0.7 else int(rng.integers(3, 12))
    cv2.ellipse(shape, box, 1.0, line)
    return _blended(image, _surface((height, width), rng), shape, rng)


def _on_border(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Draw a place at the upper border or, less often, at another one."""
    draw = rng.random()
    if draw < 0.5:
        return np.array([rng.uniform(0, width), 0.0])
    return np.array([[0.0, width][int(draw < 0.7)], rng.uniform(0, height)])


def _gray(rng: np.random.Generator) -> list[float]:
    """Draw a colour that is about gray."""
    return (rng.uniform(10, 240) + rng.normal(0, 10, 3)).tolist()


def _surface(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a (H, W, 3) float32 surface of one colour, brighter towards one corner."""
    colour = np.float32(_gray(rng) if rng.random() < 0.6 else rng.uniform(10, 245, 3))
    light = cv2.resize(rng.uniform(0.5, 1.3, (2, 2)).astype(np.float32), size[::-1])
    return light[..., None] * colour


def _blended(image: np.ndarray, fill: np.ndarray, shape: np.ndarray,
             rng: np.random.Generator) -> np.ndarray:
    """Return the picture with a fill where a (H, W) shape is 1, its edge a little soft."""
    alpha = cv2.GaussianBlur(shape, (0, 0), rng.uniform(0.3, 1.2))[..., None]
    return image + (np.clip(fill, 0, 255) - image) * alpha
