"""Mask-guided global features and local features of a CLIP backbone (Yu et al., CVPR 2023)."""
from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional

from ris_ros.encoder.backbone import Backbone


@torch.inference_mode()
def global_features(backbone: Backbone, global_input: torch.Tensor, token_masks: torch.Tensor,
                    masked_blocks: int, batch_size: int) -> torch.Tensor:
    """Return (N, D) features of the whole image, each seen through one token mask.

    global_input: (1, 3, S, S) float32.  token_masks: (N, G, G) float32 in 0..1.
    ViT: the blocks before the last ``masked_blocks`` run once; before each of the others the
    patch tokens are multiplied by the mask, the class token is left alone.  ResNet: the last map
    is scaled to unit length per position and multiplied by the mask before attention pooling.
    """
    if backbone.is_resnet:
        shared, tail = _resnet_trunk(backbone, global_input), _resnet_tail
    else:
        shared = _vit_trunk(backbone, global_input, masked_blocks)

        def tail(backbone: Backbone, tokens: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
            return _vit_tail(backbone, tokens, masks, masked_blocks)
    return _in_batches(lambda masks: tail(backbone, shared, masks), token_masks.to(shared.device),
                       batch_size, backbone)


@torch.inference_mode()
def local_features(backbone: Backbone, local_inputs: torch.Tensor,
                   batch_size: int) -> torch.Tensor:
    """Return (N, D) features of (N, 3, S, S) float32 masked crops; ResNet's have length 1."""
    def forward(crops: torch.Tensor) -> torch.Tensor:
        features = backbone.model.encode_image(crops.to(backbone.device))
        return functional.normalize(features, dim=-1) if backbone.is_resnet else features
    return _in_batches(forward, local_inputs, batch_size, backbone)


def mix_visual(global_part: torch.Tensor, local_part: torch.Tensor, global_weight: float,
               unit_features: bool) -> torch.Tensor:
    """Return ``v * global + (1 - v) * local``, (N, D), of unit parts where asked."""
    if unit_features:
        global_part = functional.normalize(global_part, dim=-1)
        local_part = functional.normalize(local_part, dim=-1)
    return global_weight * global_part + (1 - global_weight) * local_part


def _in_batches(forward: Callable[[torch.Tensor], torch.Tensor], items: torch.Tensor,
                batch_size: int, backbone: Backbone) -> torch.Tensor:
    """Run ``forward`` over chunks of the first axis; bounds the memory for any number of masks."""
    if len(items) == 0:
        return torch.zeros(0, backbone.model.text_projection.shape[-1], device=backbone.device)
    return torch.cat([forward(chunk) for chunk in items.split(batch_size)])


def _vit_trunk(backbone: Backbone, image: torch.Tensor, masked_blocks: int) -> torch.Tensor:
    """Return the (1, 1 + G*G, width) tokens before the first masked block."""
    visual = backbone.model.visual
    patches = visual.conv1(image.to(backbone.device)).flatten(2).transpose(1, 2)
    tokens = torch.cat([visual.class_embedding.view(1, 1, -1), patches], dim=1)
    tokens = visual.ln_pre(tokens + visual.positional_embedding)
    blocks = visual.transformer.resblocks
    for block in blocks[:len(blocks) - masked_blocks]:
        tokens = block(tokens)
    return tokens


def _vit_tail(backbone: Backbone, tokens: torch.Tensor, masks: torch.Tensor,
              masked_blocks: int) -> torch.Tensor:
    visual = backbone.model.visual
    keep_class = masks.new_ones(len(masks), 1)
    scale = torch.cat([keep_class, masks.flatten(1)], dim=1)[..., None]
    tokens = tokens.expand(len(masks), -1, -1)
    blocks = visual.transformer.resblocks
    for block in blocks[len(blocks) - masked_blocks:]:
        tokens = block(tokens * scale)
    return visual.ln_post(tokens[:, 0]) @ visual.proj


def _resnet_trunk(backbone: Backbone, image: torch.Tensor) -> torch.Tensor:
    """Return the (1, C, G, G) last feature map, of unit length at each position."""
    visual = backbone.model.visual
    features = visual.stem(image.to(backbone.device))
    for layer in (visual.layer1, visual.layer2, visual.layer3, visual.layer4):
        features = layer(features)
    return functional.normalize(features, dim=1)


def _resnet_tail(backbone: Backbone, features: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    return backbone.model.visual.attnpool(features * masks[:, None])
