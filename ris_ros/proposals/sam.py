"""Proposals of the Segment Anything model."""
from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ris_ros.chunks import Pause, copy_on_cpu, in_chunks, no_pause
from ris_ros.errors import ModelError
from ris_ros.frame import Frame
from ris_ros.geometry.masks import bounding_boxes
from ris_ros.models.weights_file import read_weights
from ris_ros.precision import choose_dtype
from ris_ros.proposals import Proposer
from ris_ros.proposals.sam_decoder import PromptDecoder
from ris_ros.proposals.sam_image import encode_image
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

if TYPE_CHECKING:
    from segment_anything.modeling import Sam

_LOGGER = logging.getLogger(__name__)

MODEL_TYPES = ('vit_b', 'vit_l', 'vit_h')

# Points that are decoded at a time: few keep to a CPU's caches, many fill a GPU.
_POINTS = {'cpu': 4}
_POINTS_ON_GPU = 64

# The stability of a mask is its IoU at logits this far above and below the threshold.
_STABILITY_OFFSET = 1.0

# Mended masks whose boxes overlap more than this, or than the option says, are duplicates.
_MENDED_NMS = 0.7


class SamProposer:
    """Segments everything, or what another proposer has seen.

    Without another proposer it prompts with a grid of points and gives the masks of
    `SamAutomaticMaskGenerator`. Otherwise each proposal of the other one is a prompt, and points
    of the grid ask only about what lies outside of them.
    """

    def __init__(
        self, model: Sam, *, points_per_side: int = 32, pred_iou_thresh: float = 0.88,
        stability_score_thresh: float = 0.95, box_nms_thresh: float = 0.7,
        min_mask_region_area: int = 0, max_masks: int = 100, objects: Proposer | None = None,
        max_prompts: int = 64,
    ) -> None:
        """Take a loaded model; the thresholds have segment_anything's names and defaults.

        Args:
            model: From `load_sam`.
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
        self._options = {
            'points_per_side': points_per_side, 'pred_iou_thresh': pred_iou_thresh,
            'stability_score_thresh': stability_score_thresh, 'box_nms_thresh': box_nms_thresh,
            'min_mask_region_area': min_mask_region_area, 'max_masks': max_masks,
            'objects': objects, 'max_prompts': max_prompts}
        self._model = model
        self._decoder = PromptDecoder(model)
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
        return SamProposer(copy_on_cpu(self._model), **self._options)

    @torch.inference_mode()
    def _propose(self, frame: Frame, give_way: Pause) -> np.ndarray:
        model = self._model
        pixels, input_size = _resized(frame.image, model.image_encoder.img_size)
        prompts = self._prompts(frame, input_size, give_way)
        if not prompts:
            return np.zeros((0, *frame.size), bool)
        if model.device.type == 'cuda':
            pixels = pixels.pin_memory()
        image = model.preprocess(pixels.to(model.device, non_blocking=True)[None])
        embedding = encode_image(model.image_encoder, image.to(self._decoder.dtype), give_way)
        upsampler = self._upsampler_for(4 * embedding.shape[-1], input_size, frame.size)
        chunk = _POINTS.get(model.device.type, _POINTS_ON_GPU)

        def decode(part: SamPrompts) -> SamMasks:
            give_way()
            return self._decode(embedding, part.to(model.device), upsampler)
        found = [masks for some in prompts for masks in in_chunks(decode, some, chunk)]
        return self._as_masks(drop_overlapping(join(found), self._thresholds[2]), upsampler)

    def _prompts(self, frame: Frame, input_size: tuple[int, int],
                 give_way: Pause) -> Sequence[SamPrompts]:
        """Return the prompts of a frame; none if neither objects nor grid give any."""
        geometry = InputGeometry(frame.size, input_size, self._model.image_encoder.img_size,
                                 self._model.prompt_encoder.mask_input_size[0])
        if self._objects is None:
            return [SamPrompts(geometry.points(grid_points(self._points_per_side, frame.size)))]
        return frame_prompts(self._objects.propose(frame, give_way), self._points_per_side,
                             self._max_prompts, geometry)

    def _upsampler_for(self, low: int, input_size: tuple[int, int],
                       size: tuple[int, int]) -> Upsampler:
        """Return the upsampler of a frame; most frames have the size of the one before."""
        if self._upsampler is None or self._upsampler.size != size:
            self._upsampler = Upsampler(low, self._model.image_encoder.img_size, input_size, size,
                                        self._model.device)
        return self._upsampler

    def _decode(self, embedding: torch.Tensor, prompts: SamPrompts,
                upsampler: Upsampler) -> SamMasks:
        """Return the good masks of some prompts."""
        min_iou, min_stability, _ = self._thresholds
        decoded = self._decoder.attend_prompts(embedding, prompts)
        good = decoded.iou > min_iou if min_iou > 0 else torch.ones_like(decoded.iou, dtype=bool)
        useful = good.any(1)
        logits = self._decoder.masks(decoded.take(useful))[good[useful]]
        return stable_masks(logits, decoded.iou[good], upsampler, self._model.mask_threshold,
                            _STABILITY_OFFSET, min_stability)

    def _as_masks(self, found: SamMasks, upsampler: Upsampler) -> np.ndarray:
        """Return the found masks as (N, H, W) bool; mend small regions if the options say so."""
        limit = self._max_masks if not self._min_region else None
        masks = upsampler.masks(found.logits[:limit], self._model.mask_threshold).cpu().numpy()
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
    mended, whole = [], []
    for mask in masks:
        mask, holes = remove_small_regions(mask, min_area, mode='holes')
        mask, islands = remove_small_regions(mask, min_area, mode='islands')
        mended.append(mask)
        whole.append(float(not holes and not islands))
    mended = np.stack(mended)
    boxes = torch.from_numpy(bounding_boxes(mended)).float()
    boxes[:, 2:] += boxes[:, :2] - 1
    kept = suppress(boxes, torch.tensor(whole), max_iou)
    return mended[sorted(kept.tolist())]


def _resized(image: np.ndarray, long_side: int) -> tuple[torch.Tensor, tuple[int, int]]:
    """Return a (3, h, w) uint8 image with the longer side at the model's, and its (h, w)."""
    from segment_anything.utils.transforms import ResizeLongestSide
    resized = ResizeLongestSide(long_side).apply_image(image)
    return torch.from_numpy(resized).permute(2, 0, 1), resized.shape[:2]


def load_sam(checkpoint: str | Path, model_type: str = 'vit_b', device: str = 'cpu',
             precision: str = 'fp32') -> Sam:
    """Load a checkpoint of Segment Anything, in evaluation mode on a device.

    The file is read as data only: it cannot run code.

    Args:
        checkpoint: The file.
        model_type: 'vit_b', 'vit_l' or 'vit_h', as the checkpoint is.
        device: Where the model runs.
        precision: Of the image encoder and the mask decoder (see `ris_ros.precision`).

    Raises:
        ModelError: The type is unknown, or the file is missing, unreadable or of another model.
    """
    if model_type not in MODEL_TYPES:
        raise ModelError(
            f'There is no SAM model type {model_type!r}; choose from {", ".join(MODEL_TYPES)}.')
    path = Path(checkpoint)
    weights = read_weights(path)
    model = _import_segment_anything().sam_model_registry[model_type]()
    try:
        model.load_state_dict(weights)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise ModelError(
            f'The file {path} does not hold the weights of SAM {model_type}; is it of another '
            f'model type? ({str(error)[:200]})') from error
    return in_precision(model.to(device).eval(), precision)


def in_precision(model: Sam, precision: str) -> Sam:
    """Put the image encoder and the mask decoder of a model into a precision, and return it."""
    dtype = choose_dtype(precision, model.device)
    model.image_encoder.to(dtype)
    model.mask_decoder.to(dtype)
    return model


def _import_segment_anything():
    """Import segment_anything only where SAM is used: other profiles do without it."""
    try:
        import segment_anything
    except ImportError as error:
        raise ModelError(
            'The SAM proposals need the package segment_anything; '
            'install it with: pip install segment-anything') from error
    return segment_anything
