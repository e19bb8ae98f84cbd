# SPDX-License-Identifier: Apache-2.0
"""The ranking of overlapping masks by objectness; of masks of one object the best is kept."""
from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ris_ros.geometry.masks import window_around
from ris_ros.proposals.learned import Maps
from ris_ros.proposals.relief import Relief

# Share of its likelihood that a mask keeps if there is no boundary around it.
_WITHOUT_RIM = 0.3

# How fast an object becomes unlikely as its pixels vote for a place beside its middle, in roots
# of its area: those of a part, or of two objects, do.
_MISS = 2.0

# How much it matters that an object goes on beyond the mask.
_OUTSIDE = 0.5

# Of masks that overlap more than this one is taken: without depth, and with it.
_SAME, _SAME_BODY = 0.8, 0.7

# What lies in an object by this share may be a part of it, and is this share as likely. The whole
# comes first if it is nearly as likely as the part: by this share.
_WITHIN, _PART, _NEARLY = 0.85, 0.6, 0.95

# Outlines of one body are as good as the likeliest one by this share.
_ALIKE = 0.8

_ROOM = 4
_NEAR = np.ones((3, 3), np.uint8)
_FAR = np.ones((7, 7), np.uint8)

# Overlaps are compared on every fifth pixel.
_STRIDE = 5


def best_masks(masks: Sequence[np.ndarray], maps: Maps, count: int, least: float,
               relief: Relief | None = None, max_iou: float | None = None) -> list[int]:
    """Rank masks by objectness and drop those that overlap a better one.

    What lies in a mask that was taken is less likely. With depth, which shows bodies, a whole comes
    before its parts unless one of these is clearly likelier.

    Args:
        masks: (H, W) bool each, at the size of the maps.
        maps: What the network sees.
        count: Number of masks to return at most.
        least: Masks whose objectness is not above this are left out.
        relief: What depth shows; None without it.
        max_iou: Of masks that overlap more than this, the likeliest is taken; None for the usual.

    Returns:
        Numbers of masks, the likeliest object first.
    """
    if not masks:
        return []
    if max_iou is None:
        max_iou = _SAME if relief is None else _SAME_BODY
    flat = np.stack([mask.ravel()[::_STRIDE] for mask in masks]).astype(np.float32)
    areas = flat.sum(1)
    both = flat @ flat.T
    same = both > max_iou * np.maximum(areas[:, None] + areas - both, 1)
    part_of = (both > _WITHIN * areas[:, None]) & (areas[:, None] < areas) & ~same
    left = np.ones(len(masks), bool)
    scores, looks = _scores(masks, maps, relief)
    kept: list[int] = []
    while len(kept) < count:
        place = int(np.argmax(np.where(left, scores, 0)))
        if not left[place] or scores[place] <= least:
            break
        wholes = part_of[place] & left & (scores > _NEARLY * scores[place])
        if relief is not None and wholes.any():
            place = int(np.argmax(np.where(wholes, scores, 0)))
        # Depth tells that there is a body, and colours tell better where it ends.
        outlines = same[place] & left & (scores > _ALIKE * scores[place])
        place = int(np.argmax(np.where(outlines, looks, 0)))
        kept.append(place)
        left &= ~same[place]
        scores[part_of[:, place]] *= _PART
    return kept


def _scores(masks: Sequence[np.ndarray], maps: Maps,
            relief: Relief | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the objectness of each mask, with depth and without it; many masks are alike."""
    known: dict[tuple[object, ...], tuple[float, float]] = {}
    scores = []
    for mask in masks:
        box = x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
        key = *box, mask[y:y + height, x:x + width].tobytes()
        if key not in known:
            known[key] = _objectness(mask, maps, relief)
        scores.append(known[key])
    both = np.array(scores)
    return both[:, 0], both[:, 1]


def objectness(mask: np.ndarray, maps: Maps, relief: Relief | None = None) -> float:
    """Return how much a (H, W) bool mask looks like one whole object, 0 to about 1.3.

    It does if the maps show an object in it, a boundary around it and none inside, and no object
    just outside, and if its pixels vote for its middle as the centre of their object. If depth
    shows it as a body that stands by itself, the latter two matter less.
    """
    return _objectness(mask, maps, relief)[0]


def _objectness(mask: np.ndarray, maps: Maps, relief: Relief | None) -> tuple[float, float]:
    """Return the objectness of a mask, and what it is without depth."""
    window = window_around(mask, _ROOM)
    own = np.ascontiguousarray(mask[window]).view(np.uint8)
    wider, narrower = cv2.dilate(own, _NEAR), cv2.erode(own, _NEAR)
    boundary, inside = maps.boundary[window], maps.object[window]
    solid = 0.0 if relief is None else relief.solidity(mask)
    rim = _mean(boundary, wider - narrower)
    within = _mean(boundary, cv2.erode(narrower, _NEAR))
    outside = _mean(inside, cv2.dilate(own, _FAR) - wider)
    places = own.view(bool)
    area = np.count_nonzero(places)
    row, column = (
        window[axis].start + float(places.sum(1 - axis) @ np.arange(own.shape[axis])) / area
        for axis in (0, 1))
    x, y = maps.x[window][places] - column, maps.y[window][places] - row
    miss = float(np.sqrt(x * x + y * y).mean()) / np.sqrt(area)
    share = _mean(inside, own) * (1 - within)

    with_body, without = (
        float(share * (_WITHOUT_RIM + max(rim, body)) * (1 - _OUTSIDE * outside * (1 - body))
              * np.exp(-_MISS * miss * (1 - body)))
        for body in (solid, 0.0))
    return with_body, without


def _mean(values: np.ndarray, where: np.ndarray) -> float:
    """Return the mean where a uint8 mask is set, 0 where it is nowhere set."""
    return cv2.mean(values, where)[0]
