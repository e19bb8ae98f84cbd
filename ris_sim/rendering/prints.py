# SPDX-License-Identifier: Apache-2.0
"""Printed pictures on surfaces: where a point lies in the print, its colour and its element."""
from __future__ import annotations

import cv2
import numpy as np

from ris_sim.scene import Print, Projection

# A print is kept at this many sizes, each half as large as the one before.
LEVELS = 5
FOLD = 256


def print_colour(flat: Print, points: np.ndarray, normals: np.ndarray,
                 footprint: np.ndarray) -> np.ndarray:
    """Look up the colour of a print.

    Args:
        flat: the print.
        points: (N, 3) in the object's coordinates.
        normals: (N, 3) of the faces, in the object's coordinates.
        footprint: (N,) width of a pixel on the surface in metres.

    Returns:
        (N, 3) float32 linear RGB.
    """
    across, up, metres = print_coordinates(flat, points, normals)
    texels = footprint * (flat.image.shape[1] / metres)
    levels = np.clip(np.log2(np.maximum(texels, 1)), 0, LEVELS - 1).round().astype(np.int8)
    colour = np.empty((len(points), 3), np.uint8)
    image = flat.image
    for level in range(LEVELS):
        mine = np.flatnonzero(levels == level)
        if len(mine):
            colour[mine] = sampled(image, across[mine], up[mine], cv2.INTER_LINEAR)
        if min(image.shape[:2]) < 4:
            levels = np.minimum(levels, np.int8(level))
            rest = np.flatnonzero(levels == level)
            colour[rest] = sampled(image, across[rest], up[rest], cv2.INTER_LINEAR)
            break
        image = cv2.resize(image, None, fx=.5, fy=.5, interpolation=cv2.INTER_AREA)
    return (colour.astype(np.float32) / np.float32(255)) ** np.float32(2.2)


def print_region(flat: Print, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Return the number of the printed element, (N,) uint8, at points; 0 for the ground."""
    across, up, _ = print_coordinates(flat, points, normals)
    return sampled(flat.regions, across, up, cv2.INTER_NEAREST)


def sampled(image: np.ndarray, across: np.ndarray, up: np.ndarray, how: int) -> np.ndarray:
    """Look up an image at (N,) places, 0 to 1 from its left and from its bottom."""
    if not len(across):
        return np.zeros((0, *image.shape[2:]), np.uint8)
    height, width = image.shape[:2]
    # OpenCV maps onto pictures whose edges are short, so the places are folded into rows.
    folded = np.zeros((2, -(-len(across) // FOLD) * FOLD), np.float32)
    folded[0, :len(across)] = across * width - .5
    folded[1, :len(up)] = (1 - up) * height - .5
    columns, rows = folded.reshape(2, -1, FOLD)
    found = cv2.remap(image, columns, rows, how, borderMode=cv2.BORDER_REPLICATE)
    return found.reshape(-1, *found.shape[2:])[:len(across)]


def print_coordinates(flat: Print, points: np.ndarray,
                      normals: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return where points lie in a print, 0 to 1 from left and bottom, and its width in metres."""
    if flat.lying:
        points, normals = stood_up(points), stood_up(normals)
    low, size = np.float32(flat.low), np.float32(flat.high) - np.float32(flat.low)
    size = np.maximum(size, np.float32(1e-6))
    share = (points - low) / size
    x, y, z = share.T
    if flat.projection is Projection.CYLINDER:
        centred = points[:, :2] - (low + size / 2)[:2]
        angle = np.arctan2(centred[:, 1], centred[:, 0]) / np.float32(2 * np.pi)
        return angle + np.float32(.5), z, float(np.pi * size[:2].mean())
    if flat.projection is Projection.TOP:
        return x, y, float(size[0])
    if flat.projection is Projection.FRONT:
        return x, z, float(size[0])
    return box_coordinates(share, normals, size)


def stood_up(vectors: np.ndarray) -> np.ndarray:
    """Turn (N, 3) vectors of an object on its side back to where it stands."""
    return np.stack([-vectors[:, 2], vectors[:, 1], vectors[:, 0]], axis=1)


def box_coordinates(share: np.ndarray, normals: np.ndarray,
                    size: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the places on a box's print, whose panels front, side and top lie side by side.

    The panels share the print's width in proportion to the lengths of their lower edges, and each
    fills the whole height.
    """
    x, y, z = share.T
    axis = np.abs(normals).argmax(axis=1)
    back = np.take_along_axis(normals, axis[:, None], axis=1)[:, 0] > 0
    # Seen from outside, the back and the left side run against x and y.
    front = np.where(back, 1 - x, x)
    side = np.where(back, y, 1 - y)
    total = 2 * size[0] + size[1]
    edges = np.array([0, size[0], size[0] + size[1], total], np.float32) / total
    across = np.choose(axis, [edges[1] + side * (edges[2] - edges[1]), front * edges[1],
                              edges[2] + x * (edges[3] - edges[2])])
    return across.astype(np.float32), np.where(axis == 2, y, z).astype(np.float32), float(total)
