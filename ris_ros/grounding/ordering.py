"""Places and sizes choose among the objects that fit the other words: softly, and by rank.

'The second mug from the left' is the mug with exactly one mug left of it. Which objects are mugs is
a matter of probability, and where two stand almost side by side so is their order; the chance that
exactly n - 1 of the others come before an object is then a Poisson binomial, computed exactly.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ris_ros.index.layout import Layout
from ris_ros.language.positions import Side, split_position

# Differences that make an order half sure, as shares of the picture, of the distance (as in
# spatial) and as ratios of sizes.
_PLACE, _DISTANCE, _SIZE = 0.006, 0.02, 0.05
_DISTANCE_PER_METRE = 2.0
# What 'on the left' means of several things: so softly, the left half of the picture.
_HALF = 0.04

# Size words: the sign that puts the wanted one first, and what is measured.
_SIZES = {word: (sign, measure) for sign, measure, words in (
    (1, 'size', 'smallest smaller small tiniest tiny littlest little'),
    (-1, 'size', 'biggest bigger big largest larger large hugest huge'),
    (-1, 'length', 'longest longer long'), (1, 'length', 'shortest shorter short'),
    (-1, 'height', 'tallest taller tall highest'), (1, 'width', 'thinnest narrowest'),
    (-1, 'width', 'widest wider wide')) for word in words.split()}
SIZE_WORDS = frozenset(_SIZES)

# Each side and what it is to somebody who looks the other way.
_TURNED = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.NEAREST: Side.FARTHEST,
           Side.FARTHEST: Side.NEAREST}


@dataclass(frozen=True, eq=False)
class Order:
    """How K objects follow each other.

    values: (K,) the first one's is the least; a difference of 1 is a half sure order.
    number: which of them is meant, from 1.  places: whether a place in the picture orders them.
    """

    values: np.ndarray
    number: int = 1


def find_order(position: str | None, words: Sequence[str], layout: Layout, things: np.ndarray,
               likely: np.ndarray, viewpoint: str) -> Order | None:
    """Return the order that words ask for, None where they ask for none.

    position: as a query's.  words: of the target, lower case, size words among them.  things: (K,)
    indices of proposals.  likely: (K,) chance that they are in question.  viewpoint: 'camera', or
    'speaker' for a person who faces it.
    """
    number, sides = split_position(position)
    number = max(1, number or 1)
    sizes = [word for word in words if word in _SIZES]
    values = np.zeros(len(things))
    if sizes and not sides:
        return Order(_size(sizes[0], layout, things), number)
    if position is None:
        return None
    for side in sides or [Side.LEFT]:
        side = _TURNED.get(side, side) if viewpoint == 'speaker' else side
        values = values + _place(side, layout, things, likely)
    return Order(values, number)


def of_size(word: str, layout: Layout, things: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """Return (K,) how well a size word holds beside what else is in question, 0 to 1."""
    values = _size(word, layout, things)
    return expit(_median(values, likely) - values)


def in_half(position: str, layout: Layout, things: np.ndarray, viewpoint: str) -> np.ndarray:
    """Return (K,) how well things lie in the part of the picture that places name, 0 to 1."""
    found = np.ones(len(things))
    for side in split_position(position)[1]:
        side = _TURNED.get(side, side) if viewpoint == 'speaker' else side
        axis, sign = _AXES.get(side, (0, 0))
        shares = layout.centres[things, axis] / layout.size[1 - axis] - 0.5
        found = found * (expit(-sign * shares / _HALF) if sign else
                         expit((1 / 6 - np.abs(shares)) / _HALF))
    return found


def chance_of_rank(order: Order, likely: np.ndarray, count: int = 1) -> np.ndarray:
    """Return (K,) the chance that each object fits and is the number-th of those that do.

    likely: (K,) chance that each fits, independently.  count: from the number-th on, so many are
    meant ('the two leftmost mugs').
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
    """Return the chance that fewer than ``number`` of independent chances (K,) come true."""
    chances = np.zeros(number)
    chances[0] = 1
    for chance in likely:
        chances = chances * (1 - chance) + np.pad(chances[:-1], (1, 0)) * chance
    return float(chances.sum())


# What is measured, and the sign that puts the wanted one first.
_AXES = {Side.LEFT: (0, 1), Side.RIGHT: (0, -1), Side.TOP: (1, 1), Side.BOTTOM: (1, -1),
         Side.NEAREST: (1, -1), Side.FARTHEST: (1, 1)}


def _place(side: Side, layout: Layout, things: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """Return (K,) values that order things by their place, the first at this side."""
    axis, sign = _AXES.get(side, (0, 0))
    shares = layout.centres[things, axis] / layout.size[1 - axis]
    if side in (Side.NEAREST, Side.FARTHEST):
        if layout.has_depth(things):
            shares = shares - _DISTANCE_PER_METRE * layout.points[things, 2]
        return sign * shares / _DISTANCE
    if sign == 0:  # the middle
        return np.abs(shares - _median(shares, likely)) / _PLACE
    return sign * shares / _PLACE


def _size(word: str, layout: Layout, things: np.ndarray) -> np.ndarray:
    """Return (K,) values that order things by a size word."""
    sign, measure = _SIZES[word]
    boxes = layout.boxes[things, 2:].astype(float)
    edges = boxes[:, 0] if measure == 'width' else (
        boxes[:, 1] if measure == 'height' else boxes.max(axis=1))
    if layout.has_depth(things):
        edges = (edges * layout.scale[things] if measure in ('width', 'height')
                 else layout.lengths[things])
    if measure == 'size':  # what is seen from its end is short, yet it may be large
        scale = layout.scale[things] if layout.has_depth(things) else 1.0
        edges = np.sqrt(edges * np.sqrt(layout.areas[things]) * scale)
    return sign * np.log(np.maximum(edges, 1e-9)) / _SIZE


def _median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the middle of (K,) values of which each counts by its weight."""
    order = np.argsort(values, kind='stable')
    total = np.cumsum(weights[order])
    half = total[-1] / 2
    low = values[order][min(np.searchsorted(total, half - 1e-9), len(values) - 1)]
    high = values[order][min(np.searchsorted(total, half + 1e-9), len(values) - 1)]
    return float(low + high) / 2
