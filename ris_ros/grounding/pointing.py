# SPDX-License-Identifier: Apache-2.0
"""Finds the object that is pointed at in a picture: by a pixel, a box or a point in space."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.errors import CommandError
from ris_ros.geometry.masks import bounding_boxes, intersection_over_union, overlaps
from ris_ros.grounding.recognition import Referent, find_again
from ris_ros.index.outlines import find_parts
from ris_ros.index.past_scene import PastScene
from ris_ros.index.scene_index import SceneIndex

# A finger or a mouse misses a small object by up to this share of the picture's width.
_MISS = 0.012
# A box means the objects that lie in it with this share of their pixels, or the one that fills it.
_IN_BOX, _FILLS_BOX = 0.6, 0.5
# Two outlines of one object have more than this intersection over union.
_ALIKE = 0.6
# A point in space means an object whose visible surface is at most so far off, metres.
_OFF_M = 0.05


@dataclass(frozen=True)
class Region:
    """A pixel or a box of a picture.

    Attributes:
        x: Column of the left edge, pixels.
        y: Row of the upper edge.
        width: Pixels; 0 or 1, with such a height, for a single pixel.
        height: Pixels.
    """

    x: int
    y: int
    width: int = 1
    height: int = 1

    @property
    def is_pixel(self) -> bool:
        """Whether it is a single pixel."""
        return self.width <= 1 and self.height <= 1

    def window(self, size: tuple[int, int]) -> tuple[slice, slice]:
        """Return the rows and columns of the region in a picture of some height and width.

        Raises:
            CommandError: It lies outside the picture.
        """
        height, width = size
        right, bottom = self.x + max(self.width, 1), self.y + max(self.height, 1)
        if not (self.x < width and self.y < height and right > 0 and bottom > 0):
            raise CommandError(f'The picture has {width} x {height} pixels, so that {self} is '
                               'outside it; point at something in the picture.')
        return slice(max(self.y, 0), min(bottom, height)), slice(max(self.x, 0), min(right, width))

    def __str__(self) -> str:
        if self.is_pixel:
            return f'the pixel ({self.x}, {self.y})'
        return f'the box of {self.width} x {self.height} pixels at ({self.x}, {self.y})'


def objects_at(region: Region, masks: np.ndarray) -> list[int]:
    """Find the objects in a region.

    Args:
        region: The region.
        masks: (N, H, W) bool, whole things before their parts.

    Returns:
        The numbers of their masks. At a pixel it is at most one: the smallest thing of its own
        there, so that the apple in the bowl is meant and not the bowl, but no part of a thing; or
        the nearest thing where the pixel just misses it. In a box it is the one that fills it, or
        else all that lie in it.

    Raises:
        CommandError: The region lies outside the picture.
    """
    size = masks.shape[1:]
    rows, columns = region.window(size)
    if not len(masks):
        return []
    areas = masks.sum(axis=(1, 2))
    inside = masks[:, rows, columns].sum(axis=(1, 2))
    if not region.is_pixel:
        box = (rows.stop - rows.start) * (columns.stop - columns.start)
        within = np.flatnonzero(inside > _IN_BOX * areas)
        filling = inside / (areas + box - inside)
        if filling.max() > _FILLS_BOX:
            return [int(filling.argmax())]
        return _without_parts(within, masks, areas)
    there = np.flatnonzero(inside)
    if not len(there):
        there = _just_missed(columns.start, rows.start, masks)
    whole = _without_parts(there, masks, areas)
    if not whole:
        return []
    smallest = masks[whole[int(areas[whole].argmin())]]
    # The first of several outlines of one object is the likeliest.
    return [next(number for number in whole
                 if intersection_over_union(masks[number], smallest) > _ALIKE)]


def _just_missed(u: int, v: int, masks: np.ndarray) -> np.ndarray:
    """Return the number of the mask nearest to a pixel, if one is near enough."""
    reach = max(1, round(_MISS * masks.shape[2]))
    top, left = max(v - reach, 0), max(u - reach, 0)
    around = masks[:, top:v + reach + 1, left:u + reach + 1]
    numbers, rows, columns = np.nonzero(around)
    distances = np.hypot(rows + top - v, columns + left - u)
    nearest = np.argsort(distances, kind='stable')[:1]
    return numbers[nearest[distances[nearest] <= reach]]


def _without_parts(found: np.ndarray, masks: np.ndarray, areas: np.ndarray) -> list[int]:
    """Leave the parts of other objects out of the numbers of masks."""
    if not len(found):
        return []
    chosen = masks[found]
    shares = overlaps(chosen, bounding_boxes(chosen), np.empty((0, 0), np.float32))
    parts = find_parts(shares, areas[found].astype(float))
    return [int(number) for number in found[~parts]]


@dataclass(frozen=True, eq=False)
class Pointed:
    """A region that somebody points at.

    Attributes:
        region: The region.
        past: The scene of the picture in which it is; None for the present picture.
        point: (3,) metres in the optical frame, where the region comes from a point in space.
    """

    region: Region
    past: PastScene | None = None
    point: np.ndarray | None = None

    def find(self, scene: SceneIndex) -> tuple[list[int], str]:
        """Find what is pointed at in the present scene.

        Returns:
            The numbers of the proposals, and a sentence that says why there are none, else ''.

        Raises:
            CommandError: The region lies outside its picture.
        """
        masks = scene.masks if self.past is None else self.past.masks()
        if not len(masks):
            self.region.window(scene.frame.size)
        numbers = objects_at(self.region, masks) if len(masks) else []
        if not numbers:
            return [], f'There is no object at {self.region}; point at one.'
        if self.past is not None:
            before = [Referent(None, masks[n], self.past.features[n]) for n in numbers]
            numbers = [n for n in find_again(before, scene) if n is not None]
            if not numbers:
                return [], ('What was pointed at is not found again in the present picture; point '
                            'at it once more.')
        if self.point is not None:
            surface = scene.layout.surfaces[numbers[0]]
            off = np.linalg.norm(surface - self.point, axis=1).min(initial=np.inf)
            if off > _OFF_M:
                return [], (f'The nearest object in that direction is {off:.2f} m from the point; '
                            'point at an object.' if np.isfinite(off) else
                            'The object in that direction has no position, so that no point means '
                            'it.')
        return numbers, ''
