# SPDX-License-Identifier: Apache-2.0
"""Mask-guided global features and local features of a CLIP backbone (Yu et al., CVPR 2023)."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch.nn import functional

from ris_ros.chunks import in_chunks
from ris_ros.encoder.backbone import Backbone, Family
from ris_ros.encoder.masked_tail import masked_tail
from ris_ros.encoder.single_token import block_for_one_token
from ris_ros.encoder.timm_clip import pool_masked, trunk_tokens


@torch.inference_mode()
def global_features(backbone: Backbone, global_input: torch.Tensor, token_masks: torch.Tensor,
                    masked_blocks: int, batch_size: int) -> torch.Tensor:
    """Encode the whole image once for each token mask.

    A ViT runs the blocks before the last ``masked_blocks`` once for all masks. Before each of the
    other blocks it multiplies the patch tokens by the mask and leaves the class token alone. A
    ResNet scales each position of its last map to unit length and multiplies the map by the mask
    before the attention pooling. A tower of timm with attention pooling weighs its patches there,
    and one without cannot see a mask: its features are 0.

    Args:
        backbone: The CLIP model.
        global_input: (1, 3, S, S) float32, the preprocessed image.
        token_masks: (N, G, G) float32 in 0..1.
        masked_blocks: Number of blocks at the end that see the mask.
        batch_size: Number of masks in one pass.

    Returns:
        (N, D) float32 features on the CPU.

    Source: Yu et al., CVPR 2023.
    """
    if len(token_masks) == 0 or backbone.family is Family.MASKLESS:
        return torch.zeros(len(token_masks), backbone.width)
    if backbone.family is Family.POOLED:
        tokens = trunk_tokens(backbone.model.visual, backbone.place(global_input))
        tail = partial(pool_masked, backbone.model.visual, tokens)
    elif backbone.is_resnet:
        tail = partial(_resnet_tail, backbone, resnet_trunk(backbone, global_input))
    else:
        tokens = vit_trunk(backbone, global_input, masked_blocks)
        tail = partial(_vit_tail, backbone, tokens, masked_blocks=masked_blocks)
    return _in_batches(tail, backbone.place(token_masks), batch_size)


@torch.inference_mode()
def local_features(backbone: Backbone, local_inputs: torch.Tensor,
                   batch_size: int) -> torch.Tensor:
    """Encode masked crops.

    Args:
        backbone: The CLIP model.
        local_inputs: (N, 3, S, S) float32, the preprocessed crops.
        batch_size: Number of crops in one pass.

    Returns:
        (N, D) float32 features on the CPU; those of a ResNet have length 1.
    """
    if len(local_inputs) == 0:
        return torch.zeros(0, backbone.width)
    encode = _whole if backbone.is_of_timm else _resnet if backbone.is_resnet else _vit
    return _in_batches(partial(encode, backbone), local_inputs, batch_size)


def mix_visual(global_part: torch.Tensor, local_part: torch.Tensor, global_weight: float,
               unit_features: bool) -> torch.Tensor:
    """Mix (N, D) features as ``v * global + (1 - v) * local``.

    unit_features scales both to length 1 first.
    """
    if unit_features:
        global_part = functional.normalize(global_part, dim=-1)
        local_part = functional.normalize(local_part, dim=-1)
    return global_weight * global_part + (1 - global_weight) * local_part


def _in_batches(forward: Callable[[torch.Tensor], torch.Tensor], items: torch.Tensor,
                batch_size: int) -> torch.Tensor:
    """Return the (N, D) float32 features, on the CPU, of N >= 1 items in chunks."""
    return torch.cat(in_chunks(forward, items, batch_size)).cpu().float()


def _whole(backbone: Backbone, images: torch.Tensor) -> torch.Tensor:
    """Return the (N, D) features of (N, 3, S, S) images by a tower of timm."""
    return backbone.model.visual(backbone.place(images))


def vit_trunk(backbone: Backbone, images: torch.Tensor, rest: int) -> torch.Tensor:
    """Return the (N, 1 + G*G, width) tokens of (N, 3, S, S) images before the last blocks."""
    visual = backbone.model.visual
    patches = visual.conv1(backbone.place(images)).flatten(2).transpose(1, 2)
    first = visual.class_embedding.expand(images.shape[0], 1, -1)
    tokens = torch.cat([first, patches], dim=1)
    tokens = visual.ln_pre(tokens + visual.positional_embedding)
    blocks = visual.transformer.resblocks
    for block in blocks[:len(blocks) - rest]:
        tokens = block(tokens)
    return tokens


def _vit_tail(backbone: Backbone, tokens: torch.Tensor, masks: torch.Tensor,
              masked_blocks: int) -> torch.Tensor:
    """Return the (N, D) features of the trunk's (1, 1 + G*G, W) tokens under (N, G, G) masks."""
    visual = backbone.model.visual
    blocks = visual.transformer.resblocks
    first = masked_tail(blocks[len(blocks) - masked_blocks:], tokens, masks.flatten(1))
    return visual.ln_post(first) @ visual.proj


def _vit(backbone: Backbone, images: torch.Tensor) -> torch.Tensor:
    """Return (N, D) features of (N, 3, S, S) images."""
    visual = backbone.model.visual
    tokens = vit_trunk(backbone, images, rest=1)
    places = torch.zeros(images.shape[0], dtype=torch.long, device=tokens.device)
    first = block_for_one_token(visual.transformer.resblocks[-1], tokens, places)
    return visual.ln_post(first) @ visual.proj


def resnet_trunk(backbone: Backbone, image: torch.Tensor) -> torch.Tensor:
    """Return the (1, C, G, G) last feature map, of unit length at each position."""
    visual = backbone.model.visual
    features = visual.stem(backbone.place(image))
    for layer in (visual.layer1, visual.layer2, visual.layer3, visual.layer4):
        features = layer(features)
    return functional.normalize(features, dim=1)


def _resnet(backbone: Backbone, images: torch.Tensor) -> torch.Tensor:
    """Return the (N, D) features, of length 1, of (N, 3, S, S) images."""
    return functional.normalize(backbone.model.visual(backbone.place(images)), dim=-1)


def _resnet_tail(backbone: Backbone, features: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """Return the (N, D) features of the trunk's (1, C, G, G) map under (N, G, G) masks."""
    return backbone.model.visual.attnpool(features * masks[:, None])
