# SPDX-License-Identifier: Apache-2.0
"""Positions and sizes choose by rank among the objects that fit the other words.

'The second mug from the left' is the mug with exactly one mug left of it. Each object is a mug with
some probability, and the order of two objects that stand almost side by side is uncertain too. So
the probability that exactly n - 1 others come before an object is a Poisson binomial, which is
computed exactly.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ris_ros.index.layout import Layout
from ris_ros.language.positions import Side, split_position

# The scales of the logistic functions of an order: shares of the picture, shares of the height that
# stand for distance (as in spatial.py), and logarithms of ratios of sizes.
_PLACE, _DISTANCE, _SIZE = 0.006, 0.02, 0.05
_DISTANCE_PER_METRE = 2.0
# Several objects 'on the left' are in the left half of the picture; the softness of its border.
_HALF = 0.04

# Size words with the sign that puts the object that is meant first, and the quantity to measure.
_SIZES = {word: (sign, measure) for sign, measure, words in (
    (1, 'size', 'smallest smaller small tiniest tiny littlest little'),
    (-1, 'size', 'biggest bigger big largest larger large hugest huge'),
    (-1, 'length', 'longest longer long'), (1, 'length', 'shortest shorter short'),
    (-1, 'height', 'tallest taller tall highest'), (1, 'width', 'thinnest narrowest'),
    (-1, 'width', 'widest wider wide')) for word in words.split()}
SIZE_WORDS = frozenset(_SIZES)

# Each side and its name for a person who looks the other way.
_TURNED = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.NEAREST: Side.FARTHEST,
           Side.FARTHEST: Side.NEAREST}


@dataclass(frozen=True, eq=False)
class Order:
    """An order of K objects.

    Attributes:
        values: (K,), least for the first object. The probability that one object comes before
            another one is the logistic function of their difference.
        number: Which of them is meant, from 1.
    """

    values: np.ndarray
    number: int = 1


def find_order(position: str | None, words: Sequence[str], layout: Layout, objects: np.ndarray,
               likely: np.ndarray, viewpoint: str) -> Order | None:
    """Find the order that a query asks for.

    Args:
        position: That of the query.
        words: Those of the target with the attributes, lower case; they may hold size words.
        layout: The layout of the scene.
        objects: (K,) numbers of proposals.
        likely: (K,) probability that each is in question.
        viewpoint: 'camera', or 'speaker' for a person who faces it.

    Returns:
        The order, or None where the query asks for none.
    """
    number, sides = split_position(position)
    number = max(1, number or 1)
    sizes = [word for word in words if word in _SIZES]
    values = np.zeros(len(objects))
    if sizes and not sides:
        return Order(_size(sizes[0], layout, objects), number)
    if position is None:
        return None
    for side in sides or [Side.LEFT]:
        side = _TURNED.get(side, side) if viewpoint == 'speaker' else side
        values = values + _place(side, layout, objects, likely)
    return Order(values, number)


def of_size(word: str, layout: Layout, objects: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """Judge, (K,), whether objects have a size beside the others in question, 0 to 1."""
    values = _size(word, layout, objects)
    return expit(_median(values, likely) - values)


def in_half(position: str, layout: Layout, objects: np.ndarray, viewpoint: str) -> np.ndarray:
    """Judge, (K,), whether objects lie in the part of the picture that a position names, 0 to 1."""
    found = np.ones(len(objects))
    for side in split_position(position)[1]:
        side = _TURNED.get(side, side) if viewpoint == 'speaker' else side
        axis, sign = _AXES.get(side, (0, 0))
        shares = layout.centres[objects, axis] / layout.size[1 - axis] - 0.5
        found = found * (expit(-sign * shares / _HALF) if sign else
                         expit((1 / 6 - np.abs(shares)) / _HALF))
    return found


def chance_of_rank(order: Order, likely: np.ndarray, count: int = 1) -> np.ndarray:
    """Compute the probability that each object fits and has the rank that is meant.

    Args:
        order: The order of the objects, with the rank.
        likely: (K,) probability that each fits, independently of the others.
        count: The number of objects that are meant from that rank on ('the two leftmost mugs').

    Returns:
        (K,) probabilities.
    """
    size = order.number - 1 + count
    before = likely[None] * expit(order.values[:, None] - order.values[None])
    np.fill_diagonal(before, 0)
    chances = np.zeros((len(likely), size))
    chances[:, 0] = 1
    for column in before.T:
        shifted = np.pad(chances[:, :-1], ((0, 0), (1, 0)))
        chances = chances * (1 - column[:, None]) + shifted * column[:, None]
    return likely * chances[:, order.number - 1:].sum(axis=1)


def chance_of_fewer(likely: np.ndarray, number: int) -> float:
    """Return the probability that fewer than ``number`` of (K,) independent events come true."""
    chances = np.zeros(number)
    chances[0] = 1
    for chance in likely:
        chances = chances * (1 - chance) + np.pad(chances[:-1], (1, 0)) * chance
    return float(chances.sum())


# The axis of the picture for each side, and the sign that puts the object that is meant first.
_AXES = {Side.LEFT: (0, 1), Side.RIGHT: (0, -1), Side.TOP: (1, 1), Side.BOTTOM: (1, -1),
         Side.NEAREST: (1, -1), Side.FARTHEST: (1, 1)}


def _place(side: Side, layout: Layout, objects: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """Return (K,) values that order objects from one side of the picture."""
    axis, sign = _AXES.get(side, (0, 0))
    shares = layout.centres[objects, axis] / layout.size[1 - axis]
    if side in (Side.NEAREST, Side.FARTHEST):
        if layout.has_depth(objects):
            shares = shares - _DISTANCE_PER_METRE * layout.points[objects, 2]
        return sign * shares / _DISTANCE
    if sign == 0:  # the middle
        return np.abs(shares - _median(shares, likely)) / _PLACE
    return sign * shares / _PLACE


def _size(word: str, layout: Layout, objects: np.ndarray) -> np.ndarray:
    """Return (K,) values that order objects by a size word."""
    sign, measure = _SIZES[word]
    boxes = layout.boxes[objects, 2:].astype(float)
    edges = boxes[:, 0] if measure == 'width' else (
        boxes[:, 1] if measure == 'height' else boxes.max(axis=1))
    if layout.has_depth(objects):
        edges = (edges * layout.scale[objects] if measure in ('width', 'height')
                 else layout.lengths[objects])
    if measure == 'size':  # a large object that is seen from its end is short, but not small
        scale = layout.scale[objects] if layout.has_depth(objects) else 1.0
        edges = np.sqrt(edges * np.sqrt(layout.areas[objects]) * scale)
    return sign * np.log(np.maximum(edges, 1e-9)) / _SIZE


def _median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted median of (K,) values."""
    order = np.argsort(values, kind='stable')
    total = np.cumsum(weights[order])
    half = total[-1] / 2
    low = values[order][min(np.searchsorted(total, half - 1e-9), len(values) - 1)]
    high = values[order][min(np.searchsorted(total, half + 1e-9), len(values) - 1)]
    return float(low + high) / 2
