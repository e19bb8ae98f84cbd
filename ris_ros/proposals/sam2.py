# SPDX-License-Identifier: Apache-2.0
"""SAM 2.1 (Ravi et al., ICLR 2025) and EdgeTAM (Zhou et al., CVPR 2025), of transformers.

Both have the same prompts and the same decoder; EdgeTAM's image encoder is a small convolutional
network.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
import threading
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from ris_ros.chunks import Pause, copy_on_cpu
from ris_ros.models.model_folder import Architecture, load_folder
from ris_ros.precision import choose_dtype, move
from ris_ros.proposals.sam_masks import Upsampler
from ris_ros.proposals.sam_prompts import InputGeometry, SamPrompts

if TYPE_CHECKING:
    from transformers import EdgeTamModel, Sam2Model

SAM2 = Architecture('SAM 2.1', 'Sam2', ('sam2', 'sam2_video'))
EDGETAM = Architecture('EdgeTAM', 'EdgeTam', ('edgetam', 'edgetam_video'))


class Sam2Segmenter:
    """Segments by prompts as `PromptSegmenter` says.

    Attributes:
        device: Where it runs.
        mask_threshold: A pixel whose logit is above this is inside a mask.
    """

    mask_threshold = 0.0

    def __init__(self, model: Sam2Model | EdgeTamModel) -> None:
        from transformers import Sam2ImageProcessor
        self._model = model
        self._side = model.prompt_encoder.input_image_size
        self._processor = Sam2ImageProcessor(size={'height': self._side, 'width': self._side})
        self.device = model.device
        self._dtype = model.mask_decoder.iou_token.weight.dtype
        self._positions = model.get_image_wide_positional_embeddings().to(self._dtype)

    def geometry(self, size: tuple[int, int]) -> InputGeometry:
        """Tell how a picture of (H, W) lies in the input: stretched over all of it."""
        return InputGeometry(size, (self._side, self._side), self._side,
                             self._model.prompt_encoder.mask_input_size[0])

    def upsampler(self, size: tuple[int, int]) -> Upsampler:
        """Make the operator that brings logits of masks to a picture of (H, W), in one resize."""
        low = self._model.prompt_encoder.mask_input_size[0]
        return Upsampler(low, low, (low, low), size, self.device)

    def embed(self, image: np.ndarray, give_way: Pause) -> list[Tensor]:
        """Return the (1, C, h, w) embeddings of an (H, W, 3) uint8 image, the finest first."""
        pixels = self._processor(image, return_tensors='pt', device=self.device).pixel_values
        with pauses(self._model.vision_encoder, give_way):
            return self._model.get_image_embeddings(pixels.to(self._dtype))

    def decode(self, embedding: list[Tensor], prompts: SamPrompts,
               min_iou: float) -> tuple[Tensor, Tensor]:
        """Return the logits and the predicted IoU of the masks; see `PromptSegmenter`.

        The library takes one mask prompt a picture, so each prompt has a picture of its own.
        """
        model, count = self._model, len(prompts)
        points, labels = prompts.labelled_points()
        sparse, dense = model.prompt_encoder(
            input_points=points[:, None].float(), input_labels=labels[:, None],
            input_boxes=None if prompts.boxes is None else prompts.boxes[:, None].float(),
            input_masks=prompts.masks)
        *fine, coarse = (level.expand(count, -1, -1, -1) for level in embedding)
        logits, iou, _, _ = model.mask_decoder(
            image_embeddings=coarse, high_resolution_features=fine,
            image_positional_embeddings=self._positions.expand(count, -1, -1, -1),
            sparse_prompt_embeddings=sparse.to(self._dtype),
            dense_prompt_embeddings=dense.to(self._dtype), multimask_output=True)
        logits, iou = logits[:, 0].float(), iou[:, 0].float()
        good = iou > min_iou if min_iou > 0 else torch.ones_like(iou, dtype=bool)
        return logits[good], iou[good]

    def copy_on_cpu(self) -> Sam2Segmenter:
        """Return an fp32 copy on the CPU."""
        return Sam2Segmenter(copy_on_cpu(self._model))


@contextmanager
def pauses(model: nn.Module, give_way: Pause) -> Iterator[None]:
    """Call ``give_way`` before each block of a model, within the context.

    Another thread that runs the model meanwhile, to answer a command, does not give way.
    """
    blocks = [block for module in model.modules()
              if isinstance(module, (nn.ModuleList, nn.Sequential)) for block in module]
    pause = partial(_pause, give_way, threading.get_ident())
    hooks = [block.register_forward_pre_hook(pause) for block in blocks]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _pause(give_way: Pause, thread: int, module: nn.Module, inputs: object) -> None:
    """Give way in one thread; a hook of torch, which is told of the module and its inputs."""
    if threading.get_ident() == thread:
        give_way()


def load_sam2(folder: Path, device: str = 'cpu', precision: str = 'fp32') -> Sam2Segmenter:
    """Load SAM 2.1 from its folder.

    Args:
        folder: With the config and the weights that transformers writes.
        device: Where the model runs.
        precision: Of the image encoder and the mask decoder (see `ris_ros.precision`).

    Raises:
        ModelError: The library is not installed, a file is missing or of another model, or the
            device cannot hold the model.
    """
    return _load(folder, SAM2, device, precision)


def load_edgetam(folder: Path, device: str = 'cpu', precision: str = 'fp32') -> Sam2Segmenter:
    """Load EdgeTAM from its folder; see `load_sam2`."""
    return _load(folder, EDGETAM, device, precision)


def _load(folder: Path, architecture: Architecture, device: str,
          precision: str) -> Sam2Segmenter:
    """Load a model, with its prompt encoder in fp32 whatever the precision."""
    model = load_folder(folder, architecture)
    dtype = choose_dtype(precision, torch.device(device))
    for part in (model.vision_encoder, model.mask_decoder):
        part.to(dtype)
    model.no_memory_embedding.data = model.no_memory_embedding.data.to(dtype)
    return Sam2Segmenter(move(model, device))
