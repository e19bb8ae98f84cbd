"""The default proposals: no weights, tens of milliseconds of CPU, made for tabletops."""
from __future__ import annotations

import cv2
import numpy as np

from ris_ros.frame import CameraModel, Frame
from ris_ros.proposals.filtering import drop_duplicates, is_object_sized
from ris_ros.proposals.refining import colour_space, refine
from ris_ros.proposals.rgb import find_regions
from ris_ros.proposals.rgbd import find_objects

# Larger pictures are worked on at about this size: objects stay as large in it.
_SIDE = 640

# With less valid depth than this the camera sees glass or sun, and colour tells more.
_MIN_VALID_DEPTH = 0.3

# What stands out of the table may be cut by a corner of the picture; a region of colour that
# large and there is background.
_MAX_BORDERS_DEPTH = 2
_MAX_BORDERS_COLOUR = 1


class EmbeddedProposer:
    """Finds what stands out: of the table's plane where there is depth, of the colours elsewhere.

    With depth it finds objects of any colour from 4 mm of height on, one mask each unless they
    touch or hide each other; then there is a mask for the whole and one for each part. Without
    usable depth, or where no table, floor or wall is in view, regions of distinct colour are
    proposed: more masks, and less certain ones. The same frame always gives the same masks.
    """

    def __init__(self, max_masks: int = 40) -> None:
        """Limit the number of masks; with depth there are seldom more than ten."""
        self._max_masks = max_masks

    def propose(self, frame: Frame) -> np.ndarray:
        """Return (N, H, W) bool masks, N >= 0, none of them empty."""
        step = max(1, round(max(frame.size) / _SIDE))
        image = _shrink_image(frame.image, step)
        masks = self._from_depth(frame, step)
        max_borders = _MAX_BORDERS_DEPTH
        if masks is None:
            masks, max_borders = find_regions(image, self._max_masks), _MAX_BORDERS_COLOUR
        colours = colour_space(image)
        refined = (refine(mask, colours) for mask in masks)
        kept = drop_duplicates(mask for mask in refined if is_object_sized(mask, max_borders))
        return _enlarge(kept[:self._max_masks], step, frame.size)

    def _from_depth(self, frame: Frame, step: int) -> list[np.ndarray] | None:
        """Return masks at the working size, or None where depth does not help."""
        if frame.depth is None or frame.camera is None:
            return None
        depth = np.ascontiguousarray(frame.depth[step // 2::step, step // 2::step])
        valid = np.isfinite(depth) & (depth > 0)
        if np.count_nonzero(valid) < _MIN_VALID_DEPTH * valid.size:
            return None
        return find_objects(depth.astype(np.float32, copy=False), _shrink(frame.camera, step))


def _shrink_image(image: np.ndarray, step: int) -> np.ndarray:
    """Return every so-manieth pixel of an image, averaged over the pixels around it."""
    if step == 1:
        return np.ascontiguousarray(image)
    blurred = cv2.blur(image, (step, step))
    return np.ascontiguousarray(blurred[step // 2::step, step // 2::step])


def _shrink(camera: CameraModel, step: int) -> CameraModel:
    """Return the intrinsics of every so-manieth pixel."""
    first = step // 2
    return CameraModel(
        camera.fx / step, camera.fy / step, (camera.cx - first) / step,
        (camera.cy - first) / step, len(range(first, camera.width, step)),
        len(range(first, camera.height, step)))


def _enlarge(masks: list[np.ndarray], step: int, size: tuple[int, int]) -> np.ndarray:
    """Return the masks at the frame's size as (N, H, W) bool."""
    if not masks:
        return np.zeros((0, *size), bool)
    small = np.stack(masks)
    rows, columns = (
        np.minimum(np.arange(length) // step, limit - 1)
        for length, limit in zip(size, small.shape[1:], strict=True))
    return small if step == 1 else small[:, rows[:, None], columns]
