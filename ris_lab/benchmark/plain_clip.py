# SPDX-License-Identifier: Apache-2.0
"""CLIP the straightforward way: one whole pass for each mask, crop and text.

The encoder's features have to equal these, and its cost is measured against theirs.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch

from ris_ros.encoder.backbone import Backbone


@torch.inference_mode()
def global_features(backbone: Backbone, image: torch.Tensor, masks: Iterable[torch.Tensor],
                    masked_blocks: int) -> torch.Tensor:
    """Run every block for each mask alone (Yu et al., CVPR 2023, section 3.2).

    Args:
        backbone: The CLIP.
        image: (1, 3, S, S) float32, normalised.
        masks: N (G, G) token masks, 0 to 1.
        masked_blocks: Number of last blocks before which the patch tokens are multiplied by the
            mask.

    Returns:
        (N, D) features.
    """
    return torch.cat([_seen_through(backbone, image, mask, masked_blocks) for mask in masks])


def _seen_through(backbone: Backbone, image: torch.Tensor, mask: torch.Tensor,
                  masked_blocks: int) -> torch.Tensor:
    """Return the (1, D) feature of one mask."""
    tower = backbone.model.visual
    tokens = tower.conv1(image).flatten(2).transpose(1, 2)
    tokens = torch.cat([tower.class_embedding[None, None], tokens], dim=1)
    tokens = tower.ln_pre(tokens + tower.positional_embedding)
    scale = torch.cat([mask.new_ones(1), mask.flatten()])[:, None]
    blocks = tower.transformer.resblocks
    for number, block in enumerate(blocks):
        tokens = block(tokens * scale if number >= len(blocks) - masked_blocks else tokens)
    return tower.ln_post(tokens)[:, 0] @ tower.proj


@torch.inference_mode()
def local_features(backbone: Backbone, crops: Iterable[torch.Tensor]) -> torch.Tensor:
    """Return (N, D) features of N (3, S, S) crops, encoded one by one."""
    return torch.cat([backbone.model.encode_image(crop[None]) for crop in crops])


@torch.inference_mode()
def text_features(backbone: Backbone, prompts: Sequence[str]) -> torch.Tensor:
    """Return (T, D) features of T prompts, each one encoded in the full context."""
    return torch.cat([backbone.model.encode_text(backbone.tokenizer([prompt]))
                      for prompt in prompts])
