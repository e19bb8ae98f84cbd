# SPDX-License-Identifier: Apache-2.0
"""Regions by colour alone: what differs from its wide surroundings, at several thresholds."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.proposals.filtering import MAX_SHARE, MIN_SHARE, is_object_like, placed

# Colours are compared on a picture of this width; edges are refined on the full one later.
_WIDTH = 320

# The surroundings are the median over these windows, in pixels of half that width.
_SURROUNDINGS = (41, 81)
_THRESHOLDS = (14, 20, 28, 38, 52, 70)
_CHROMA_THRESHOLDS = (10, 15, 22, 32, 46)

# Shadows change lightness more than hue.
_WEIGHTS = np.array([0.6, 1.3, 1.3], np.float32)

# Masks that overlap more than this are one region, seen at several thresholds.
_SAME_IOU = 0.75
_MAX_HOLE_SHARE = 0.15

# Overlaps are compared on every third pixel.
_STRIDE = 3

# Number of regions of similar areas that are compared with the others at a time.
_GROUP = 64

# The ring around a region, in pixels, and what dilates a region to it.
_RING = 4
_TO_RING = np.ones((7, 7), np.uint8)


@dataclass(frozen=True, eq=False)
class ColourRegion:
    """Some pixels of a picture. Most regions are small, and there are hundreds of them.

    Attributes:
        x: First column of its box.
        y: First row of its box.
        part: (h, w) uint8, 1 in the region. It touches all four sides of the box.
        area: Number of pixels.
    """

    x: int
    y: int
    part: np.ndarray
    area: int

    def mask(self, size: tuple[int, int]) -> np.ndarray:
        """Return the (H, W) bool mask in a picture of this size."""
        height, width = self.part.shape
        window = np.s_[self.y:self.y + height, self.x:self.x + width]
        return placed(self.part.view(bool), window, size)

    def may_be_object(self, size: tuple[int, int]) -> bool:
        """Tell whether it may be an object, in a picture of this (H, W)."""
        height, width = self.part.shape
        borders = ((self.y == 0) + (self.x == 0) + (self.y + height == size[0])
                   + (self.x + width == size[1]))
        return is_object_like(self.area / (size[0] * size[1]), borders)


def find_regions(image: np.ndarray, max_masks: int) -> list[np.ndarray]:
    """Find regions of distinct colour.

    A region is more certain if more thresholds show it and if its colour differs more from that of
    the ring around it.

    Args:
        image: (H, W, 3) uint8 RGB.
        max_masks: Number of masks at most.

    Returns:
        (H, W) bool masks, the most certain first.
    """
    height, width = image.shape[:2]
    scale = min(1.0, _WIDTH / width)
    small = _scaled(image, scale)
    smooth = cv2.bilateralFilter(small, 7, 35, 5)
    colours = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32) * _WEIGHTS
    size = colours.shape[:2]
    regions = [region for region in _candidates(colours) if region.may_be_object(size)]
    ranked = [region.mask(size) for region in _merge(regions, colours)[:max_masks]]
    return [
        cv2.resize(mask.view(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR) > 0
        if scale < 1.0 else mask for mask in ranked]


def _candidates(colours: np.ndarray) -> Iterator[ColourRegion]:
    """Yield the filled components of the difference from the surroundings, with much overlap."""
    kernel = np.ones((3, 3), np.uint8)
    for window in _SURROUNDINGS:
        difference = np.abs(colours - _surroundings(colours, window))
        for values, thresholds in (
                (difference.sum(2), _THRESHOLDS),
                (difference[..., 1:].sum(2), _CHROMA_THRESHOLDS)):
            for threshold in thresholds:
                mask = (values > threshold).view(np.uint8)
                yield from _filled_components(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel))


def _surroundings(colours: np.ndarray, window: int) -> np.ndarray:
    """Return the median colours over a wide window, computed at half the size."""
    height, width = colours.shape[:2]
    small = np.clip(_scaled(colours / _WEIGHTS, 0.5), 0, 255).astype(np.uint8)
    return cv2.resize(cv2.medianBlur(small, window), (width, height)).astype(np.float32) * _WEIGHTS


def _scaled(image: np.ndarray, scale: float) -> np.ndarray:
    """Return an image made smaller, with at least one pixel a side."""
    height, width = (max(1, round(length * scale)) for length in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def _filled_components(mask: np.ndarray) -> Iterator[ColourRegion]:
    """Yield each component of a uint8 mask with holes filled, and with large holes as it is."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    fit = (areas > MIN_SHARE * mask.size) & (areas < MAX_SHARE * mask.size)
    fit[0] = False
    for label in np.flatnonzero(fit):
        x, y, width, height, area = stats[label].tolist()
        part = (labels[y:y + height, x:x + width] == label).view(np.uint8)
        contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        filled = cv2.drawContours(part.copy(), contours, -1, 1, -1)
        filled_area = cv2.countNonZero(filled)
        yield ColourRegion(x, y, filled, filled_area)
        if filled_area > (1 + _MAX_HOLE_SHARE) * area:
            yield ColourRegion(x, y, part, area)


def _merge(regions: list[ColourRegion], colours: np.ndarray) -> list[ColourRegion]:
    """Return one region of each group that overlaps, the best supported and most distinct first."""
    if not regions:
        return []
    both = _overlaps(regions, colours.shape[:2])
    areas = both.diagonal()
    iou = both / np.maximum(areas[:, None] + areas - both, 1)
    same = iou > _SAME_IOU
    support = (iou * same).sum(1)
    certainty = support * np.array([_contrast(region, colours) for region in regions])
    left, ranked = np.ones(len(regions), bool), []
    for index in np.argsort(-certainty, kind='stable'):
        if left[index]:
            ranked.append(regions[index])
            left &= ~same[index]
    return ranked


def _overlaps(regions: list[ColourRegion], size: tuple[int, int]) -> np.ndarray:
    """Return as (N, N) float32 how many pixels of a grid each two regions share.

    It is 0 for two regions whose areas are too different for an IoU that makes them one.
    """
    covered = np.zeros([-(-length // _STRIDE) for length in size], bool)
    places = []
    for region in regions:
        part = region.part.view(bool)[-region.y % _STRIDE::_STRIDE, -region.x % _STRIDE::_STRIDE]
        row, column = -(-region.y // _STRIDE), -(-region.x // _STRIDE)
        window = np.s_[row:row + part.shape[0], column:column + part.shape[1]]
        covered[window] |= part
        places.append((window, part))
    # Pixels in no region make no difference.
    count = np.count_nonzero(covered)
    numbers = np.zeros(covered.shape, np.intp)
    numbers[covered] = np.arange(count)
    areas = np.array([np.count_nonzero(part) for _, part in places])
    order = np.argsort(areas, kind='stable')
    areas = areas[order]
    flat = np.zeros((len(regions), count), np.float32)
    for row, place in zip(flat, order, strict=True):
        window, part = places[place]
        row[numbers[window][part]] = 1
    both = np.zeros((len(regions), len(regions)), np.float32)
    for first in range(0, len(regions), _GROUP):
        some = slice(first, first + _GROUP)
        alike = slice(first, int(np.searchsorted(
            areas, areas[some][-1] / (0.99 * _SAME_IOU), 'right')))
        shared = flat[some] @ flat[alike].T
        both[order[some, None], order[alike]] = shared
        both[order[alike, None], order[some]] = shared.T
    return both


def _contrast(region: ColourRegion, colours: np.ndarray) -> float:
    """Return the distance of a region's mean colour from that of the ring around it."""
    height, width = region.part.shape
    top, left = min(_RING, region.y), min(_RING, region.x)
    window = colours[region.y - top:region.y + height + _RING,
                     region.x - left:region.x + width + _RING]
    inside = np.zeros(window.shape[:2], np.uint8)
    inside[top:top + height, left:left + width] = region.part
    ring = cv2.dilate(inside, _TO_RING) - inside
    if not ring.any():
        return 0.0
    one, other = (np.array(cv2.mean(window, of)[:3]) for of in (inside, ring))
    return float(np.linalg.norm(one - other))
