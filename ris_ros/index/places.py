"""Where a proposal is: in the picture, in space, and where to grasp it."""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ris_ros.frame import Frame
from ris_ros.geometry.masks import centroid, grasp_pixel
from ris_ros.geometry.position import Position, locate


@dataclass(frozen=True, eq=False)
class Place:
    """centroid, grasp, position_3d, position_note: as those of a Candidate."""

    centroid: tuple[float, float]
    grasp: tuple[int, int]
    position_3d: Position | None
    position_note: str


def find_place(mask: np.ndarray, box: np.ndarray, frame: Frame) -> Place:
    """Return the place of a non-empty (H, W) bool mask with its box x, y, width, height."""
    x, y, width, height = (int(length) for length in box)
    # A pixel around it tells an edge of the object from the border of the picture.
    left, top = max(x - 1, 0), max(y - 1, 0)
    window = np.s_[top:y + height + 1, left:x + width + 1]
    part = np.ascontiguousarray(mask[window])
    depth, camera = frame.depth, frame.camera
    if camera is not None:
        camera = replace(camera, cx=camera.cx - left, cy=camera.cy - top,
                         width=part.shape[1], height=part.shape[0])
    position, note = locate(part, None if depth is None else depth[window], camera)
    (middle_u, middle_v), (u, v) = centroid(part), grasp_pixel(part)
    return Place((middle_u + left, middle_v + top), (u + left, v + top), position, note)
