# SPDX-License-Identifier: Apache-2.0
"""The learned segmenter's maps of a picture, and the instance masks in them."""
from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch

from ris_ros.proposals.filtering import components
from ris_ros.proposals.parting import cut
from ris_ros.proposals.segmenter import OFFSET_UNIT, STRIDE, Segmenter

# Longer side in pixels of a picture for the segmenter, as in its training.
_LONG_SIDE = 320

# A pixel belongs to an object from this likelihood on.
_OBJECT = 0.5

# Least heights of peaks in the centre map. Each gives a list of objects: sure ones, then more.
_CENTRES = (0.35, 0.12)
_PEAK_WINDOW = 7

# A pixel belongs to none of the objects if its vote is farther from their centres than this, in
# roots of the object's area.
_MAX_MISS = 0.75

# Objects are also cut along boundaries of these likelihoods; gaps of this many pixels are closed.
_CUTS = ((0.15, 1), (0.25, 1), (0.4, 1), (0.75, 0))
_DOUBTFUL_OBJECT = 0.2

# Least size of an object in pixels of the maps, and of a part as a share of its mask.
MIN_PIXELS = 30
_MIN_PART = 0.12


@dataclass(frozen=True, eq=False)
class Maps:
    """The segmenter's output for a picture.

    Attributes:
        object: (H, W) float32, likelihood that a pixel belongs to an object.
        boundary: (H, W) float32, likelihood of an object's boundary.
        centre: (H, W) float32, likelihood of an object's centre.
        x: (H, W) float32, column that each pixel votes for as the centre of its object.
        y: (H, W) float32, row that each pixel votes for.
        context: (1, C) float32, the mean over the whole picture; a later look at a part needs it.
    """

    object: np.ndarray
    boundary: np.ndarray
    centre: np.ndarray
    x: np.ndarray
    y: np.ndarray
    context: torch.Tensor

    def within(self, where: tuple[slice, slice]) -> Maps:
        """Return the maps of some rows and columns, with votes relative to their first pixel."""
        rows, columns = where
        return Maps(self.object[where], self.boundary[where], self.centre[where],
                    self.x[where] - columns.start, self.y[where] - rows.start, self.context)

    def renewed(self, part: Maps, where: tuple[slice, slice],
                origin: tuple[int, int]) -> Maps:
        """Return these maps with some rows and columns taken from those of a part.

        Args:
            part: Maps of a part of the picture.
            where: Rows and columns of these maps to take from the part.
            origin: Row and column of these maps at which the part begins.
        """
        there = tuple(slice(span.start - start, span.stop - start)
                      for span, start in zip(where, origin, strict=True))
        moved = replace(part, x=part.x + origin[1], y=part.y + origin[0])
        values = {}
        for name in ('object', 'boundary', 'centre', 'x', 'y'):
            values[name] = getattr(self, name).copy()
            values[name][where] = getattr(moved, name)[there]
        return replace(self, **values)


def scale_of(size: tuple[int, int]) -> float:
    """Return the factor by which a picture of size (H, W) is scaled for the segmenter."""
    return _LONG_SIDE / max(size)


def look(segmenter: Segmenter, image: np.ndarray) -> Maps:
    """Return the maps of a (H, W, 3) uint8 RGB image, its longer side scaled to 320 pixels."""
    return _look(segmenter, image, scale_of(image.shape[:2]), None)


def look_at_part(segmenter: Segmenter, image: np.ndarray, scale: float,
                 context: torch.Tensor) -> Maps:
    """Return the maps of a part of a picture; they nearly equal that part of the whole's maps.

    Args:
        segmenter: The network.
        image: (h, w, 3) uint8 RGB, the part.
        scale: From `scale_of` the whole picture.
        context: Of the whole picture's maps.
    """
    return _look(segmenter, image, scale, context)


@torch.inference_mode()
def _look(segmenter: Segmenter, image: np.ndarray, scale: float,
          context: torch.Tensor | None) -> Maps:
    """Return the maps of a picture or, with the context of the whole, of a part of it."""
    size = [max(1, round(scale * length)) for length in image.shape[:2]]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image, size[::-1], interpolation=method)
    # Padded lengths; the border is repeated so that it makes no edge.
    room = [-length % STRIDE for length in size]
    padded = cv2.copyMakeBorder(small, 0, room[0], 0, room[1], cv2.BORDER_REPLICATE)
    pixels = torch.from_numpy(padded).permute(2, 0, 1)[None].float() / 127.5 - 1
    maps, context = segmenter.look(
        pixels.contiguous(memory_format=torch.channels_last), context)
    maps = maps[0, :, :size[0], :size[1]]
    likely = torch.sigmoid(maps[:3]).numpy()
    rows, columns = np.indices(size, np.float32)
    offsets = OFFSET_UNIT * maps[3:].numpy()
    thing, boundary, centre = likely
    return Maps(thing, boundary, centre, columns + offsets[0], rows + offsets[1], context)


def find_instances(maps: Maps) -> list[np.ndarray]:
    """Find objects in the maps.

    Pixels that vote for the same centre are an object. So is each part between boundaries, for
    several likelihoods of a boundary, because a thing in another one has the same centre.

    Source: Cheng et al., Panoptic-DeepLab, CVPR 2020, for the votes.

    Returns:
        (H, W) bool masks at the size of the maps, in no order, with overlaps.
    """
    inside = maps.object > _OBJECT
    masks = [mask for least in _CENTRES for mask in _by_votes(maps, inside, least)]
    for most, width in _CUTS:
        masks += cut(maps.boundary, inside, most, width, MIN_PIXELS)
    masks += components(inside, MIN_PIXELS)
    return masks + components(maps.object > _DOUBTFUL_OBJECT, MIN_PIXELS)


def _by_votes(maps: Maps, inside: np.ndarray, least: float) -> list[np.ndarray]:
    """Return the masks of the pixels that vote for each centre of at least this likelihood."""
    highest = cv2.dilate(maps.centre, np.ones((_PEAK_WINDOW, _PEAK_WINDOW), np.uint8))
    rows, columns = np.nonzero((highest == maps.centre) & (maps.centre > least))
    places = np.flatnonzero(inside)
    if not len(rows) or not len(places):
        return []
    centres = np.stack([columns, rows]).astype(np.float32)
    votes = np.stack([maps.x.ravel()[places], maps.y.ravel()[places]], 1)
    # The squared distance but for the vote's own square.
    nearness = votes @ (2 * centres) - (centres ** 2).sum(0)
    nearest = nearness.argmax(1)
    miss = (votes ** 2).sum(1) - nearness[np.arange(len(places)), nearest]
    areas = np.bincount(nearest, minlength=len(rows))
    own = miss < _MAX_MISS ** 2 * areas[nearest]
    owner = np.zeros(inside.shape, np.int32)
    owner.ravel()[places[own]] = nearest[own] + 1
    masks = []
    for number in range(1, len(rows) + 1):
        mask = owner == number
        # An object seen in two parts keeps both; crumbs elsewhere are not its own.
        parts = components(mask, max(MIN_PIXELS, _MIN_PART * np.count_nonzero(mask)))
        if parts:
            masks.append(np.logical_or.reduce(parts))
    return masks
