"""The default proposals: shape where there is depth, and what a small network makes of colour."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ris_ros.frame import Frame
from ris_ros.models.locations import find_model_file
from ris_ros.pause import Pause, no_pause
from ris_ros.proposals import Window
from ris_ros.proposals.filtering import drop_duplicates, is_object_sized
from ris_ros.proposals.learned import Maps, find_instances, look, look_at_part, scale_of
from ris_ros.proposals.plane import Plane
from ris_ros.proposals.ranking import best_masks, objectness
from ris_ros.proposals.refining import colour_space, refine
from ris_ros.proposals.resizing import (
    enlarged,
    part_of,
    resized,
    resized_mask,
    shrunk_camera,
    shrunk_image,
)
from ris_ros.proposals.rgb import find_regions
from ris_ros.proposals.rgbd import find_surfaces
from ris_ros.proposals.segmenter import STRIDE, load_segmenter
from ris_ros.proposals.windows import (
    enlarged_blocks,
    inner_sides,
    spans_of,
    step_of,
    touches,
    widened,
    working_size,
)
from ris_ros.proposals.with_depth import cleaned, masks_with_depth, usable_depth

# What stands out of the table may be cut by a corner of the picture; a region of colour that
# large and there is background.
_MAX_BORDERS_DEPTH = 2
_MAX_BORDERS_COLOUR = 1

# With depth, how many masks are offered at most.
_MAX_WITH_DEPTH = 25

# How much a mask has to look like an object; depth, which shows objects, adds to that.
_LEAST_DEPTH = 0.08
_LEAST_COLOUR = 0.05

# Regions of colour beside those of the network.
_REGIONS = 60

# So far, in pixels of its own, the network looks around what it judges in a part.
_ROOM = 16

# And so far beyond what has changed masks may reach.
_RIM = 8


@dataclass(frozen=True, eq=False)
class Survey:
    """What a look at a part of a picture needs to know of the whole.

    surfaces: on which things stand; none where depth is of no use.  maps: of the network.
    full: whether more masks would have been offered, had the number not been limited.  least:
    the least objectness of those that were.
    """

    surfaces: tuple[Plane, ...]
    maps: Maps
    full: bool
    least: float


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

    def propose(self, frame: Frame, give_way: Pause = no_pause) -> np.ndarray:
        """Return (N, H, W) bool masks, N >= 0, none of them empty, the likeliest object first."""
        return self.survey(frame, give_way)[0]

    def survey(self, frame: Frame, give_way: Pause = no_pause) -> tuple[np.ndarray, Survey]:
        """Return the masks of `propose`, and what a later look at a part needs to know."""
        step = step_of(frame.size)
        image = shrunk_image(frame.image, step)
        maps = seen = look(self._segmenter, image)
        give_way()
        depth = usable_depth(frame, step)
        surfaces = (
            () if depth is None else find_surfaces(depth, shrunk_camera(frame.camera, step)))
        if surfaces:
            masks, maps, sure = masks_with_depth(
                maps, depth, shrunk_camera(frame.camera, step), surfaces, depth.size)
            count, borders = min(self._max_masks, _MAX_WITH_DEPTH), _MAX_BORDERS_DEPTH
            least = _LEAST_DEPTH
        else:
            small = resized(image, maps.object.shape)
            masks, sure = find_instances(maps) + find_regions(small, _REGIONS), 0
            count, borders, least = self._max_masks, _MAX_BORDERS_COLOUR, _LEAST_COLOUR
        give_way()
        small_masks = [resized_mask(mask, maps.object.shape) for mask in masks]
        usable = [number for number, mask in enumerate(small_masks)
                  if is_object_sized(mask, borders)]
        # What stands out of the table is there, also where the network does not see it.
        sure = sum(number < sure for number in usable)
        chosen = [usable[place] for place in best_masks(
            [small_masks[number] for number in usable], maps, count, least, sure)]
        give_way()
        refined = _refined([masks[number] for number in chosen], image)
        kept = drop_duplicates(mask for mask in refined if is_object_sized(mask, borders))
        full = len(chosen) == count
        if full:
            least = max(least, objectness(small_masks[chosen[-1]], maps))
        return enlarged(kept, step, frame.size), Survey(surfaces, seen, full, least)

    def look_again(self, frame: Frame, windows: Sequence[Window],
                   survey: Survey) -> Survey | None:
        """Return the survey of a frame that differs from that of an earlier survey in windows.

        None where the depth, of this frame or that, is of no use.
        """
        if not survey.surfaces or not frame.has_points:
            return None
        step, maps = step_of(frame.size), survey.maps
        scale = scale_of(working_size(frame.size, step))
        for window in windows:
            image = shrunk_image(frame.image[window.slices], step)
            part = look_at_part(self._segmenter, image, scale, maps.context)
            origin = tuple(first for first, _ in spans_of(window, scale / step))
            # What lies at a side within the picture was judged without what is beside it.
            sides = inner_sides(window, frame.size)
            where = tuple(
                slice(first + _ROOM * before, min(first + length - _ROOM * after, limit))
                for first, length, before, after, limit in zip(
                    origin, part.object.shape, sides[::2], sides[1::2], maps.object.shape,
                    strict=True))
            maps = maps.renewed(part, where, origin)
        return replace(survey, maps=maps)

    def propose_in(self, frame: Frame, window: Window, changed: np.ndarray,
                   survey: Survey) -> np.ndarray:
        """Return (N, H, W) bool masks of what has changed within a window of a frame.

        They are nearly those that `propose` finds there.  changed: (h, w) bool, blocks of the
        picture.  survey: of this frame, from `look_again`.
        """
        step = step_of(frame.size)
        rows, columns = window.slices
        image = shrunk_image(frame.image[rows, columns], step)
        depth = cleaned(frame.depth[rows, columns], step)
        whole = working_size(frame.size, step)
        maps = survey.maps.within(tuple(
            slice(*span) for span in spans_of(window, scale_of(whole) / step)))
        masks, maps, sure = masks_with_depth(
            maps, depth, part_of(shrunk_camera(frame.camera, step), window, step),
            survey.surfaces, whole[0] * whole[1])
        pixels = whole[0] * whole[1] * maps.object.size // depth.size
        inner = inner_sides(window, frame.size)
        new = resized_mask(enlarged_blocks(changed, frame.size, window), maps.object.shape)
        small_masks = [resized_mask(mask, maps.object.shape) for mask in masks]
        usable = [number for number, mask in enumerate(small_masks)
                  if (mask & new).any() and not touches(mask, inner)
                  and is_object_sized(mask, _MAX_BORDERS_DEPTH, pixels)]
        sure = 0 if survey.full else sum(number < sure for number in usable)
        chosen = [usable[place] for place in best_masks(
            [small_masks[number] for number in usable], maps,
            min(self._max_masks, _MAX_WITH_DEPTH), survey.least, sure)]
        refined = _refined([masks[number] for number in chosen], image)
        kept = drop_duplicates(
            mask for mask in refined
            if is_object_sized(mask, _MAX_BORDERS_DEPTH, whole[0] * whole[1]))
        masks = np.zeros((len(kept), *frame.size), bool)
        masks[:, rows, columns] = enlarged(kept, step, (window.height, window.width))
        return masks

    def whole_window(self, window: Window, size: tuple[int, int]) -> Window:
        """Return the window widened to what the network has to see for its sake.

        Its edges lie where the coarsest maps of the network have theirs.
        """
        return widened(window, size, STRIDE, _ROOM)

    def mask_window(self, window: Window, size: tuple[int, int]) -> Window:
        """Return the window widened so that masks that fill it touch none of its sides."""
        return widened(window, size, 1, _RIM)


def _refined(masks: list[np.ndarray], image: np.ndarray) -> list[np.ndarray]:
    """Return masks of the image's size with their edges on its colour edges."""
    colours = colour_space(image)
    return [refine(resized_mask(mask, image.shape[:2]), colours) for mask in masks]
