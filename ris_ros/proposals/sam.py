# SPDX-License-Identifier: Apache-2.0
"""The first Segment Anything model (Kirillov et al., ICCV 2023)."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ris_ros.chunks import Pause, copy_on_cpu
from ris_ros.errors import ModelError
from ris_ros.models.weights_file import read_weights
from ris_ros.precision import choose_dtype, move
from ris_ros.proposals.sam_decoder import PromptDecoder
from ris_ros.proposals.sam_image import encode_image
from ris_ros.proposals.sam_masks import Upsampler
from ris_ros.proposals.sam_prompts import InputGeometry, SamPrompts

if TYPE_CHECKING:
    from segment_anything.modeling import Sam

MODEL_TYPES = ('vit_b', 'vit_l', 'vit_h')


class SamSegmenter:
    """Segments by prompts as `PromptSegmenter` says.

    Attributes:
        device: Where it runs.
        mask_threshold: A pixel whose logit is above this is inside a mask.
    """

    def __init__(self, model: Sam) -> None:
        self._model = model
        self._decoder = PromptDecoder(model)
        self.device = model.device
        self.mask_threshold = model.mask_threshold

    def geometry(self, size: tuple[int, int]) -> InputGeometry:
        """Tell how a picture of (H, W) lies in the input: at the top left, with its proportions."""
        from segment_anything.utils.transforms import ResizeLongestSide
        side = self._model.image_encoder.img_size
        return InputGeometry(size, ResizeLongestSide.get_preprocess_shape(*size, side), side,
                             self._model.prompt_encoder.mask_input_size[0])

    def upsampler(self, size: tuple[int, int]) -> Upsampler:
        """Make the operator that brings logits of masks to a picture of (H, W)."""
        geometry = self.geometry(size)
        return Upsampler(geometry.mask_side, geometry.side, geometry.input_size, size, self.device)

    def embed(self, image: np.ndarray, give_way: Pause) -> Tensor:
        """Return the (1, C, G, G) embedding of an (H, W, 3) uint8 image."""
        model = self._model
        pixels = _resized(image, model.image_encoder.img_size)
        if self.device.type == 'cuda':
            pixels = pixels.pin_memory()
        pixels = model.preprocess(pixels.to(self.device, non_blocking=True)[None])
        return encode_image(model.image_encoder, pixels.to(self._decoder.dtype), give_way)

    def decode(self, embedding: Tensor, prompts: SamPrompts,
               min_iou: float) -> tuple[Tensor, Tensor]:
        """Return the logits and the predicted IoU of the masks; see `PromptSegmenter`."""
        decoded = self._decoder.attend_prompts(embedding, prompts)
        good = decoded.iou > min_iou if min_iou > 0 else torch.ones_like(decoded.iou, dtype=bool)
        useful = good.any(1)
        logits = self._decoder.masks(decoded.take(useful))[good[useful]]
        return logits, decoded.iou[good]

    def copy_on_cpu(self) -> SamSegmenter:
        """Return an fp32 copy on the CPU."""
        return SamSegmenter(copy_on_cpu(self._model))


def _resized(image: np.ndarray, long_side: int) -> Tensor:
    """Return a (3, h, w) uint8 image with the longer side at the model's."""
    from segment_anything.utils.transforms import ResizeLongestSide
    resized = ResizeLongestSide(long_side).apply_image(image)
    return torch.from_numpy(resized).permute(2, 0, 1)


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
            f'The file {path} does not hold the weights of SAM {model_type} '
            f'({" ".join(str(error).split())[:160]}). Set model_type to that of the checkpoint '
            f'({", ".join(MODEL_TYPES)}), or name the checkpoint of this type.') from error
    # First on the CPU, so that the device never holds it in both precisions.
    return move(in_precision(model.eval(), precision, torch.device(device)), device)


def in_precision(model: Sam, precision: str, device: torch.device | None = None) -> Sam:
    """Put the image encoder and the mask decoder of a model into a precision, and return it.

    Args:
        model: The model.
        precision: See `ris_ros.precision`.
        device: Where it will run; None where it is now.
    """
    dtype = choose_dtype(precision, model.device if device is None else device)
    model.image_encoder.to(dtype)
    model.mask_decoder.to(dtype)
    return model


def _import_segment_anything():
    """Import segment_anything only where SAM is used: other profiles do without it."""
    try:
        import segment_anything
    except ImportError as error:
        raise ModelError(
            'The profile needs the package segment_anything, which is not installed; run pip '
            "install -r requirements.txt in ris_ros's folder.") from error
    return segment_anything
