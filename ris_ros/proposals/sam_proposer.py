# SPDX-License-Identifier: Apache-2.0
"""Proposals of the Segment Anything models: SAM, SAM 2.1 and EdgeTAM."""
from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
import logging
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from ris_ros.chunks import Pause, in_chunks, no_pause
from ris_ros.frame import Frame
from ris_ros.geometry.masks import bounding_boxes
from ris_ros.proposals import Proposer
from ris_ros.proposals.sam_masks import (
    SamMasks,
    Upsampler,
    drop_overlapping,
    join,
    stable_masks,
    suppress,
)
from ris_ros.proposals.sam_prompts import (
    InputGeometry,
    SamPrompts,
    frame_prompts,
    grid_points,
)

_LOGGER = logging.getLogger(__name__)

# Points that are decoded at a time: few keep to a CPU's caches, many fill a GPU.
_POINTS = {'cpu': 4}
_POINTS_ON_GPU = 64

# The stability of a mask is its IoU at logits this far above and below the threshold.
_STABILITY_OFFSET = 1.0

# Mended masks whose boxes overlap more than this, or than the option says, are duplicates.
_MENDED_NMS = 0.7


class PromptSegmenter(Protocol):
    """A model that segments what points, boxes and masks show it.

    Attributes:
        device: Where it runs.
        mask_threshold: A pixel whose logit is above this is inside a mask.
    """

    device: torch.device
    mask_threshold: float

    def geometry(self, size: tuple[int, int]) -> InputGeometry:
        """Tell how a picture of (H, W) lies in the model's input."""
        ...

    def upsampler(self, size: tuple[int, int]) -> Upsampler:
        """Make the operator that brings logits of masks to a picture of (H, W)."""
        ...

    def embed(self, image: np.ndarray, give_way: Pause) -> Any:
        """Encode an (H, W, 3) uint8 image; only `decode` knows what the result is."""
        ...

    def decode(self, embedding: Any, prompts: SamPrompts,
               min_iou: float) -> tuple[Tensor, Tensor]:
        """Segment what prompts show, three masks for each.

        Args:
            embedding: Of the image.
            prompts: At least one, of one form, on the model's device.
            min_iou: Masks with no higher predicted IoU are left out; 0 or less: none are.

        Returns:
            (K, low, low) float32 logits and (K,) float32 predicted IoU.
        """
        ...

    def copy_on_cpu(self) -> PromptSegmenter:
        """Return an fp32 copy on the CPU."""
        ...


class SamProposer:
    """Segments everything, or what another proposer has seen.

    Without another proposer it prompts with a grid of points and gives the masks of
    `SamAutomaticMaskGenerator`. Otherwise each proposal of the other one is a prompt, and points
    of the grid ask only about what lies outside of them.
    """

    def __init__(
        self, segmenter: PromptSegmenter, *, points_per_side: int = 32,
        pred_iou_thresh: float = 0.88, stability_score_thresh: float = 0.95,
        box_nms_thresh: float = 0.7,
        min_mask_region_area: int = 0, max_masks: int = 100, objects: Proposer | None = None,
        max_prompts: int = 64,
    ) -> None:
        """Take a loaded model; the thresholds have segment_anything's names and defaults.

        Args:
            segmenter: From `load_sam`, `load_sam2` or `load_edgetam`.
            points_per_side: Points along each side of the grid. The cost of a frame grows with
                its square.
            pred_iou_thresh: Masks with a lower predicted IoU are dropped.
            stability_score_thresh: Masks with a lower stability are dropped.
            box_nms_thresh: Of masks whose boxes overlap more than this IoU, the one with the
                highest predicted IoU is kept.
            min_mask_region_area: Holes and islands of fewer pixels are mended; 0: none.
            max_masks: Number of masks to keep, those with the highest predicted IoU.
            objects: Finds objects whose outlines are prompts. None: the grid alone.
            max_prompts: Number of prompts with ``objects``, at most.
        """
        self._segmenter = segmenter
        self._points_per_side = points_per_side
        self._objects, self._max_prompts = objects, max_prompts
        self._thresholds = pred_iou_thresh, stability_score_thresh, box_nms_thresh
        self._min_region = min_mask_region_area
        self._max_masks = max_masks
        self._upsampler: Upsampler | None = None

    def propose(self, frame: Frame, give_way: Pause = no_pause) -> np.ndarray:
        """Return (N, H, W) bool masks, N >= 0, highest predicted IoU first."""
        try:
            return self._propose(frame, give_way)
        except torch.OutOfMemoryError:
            pass
        _LOGGER.warning('The GPU ran out of memory for a single point; the CPU proposes instead.')
        return self._on_cpu._propose(frame, give_way)

    @cached_property
    def _on_cpu(self) -> SamProposer:
        """Return the copy that stands in where the GPU has no memory left."""
        iou, stability, overlap = self._thresholds
        return SamProposer(
            self._segmenter.copy_on_cpu(), points_per_side=self._points_per_side,
            pred_iou_thresh=iou, stability_score_thresh=stability, box_nms_thresh=overlap,
            min_mask_region_area=self._min_region, max_masks=self._max_masks,
            objects=self._objects, max_prompts=self._max_prompts)

    @torch.inference_mode()
    def _propose(self, frame: Frame, give_way: Pause) -> np.ndarray:
        model = self._segmenter
        prompts = self._prompts(frame, give_way)
        if not prompts:
            return np.zeros((0, *frame.size), bool)
        embedding = model.embed(frame.image, give_way)
        upsampler = self._upsampler_for(frame.size)
        chunk = _POINTS.get(model.device.type, _POINTS_ON_GPU)

        def decode(part: SamPrompts) -> SamMasks:
            give_way()
            return self._decode(embedding, part.to(model.device), upsampler)
        found = [masks for some in prompts for masks in in_chunks(decode, some, chunk)]
        return self._as_masks(drop_overlapping(join(found), self._thresholds[2]), upsampler)

    def _prompts(self, frame: Frame, give_way: Pause) -> Sequence[SamPrompts]:
        """Return the prompts of a frame; none if neither objects nor grid give any."""
        geometry = self._segmenter.geometry(frame.size)
        if self._objects is None:
            return [SamPrompts(geometry.points(grid_points(self._points_per_side, frame.size)))]
        return frame_prompts(self._objects.propose(frame, give_way), self._points_per_side,
                             self._max_prompts, geometry)

    def _upsampler_for(self, size: tuple[int, int]) -> Upsampler:
        """Return the upsampler of a frame; most frames have the size of the one before."""
        upsampler = self._upsampler
        if upsampler is None or upsampler.size != size:
            # Another thread may do the same for pictures of another size.
            upsampler = self._upsampler = self._segmenter.upsampler(size)
        return upsampler

    def _decode(self, embedding: object, prompts: SamPrompts, upsampler: Upsampler) -> SamMasks:
        """Return the good masks of some prompts."""
        min_iou, min_stability, _ = self._thresholds
        logits, iou = self._segmenter.decode(embedding, prompts, min_iou)
        return stable_masks(logits, iou, upsampler, self._segmenter.mask_threshold,
                            _STABILITY_OFFSET, min_stability)

    def _as_masks(self, found: SamMasks, upsampler: Upsampler) -> np.ndarray:
        """Return the found masks as (N, H, W) bool; mend small regions if the options say so."""
        limit = self._max_masks if not self._min_region else None
        masks = upsampler.masks(found.logits[:limit], self._segmenter.mask_threshold).cpu().numpy()
        if self._min_region and len(masks):
            masks = mend(masks, self._min_region, max(self._thresholds[2], _MENDED_NMS))
        return masks[:self._max_masks]


def mend(masks: np.ndarray, min_area: int, max_iou: float) -> np.ndarray:
    """Fill small holes, remove small islands, and drop the duplicates that this makes.

    The order stays. A mask that did not need mending wins over one that did.

    Source: `SamAutomaticMaskGenerator.postprocess_small_regions`.

    Args:
        masks: (N, H, W) bool, N > 0.
        min_area: Holes and islands of fewer pixels are mended.
        max_iou: Masks whose boxes overlap more are duplicates.
    """
    from segment_anything.utils.amg import remove_small_regions
    mended_masks, whole = [], []
    for mask in masks:
        mask, holes = remove_small_regions(mask, min_area, mode='holes')
        mask, islands = remove_small_regions(mask, min_area, mode='islands')
        mended_masks.append(mask)
        whole.append(float(not holes and not islands))
    mended = np.stack(mended_masks)
    boxes = torch.from_numpy(bounding_boxes(mended)).float()
    boxes[:, 2:] += boxes[:, :2] - 1
    kept = suppress(boxes, torch.tensor(whole), max_iou)
    return mended[sorted(kept.tolist())]
