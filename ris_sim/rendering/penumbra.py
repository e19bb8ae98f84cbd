# SPDX-License-Identifier: Apache-2.0
"""Soft shadows of broad lights: where they are, and a filter that takes the rays' noise away."""
from __future__ import annotations

import cv2
import numpy as np

from ris_sim.rendering.surface_points import SurfacePoints

# Pixels between the places at which the light is tried first.
STRIDE = 4
# Pixels between the neighbours that each pass of the filter averages.
STEPS = (1, 2, 3)
# Cosine between the normals of neighbours that belong together.
SAME_WAY = .9


def penumbra(share: np.ndarray, coarse: np.ndarray, index: np.ndarray,
             shape: tuple[int, int]) -> np.ndarray:
    """Mark the points that may see a part of a light.

    Args:
        share: (K,) of the light, 0 to 1, that the coarse points see.
        coarse: (K,) which of the points were tried; they lie on a grid of STRIDE pixels.
        index: (N,) pixel of each point.
        shape: height and width of the image.
    """
    rows, columns = np.divmod(index, shape[1])
    size = tuple(-(-edge // STRIDE) for edge in shape)
    low, high = np.ones(size, np.float32), np.zeros(size, np.float32)
    at = rows[coarse] // STRIDE, columns[coarse] // STRIDE
    low[at], high[at] = share, share
    kernel = np.ones((3, 3), np.uint8)
    mixed = (cv2.erode(low, kernel) < 1) & (cv2.dilate(high, kernel) > 0)
    return mixed[rows // STRIDE, columns // STRIDE]


def smoothed(share: np.ndarray, which: np.ndarray, spots: SurfacePoints, index: np.ndarray,
             shape: tuple[int, int]) -> np.ndarray:
    """Average the light of points with that of neighbours on the same surface.

    Args:
        share: (N,) of the light, 0 to 1.
        which: (K,) the points to average.
        spots: all N surface points.
        index: (N,) pixel of each point.
        shape: height and width of the image.
    """
    height, width = shape
    row_of = np.full(height * width, -1, np.int32)
    row_of[index] = np.arange(len(index), dtype=np.int32)
    rows, columns = np.divmod(index[which], width)
    points, normals = spots.points[which], spots.normals[which]
    near = spots.footprint[which]
    for step in STEPS:
        total, count = share[which].copy(), np.ones(len(which), np.float32)
        for dy in (-step, 0, step):
            for dx in (-step, 0, step):
                y, x = rows + dy, columns + dx
                inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
                other = np.where(inside, row_of[np.where(inside, y * width + x, 0)], -1)
                some = np.flatnonzero((other >= 0) & ((dy != 0) | (dx != 0)))
                there = other[some]
                off = np.einsum('ij,ij->i', spots.points[there] - points[some], normals[some])
                alike = np.einsum('ij,ij->i', spots.normals[there], normals[some]) > SAME_WAY
                keep = alike & (np.abs(off) < step * near[some])
                total[some[keep]] += share[there[keep]]
                count[some[keep]] += 1
        share = share.copy()
        share[which] = total / count
    return share
