# SPDX-License-Identifier: Apache-2.0
"""Masks in COCO's formats: compressed run lengths for lines of JSON, and polygons to pixels."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pycocotools import mask as coco

from ris_ros.errors import RisError
from ris_ros.proposals.rle import decode

# Pixels.  A corner farther away than this is no corner of an object in a picture, and COCO's code,
# which reserves memory for each step along an edge, would crash the process.
FARTHEST = 100_000
_MOST_PIXELS = 2 ** 27  # of a picture, as in image_files


def encode(mask: np.ndarray) -> dict[str, object]:
    """Write a mask as COCO's compressed run lengths.

    Args:
        mask: (H, W) bool.

    Returns:
        {'size': [H, W], 'counts': string}.
    """
    found = coco.encode(np.asfortranarray(mask, np.uint8))
    return {'size': list(found['size']), 'counts': found['counts'].decode('ascii')}


def coco_counts(segmentation: object, size: tuple[int, int]) -> np.ndarray:
    """Count how many parts of a COCO segmentation cover each pixel.

    Args:
        segmentation: Run lengths {'size': [H, W], 'counts': ...}, as of a crowd, or a list of
            parts: polygons [x1, y1, x2, y2, ...] or run lengths. One polygon may stand alone.
            None and an empty list cover nothing.
        size: Rows and columns of the picture.

    Returns:
        (H, W) int64.

    Raises:
        RisError: Run lengths or a polygon are malformed, or the run lengths are of another size.
    """
    return sum((_part(part, size) for part in coco_parts(segmentation)), np.zeros(size, np.int64))


def coco_mask(segmentation: object, size: tuple[int, int]) -> np.ndarray:
    """Return the (H, W) bool union of the parts of a COCO segmentation, as `coco_counts`."""
    if isinstance(segmentation, dict):
        return decode(segmentation)  # of any size: who asks compares it
    return coco_counts(segmentation, size) > 0


def coco_parts(segmentation: object) -> Sequence[dict | Sequence[float]]:
    """Return the polygons and run lengths of a COCO segmentation.

    Raises:
        RisError: It is neither a list nor run lengths, or a polygon is malformed.
    """
    if segmentation is None:
        return ()
    parts = [segmentation] if isinstance(segmentation, dict) else segmentation
    if not isinstance(parts, list | tuple):
        raise RisError(f'A segmentation is {type(segmentation).__name__}; expected polygons or '
                       'run lengths.')
    if parts and all(isinstance(part, int | float) for part in parts):
        parts = [parts]
    for part in parts:
        if not isinstance(part, dict):
            _checked(part)
    return parts


def picture_size(image: dict) -> tuple[int, int]:
    """Return the rows and columns that a data set states for a picture.

    Raises:
        RisError: They are no whole numbers of pixels that a picture has.
    """
    size = image['height'], image['width']
    if not all(isinstance(length, int | float) and length == length // 1 >= 1 for length in size) \
            or size[0] * size[1] > _MOST_PIXELS:
        raise RisError(f'the picture is said to have {size[0]!r:.20} rows and {size[1]!r:.20} '
                       'columns.')
    return int(size[0]), int(size[1])


def _part(part: dict | Sequence[float], size: tuple[int, int]) -> np.ndarray:
    """Return the (H, W) bool mask of a polygon or of run lengths."""
    if not isinstance(part, dict):
        return coco_polygon(part, size)
    mask = decode(part)
    if mask.shape != size:
        raise RisError(f'Run lengths are of size {mask.shape}, but the picture is {size} (rows, '
                       'columns).')
    return mask


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
    except (TypeError, ValueError, OverflowError) as error:
        raise RisError(f'A polygon has corners that are no numbers ({error}).') from error
    if corners.ndim != 1 or corners.size % 2:
        raise RisError(f'A polygon has coordinates of shape {corners.shape}; expected an even '
                       'number of them: [x1, y1, x2, y2, ...].')
    if not (np.abs(corners) <= FARTHEST).all():
        raise RisError('A polygon has a corner that is not finite or farther than '
                       f'{FARTHEST} pixels from the picture.')
    return corners.tolist()
