"""Candidates from depth, and from the network's maps once they know what depth shows."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from ris_ros.frame import CameraModel, Frame
from ris_ros.proposals.candidates import Candidates
from ris_ros.proposals.learned import MIN_PIXELS, Maps, find_instances
from ris_ros.proposals.parting import creases, cut
from ris_ros.proposals.plane import Plane
from ris_ros.proposals.resizing import resized_mask
from ris_ros.proposals.rgbd import find_objects

# If a smaller share of the depth is valid, the camera sees glass or sun, and colour tells more.
_MIN_VALID_DEPTH = 0.3

# Objects that touch are cut apart along creases of these likelihoods.
_CREASES = (0.3, 0.5)

# Factor for the network's likelihood of an object where depth shows level ground.
_FLAT_SHARE = 0.6


def usable_depth(frame: Frame, step: int) -> np.ndarray | None:
    """Return (H, W) float32 metres at the working size, 0 in holes; None for too little depth."""
    if not frame.has_points:
        return None
    depth = cleaned(frame.depth, step)
    return depth if np.count_nonzero(depth) >= _MIN_VALID_DEPTH * depth.size else None


def cleaned(depth: np.ndarray, step: int) -> np.ndarray:
    """Return (H, W) float32 metres at the working size, 0 in holes."""
    depth = np.float32(depth[step // 2::step, step // 2::step])
    return np.where(np.isfinite(depth) & (depth > 0), depth, np.float32(0))


def candidates_with_depth(maps: Maps, depth: np.ndarray, camera: CameraModel,
                          surfaces: tuple[Plane, ...], pixels: int) -> Candidates:
    """Find what depth and the network show.

    Args:
        maps: What the network sees.
        depth: (H, W) float32 metres at the working size, 0 in holes.
        camera: Intrinsics of that depth.
        surfaces: Table, floor or walls, one at least.
        pixels: Pixels of the whole picture at the working size.

    Returns:
        Candidates whose first masks, those that stand out of the surfaces, are sure. Their maps
        know what depth shows.
    """
    solid = find_objects(depth, camera, surfaces, pixels)
    maps = _informed(maps, solid, depth > 0)
    masks = solid + find_instances(maps) + _along_creases(maps, depth)
    return Candidates.of(masks, maps, len(solid))


def _informed(maps: Maps, solid: list[np.ndarray], valid: np.ndarray) -> Maps:
    """Raise the likelihood of an object where something stands out; lower it on level ground."""
    size = maps.object.shape
    above = np.logical_or.reduce(solid) if solid else np.zeros(valid.shape, bool)
    above, valid = resized_mask(above, size), resized_mask(valid, size)
    likely = np.where(above, 0.5 + 0.5 * maps.object,
                      np.where(valid, _FLAT_SHARE * maps.object, maps.object))
    return replace(maps, object=likely.astype(np.float32))


def _along_creases(maps: Maps, depth: np.ndarray) -> list[np.ndarray]:
    """Return the parts of what stands out, cut along creases of the depth."""
    relief = creases(depth, maps.object.shape)
    return [part for most in _CREASES for part in cut(
        relief, maps.object > 0.5, most, 1, MIN_PIXELS)]
