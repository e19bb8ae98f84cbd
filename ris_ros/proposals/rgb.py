"""Objects by colour alone: what differs from its wide surroundings, at several thresholds."""
from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from ris_ros.proposals.filtering import MAX_SHARE, MIN_SHARE, is_object_sized

# Colours are compared on a picture of this width; edges are refined on the full one later.
_WIDTH = 320

# The surroundings are the median over these windows, in pixels of half that width.
_SURROUNDINGS = (41, 81)
_THRESHOLDS = (14, 20, 28, 38, 52, 70)
_CHROMA_THRESHOLDS = (10, 15, 22, 32, 46)

# Shadows change lightness more than hue.
_WEIGHTS = np.float32([0.6, 1.3, 1.3])

# Masks that agree so well are one region, seen at several thresholds.
_SAME_IOU = 0.75
_MAX_HOLE_SHARE = 0.15


def find_regions(image: np.ndarray, max_masks: int) -> list[np.ndarray]:
    """Return at most ``max_masks`` (H, W) bool masks of an RGB image, the most certain first.

    A region is the more certain the more thresholds show it and the more its colour differs
    from that of the ring around it.
    """
    height, width = image.shape[:2]
    scale = min(1.0, _WIDTH / width)
    small = _scaled(image, scale)
    smooth = cv2.bilateralFilter(small, 7, 35, 5)
    colours = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32) * _WEIGHTS
    regions = [mask for mask in _candidates(colours) if is_object_sized(mask)]
    ranked = _merge(regions, colours)[:max_masks]
    return [
        cv2.resize(mask.view(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR) > 0
        if scale < 1.0 else mask for mask in ranked]


def _candidates(colours: np.ndarray) -> Iterator[np.ndarray]:
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


def _filled_components(mask: np.ndarray) -> Iterator[np.ndarray]:
    """Yield each component of a uint8 mask with holes filled, and with large holes as it is."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    for label in range(1, count):
        x, y, width, height, area = stats[label]
        if not MIN_SHARE * mask.size < area < MAX_SHARE * mask.size:
            continue
        window = np.s_[y:y + height, x:x + width]
        part = (labels[window] == label).astype(np.uint8)
        contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        filled = cv2.drawContours(part.copy(), contours, -1, 1, -1)
        versions = [filled]
        if filled.sum() > (1 + _MAX_HOLE_SHARE) * area:
            versions.append(part)
        for version in versions:
            whole = np.zeros(mask.shape, bool)
            whole[window] = version.astype(bool)
            yield whole


def _merge(masks: list[np.ndarray], colours: np.ndarray) -> list[np.ndarray]:
    """Return one mask for each group that agrees, the best supported and most distinct first."""
    if not masks:
        return []
    flat = np.stack([mask[::3, ::3].ravel() for mask in masks]).astype(np.float32)
    both = flat @ flat.T
    areas = flat.sum(1)
    iou = both / np.maximum(areas[:, None] + areas - both, 1)
    same = iou > _SAME_IOU
    support = (iou * same).sum(1)
    certainty = support * np.array([_contrast(mask, colours) for mask in masks])
    left, ranked = np.ones(len(masks), bool), []
    for index in np.argsort(-certainty, kind='stable'):
        if left[index]:
            ranked.append(masks[index])
            left &= ~same[index]
    return ranked


def _contrast(mask: np.ndarray, colours: np.ndarray) -> float:
    """Return how far the mean colour of a mask is from that of the ring around it."""
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    window = np.s_[max(y - 4, 0):y + height + 4, max(x - 4, 0):x + width + 4]
    inside = np.ascontiguousarray(mask[window]).view(np.uint8)
    ring = cv2.dilate(inside, np.ones((7, 7), np.uint8)) - inside
    if not ring.any():
        return 0.0
    one, other = (np.array(cv2.mean(colours[window], of)[:3]) for of in (inside, ring))
    return float(np.linalg.norm(one - other))
