# SPDX-License-Identifier: Apache-2.0
"""The visible surface of an object in space: its mask and depth, without what is not the object."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ris_ros.frame import CameraModel, Frame
from ris_ros.geometry.lens import back_project

MIN_PIXELS = 20
MIN_VALID_RATIO = 0.2

# Depth at a silhouette mixes object and background, so the mask is eroded by this many pixels,
# but never to less than this share of it, because a thin object must not vanish. More erosion
# would take away handles and rims, and so move the mean.
_EROSION = 1
_MIN_ERODED_SHARE = 0.5

# A pixel counts as background when its depth is this many robust standard deviations from the
# plane through the object; the floor keeps the parts of an object that is not flat.
_OUTLIER_SIGMAS = 3.5
_OUTLIER_FLOOR_M = 0.05
_MAD_TO_SIGMA = 1.4826
_PLANE_FITS = 5

# Percentiles between which the size is measured: a few stray points must not stretch it.
_ENDS = (0.5, 99.5)
# This many of the nearest pixels give the depth at a pixel.
_NEAREST = 9


@dataclass(frozen=True, eq=False)
class VisibleSurface:
    """The visible surface of an object, a row for each pixel that is used.

    Attributes:
        pixels: (N, 2) int, u and v in the image.
        points: (N, 3) float64 metres in the optical frame.
        measured: (N,) bool; the rest are holes in the depth image, which take the plane's depth.
        valid_ratio: Share of the mask's inner pixels that had valid depth, 0 to 1.
        lost: Pixels by which the mask is wider than what lies between the outer points.
        camera: Intrinsics of the image.
    """

    pixels: np.ndarray
    points: np.ndarray
    measured: np.ndarray
    valid_ratio: float
    lost: int
    camera: CameraModel

    @cached_property
    def centre(self) -> np.ndarray:
        """(3,) metres, the mean of the points."""
        return self.points.mean(0)

    @property
    def axes(self) -> np.ndarray:
        """(3, 3), whose columns are the axes as `principal_axes` gives them."""
        return self._axes_and_extent[0]

    @cached_property
    def size(self) -> np.ndarray:
        """(3,) metres along the axes, longest first."""
        axes, extent = self._axes_and_extent
        # Across the line of sight the object is wider than the pixels between its outer points.
        return extent + (
            self.lost * self.centre[2] / self.camera.fx * np.hypot(axes[0], axes[1]))

    def point_at(self, pixel: tuple[int, int]) -> np.ndarray:
        """Return the (3,) point of a pixel (u, v), at the depth of the points nearest to it."""
        apart = ((self.pixels - pixel) ** 2).sum(1)
        count = min(_NEAREST, len(apart))
        nearest = np.argpartition(apart, count - 1)[:count]
        u, v = pixel
        return back_project(u, v, float(np.median(self.points[nearest, 2])), self.camera)

    @cached_property
    def _axes_and_extent(self) -> tuple[np.ndarray, np.ndarray]:
        """Axes, and the extent of the points along them."""
        return principal_axes(self.points - self.centre)


def find_points(mask: np.ndarray, depth: np.ndarray, camera: CameraModel,
                corner: tuple[int, int] = (0, 0), most: int = 0) -> VisibleSurface | str:
    """Find the visible surface of a masked object.

    The mask is eroded. The median says where the object is; a plane that is fitted from there
    says how it leans, because a long tool spans more depth than any fixed limit; and the median
    absolute deviation from that plane says what is too far off. Of a hole only the depth is
    unknown and not the ray, so a hole counts with the plane's depth.

    Args:
        mask: (H, W) bool, the whole image or a part of it.
        depth: (H, W) float32 metres along the optical axis; 0, negative, NaN and infinite pixels
            are holes.
        camera: Pinhole intrinsics of the whole image.
        corner: (u, v) of the part's first pixel in the whole image.
        most: About how many pixels to use at most, on a grid; 0 for all.

    Returns:
        The surface, or a sentence that says why there is none.
    """
    x, y, crop = _crop(mask)
    kept, eroded = _erode(crop)
    z = depth[y:y + crop.shape[0], x:x + crop.shape[1]]
    step = max(1, int(np.sqrt(np.count_nonzero(kept) / most))) if most else 1
    kept, z = kept[::step, ::step], z[::step, ::step]
    rows, columns = np.nonzero(kept)
    depths = z[rows, columns].astype(float)
    seen = np.isfinite(depths) & (depths > 0)
    count, total = int(seen.sum()), len(rows)
    if count < MIN_PIXELS or count < MIN_VALID_RATIO * total:
        return (f'There is no position because only {count} of the {total} pixels inside the mask '
                f'have depth; at least {MIN_PIXELS} and {MIN_VALID_RATIO:.0%} are needed.')
    near, plane = _near_plane(rows, columns, depths, seen)
    used = near | ~seen
    pixels = np.stack([columns[used], rows[used]], 1) * step + (x + corner[0], y + corner[1])
    points = back_project(pixels[:, 0], pixels[:, 1], np.where(near, depths, plane)[used], camera)
    return VisibleSurface(pixels, points, near[used], count / total, 2 * eroded + step, camera)


def object_cloud(mask: np.ndarray, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Return the measured points of a masked object and their colours.

    Args:
        mask: (H, W) bool.
        frame: The frame of the mask.

    Returns:
        (N, 3) float32 metres in the optical frame and (N, 3) uint8 RGB; N is 0 without depth.
    """
    nothing = np.zeros((0, 3), np.float32), np.zeros((0, 3), np.uint8)
    if frame.depth is None or frame.camera is None:
        return nothing
    found = find_points(mask, frame.depth, frame.camera)
    if isinstance(found, str):
        return nothing
    u, v = found.pixels[found.measured].T
    return found.points[found.measured].astype(np.float32), frame.image[v, u]


def principal_axes(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the principal axes of points.

    The signs are fixed so that the same object always gives the same axes: z looks to the camera,
    x to the right of the picture (down, where it is upright), and y completes them.

    Args:
        points: (N, 3) metres in the optical frame, centred.

    Returns:
        (3, 3) axes as columns, and the (3,) extent of the points along them, longest first.
    """
    axes = np.linalg.eigh(points.T @ points)[1]
    extent = np.subtract(*np.percentile(points @ axes, _ENDS[::-1], axis=0))
    order = np.argsort(-extent, kind='stable')
    axes, extent = axes[:, order], extent[order]
    x, z = axes[:, 0], axes[:, 2]
    x = x * np.sign(x[np.argmax(np.abs(x[:2]))] or 1.0)
    z = z * -np.sign(z[2] or 1.0)
    return np.stack([x, np.cross(z, x), z], 1), extent


def _crop(mask: np.ndarray) -> tuple[int, int, np.ndarray]:
    """Return x, y and the mask cut to its box, with the room around it that erosion needs."""
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(mask).view(np.uint8))
    left, top = max(x - _EROSION, 0), max(y - _EROSION, 0)
    crop = mask[top:y + height + _EROSION, left:x + width + _EROSION]
    return left, top, np.ascontiguousarray(crop).view(np.uint8)


def _erode(mask: np.ndarray) -> tuple[np.ndarray, int]:
    """Erode a uint8 mask as far as the limits allow; return it as bool, and by how many pixels.

    OpenCV takes what is outside for set, which is right: at the image's border the mask is cut
    off, not at a silhouette.
    """
    smaller = cv2.erode(mask, np.ones((3, 3), np.uint8), iterations=_EROSION)
    if cv2.countNonZero(smaller) < _MIN_ERODED_SHARE * cv2.countNonZero(mask):
        return mask.astype(bool), 0
    return smaller.astype(bool), _EROSION


def _near_plane(
    rows: np.ndarray, columns: np.ndarray, depths: np.ndarray, seen: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return which seen depths lie near the object's plane, and the plane's depth everywhere.

    All are (N,), a pixel each. The first plane is level with the median; each next one is fitted
    to the pixels near the one before, so that it follows an object that leans away.
    """
    design = np.stack([np.ones(len(rows)), rows - rows.mean(), columns - columns.mean()], 1)
    ridge = np.diag([0.0, 1e-6, 1e-6])
    depths = np.where(seen, depths, 0.0)
    plane = np.full(len(rows), _median(depths[seen]))
    near = seen & _near_zero(depths - plane, seen)
    for _ in range(_PLANE_FITS):
        # Weights of 0 and 1 in the normal equations; a ridge far below a pixel keeps a line of
        # pixels, which leaves one slope open, from being a singular case.
        weighted = design * near[:, None]
        plane = design @ np.linalg.solve(weighted.T @ design + ridge, weighted.T @ depths)
        before, near = near, seen & _near_zero(depths - plane, seen)
        if (near == before).all():
            break
    # Far from what was seen, a plane can run away; no hole is nearer or farther than the object.
    return near, np.clip(plane, depths[near].min(), depths[near].max())


def _near_zero(residuals: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return which residuals are small, measured by the median absolute deviation of those seen."""
    distance = np.abs(residuals)
    sigma = _MAD_TO_SIGMA * _median(distance[seen])
    return distance <= max(_OUTLIER_SIGMAS * sigma, _OUTLIER_FLOOR_M)


def _median(values: np.ndarray) -> float:
    """Return the median of at least one number; np.median's own checks take longer than it."""
    half = len(values) // 2
    parted = np.partition(values, [half - 1, half] if len(values) > 1 else half)
    return float(parted[half] if len(values) % 2 else (parted[half - 1] + parted[half]) / 2)
