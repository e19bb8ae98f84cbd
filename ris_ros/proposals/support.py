# SPDX-License-Identifier: Apache-2.0
"""What stands on the surface in view, and what stands elsewhere: furniture, arms, walls."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ris_ros.frame import CameraModel
from ris_ros.geometry.masks import window_around
from ris_ros.proposals.plane import Plane

# A plane that is inclined against the largest one by more than this is no table or floor.
_LEVEL_COSINE = 0.9

# The surface beside a thing is no higher than this, in metres and in multiples of the noise.
_LOW_M, _LOW_SIGMAS = 0.01, 4.0

# It is as far away as the thing, but for this share of the distance. The rim of a bowl or a plate
# hides its foot: there the surface is farther away by up to this many metres more.
_BESIDE, _OVERHANG_M = 0.03, 0.1

# A thing stands on a surface that is beside this share of its outline.
_LEAST_FOOT = 0.08

# A thing is clearly higher than the surface if most of it is lower than its top, and that is this
# high, in metres and in multiples of the noise.
_CLEAR_M, _CLEAR_SIGMAS, _TOP = 0.012, 8.0, 0.8

# The surface ends at this quantile of its depths, and surely beyond this multiple of it.
_FARTHEST, _BEYOND = 0.98, 1.1

# Depth at an edge is that of neither side; what is beside a thing begins and ends here, in pixels.
_NEAR, _FAR = (np.ones((2 * room + 1, 2 * room + 1), np.uint8) for room in (2, 6))
_ROOM = 6
_RIM = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Ground:
    """The surfaces in view, and the one among them on which things are handled.

    Attributes:
        surfaces: Table, floor or walls, one at least, the largest first.
        main: That on which most things in view stand: the table, not the floor beside it. None if
            nothing is seen to stand on any.
    """

    surfaces: tuple[Plane, ...]
    main: Plane | None

    @classmethod
    def of(cls, surfaces: tuple[Plane, ...], clusters: Sequence[np.ndarray], depth: np.ndarray,
           camera: CameraModel) -> Ground:
        """Find the main one of some surfaces, which is level with the largest one.

        Args:
            surfaces: One at least, the largest first.
            clusters: (H, W) bool each, what stands out of them.
            depth: (H, W) float32 metres, 0 in holes.
            camera: Intrinsics of that depth.
        """
        most, main = 0, None
        for surface in surfaces:
            if abs(surface.normal @ surfaces[0].normal) < _LEVEL_COSINE:
                continue
            level = _level(surface, clusters, depth, camera)
            area = sum(int(np.count_nonzero(cluster)) for cluster in clusters
                       if stands_on(cluster, depth, level))
            if area > most:
                most, main = area, surface
        return cls(surfaces, main)

    def standing(self, clusters: Sequence[np.ndarray], depth: np.ndarray,
                 camera: CameraModel) -> np.ndarray:
        """Return (H, W) float32 likelihoods that something stands there on the main surface.

        They are 1 in a cluster that is clearly higher than the surface and its noise. If there is
        no main surface, all clusters count.

        Args:
            clusters: (H, W) bool each, what stands out of the surfaces.
            depth: (H, W) float32 metres, 0 in holes.
            camera: Intrinsics of that depth.
        """
        if self.main is None:
            return _prominence(clusters, depth, camera, self.surfaces[0])
        level = _level(self.main, clusters, depth, camera)
        return _prominence([cluster for cluster in clusters if stands_on(cluster, depth, level)],
                           depth, camera, self.main)

    def occupied(self, clusters: Sequence[np.ndarray], depth: np.ndarray,
                 camera: CameraModel) -> np.ndarray:
        """Return (H, W) bool where the main surface is, or something that stands on it.

        Args:
            clusters: As for `standing`.
            depth: As for `standing`.
            camera: As for `standing`.
        """
        level = _level(self.main or self.surfaces[0], clusters, depth, camera)
        return level | (self.standing(clusters, depth, camera) > 0)

    def beyond(self, clusters: Sequence[np.ndarray], depth: np.ndarray,
               camera: CameraModel) -> np.ndarray:
        """Return (H, W) bool, the holes of the depth through which no main surface can be seen.

        There the ray meets the surface farther away than the farthest place where it is seen.

        Args:
            clusters: As for `standing`.
            depth: As for `standing`.
            camera: As for `standing`.
        """
        surface = self.main or self.surfaces[0]
        seen = depth[_level(surface, clusters, depth, camera)]
        if not len(seen):
            return np.zeros(depth.shape, bool)
        most = _BEYOND * np.quantile(seen, _FARTHEST)
        return (depth == 0) & (surface.depths(depth.shape, camera) > most)


def stands_on(mask: np.ndarray, depth: np.ndarray, level: np.ndarray) -> bool:
    """Tell whether a thing stands on a surface: some of the surface is right beside it.

    Args:
        mask: (H, W) bool, what stands out there.
        depth: (H, W) float32 metres, 0 in holes.
        level: (H, W) bool, the surface, where it is seen.
    """
    window = window_around(mask, _ROOM)
    own = np.ascontiguousarray(mask[window]).view(np.uint8)
    z = depth[window]
    inner = cv2.erode(own, _RIM, borderValue=0)
    seen = (inner if inner.any() else own) & (z > 0)
    farthest = cv2.dilate(cv2.copyTo(z, seen), _FAR)
    nearest = cv2.erode(np.where(seen > 0, z, np.float32(np.inf)), _FAR)
    ring = (cv2.dilate(own, _FAR) - cv2.dilate(own, _NEAR)).view(bool) & level[window]
    beside = (ring & (z < (1 + _BESIDE) * farthest + _OVERHANG_M)
              & (z > (1 - _BESIDE) * nearest))
    length = np.count_nonzero(own - inner)
    return bool(np.count_nonzero(beside) > _LEAST_FOOT * length * (_ROOM - 2))


def _level(surface: Plane, clusters: Sequence[np.ndarray], depth: np.ndarray,
           camera: CameraModel) -> np.ndarray:
    """Return (H, W) bool where a surface is seen, free of the clusters that stand out."""
    most = max(_LOW_M, _LOW_SIGMAS * surface.noise) * np.maximum(1, depth)
    level = (depth > 0) & (np.abs(surface.heights(depth, camera)) < most)
    for cluster in clusters:
        level &= ~cluster
    return level


def _prominence(clusters: Sequence[np.ndarray], depth: np.ndarray, camera: CameraModel,
                surface: Plane) -> np.ndarray:
    """Return (H, W) float32, how clearly each of some clusters is higher than a surface, 0 to 1."""
    height = surface.heights(depth, camera)
    clearly = max(_CLEAR_M, _CLEAR_SIGMAS * surface.noise)
    result = np.zeros(depth.shape, np.float32)
    for cluster in clusters:
        heights = height[cluster & (depth > 0)]
        if len(heights):
            result[cluster] = np.clip(np.quantile(heights, _TOP) / clearly, 0, 1)
    return result
