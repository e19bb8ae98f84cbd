# SPDX-License-Identifier: Apache-2.0
"""The lines of Segment Anything: ViT-B with random weights, a 640 x 480 picture."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ris_lab.benchmark.clip_lines import SIZE, largest_difference, least_cosine
from ris_lab.benchmark.line import Agreement, Line
from ris_lab.benchmark.scene import SEED, draw_slopes
from ris_ros.proposals.sam_decoder import PromptDecoder
from ris_ros.proposals.sam_image import global_block
from ris_ros.proposals.sam_masks import Upsampler

if TYPE_CHECKING:
    from segment_anything.modeling import Sam

POINTS = 8
DECODER = 'SAM decoder, per point'
# Masks of 16 points, and about the share of them that the predicted IoU keeps with pretrained
# weights.
_UPSAMPLED, _KEPT = 48, 0.4
_CHUNK = 4

# Of this number of points, one has a mask whose predicted IoU is high enough.
_USEFUL = 2


@torch.inference_mode()
def sam_lines(model: Sam, points: int = POINTS) -> list[Line]:
    """Return the lines of the decoder, the upsampling and the blocks of the image encoder."""
    embedding = torch.randn(1, 256, 64, 64)
    places = 1000 * torch.rand(points, 2)
    decoder = PromptDecoder(model)
    masks = _Upsampling(model)
    tokens = torch.randn(1, 64, 64, 768)
    window, everywhere = model.image_encoder.blocks[0], model.image_encoder.blocks[2]
    run = torch.inference_mode()
    return [
        Line(DECODER, run(lambda: _decode(decoder, embedding, places)),
             run(lambda: _plain_useful(model, embedding, places)), plain_share=points,
             ours_share=points, agree=_decoders_agree,
             note=f'as shipped, {points} points a batch; ours {_CHUNK}, and masks only for the '
             'half of them that the predicted IoU keeps'),
        Line('mask upsampling, per 48 masks', run(masks.ours), run(masks.plain), at_least=8,
             agree=_masks_agree, note='masks of 16 points; the predicted IoU keeps 40 %'),
        Line('SAM encoder, block with global attention',
             run(lambda: global_block(everywhere, tokens)), run(lambda: everywhere(tokens)),
             agree=lambda ours, plain: largest_difference(ours, plain, 1e-4),
             repeats=1, note='4 of the 12 blocks; ours in chunks'),
        Line('SAM encoder, block with windows', run(lambda: window(tokens)),
             run(lambda: window(tokens)), repeats=1, note='8 of the 12 blocks; as shipped'),
    ]


@torch.inference_mode()
def decoder_line(model: Sam, other: Sam, name: str, points: int = POINTS) -> Line:
    """Return the line of the decoder in another precision, against straightforward fp32."""
    prompts = model.prompt_encoder
    embedding = torch.randn(1, prompts.embed_dim, *prompts.image_embedding_size)
    places = torch.rand(points, 2) * torch.tensor(prompts.input_image_size)
    decoder = PromptDecoder(other)
    in_other = embedding.to(decoder.dtype)
    run = torch.inference_mode()
    return Line(f'{DECODER}, {name}', run(lambda: _decode(decoder, in_other, places)),
                run(lambda: _plain_useful(model, embedding, places)), plain_share=points,
                ours_share=points,
                agree=lambda ours, plain: least_cosine(ours[0].flatten(1), plain[0].flatten(1)),
                note='against fp32 as shipped; the logits of each point')


def plain_decode(model: Sam, embedding: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """Return the (N, 3, 256, 256) logits and (N, 3) predicted IoU of SAM's own decoder."""
    labels = torch.ones(len(points), 1, dtype=torch.int)
    sparse, dense = model.prompt_encoder(points=(points[:, None], labels), boxes=None, masks=None)
    positions, sparse, dense = (part.to(embedding.dtype) for part in (
        model.prompt_encoder.get_dense_pe(), sparse, dense))
    return model.mask_decoder(
        image_embeddings=embedding, image_pe=positions, sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense, multimask_output=True)


def _plain_useful(model: Sam, embedding: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """Return the logits of the useful points and the predicted IoU of all."""
    logits, iou = plain_decode(model, embedding, points)
    return logits[::_USEFUL], iou


def _decode(decoder: PromptDecoder, embedding: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """Return the same, the predicted IoU first."""
    decoded = [decoder.attend_points(embedding, part) for part in points.split(_CHUNK)]
    useful = [torch.arange(len(part.iou)) % _USEFUL == 0 for part in decoded]
    return (torch.cat([decoder.masks(part.take(which))
                       for part, which in zip(decoded, useful, strict=True)]),
            torch.cat([part.iou for part in decoded]))


def _decoders_agree(ours: tuple[Tensor, Tensor], plain: tuple[Tensor, Tensor]) -> Agreement:
    """Compare logits and predicted IoU."""
    return largest_difference(torch.cat([part.flatten() for part in ours]),
                              torch.cat([part.flatten() for part in plain]), 1e-5)


def _masks_agree(ours: Tensor, plain: Tensor) -> Agreement:
    """Compare masks."""
    return Agreement('share of pixels', float((ours ^ plain).float().mean()), 1e-6)


class _Upsampling:
    """Masks of all sizes, and which of them the predicted IoU keeps."""

    def __init__(self, model: Sam) -> None:
        self._model = model
        self._input = (768, 1024)
        # Made once for all frames of a size.
        self._upsampler = Upsampler(256, 1024, self._input, SIZE, torch.device('cpu'))
        # SAM's logits fall off with the distance from the edge; beyond the picture they are low.
        logits = torch.full((_UPSAMPLED, 256, 256), -10.0)
        logits[:, :192] = 8 * (1 - torch.from_numpy(draw_slopes(_UPSAMPLED, 192, 256)))
        self._logits = logits.clamp(-20, 20)
        self._kept = torch.from_numpy(np.random.default_rng(SEED).random(_UPSAMPLED) < _KEPT)

    def plain(self) -> Tensor:
        """Return the kept (N, H, W) masks: all upsampled twice, then chosen."""
        whole = self._model.postprocess_masks(self._logits[:, None], self._input, SIZE)
        return (whole[:, 0] > 0)[self._kept]

    def ours(self) -> Tensor:
        """Return the same: chosen, then upsampled where they can be."""
        return self._upsampler.masks(self._logits[self._kept], 0.0)
