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

# What lies in an object by this share may be a part of it, and is this share as likely. The whole
# comes first if it is nearly as likely as the part: by this share.
_WITHIN, _PART, _NEARLY = 0.85, 0.6, 0.8

_ROOM = 4
_NEAR = np.ones((3, 3), np.uint8)
_FAR = np.ones((7, 7), np.uint8)

# Overlaps are compared on every fifth pixel.
_STRIDE = 5


def best_masks(masks: Sequence[np.ndarray], maps: Maps, count: int, least: float,
               relief: Relief | None = None, max_iou: float = 0.7) -> list[int]:
    """Rank masks by objectness and drop those that overlap a better one.

    A whole comes before its parts unless one of these is clearly likelier, and what lies in a mask
    that was taken is less likely.

    Args:
        masks: (H, W) bool each, at the size of the maps.
        maps: What the network sees.
        count: Number of masks to return at most.
        least: Masks whose objectness is not above this are left out.
        relief: What depth shows; None without it.
        max_iou: Of masks that overlap more than this, the likeliest is taken.

    Returns:
        Numbers of masks, the likeliest object first.
    """
    if not masks:
        return []
    flat = np.stack([mask.ravel()[::_STRIDE] for mask in masks]).astype(np.float32)
    areas = flat.sum(1)
    both = flat @ flat.T
    same = both > max_iou * np.maximum(areas[:, None] + areas - both, 1)
    part_of = (both > _WITHIN * areas[:, None]) & (areas[:, None] < areas) & ~same
    left = np.ones(len(masks), bool)
    scores = _scores(masks, maps, relief)
    kept: list[int] = []
    while len(kept) < count:
        place = int(np.argmax(np.where(left, scores, 0)))
        if not left[place] or scores[place] <= least:
            break
        wholes = part_of[place] & left & (scores > _NEARLY * scores[place])
        if wholes.any():
            place = int(np.argmax(np.where(wholes, scores, 0)))
        kept.append(place)
        left &= ~same[place]
        scores[part_of[:, place]] *= _PART
    return kept


def _scores(masks: Sequence[np.ndarray], maps: Maps, relief: Relief | None) -> np.ndarray:
    """Return the objectness of each mask; the same one is often found in several ways."""
    known: dict[tuple[object, ...], float] = {}
    scores = []
    for mask in masks:
        box = x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
        key = *box, mask[y:y + height, x:x + width].tobytes()
        if key not in known:
            known[key] = objectness(mask, maps, relief)
        scores.append(known[key])
    return np.array(scores)


def objectness(mask: np.ndarray, maps: Maps, relief: Relief | None = None) -> float:
    """Return how much a (H, W) bool mask looks like one whole object, 0 to about 1.3.

    It does if the maps show an object in it, a boundary around it and none inside, and no object
    just outside, and if its pixels vote for its middle as the centre of their object. If depth
    shows it as a body that stands by itself, the latter two matter less.
    """
    window = window_around(mask, _ROOM)
    own = np.ascontiguousarray(mask[window]).view(np.uint8)
    wider, narrower = cv2.dilate(own, _NEAR), cv2.erode(own, _NEAR)
    boundary, inside = maps.boundary[window], maps.object[window]
    solid = 0.0 if relief is None else relief.solidity(mask)
    rim = max(_mean(boundary, wider - narrower), solid)
    within = _mean(boundary, cv2.erode(narrower, _NEAR))
    outside = _mean(inside, cv2.dilate(own, _FAR) - wider)
    places = own.view(bool)
    area = np.count_nonzero(places)
    row, column = (
        window[axis].start + float(places.sum(1 - axis) @ np.arange(own.shape[axis])) / area
        for axis in (0, 1))
    x, y = maps.x[window][places] - column, maps.y[window][places] - row
    miss = float(np.sqrt(x * x + y * y).mean()) / np.sqrt(area)
    return float(_mean(inside, own) * (_WITHOUT_RIM + rim) * (1 - within)
                 * (1 - _OUTSIDE * outside * (1 - solid)) * np.exp(-_MISS * miss * (1 - solid)))


def _mean(values: np.ndarray, where: np.ndarray) -> float:
    """Return the mean where a uint8 mask is set, 0 where it is nowhere set."""
    return cv2.mean(values, where)[0]
