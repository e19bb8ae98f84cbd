# SPDX-License-Identifier: Apache-2.0
"""The default proposals: by shape if there is depth, and by what a small network sees in colour."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ris_ros.chunks import Pause, no_pause
from ris_ros.frame import Frame
from ris_ros.models.registry import find_model_file
from ris_ros.proposals import Window
from ris_ros.proposals.candidates import Candidates, SelectionRules, choose, reach_changes, refined
from ris_ros.proposals.learned import Maps, find_instances, look, look_at_part, scale_of
from ris_ros.proposals.resizing import enlarged, part_of, resized, shrunk_camera, shrunk_image
from ris_ros.proposals.rgb import find_regions
from ris_ros.proposals.rgbd import find_standing
from ris_ros.proposals.segmenter import STRIDE, load_segmenter
from ris_ros.proposals.support import Ground
from ris_ros.proposals.windows import inner_sides, spans_of, step_of, widened, working_size
from ris_ros.proposals.with_depth import DepthView, candidates_with_depth, cleaned

# A corner of the picture may cut what stands out of the table. A region of colour that large and
# in a corner is background.
_MAX_BORDERS_DEPTH = 2
_MAX_BORDERS_COLOUR = 1

# Most masks that are proposed with depth.
_MAX_WITH_DEPTH = 25

# Least objectness of a mask. It is higher with depth, which shows objects by itself.
_LEAST_DEPTH = 0.12
_LEAST_COLOUR = 0.05

# Regions of colour that are proposed beside the network's masks.
_REGIONS = 60

# To judge a part of the picture, the network sees this many of its pixels around it.
_ROOM = 16

# Masks may reach this many pixels of the network beyond what has changed.
_RIM = 8


@dataclass(frozen=True, eq=False)
class FrameAnalysis:
    """What is known of a whole frame, so that a part of a later one can be judged by itself.

    Attributes:
        ground: The surfaces on which things stand; None if depth was of no use.
        maps: What the network sees in the frame.
        full: Whether the limit on the number of masks left some out.
        least: Objectness that a further mask must exceed.
    """

    ground: Ground | None
    maps: Maps
    full: bool
    least: float


class EmbeddedProposer:
    """Proposes what stands out of the table in depth, and what looks like an object in colour.

    With depth it finds what is at least 4 mm higher than the table. If things touch, or lie on or
    in each other, it also proposes the parts that a small segmentation network tells apart by
    their colours. If there is no usable depth, or no table, floor or wall in view, the network and
    regions of distinct colour propose: more masks, which are less certain. The same frame always
    gives the same masks.
    """

    def __init__(self, max_masks: int = 40,
                 weights: str = 'embedded/proposer.safetensors') -> None:
        """Load the network, which always computes in fp32 on the CPU.

        Args:
            max_masks: Number of masks at most; with depth 25 at most.
            weights: File of the network's weights.

        Raises:
            ModelError: The weights are missing or of another model.
        """
        self._max_masks = max_masks
        self._segmenter = load_segmenter(find_model_file(weights))

    def propose(self, frame: Frame, give_way: Pause = no_pause) -> np.ndarray:
        """Return (N, H, W) bool masks, N >= 0, none of them empty, the likeliest object first."""
        return self.analyse(frame, give_way)[0]

    def analyse(self, frame: Frame,
                give_way: Pause = no_pause) -> tuple[np.ndarray, FrameAnalysis]:
        """Return the masks of `propose`, and the analysis that `propose_in` needs later."""
        step = step_of(frame.size)
        image = shrunk_image(frame.image, step)
        maps = look(self._segmenter, image)
        give_way()
        view = DepthView.of(frame)
        rules = self._rules(frame.size, view is not None)
        if view is not None:
            candidates = candidates_with_depth(maps, view.depth, view.camera, view.ground,
                                               view.standing)
        else:
            regions = find_regions(resized(image, maps.object.shape), _REGIONS)
            candidates = Candidates.of(find_instances(maps) + regions, maps)
        give_way()
        chosen = choose(candidates, rules, image.shape[:2])
        give_way()
        masks = refined(candidates, chosen, rules, image)
        full, least = len(chosen) == rules.count, rules.least
        if full:
            least = max(least, candidates.objectness(chosen[-1]))
        return enlarged(masks, step, frame.size), FrameAnalysis(
            None if view is None else view.ground, maps, full, least)

    def update_analysis(self, frame: Frame, windows: Sequence[Window],
                        analysis: FrameAnalysis) -> FrameAnalysis | None:
        """Renew the analysis of an earlier frame for one that differs from it in some windows.

        Args:
            frame: The new frame, taken from the same place.
            windows: From `analysis_window`.
            analysis: Of the earlier frame.

        Returns:
            The analysis of the new frame; None if the depth of one of the two is of no use.
        """
        if analysis.ground is None or not frame.has_points:
            return None
        step, maps = step_of(frame.size), analysis.maps
        scale = scale_of(working_size(frame.size, step))
        for window in windows:
            image = shrunk_image(frame.image[window.slices], step)
            part = look_at_part(self._segmenter, image, scale, maps.context)
            (top, _), (left, _) = spans_of(window, scale / step)
            origin = top, left
            # At a side within the picture the network did not see what lies beyond it.
            sides = inner_sides(window, frame.size)
            rows, columns = (
                slice(first + _ROOM * before, min(first + length - _ROOM * after, limit))
                for first, length, before, after, limit in zip(
                    origin, part.object.shape, sides[::2], sides[1::2], maps.object.shape,
                    strict=True))
            maps = maps.renewed(part, (rows, columns), origin)
        return replace(analysis, maps=maps)

    def propose_in(self, frame: Frame, window: Window, changed: np.ndarray,
                   analysis: FrameAnalysis) -> np.ndarray:
        """Propose what has changed within a window; nearly what `propose` finds there.

        Args:
            frame: The frame.
            window: From `mask_window`.
            changed: (h, w) bool, blocks of the whole picture. Each mask reaches into one.
            analysis: Of this frame, from `update_analysis`.

        Returns:
            (N, H, W) bool masks of the frame's size.
        """
        ground = analysis.ground
        assert ground is not None, 'update_analysis gives none without the ground'
        assert frame.depth is not None, 'nor without depth'
        assert frame.camera is not None, 'and intrinsics'
        step = step_of(frame.size)
        rows, columns = window.slices
        image = shrunk_image(frame.image[rows, columns], step)
        scale = scale_of(working_size(frame.size, step)) / step
        down, across = spans_of(window, scale)
        maps = analysis.maps.within((slice(*down), slice(*across)))
        rules = replace(self._rules(frame.size, True), least=analysis.least)
        depth = cleaned(frame.depth[rows, columns], step)
        camera = part_of(shrunk_camera(frame.camera, step), window, step)
        standing = find_standing(depth, camera, ground.surfaces, rules.pixels)
        candidates = candidates_with_depth(maps, depth, camera, ground, standing)
        allowed = reach_changes(candidates, changed, window, frame.size)
        chosen = choose(candidates, rules, image.shape[:2], allowed)
        kept = refined(candidates, chosen, rules, image)
        masks = np.zeros((len(kept), *frame.size), bool)
        masks[:, rows, columns] = enlarged(kept, step, (window.height, window.width))
        return masks

    def analysis_window(self, window: Window, size: tuple[int, int]) -> Window:
        """Widen a window to what the network must see to judge it.

        Its edges lie on those of the network's coarsest maps.

        Args:
            window: What has changed.
            size: (H, W) of the picture.
        """
        return widened(window, size, STRIDE, _ROOM)

    def mask_window(self, window: Window, size: tuple[int, int]) -> Window:
        """Widen a window so that masks that fill it touch none of its sides.

        Args:
            window: What has changed.
            size: (H, W) of the picture.
        """
        return widened(window, size, 1, _RIM)

    def _rules(self, size: tuple[int, int], with_depth: bool) -> SelectionRules:
        """Return the rules for a picture of a size, with usable depth or without."""
        height, width = working_size(size, step_of(size))
        if with_depth:
            return SelectionRules(min(self._max_masks, _MAX_WITH_DEPTH), _LEAST_DEPTH,
                                  _MAX_BORDERS_DEPTH, height * width)
        return SelectionRules(self._max_masks, _LEAST_COLOUR, _MAX_BORDERS_COLOUR, height * width)
