"""The default proposals: shape where there is depth, and what a small network makes of colour."""
from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ris_ros.frame import CameraModel, Frame
from ris_ros.models.locations import find_model_file
from ris_ros.proposals.filtering import drop_duplicates, is_object_sized
from ris_ros.proposals.learned import MIN_PIXELS, Maps, find_instances, look
from ris_ros.proposals.parting import creases, cut
from ris_ros.proposals.ranking import best_masks
from ris_ros.proposals.refining import colour_space, refine
from ris_ros.proposals.rgb import find_regions
from ris_ros.proposals.rgbd import find_objects
from ris_ros.proposals.segmenter import load_segmenter

# Larger pictures are worked on at about this size: objects stay as large in it.
_SIDE = 640

# With less valid depth than this the camera sees glass or sun, and colour tells more.
_MIN_VALID_DEPTH = 0.3

# What stands out of the table may be cut by a corner of the picture; a region of colour that
# large and there is background.
_MAX_BORDERS_DEPTH = 2
_MAX_BORDERS_COLOUR = 1

# With depth, how many masks are offered at most.
_MAX_WITH_DEPTH = 25

# How much a mask has to look like an object; depth, which shows objects, adds to that.
_LEAST_DEPTH = 0.08
_LEAST_COLOUR = 0.02

# Regions of colour beside those of the network.
_REGIONS = 60

# Creases of these likelihoods part what touches.
_CREASES = (0.3, 0.5)

# How sure the network must be of an object where depth sees level ground.
_FLAT_SHARE = 0.6


class EmbeddedProposer:
    """Finds what stands out of the table where there is depth, and what looks like an object.

    With depth it finds what is higher than the table from 4 mm on, as a whole and, where things
    touch, lie on or in each other, in the parts that a small segmentation network tells apart
    by their colours. Without usable depth, or where no table, floor or wall is in view, the
    network and regions of distinct colour propose: more masks, and less certain ones. The
    same frame always gives the same masks.
    """

    def __init__(self, max_masks: int = 40,
                 weights: str = 'embedded/proposer.safetensors') -> None:
        """Load the network; limit the number of masks (25 with depth, where that is less).

        Raises ModelError where the weights are missing or of another model.
        """
        self._max_masks = max_masks
        self._segmenter = load_segmenter(find_model_file(weights))

    def propose(self, frame: Frame) -> np.ndarray:
        """Return (N, H, W) bool masks, N >= 0, none of them empty, the likeliest object first."""
        step = max(1, round(max(frame.size) / _SIDE))
        image = _shrink_image(frame.image, step)
        maps = look(self._segmenter, image)
        depth = _usable_depth(frame, step)
        solid = None if depth is None else find_objects(depth, _shrink(frame.camera, step))
        if depth is None or solid is None:
            small = _resized(image, maps.object.shape)
            masks = find_instances(maps) + find_regions(small, _REGIONS)
            count, borders, least = self._max_masks, _MAX_BORDERS_COLOUR, _LEAST_COLOUR
        else:
            maps = _with_depth(maps, solid, depth > 0)
            masks = solid + find_instances(maps) + _along_creases(maps, depth)
            count, borders = min(self._max_masks, _MAX_WITH_DEPTH), _MAX_BORDERS_DEPTH
            least = _LEAST_DEPTH
        size = image.shape[:2]
        small_masks = [_resized_mask(mask, maps.object.shape) for mask in masks]
        usable = [number for number, mask in enumerate(small_masks)
                  if is_object_sized(mask, borders)]
        # What stands out of the table is there, also where the network does not see it.
        sure = 0 if solid is None else sum(number < len(solid) for number in usable)
        chosen = best_masks(
            [small_masks[number] for number in usable], maps, count, least, sure)
        colours = colour_space(image)
        refined = [refine(_resized_mask(masks[usable[place]], size), colours) for place in chosen]
        kept = drop_duplicates(mask for mask in refined if is_object_sized(mask, borders))
        return _enlarge(kept, step, frame.size)


def _usable_depth(frame: Frame, step: int) -> np.ndarray | None:
    """Return (H, W) float32 metres at the working size, 0 in holes; None where it is of no use."""
    if frame.depth is None or frame.camera is None:
        return None
    depth = np.float32(frame.depth[step // 2::step, step // 2::step])
    depth = np.where(np.isfinite(depth) & (depth > 0), depth, np.float32(0))
    return depth if np.count_nonzero(depth) >= _MIN_VALID_DEPTH * depth.size else None


def _with_depth(maps: Maps, solid: list[np.ndarray], valid: np.ndarray) -> Maps:
    """Return maps whose objects are what stands out, and, where depth is missing, as before.

    solid: (H, W) bool masks of what stands out.  valid: (H, W) bool, where there is depth.
    """
    size = maps.object.shape
    above = np.logical_or.reduce(solid) if solid else np.zeros(valid.shape, bool)
    above, valid = _resized_mask(above, size), _resized_mask(valid, size)
    likely = np.where(above, 0.5 + 0.5 * maps.object,
                      np.where(valid, _FLAT_SHARE * maps.object, maps.object))
    return replace(maps, object=likely.astype(np.float32))


def _along_creases(maps: Maps, depth: np.ndarray) -> list[np.ndarray]:
    """Return the parts of what stands out that creases of the depth part."""
    relief = creases(depth, maps.object.shape)
    return [part for most in _CREASES for part in cut(
        relief, maps.object > 0.5, most, 1, MIN_PIXELS)]


def _resized(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return an image at another (H, W)."""
    return cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA)


def _resized_mask(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a bool mask at another (H, W), its edges where they were."""
    if mask.shape == tuple(size):
        return mask
    method = cv2.INTER_AREA if mask.shape[0] > size[0] else cv2.INTER_LINEAR
    return cv2.resize(255 * mask.view(np.uint8), size[::-1], interpolation=method) > 127


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
