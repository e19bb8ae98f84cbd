"""Proposals of the Segment Anything model."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ris_ros.errors import ModelError
from ris_ros.frame import Frame
from ris_ros.models.weights_file import read_weights

if TYPE_CHECKING:
    from segment_anything.modeling import Sam

MODEL_TYPES = ('vit_b', 'vit_l', 'vit_h')


class SamProposer:
    """Segments everything from a grid of points, with `SamAutomaticMaskGenerator`."""

    def __init__(
        self, model: Sam, *, points_per_side: int = 32, points_per_batch: int = 64,
        pred_iou_thresh: float = 0.88, stability_score_thresh: float = 0.95,
        box_nms_thresh: float = 0.7, min_mask_region_area: int = 0, max_masks: int = 100,
    ) -> None:
        """Take a loaded model (see `load_sam`); the thresholds are segment_anything's own.

        points_per_side: the grid; its square is what a frame costs.
        max_masks: how many of the masks with the highest predicted IoU are kept.
        Raises ModelError where segment_anything is not installed.
        """
        self._generator = _import_segment_anything().SamAutomaticMaskGenerator(
            model, points_per_side=points_per_side, points_per_batch=points_per_batch,
            pred_iou_thresh=pred_iou_thresh, stability_score_thresh=stability_score_thresh,
            box_nms_thresh=box_nms_thresh, min_mask_region_area=min_mask_region_area)
        self._max_masks = max_masks

    def propose(self, frame: Frame) -> np.ndarray:
        """Return (N, H, W) bool masks, N >= 0, highest predicted IoU first."""
        with torch.inference_mode():
            found = self._generator.generate(frame.image)
        found.sort(key=lambda mask: -mask['predicted_iou'])
        masks = [mask['segmentation'] for mask in found if mask['segmentation'].any()]
        masks = masks[:self._max_masks]
        return np.stack(masks) if masks else np.zeros((0, *frame.size), bool)


def load_sam(checkpoint: str | Path, model_type: str = 'vit_b', device: str = 'cpu') -> Sam:
    """Load a checkpoint of Segment Anything, in evaluation mode on a device.

    model_type: 'vit_b', 'vit_l' or 'vit_h', which must be that of the checkpoint.
    Raises ModelError where the type is unknown, or the file is missing, unreadable or of another
    model. The file is read as data only: it cannot run code.
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
    return model.to(device).eval()


def _import_segment_anything():
    """Import segment_anything only where SAM is used: other profiles do without it."""
    try:
        import segment_anything
    except ImportError as error:
        raise ModelError(
            'The SAM proposals need the package segment_anything; '
            'install it with: pip install segment-anything') from error
    return segment_anything
