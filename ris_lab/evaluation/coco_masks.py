"""Masks in COCO's formats: compressed run lengths for lines of JSON, and polygons to pixels."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pycocotools import mask as coco

from ris_ros.errors import RisError
from ris_ros.proposals.rle import decode

# Pixels.  A corner farther away than this is no corner of an object in a picture, and COCO's code,
# which reserves memory for each step along an edge, would crash the process.
_FARTHEST = 100_000


def encode(mask: np.ndarray) -> dict[str, object]:
    """Write a mask as COCO's compressed run lengths.

    Args:
        mask: (H, W) bool.

    Returns:
        {'size': [H, W], 'counts': string}.
    """
    found = coco.encode(np.asfortranarray(mask, np.uint8))
    return {'size': list(found['size']), 'counts': found['counts'].decode('ascii')}


def coco_counts(segmentation: dict | Sequence[Sequence[float]], size: tuple[int, int]
                ) -> np.ndarray:
    """Count how many polygons of a COCO segmentation cover each pixel.

    Args:
        segmentation: A list of polygons [x1, y1, x2, y2, ...], or the run lengths of a crowd.
        size: Rows and columns of the picture.

    Returns:
        (H, W) int64.

    Raises:
        RisError: The run lengths or a polygon are malformed.
    """
    if isinstance(segmentation, dict):
        return decode(segmentation).astype(np.int64)
    return sum((coco_polygon(polygon, size) for polygon in segmentation),
               np.zeros(size, np.int64))


def coco_polygon(polygon: Sequence[float], size: tuple[int, int]) -> np.ndarray:
    """Draw a polygon, pixel for pixel as COCO's mask API does.

    Args:
        polygon: Corners as [x1, y1, x2, y2, ...] in pixels; fewer than three cover nothing.
        size: Rows and columns of the picture.

    Returns:
        (H, W) bool.

    Raises:
        RisError: The polygon is no list of finite pairs near the picture.
    """
    corners = _checked(polygon)
    # pycocotools takes four numbers for a box.
    if len(corners) < 6:
        return np.zeros(size, bool)
    return decode(coco.frPyObjects([corners], *size)[0])


def _checked(polygon: Sequence[float]) -> list[float]:
    """Return the coordinates, which pycocotools can then be given: it checks nothing itself."""
    try:
        corners = np.asarray(polygon, float)
    except (TypeError, ValueError) as error:
        raise RisError(f'A polygon has corners that are no numbers ({error}).') from error
    if corners.ndim != 1 or corners.size % 2:
        raise RisError(f'A polygon has coordinates of shape {corners.shape}; expected an even '
                       'number of them: [x1, y1, x2, y2, ...].')
    if not (np.abs(corners) <= _FARTHEST).all():
        raise RisError('A polygon has a corner that is not finite or farther than '
                       f'{_FARTHEST} pixels from the picture.')
    return corners.tolist()
