# SPDX-License-Identifier: Apache-2.0
"""Candidates from depth, and from the network's maps once they know what depth shows."""
from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from ris_ros.frame import CameraModel, Frame
from ris_ros.proposals.candidates import Candidates
from ris_ros.proposals.learned import MIN_PIXELS, Maps, find_instances
from ris_ros.proposals.merging import merged
from ris_ros.proposals.parting import cut
from ris_ros.proposals.relief import Relief
from ris_ros.proposals.resizing import resized_mask, shrunk_camera
from ris_ros.proposals.rgbd import Standing, find_standing, find_surfaces
from ris_ros.proposals.support import Ground
from ris_ros.proposals.windows import step_of

# If a smaller share of the depth is valid, the camera sees glass or sun, and colour tells more.
_MIN_VALID_DEPTH = 0.3

# Things that touch are also cut apart along creases of this likelihood.
_OBJECT, _CREASE = 0.5, 0.6

# How likely it is an object where something stands, as depth sees it.
_RAISED_SHARE = 0.5

# Factor for the network's likelihood of an object where depth shows level ground.
_FLAT_SHARE = 0.6


def usable_depth(frame: Frame, step: int) -> np.ndarray | None:
    """Return (H, W) float32 metres at the working size, 0 in holes; None for too little depth."""
    if frame.depth is None or frame.camera is None:
        return None
    depth = cleaned(frame.depth, step)
    return depth if np.count_nonzero(depth) >= _MIN_VALID_DEPTH * depth.size else None


def cleaned(depth: np.ndarray, step: int) -> np.ndarray:
    """Return (H, W) float32 metres at the working size, 0 in holes."""
    depth = depth[step // 2::step, step // 2::step].astype(np.float32)
    return np.where(np.isfinite(depth) & (depth > 0), depth, np.float32(0))


@dataclass(frozen=True, eq=False)
class DepthView:
    """What depth shows of a whole frame.

    Attributes:
        depth: (H, W) float32 metres at the working size, 0 in holes.
        camera: Intrinsics of that depth.
        ground: The surfaces in view.
        standing: What stands out of them.
    """

    depth: np.ndarray
    camera: CameraModel
    ground: Ground
    standing: Standing

    @classmethod
    def of(cls, frame: Frame) -> DepthView | None:
        """Look at a frame; None if it has too little depth, or no table, floor or wall in view.

        A frame is looked at once: its proposals and what its index asks later share the view.
        """
        if frame not in _VIEWS:
            _VIEWS[frame] = cls._look_at(frame)
        return _VIEWS[frame]

    @classmethod
    def _look_at(cls, frame: Frame) -> DepthView | None:
        """Do what `of` does."""
        step = step_of(frame.size)
        depth = usable_depth(frame, step)
        if depth is None or frame.camera is None:
            return None
        camera = shrunk_camera(frame.camera, step)
        surfaces = find_surfaces(depth, camera)
        if not surfaces:
            return None
        standing = find_standing(depth, camera, surfaces, depth.size)
        return cls(depth, camera, Ground.of(surfaces, standing.clusters, depth, camera), standing)


# What was seen of the frames that somebody still holds.
_VIEWS: WeakKeyDictionary[Frame, DepthView | None] = WeakKeyDictionary()


def candidates_with_depth(maps: Maps, depth: np.ndarray, camera: CameraModel, ground: Ground,
                          standing: Standing) -> Candidates:
    """Find what depth and the network show.

    Args:
        maps: What the network sees.
        depth: (H, W) float32 metres at the working size, 0 in holes.
        camera: Intrinsics of that depth.
        ground: The surfaces in view.
        standing: What stands out of them.

    Returns:
        Candidates whose maps know what depth shows.
    """
    noise = min(surface.noise for surface in ground.surfaces)
    relief = Relief.of(depth, ground.standing(standing.clusters, depth, camera), maps.boundary,
                       noise)
    informed = _informed(maps, relief, standing.above)
    inside = (maps.object > _OBJECT) | (informed.object > _OBJECT)
    masks = [*standing.clusters, *standing.pieces, *find_instances(informed),
             *merged(np.maximum(maps.boundary, relief.edges), informed.boundary, inside,
                     MIN_PIXELS),
             *cut(relief.creases, informed.object > _OBJECT, _CREASE, 1, MIN_PIXELS)]
    return Candidates.of(masks, informed, relief)


def _informed(maps: Maps, relief: Relief, above: np.ndarray) -> Maps:
    """Raise the likelihood of an object where something stands; lower it on level ground."""
    flat = relief.known.astype(bool) & ~resized_mask(above, maps.object.shape)
    raised = 1 - (1 - maps.object) * (1 - _RAISED_SHARE * relief.raised)
    likely = np.where(flat, _FLAT_SHARE * maps.object, raised)
    return replace(maps, object=likely.astype(np.float32),
                   boundary=relief.informed(maps.boundary))
