# SPDX-License-Identifier: Apache-2.0
"""The layout of a frame: how its proposals lie in the picture and in space."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ris_ros.frame import Frame
from ris_ros.geometry.lens import back_project

# About how many pixels of the picture the masks are measured on, and how many of a mask the depth.
_GRID_PIXELS = 40_000
_DEPTH_PIXELS = 600
_LEAST_DEPTHS = 8
_FAR_OFF, _ENDS = 0.25, (0.02, 0.98)
# What is narrower than this, in roots of the area, is slender and has no part in the hull.
_SLENDER = 0.2
# The front of a tall object is nearer than the place where it stands, so its far side counts.
_FAR_SIDE = 0.8
# The lower part of an object, with which it rests, as a share of its height.
_LOWER_SHARE = 0.3


@dataclass(frozen=True, eq=False)
class Layout:
    """How N proposals lie.

    Attributes:
        size: Height and width of the picture.
        step: Pixels from one point of the grid to the next.
        coarse: (N, h, w) bool masks on that grid.
        boxes: (N, 4) x, y, width and height in pixels.
        centres: (N, 2) mean (u, v) of the masks.
        areas: (N,) pixels.
        surfaces: For each proposal (P, 3) points of its visible surface, metres, optical frame.
        points: (N, 3) middles of the visible surfaces in the same frame; NaN without depth.
        reach: (N,) metres to the far side of the visible surface; NaN without depth.
        scale: (N,) metres a pixel at the middle of the surface; NaN without depth.
    """

    size: tuple[int, int]
    step: int
    coarse: np.ndarray
    boxes: np.ndarray
    centres: np.ndarray
    areas: np.ndarray
    surfaces: tuple[np.ndarray, ...]
    points: np.ndarray
    reach: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, frame: Frame, masks: np.ndarray, boxes: np.ndarray) -> Layout:
        """Measure the layout of a frame's (N, H, W) bool masks with their (N, 4) boxes."""
        height, width = frame.size
        step = max(1, round(float(np.sqrt(height * width / _GRID_PIXELS))))
        coarse = np.ascontiguousarray(masks[:, ::step, ::step])
        columns, rows = coarse.sum(axis=1), coarse.sum(axis=2)
        counts = columns.sum(axis=1)
        middles = boxes[:, :2] + (boxes[:, 2:] - 1) / 2
        across = columns @ np.arange(coarse.shape[2]) / np.maximum(counts, 1)
        down = rows @ np.arange(coarse.shape[1]) / np.maximum(counts, 1)
        # A mask that is too small for the grid is where its box is.
        centres = np.where(counts[:, None] > 0, step * np.stack([across, down], axis=1), middles)
        surfaces = tuple(_surface(mask, box, frame) for mask, box in zip(masks, boxes, strict=True))
        points = np.full((len(masks), 3), np.nan)
        reach, scale = np.full((2, len(masks)), np.nan)
        if frame.camera is not None and len(masks):
            depths, reach = np.array([
                np.quantile(surface[:, 2], (0.5, _FAR_SIDE)) if len(surface) >= _LEAST_DEPTHS
                else (np.nan, np.nan) for surface in surfaces]).T
            points = back_project(centres[:, 0], centres[:, 1], depths, frame.camera)
            scale = depths / frame.camera.fx
        areas = np.maximum(counts, 1).astype(float) * step ** 2
        return cls((height, width), step, coarse, boxes, centres, areas, surfaces, points, reach,
                   scale)

    @cached_property
    def hulls(self) -> np.ndarray:
        """(N, h, w) bool convex hulls of the masks on the grid, one point wider.

        A slender part, such as the handle of a pan, is no corner of the hull, because an object
        beside the handle is not in the pan.
        """
        return np.array([_hull(mask.view(np.uint8)) for mask in self.coarse]).reshape(
            self.coarse.shape).astype(bool)

    @cached_property
    def lower_inside(self) -> np.ndarray:
        """(N, N) share of the first one's lower part that lies in the hull of the second one."""
        rows = self.step * np.arange(self.coarse.shape[1])[None, :, None]
        top, height = (self.boxes[:, column, None, None] for column in (1, 3))
        return _shares(self.coarse & (rows >= top + (1 - _LOWER_SHARE) * height), self.hulls)

    @cached_property
    def inside(self) -> np.ndarray:
        """(N, N) share of the first one that lies in the hull of the second one."""
        return _shares(self.coarse, self.hulls)

    @cached_property
    def lengths(self) -> np.ndarray:
        """(N,) metres from end to end of each visible surface along its longest axis.

        NaN without depth. Unlike the box, it does not depend on the way in which an object points.
        """
        return np.array([_length(points) for points in self.surfaces])

    def has_depth(self, objects: np.ndarray) -> bool:
        """Tell whether all of some proposals, given by their numbers, have a position in space."""
        return bool(np.isfinite(self.points[objects]).all())


def _surface(mask: np.ndarray, box: np.ndarray, frame: Frame) -> np.ndarray:
    """Return (P, 3) points of a mask, at most a few hundred, and none without depth."""
    if frame.depth is None or frame.camera is None:
        return np.zeros((0, 3))
    x, y, width, height = box
    step = max(1, int(np.sqrt(width * height / _DEPTH_PIXELS)))
    window = slice(y, y + height, step), slice(x, x + width, step)
    depths = frame.depth[window]
    rows, columns = np.nonzero(mask[window] & np.isfinite(depths) & (depths > 0))
    return back_project(x + step * columns, y + step * rows,
                        depths[rows, columns].astype(float), frame.camera)


def _hull(mask: np.ndarray) -> np.ndarray:
    """Return a (h, w) uint8 mask with the convex hull of its stout parts, one point wider."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(mask), contours, -1, 1, cv2.FILLED)
    points = cv2.findNonZero(_without_slender_parts(filled))
    if points is not None:
        cv2.fillConvexPoly(filled, cv2.convexHull(points), 1)
    return cv2.dilate(filled, np.ones((3, 3), np.uint8))


def _without_slender_parts(filled: np.ndarray) -> np.ndarray:
    """Remove the slender parts of a (h, w) uint8 mask that are longer than wide, if others stay."""
    width = int(_SLENDER * np.sqrt(np.count_nonzero(filled))) | 1
    stout = cv2.morphologyEx(
        filled, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    if not stout.any():
        return filled
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(filled - stout)
    short = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) <= width
    # Opening takes only the tip of a corner.
    short[0] = False
    return stout | short[numbers].astype(np.uint8)


def _length(points: np.ndarray) -> float:
    """Return the extent of (P, 3) points along their longest axis, without the outermost ones."""
    if len(points) < _LEAST_DEPTHS:
        return np.nan
    # Depth at a silhouette is often that of the background. The median is that of a point: between
    # two halves that are far from each other there would be none.
    median = np.quantile(points[:, 2], 0.5, method='lower')
    points = points[np.abs(points[:, 2] - median) < _FAR_OFF]
    middle = points - points.mean(axis=0)
    axis = np.linalg.eigh(middle.T @ middle)[1][:, -1]
    return float(np.ptp(np.quantile(middle @ axis, _ENDS)))


def _shares(parts: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    """Return the (N, N) shares of (N, h, w) parts that lie in (N, h, w) wholes."""
    flat = parts.reshape(len(parts), -1).astype(np.float32)
    common = flat @ wholes.reshape(len(wholes), -1).astype(np.float32).T
    return common / np.maximum(flat.sum(axis=1, keepdims=True), 1)
