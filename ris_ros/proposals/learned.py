"""Objects as the learned segmenter sees them: maps of a picture, and the masks they stand for."""
from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch

from ris_ros.proposals.filtering import components
from ris_ros.proposals.parting import cut
from ris_ros.proposals.segmenter import OFFSET_UNIT, STRIDE, Segmenter

# The segmenter sees a picture at about this size, with which it was trained.
_LONG_SIDE = 320

# A pixel belongs to an object from this likelihood on.
_OBJECT = 0.5

# Peaks of the centre map, one list of objects for each: few and sure ones, then doubtful ones.
_CENTRES = (0.35, 0.12)
_PEAK_WINDOW = 7

# A pixel whose vote is farther from all centres than this, in roots of the object's area, is
# another object's.
_MAX_MISS = 0.75

# Objects are also what boundaries of this likelihood part, and gaps of this width in them.
_CUTS = ((0.15, 1), (0.25, 1), (0.4, 1), (0.75, 0))
_DOUBTFUL_OBJECT = 0.2

# In pixels at the maps' size, and in shares of the mask.
MIN_PIXELS = 30
_MIN_PART = 0.12


@dataclass(frozen=True, eq=False)
class Maps:
    """What the segmenter says of a picture, each (H, W) float32 at its working size.

    object, boundary, centre: likelihoods.  x, y: the pixel that each pixel holds for the centre
    of its object.  context: what the picture is like as a whole, for a later look at a part.
    """

    def within(self, where: tuple[slice, slice]) -> Maps:
        """Return some rows and columns, whose pixels count from there."""
        rows, columns = where
        return Maps(self.object[where], self.boundary[where], self.centre[where],
                    self.x[where] - columns.start, self.y[where] - rows.start, self.context)

    def renewed(self, part: Maps, where: tuple[slice, slice],
                origin: tuple[int, int]) -> Maps:
        """Return maps that are those of a part in some rows and columns.

        origin: row and column at which the part begins.
        """
        there = tuple(slice(span.start - start, span.stop - start)
                      for span, start in zip(where, origin, strict=True))
        moved = replace(part, x=part.x + origin[1], y=part.y + origin[0])
        values = {}
        for name in ('object', 'boundary', 'centre', 'x', 'y'):
            values[name] = getattr(self, name).copy()
            values[name][where] = getattr(moved, name)[there]
        return replace(self, **values)

    object: np.ndarray
    boundary: np.ndarray
    centre: np.ndarray
    x: np.ndarray
    y: np.ndarray
    context: torch.Tensor


def scale_of(size: tuple[int, int]) -> float:
    """Return the factor by which a picture of a (H, W) is scaled before the segmenter sees it."""
    return _LONG_SIDE / max(size)


def look(segmenter: Segmenter, image: np.ndarray) -> Maps:
    """Return the maps of a (H, W, 3) uint8 RGB image, its longer side scaled to 320 pixels."""
    return _look(segmenter, image, scale_of(image.shape[:2]), None)


def look_at_part(segmenter: Segmenter, image: np.ndarray, scale: float,
                 context: torch.Tensor) -> Maps:
    """Return the maps of a part of a picture, nearly as they are in those of the whole.

    image: (H, W, 3) uint8 RGB, the part.  scale, context: of the whole picture.
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
    return Maps(*likely, columns + offsets[0], rows + offsets[1], context)


def find_instances(maps: Maps) -> list[np.ndarray]:
    """Return (H, W) bool masks at the maps' size, in no order, with overlaps.

    Pixels that vote for the same centre make an object (after Cheng et al., 'Panoptic-DeepLab',
    CVPR 2020); so does what boundaries part, for several likelihoods of a boundary: a thing in
    another has the same centre.
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
    owner = np.zeros(inside.size, np.int32)
    owner[places[own]] = nearest[own] + 1
    owner = owner.reshape(inside.shape)
    masks = []
    for number in range(1, len(rows) + 1):
        mask = owner == number
        # An object seen in two parts keeps both; crumbs elsewhere are not its own.
        parts = components(mask, max(MIN_PIXELS, _MIN_PART * np.count_nonzero(mask)))
        if parts:
            masks.append(np.logical_or.reduce(parts))
    return masks
