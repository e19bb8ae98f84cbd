"""Polygons to pixels, as the data sets' own tools do it: their masks are defined by that."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from ris_ros.proposals.rle import decode

# COCO draws outlines on a grid this many times finer than the pixels.
_FINE = 5


def coco_counts(segmentation: dict | Sequence[Sequence[float]], size: tuple[int, int]
                ) -> np.ndarray:
    """Return (H, W) int: how many polygons of a COCO segmentation cover each pixel.

    segmentation: a list of polygons [x1, y1, x2, y2, ...], or the run lengths of a crowd.
    """
    if isinstance(segmentation, dict):
        return decode(segmentation).astype(np.int64)
    return sum((coco_polygon(polygon, size) for polygon in segmentation),
               np.zeros(size, np.int64))


def coco_polygon(polygon: Sequence[float], size: tuple[int, int]) -> np.ndarray:
    """Return the (H, W) bool mask of one polygon, pixel for pixel that of COCO's mask API.

    The outline is drawn on the fine grid; wherever it crosses the middle of a column, inside and
    outside change places from the next pixel centre downwards.
    """
    height, width = size
    corners = np.trunc(np.asarray(polygon, float).reshape(-1, 2) * _FINE + 0.5).astype(np.int64)
    outline = np.concatenate([_line(*pair) for pair in
                              zip(corners, np.roll(corners, -1, 0), strict=True)])
    lower = np.minimum(outline[1:], outline[:-1])
    middle = _FINE // 2
    columns, remainder = np.divmod(lower[:, 0] - middle, _FINE)
    crossing = ((outline[1:, 0] != outline[:-1, 0]) & (remainder == 0)
                & (columns >= 0) & (columns < width))
    rows = np.clip(-((middle - lower[:, 1]) // _FINE), 0, height)
    starts = (columns * height + rows)[crossing]
    changes = np.bincount(starts, minlength=height * width + 1)[:height * width]
    return (np.cumsum(changes) % 2 == 1).reshape(width, height).T


def _line(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return (N, 2) grid points from start to end, one for each step of the longer side."""
    steps = np.abs(end - start)
    long = 0 if steps[0] >= steps[1] else 1
    length = int(steps[long])
    # Rounding goes by the end with the smaller coordinate, whichever way the edge runs.
    backwards = start[long] > end[long]
    first, last = (end, start) if backwards else (start, end)
    slope = (last[1 - long] - first[1 - long]) / length if length else 0.0
    along = np.arange(length + 1)
    points = np.empty((length + 1, 2), np.int64)
    points[:, long] = first[long] + along
    points[:, 1 - long] = np.trunc(first[1 - long] + slope * along + 0.5)
    return points[::-1] if backwards else points


def phrasecut_union(polygons: Sequence[Sequence[Sequence[float]]], size: tuple[int, int]
                    ) -> np.ndarray:
    """Return the (H, W) bool union of polygons [[x, y], ...], as PhraseCut's tools draw them.

    Corners are cut to whole pixels and the outline belongs to the polygon.
    """
    canvas = Image.new('L', (size[1], size[0]))
    draw = ImageDraw.Draw(canvas)
    for polygon in polygons:
        if len(polygon) >= 2:
            draw.polygon([(int(x), int(y)) for x, y in polygon], outline=1, fill=1)
    return np.asarray(canvas) > 0
