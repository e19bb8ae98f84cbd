# SPDX-License-Identifier: Apache-2.0
"""Large planes in a depth image: the table, the floor, a wall."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ris_ros.frame import CameraModel

# A plane is where things stand or hang if it holds this share of all depth pixels and spans
# this share of the picture's width or height; a smaller one is the face of a box or a book.
_MIN_SHARE = 0.15
_MIN_SPAN = 0.6
_MAX_PLANES = 3

# A further plane is a floor under the table if it is parallel and far from it, unlike the tops of
# books, and a wall if it is inclined and has almost nothing behind it, unlike a box's side.
_MAX_COSINE = 0.9
_MIN_GAP_M = 0.15
_MAX_SHARE_BEHIND = 0.05

_STRIDE = 8
_HYPOTHESES = 150
# They are tried in groups of this size, whose distances stay in the processor's cache.
_GROUP = 10

# Least squares is repeated with ever nearer inliers, in shares of the tolerance: what lies flat on
# the table (a plate's floor) would lift the plane by millimetres.
_NARROWING = (1.0, 0.8, 0.6, 0.45, 0.35, 0.3, 0.25, 0.25, 0.25)
_MIN_POINTS = 200

# Inliers lie this near at up to one metre; a stereo camera's noise grows with the square.
_TOLERANCE_M = 0.006

_MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, eq=False)
class Plane:
    """The plane normal . p + offset = 0, with the camera on its positive side.

    Attributes:
        normal: (3,) unit vector in the optical frame.
        offset: Height of the camera above it, metres.
        noise: Robust standard deviation of the depth pixels about it, metres.
    """

    normal: np.ndarray
    offset: float
    noise: float

    def heights(self, depth: np.ndarray, camera: CameraModel) -> np.ndarray:
        """Return the (H, W) float32 heights in metres of the depth pixels above the plane."""
        rows, columns = depth.shape
        along = _ray_lengths(self.normal, np.arange(columns), np.arange(rows)[:, None], camera)
        return depth * along.astype(np.float32) + np.float32(self.offset)

    def depths(self, size: tuple[int, int], camera: CameraModel) -> np.ndarray:
        """Return (H, W) metres of depth at which the plane lies, inf where no ray meets it.

        Args:
            size: (H, W).
            camera: Intrinsics of a depth image of that size.
        """
        rows, columns = size
        along = _ray_lengths(self.normal, np.arange(columns), np.arange(rows)[:, None], camera)
        return np.where(along < 0, -self.offset / np.minimum(along, -1e-9), np.inf)


def find_planes(depth: np.ndarray, camera: CameraModel) -> tuple[Plane, ...]:
    """Find the large planes of a depth image by RANSAC, refined by least squares.

    The seed is fixed. Each plane is looked for in the pixels that the ones before it leave.

    Source: Fischler and Bolles, Random sample consensus, 1981.

    Args:
        depth: (H, W) float32 metres, 0 in holes.
        camera: Intrinsics of the depth image.

    Returns:
        The planes, the largest first; there may be none.
    """
    rows, columns = np.mgrid[:depth.shape[0]:_STRIDE, :depth.shape[1]:_STRIDE]
    z = depth[rows, columns].astype(np.float64)
    seen = z > 0
    u, v, z = columns[seen], rows[seen], z[seen]
    points = np.stack(
        [(u - camera.cx) / camera.fx * z, (v - camera.cy) / camera.fy * z, z], -1)
    tolerance = _TOLERANCE_M * np.maximum(1.0, z ** 2)
    random = np.random.default_rng(0)
    left = np.ones(len(z), bool)
    planes: list[Plane] = []
    for _ in range(_MAX_PLANES):
        if left.sum() < max(_MIN_POINTS, _MIN_SHARE * len(z)):
            break
        plane = _fit(points[left], tolerance[left], random)
        if plane is None:
            break
        distance = points @ plane.normal + plane.offset
        members = left & (np.abs(distance) < tolerance)
        if members.sum() < _MIN_SHARE * len(z) or not _is_wide(
                u[members], v[members], depth.shape):
            break
        behind = np.mean(distance < -2 * tolerance)
        if all(_is_further(plane, other, behind) for other in planes):
            planes.append(plane)
        left &= np.abs(distance) > 2 * tolerance
    return tuple(planes)


def flattest(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit a plane to (N, 3) points by least squares of the distances; return centre and normal."""
    centre = points.mean(0)
    offsets = points - centre
    return centre, np.linalg.eigh(offsets.T @ offsets)[1][:, 0]


def _ray_lengths(normal, u, v, camera: CameraModel) -> np.ndarray:
    """Return for each pixel how far along the normal one metre of depth is."""
    return ((u - camera.cx) / camera.fx * normal[0] + (v - camera.cy) / camera.fy * normal[1]
            + normal[2])


def _fit(
    points: np.ndarray, tolerance: np.ndarray, random: np.random.Generator,
) -> Plane | None:
    """Return the plane with most points near it, or None if all points lie on a line."""
    a, b, c = points[random.integers(len(points), size=(3, _HYPOTHESES))]
    normals = np.cross(b - a, c - a)
    lengths = np.linalg.norm(normals, axis=1)
    usable = lengths > 1e-9
    if not usable.any():
        return None
    normals = normals[usable] / lengths[usable, None]
    offsets = -(normals * a[usable]).sum(1)
    best = int(np.argmax(_members(points, tolerance, normals, offsets)))
    normal, offset = normals[best], offsets[best]
    for share in _NARROWING:
        near = np.abs(points @ normal + offset) < share * tolerance
        if near.sum() < 3:
            return None
        centre, normal = flattest(points[near])
        offset = -normal @ centre
    if offset < 0:
        normal, offset = -normal, -offset
    distance = np.abs(points @ normal + offset)
    noise = _MAD_TO_SIGMA * np.median(distance[distance < tolerance])
    return Plane(normal, float(offset), float(noise))


def _members(points: np.ndarray, tolerance: np.ndarray, normals: np.ndarray,
             offsets: np.ndarray) -> list[int]:
    """Return for each of (N, 3) normals and (N,) offsets how many points lie near the plane."""
    across = np.ascontiguousarray(points.T)
    counts: list[int] = []
    for first in range(0, len(normals), _GROUP):
        distances = normals[first:first + _GROUP] @ across
        distances += offsets[first:first + _GROUP, None]
        near = np.abs(distances, out=distances) < tolerance
        counts += [int(np.count_nonzero(row)) for row in near]
    return counts


def _is_further(plane: Plane, other: Plane, share_behind: float) -> bool:
    """Tell whether a plane is a further surface of the room and not an object's face."""
    if abs(plane.normal @ other.normal) < _MAX_COSINE:
        return bool(share_behind < _MAX_SHARE_BEHIND)
    return bool(abs(plane.offset - other.offset) > _MIN_GAP_M)


def _is_wide(u: np.ndarray, v: np.ndarray, shape: tuple[int, int]) -> bool:
    """Tell whether pixels span the picture as a table or a wall does."""
    return bool(np.ptp(u) >= _MIN_SPAN * shape[1] or np.ptp(v) >= _MIN_SPAN * shape[0])
