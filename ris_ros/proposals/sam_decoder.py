# SPDX-License-Identifier: Apache-2.0
"""Segment Anything's own mask decoder, in two steps: first the predicted IoU, then the masks.

Most prompts of a frame lead to no mask that is good enough by the predicted IoU. The decoder's
upscaling, which is a good part of its cost, is left out for them.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ris_ros.proposals.sam_prompts import SamPrompts

if TYPE_CHECKING:
    from segment_anything.modeling import Sam


@dataclass(frozen=True, eq=False)
class DecodedPrompts:
    """N prompts after the decoder's transformer.

    Attributes:
        tokens: (N, T, C), the output tokens.
        places: (N, G * G, C), the image as each prompt sees it.
        iou: (N, 3) float32, the predicted IoU of each prompt's masks.
    """

    tokens: Tensor
    places: Tensor
    iou: Tensor

    def take(self, which: Tensor) -> DecodedPrompts:
        """Return the prompts that an (N,) bool tensor chooses."""
        return DecodedPrompts(self.tokens[which], self.places[which], self.iou[which])


class PromptDecoder:
    """Decodes prompts into three masks each, as `MaskDecoder` does with `multimask_output`.

    Source: Kirillov et al., Segment Anything, ICCV 2023, appendix A.
    """

    def __init__(self, model: Sam) -> None:
        self._decoder = model.mask_decoder
        self._prompt_encoder = model.prompt_encoder
        self.dtype = model.mask_decoder.mask_tokens.weight.dtype
        self._positions = model.prompt_encoder.get_dense_pe().to(self.dtype)

    def attend_points(self, embedding: Tensor, points: Tensor) -> DecodedPrompts:
        """Run the transformer for single points.

        Args:
            embedding: (1, C, G, G), the image embedding.
            points: (N, 2) float, x and y in pixels of the model's input, N > 0.
        """
        return self.attend_prompts(embedding, SamPrompts(points))

    def attend_prompts(self, embedding: Tensor, prompts: SamPrompts) -> DecodedPrompts:
        """Run the transformer for prompts of one form.

        Args:
            embedding: (1, C, G, G), the image embedding.
            prompts: At least one, on the model's device.
        """
        return self.attend(embedding, *self._prompt_encoder(
            points=prompts.labelled_points(), boxes=prompts.boxes, masks=prompts.masks))

    def attend(self, embedding: Tensor, sparse: Tensor, dense: Tensor) -> DecodedPrompts:
        """Run the transformer for prompts of any kind.

        Args:
            embedding: (1, C, G, G), the image embedding.
            sparse: (N, P, C), points and boxes as the prompt encoder gives them.
            dense: (N, C, G, G), masks as the prompt encoder gives them.
        """
        decoder, count = self._decoder, len(sparse)
        output = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight])
        tokens = torch.cat([output.expand(count, -1, -1), sparse.to(self.dtype)], 1)
        image = embedding + dense.to(self.dtype)
        tokens, places = decoder.transformer(
            image, self._positions.expand(count, -1, -1, -1), tokens)
        # The first predicted IoU is that of the single mask for unambiguous prompts.
        iou = decoder.iou_prediction_head(tokens[:, 0])[:, 1:].float()
        return DecodedPrompts(tokens, places, iou)

    def masks(self, prompts: DecodedPrompts) -> Tensor:
        """Return the (N, 3, 4 * G, 4 * G) float32 mask logits of N prompts."""
        count, size, channels = prompts.places.shape
        side = round(size ** 0.5)
        image = prompts.places.transpose(1, 2).reshape(count, channels, side, side)
        upscaled = self._decoder.output_upscaling(image)
        # The token at 0 is that of the IoU, and the one at 1 that of the single mask.
        heads = self._decoder.output_hypernetworks_mlps
        weights = torch.stack([heads[number](prompts.tokens[:, 1 + number])
                               for number in range(1, len(heads))], 1)
        logits = weights @ upscaled.flatten(2)
        return logits.unflatten(2, upscaled.shape[2:]).float()
