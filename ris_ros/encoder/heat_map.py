# SPDX-License-Identifier: Apache-2.0
"""A heat map of a text over the picture: how much hotter it is inside a mask than outside.

The heat of a patch is the product of its feature with that of the text. What lies inside less what
lies outside is linear in the text, so that each mask needs one vector, and a text one product.
"""
from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from ris_ros.encoder.backbone import Backbone, Family
from ris_ros.encoder.timm_clip import trunk_tokens
from ris_ros.encoder.visual import resnet_trunk, vit_trunk


@torch.inference_mode()
def patch_features(backbone: Backbone, global_input: Tensor) -> Tensor:
    """Encode each patch of an image in its context.

    In the last attention each patch sees itself alone, so that its feature stays its own. A ViT's
    is what that attention gives, without what its last block adds to it.

    Args:
        backbone: A CLIP model of any family but MASKLESS.
        global_input: (1, 3, S, S) float32, the preprocessed image.

    Returns:
        (G * G, D) float32 on the CPU, of length 1, row by row.

    Source: Zhou et al., Extract Free Dense Labels from CLIP (MaskCLIP), ECCV 2022; without residual
    and MLP: Lan et al., ClearCLIP, ECCV 2024.
    """
    encode = {Family.VIT: _of_vit, Family.RESNET: _of_resnet, Family.POOLED: _of_pooling}
    found = encode[backbone.family](backbone, global_input)
    return functional.normalize(found.cpu().float(), dim=-1)


def contrasts(patches: Tensor, token_masks: Tensor) -> Tensor:
    """Return the mean of the patches inside each mask less the mean of those outside.

    Args:
        patches: (G * G, D), of length 1.
        token_masks: (N, G, G) in 0..1. A patch counts by its share.

    Returns:
        (N, D). Their product with a text of length 1 is how much hotter it is inside. A mask that
        covers no patch, or all of them, has zeros: there is nothing to compare.
    """
    inside = token_masks.flatten(1)
    outside = 1 - inside
    total, rest = inside.sum(1, keepdim=True), outside.sum(1, keepdim=True)
    comparable = (total > 0) & (rest > 0)
    shares = torch.where(comparable, inside / total - outside / rest, 0.0)
    return shares @ patches


def _of_vit(backbone: Backbone, image: Tensor) -> Tensor:
    """Return the (G * G, D) features of a ViT: each patch is a sequence of one token."""
    visual = backbone.model.visual
    last = visual.transformer.resblocks[-1]
    alone = last.ln_1(vit_trunk(backbone, image, rest=1)[0, 1:, None])
    values = last.ls_1(last.attn(alone, alone, alone, need_weights=False)[0][:, 0])
    return visual.ln_post(values) @ visual.proj


def _of_resnet(backbone: Backbone, image: Tensor) -> Tensor:
    """Return the (G * G, D) features of a ResNet: the values of its attention pooling."""
    pooling = backbone.model.visual.attnpool
    cells = resnet_trunk(backbone, image)[0].flatten(1).T
    return pooling.c_proj(pooling.v_proj(cells))


def _of_pooling(backbone: Backbone, image: Tensor) -> Tensor:
    """Return the (G * G, D) features of a tower of timm: each patch is pooled alone."""
    visual = backbone.model.visual
    trunk, tokens = visual.trunk, trunk_tokens(visual, backbone.place(image))
    patches = tokens[0, tokens.shape[1] - backbone.grid ** 2:, None]
    return visual.head(trunk.head(trunk.fc_norm(trunk.attn_pool(patches))))
