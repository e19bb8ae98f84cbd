"""Masks of what stands out in depth, and what the network's maps make of it beside them."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from ris_ros.frame import CameraModel, Frame
from ris_ros.proposals.learned import MIN_PIXELS, Maps, find_instances
from ris_ros.proposals.parting import creases, cut
from ris_ros.proposals.plane import Plane
from ris_ros.proposals.resizing import resized_mask
from ris_ros.proposals.rgbd import find_objects

# With less valid depth than this the camera sees glass or sun, and colour tells more.
_MIN_VALID_DEPTH = 0.3

# Creases of these likelihoods part what touches.
_CREASES = (0.3, 0.5)

# How sure the network must be of an object where depth sees level ground.
_FLAT_SHARE = 0.6


def usable_depth(frame: Frame, step: int) -> np.ndarray | None:
    """Return (H, W) float32 metres at the working size, 0 in holes; None where it is of no use."""
    if not frame.has_points:
        return None
    depth = cleaned(frame.depth, step)
    return depth if np.count_nonzero(depth) >= _MIN_VALID_DEPTH * depth.size else None


def cleaned(depth: np.ndarray, step: int) -> np.ndarray:
    """Return (H, W) float32 metres at the working size, 0 in holes."""
    depth = np.float32(depth[step // 2::step, step // 2::step])
    return np.where(np.isfinite(depth) & (depth > 0), depth, np.float32(0))


def masks_with_depth(
    maps: Maps, depth: np.ndarray, camera: CameraModel, surfaces: tuple[Plane, ...],
    pixels: int,
) -> tuple[list[np.ndarray], Maps, int]:
    """Return the masks that depth and the network offer, better maps, and how many are sure.

    depth: (H, W) float32 metres, 0 in holes.  pixels: of the whole picture.  The first masks, of
    the size of the depth, are sure to stand out of the surfaces.
    """
    solid = find_objects(depth, camera, surfaces, pixels)
    maps = _informed(maps, solid, depth > 0)
    return solid + find_instances(maps) + _along_creases(maps, depth), maps, len(solid)


def _informed(maps: Maps, solid: list[np.ndarray], valid: np.ndarray) -> Maps:
    """Return maps whose objects are what stands out, and, where depth is missing, as before.

    solid: (H, W) bool masks of what stands out.  valid: (H, W) bool, where there is depth.
    """
    size = maps.object.shape
    above = np.logical_or.reduce(solid) if solid else np.zeros(valid.shape, bool)
    above, valid = resized_mask(above, size), resized_mask(valid, size)
    likely = np.where(above, 0.5 + 0.5 * maps.object,
                      np.where(valid, _FLAT_SHARE * maps.object, maps.object))
    return replace(maps, object=likely.astype(np.float32))


def _along_creases(maps: Maps, depth: np.ndarray) -> list[np.ndarray]:
    """Return the parts of what stands out that creases of the depth part."""
    relief = creases(depth, maps.object.shape)
    return [part for most in _CREASES for part in cut(
        relief, maps.object > 0.5, most, 1, MIN_PIXELS)]
